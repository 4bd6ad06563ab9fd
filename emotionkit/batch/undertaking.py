"""A recording on its way into the warehouse: what there is to do, and how its parts become a lesson."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from emotionkit._version import __version__
from emotionkit.batch.confined_work import Call, call_here
from emotionkit.batch.identification import review_sightings
from emotionkit.batch.lesson_facts import content_sha256, default_lesson_id, describe_lesson
from emotionkit.batch.piecework import Task, was_read_in_one_go
from emotionkit.config import ProcessingSettings
from emotionkit.errors import RecordingError
from emotionkit.policy import Policy
from emotionkit.project import RecordingsSettings
from emotionkit.records import Lesson, Run
from emotionkit.video import probe
from emotionkit.video.pieces import Piece, cut_into_pieces
from emotionkit.warehouse import (
    PartsFolder,
    find_lesson,
    find_run,
    find_segment,
    load_segment,
    open_warehouse,
    read_tombstones,
    refuse_taken_id,
    remove_segment,
    update_facts,
    validated_lesson_id,
)

_RUN_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """What processing one recording came to.

    Attributes:
        recording: The recording, as it was named.
        lesson_id: The lesson that holds its rows.
        changed: False if the very same work had been done before.
        duration_s: Length of the recording in seconds.
        frames: Sampled frames of the lesson in the warehouse.
        faces: Faces in them.
        decoded_s: Seconds of the recording that the frames stand for; the rest could not be decoded, or is sound alone.
    """

    recording: Path
    lesson_id: str
    changed: bool
    duration_s: float
    frames: int
    faces: int
    decoded_s: float


@dataclass(frozen=True, slots=True)
class Undertaking:
    """A recording on its way into the warehouse.

    Attributes:
        outcome: What it came to, if it was there already or only had to be loaded.
        pieces: The pieces to be read apart from each other; None if it has to be read from start to end.
    """

    recording: Path
    warehouse: Path
    settings: ProcessingSettings
    lesson: Lesson
    run: Run
    outcome: Outcome | None = None
    pieces: tuple[Piece, ...] | None = None

    @property
    def parts(self) -> PartsFolder:
        """Where what was read of it is kept until all of it is there."""
        return PartsFolder(self.warehouse, self.lesson.lesson_id, self.run.run_id)

    def tasks(self, *, deadline: float | None = None, share: float = 1.0) -> list[Task]:
        """Return what there is to do, in order; the parts of some may be there already."""
        finished = self.parts.names()
        common = (self.recording, self.warehouse, self.lesson.lesson_id, self.run.run_id, self.settings)
        pieces = (None,) if self.pieces is None else self.pieces
        return [Task(number, *common, piece, finished, deadline, share) for number, piece in enumerate(pieces)]

    def in_one_go(self) -> Undertaking:
        """Return the same, to be read from start to end."""
        return replace(self, pieces=None)


def begin(
    recording: Path,
    warehouse: Path,
    model_sha256: str,
    settings: ProcessingSettings,
    *,
    lesson_id: str | None = None,
    policy: Policy | None = None,
    naming: RecordingsSettings | None = None,
    call: Call = call_here,
) -> Undertaking:
    """Look at a recording and say what there is to do; nothing of it is read yet.

    ``call`` is for what native code does with the recording; by default that happens in this process.

    Raises:
        InvalidInputError: The lesson's id cannot be used, or a value in the files that tell of the lesson.
        RecordingError: The recording cannot be read, its lesson's id belongs to another one or to a class, or
            something of it was erased.
        WarehouseError: The warehouse cannot be read or written.
    """
    refuse_unwritable(recording)
    lesson_id = validated_lesson_id(lesson_id or default_lesson_id(recording))
    source = call(recording, probe, recording)
    lesson = describe_lesson(source, lesson_id, content_sha256(recording), naming)
    run = start_run(lesson, settings, model_sha256, policy)
    refuse_taken_id(warehouse, lesson, find_lesson(warehouse, lesson_id))
    undertaking = Undertaking(recording, warehouse, settings, lesson, run)
    if find_run(warehouse, lesson_id) == run.run_id:
        told_anew = update_facts(warehouse, lesson, run.run_id)
        if told_anew:
            review_sightings(warehouse, lesson)
        undertaking.parts.remove_leftovers()
        return replace(undertaking, outcome=_outcome(recording, warehouse, lesson, changed=told_anew))
    refuse_erased(recording, warehouse, lesson.recording_sha256)
    segment = find_segment(warehouse, lesson_id, run.run_id)
    if segment is not None:
        outcome = load(undertaking, segment)
        undertaking.parts.remove_leftovers()
        return replace(undertaking, outcome=outcome)
    if was_read_in_one_go(undertaking.parts.names()):
        # An attempt before this one found that it cannot be cut.
        return undertaking
    pieces = call(recording, cut_into_pieces, recording, settings.sample_fps, settings.piece_s)
    return replace(undertaking, pieces=pieces)


def refuse_unwritable(recording: Path) -> None:
    """Refuse a recording whose path cannot be stored with its lesson.

    Raises:
        RecordingError: Its name, or that of a folder, is no text.
    """
    try:
        str(recording.resolve()).encode()
    except UnicodeEncodeError as error:
        raise RecordingError(recording, "has a name, or a folder, that is no text in UTF-8: rename it.") from error


def refuse_erased(recording: Path, warehouse: Path, sha256: str) -> None:
    """Refuse a recording of which something was erased.

    Raises:
        RecordingError: It is one.
    """
    if stones := read_tombstones(warehouse).of(sha256):
        what = "was erased" if any(stone.whole for stone in stones) else "had a person erased from its lesson"
        raise RecordingError(
            recording,
            f"{what} (receipt {stones[-1].receipt}) and is not read again; `emotionkit erase --readmit` allows it.",
        )


def load(undertaking: Undertaking, segment: Path) -> Outcome:
    """Load the segment of a lesson into the database; its parts are gone then.

    Raises:
        RecordingError: The lesson's id was taken by another recording, or a class, meanwhile; the segment is gone then.
        WarehouseError: The segment is damaged, or the database cannot be written.
    """
    try:
        load_segment(undertaking.warehouse, segment)
    except RecordingError:
        # A rebuild would take it for the newer run of the lesson.
        remove_segment(undertaking.warehouse, segment)
        raise
    undertaking.parts.remove()
    return _outcome(undertaking.recording, undertaking.warehouse, undertaking.lesson, changed=True)


def _outcome(recording: Path, warehouse: Path, lesson: Lesson, *, changed: bool) -> Outcome:
    count = "select count(*), coalesce(sum(faces), 0), coalesce(sum(weight_s), 0) from frames where lesson_id = ?"
    frames, faces, decoded_s = open_warehouse(warehouse).sql(count, [lesson.lesson_id]).fetchall()[0]
    return Outcome(recording, lesson.lesson_id, changed, lesson.duration_s, frames, int(faces), float(decoded_s))


def run_name(lesson_id: str, recording_sha256: str, settings: ProcessingSettings, model_sha256: str) -> str:
    """Return the id of the run that reads a recording's content into a lesson with settings and a model."""
    work = (lesson_id, recording_sha256, settings.fingerprint, model_sha256)
    return hashlib.sha256("\n".join(work).encode()).hexdigest()[:_RUN_ID_DIGITS]


def start_run(lesson: Lesson, settings: ProcessingSettings, model_sha256: str, policy: Policy | None) -> Run:
    """Return the run that makes a lesson's rows, named after what decides them."""
    now = datetime.now(UTC)
    return Run(
        run_id=run_name(lesson.lesson_id, lesson.recording_sha256, settings, model_sha256),
        software_version=__version__,
        model_sha256=model_sha256,
        settings=settings.canonical_json(),
        fingerprint=settings.fingerprint,
        started_at=now,
        ended_at=now,
        status="started",
        # Not part of the run's name: what the rows are for changes no row.
        purpose=policy.purpose.value if policy else None,
        jurisdiction=policy.jurisdiction if policy else None,
    )
