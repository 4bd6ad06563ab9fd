"""What one nightly run came to: the record that is kept as ``reports/nightly/<date>.json``."""

from __future__ import annotations

import logging
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from emotionkit.durable import write_durably
from emotionkit.errors import EmotionkitError, quoted

NIGHTLY = "nightly"
"""Folder of the records and their pages, among the reports."""

SHORT_S = 1.0
SHORT_SHARE = 0.01
"""Seconds, and share of a recording, that may be missing before that is pointed out."""

_log = logging.getLogger(__name__)


def is_short(duration_s: float, decoded_s: float) -> bool:
    """Say whether pictures stand for noticeably less than the recording, or class, should last, both in seconds."""
    return duration_s - decoded_s > max(SHORT_S, SHORT_SHARE * duration_s)


class NightStatus(StrEnum):
    """How a night ended."""

    ALL_WELL = "all well"
    SOME_FAILED = "some failed"
    FAILED = "failed"
    """Nothing could be done; ``Night.problems`` says why."""


class _Entry(BaseModel):
    # What a later version adds to a record does not make it unreadable.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class DoneLesson(_Entry):
    """A lesson for which something was done."""

    recording: str
    """Path of the recording below the folder of recordings, with forward slashes."""
    lesson_id: str
    processed: bool
    """Whether its rows or facts changed; else only its report was due."""
    reported: bool
    """Whether its report was made."""
    duration_s: float
    """Seconds that the recording should last, as its file says."""
    decoded_s: float
    """Seconds of it that were decoded: what the rows stand for."""
    frames: int
    faces: int

    @property
    def is_short(self) -> bool:
        """Whether pictures stand for noticeably less than the recording should last.

        The sound of a sound recording may go on after its pictures; one whose video is cut short fails.
        """
        return is_short(self.duration_s, self.decoded_s)


class FailedRecording(_Entry):
    """A recording, or the report of its lesson, that failed."""

    recording: str
    lesson_id: str | None
    kind: str
    """What failed, in a word for programs: crashed, hung, memory, pixels, duration, recording, warehouse, report, …"""
    reason: str
    """The sentence for people."""
    nights: Annotated[int, Field(ge=1)]
    """Nights in a row on which this very content failed."""
    set_aside: bool = False
    """Whether it is not tried again before the recording changes or ``--retry-failed`` is given."""


class LeftRecording(_Entry):
    """A recording that was left for another night, or is not for this run, and why."""

    recording: str
    reason: str


class Night(_Entry):
    """The record of the nightly run, or runs, of one day.

    Attributes:
        date: The day on which it began, on the clocks of the place.
        done: Lessons for which something was done; those for which nothing was due are only counted.
        failed: What failed, with what is set aside since earlier nights.
        left: Recordings left for another night.
        withheld: Lessons done in which fewer students were seen than a figure may speak of.
        unchanged: Recordings that were there already and for which nothing was due.
        removed: What retention removed, by kind.
        erased: Whether an erasure that was cut short was completed.
        problems: What else went wrong, a sentence each; what went on nevertheless is in the other fields.
        summary: The night in one line.
    """

    version: Literal[1] = 1
    date: date
    started_at: AwareDatetime
    ended_at: AwareDatetime
    status: NightStatus
    done: tuple[DoneLesson, ...] = ()
    failed: tuple[FailedRecording, ...] = ()
    left: tuple[LeftRecording, ...] = ()
    withheld: tuple[str, ...] = ()
    unchanged: int = 0
    removed: dict[str, int] = Field(default_factory=dict)
    erased: bool = False
    problems: tuple[str, ...] = ()
    summary: str = ""

    @property
    def processed(self) -> int:
        """How many recordings were processed."""
        return sum(one.processed for one in self.done)

    @property
    def reported(self) -> int:
        """How many reports were made."""
        return sum(one.reported for one in self.done)

    @property
    def set_aside(self) -> int:
        """How many recordings are not tried any more."""
        return sum(one.set_aside for one in self.failed)

    @property
    def still_tried(self) -> int:
        """How many recordings and reports failed and will be tried again."""
        return len(self.failed) - self.set_aside


class NightRecordError(EmotionkitError):
    """The record of a night cannot be written."""


def night_path(reports: Path, day: date) -> Path:
    """Return where the record of a night lies among the reports."""
    return reports / NIGHTLY / f"{day.isoformat()}.json"


def write_night(reports: Path, night: Night) -> Path:
    """Write the record of a night whole, and return where.

    Raises:
        NightRecordError: It cannot be written; an earlier one is as before.
    """
    path = night_path(reports, night.date)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, f"{night.model_dump_json(indent=2)}\n".encode())
    except OSError as error:
        raise NightRecordError(f"The record {path} cannot be written ({error.strerror or error}).") from error
    return path


def read_nights(reports: Path) -> list[Night]:
    """Return the nights on record, the last first; one that cannot be read is named in the log and left out."""
    nights = []
    for path in (reports / NIGHTLY).glob("[!.]*.json"):
        try:
            nights.append(Night.model_validate_json(path.read_bytes()))
        except (OSError, ValidationError) as error:
            _log.warning("The record of a night, %s, cannot be read: %s.", path, quoted(type(error).__name__))
    return sorted(nights, key=lambda night: night.started_at, reverse=True)
