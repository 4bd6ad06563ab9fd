"""What nightly runs remember from one night to the next: what they have seen, what failed, which reports are made.

Nothing in it names anything, so that an erasure leaves nothing here: paths, contents and lessons are keyed hashes, and
of a failure only a sentence on the recording itself is kept. Without it the next run reads every recording's content
once more, and counts failures from the start.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from emotionkit.durable import write_durably
from emotionkit.errors import Limit
from emotionkit.warehouse import Tombstones
from emotionkit.warehouse.faults import told

MEMORY = "nightly.json"
NIGHTS_UNTIL_SET_ASIDE = 3

UNTOLD = "{} cannot be processed; `emotionkit nightly --retry-failed` says why."
"""What is remembered instead of a sentence that may name something; ``{}`` stands for the recording."""

_OF_THE_RECORDING = frozenset({"recording", *Limit})
"""Kinds of failures whose sentences quote nothing that people wrote, in files beside the recording or in a report."""


class _Remembered(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Setback(_Remembered):
    """A failure: how many nights in a row, of what kind, on which day last, and why, where that names nothing."""

    nights: int
    kind: str
    day: date
    reason: str = UNTOLD

    def model_post_init(self, _: object) -> None:
        """Forget a sentence that may quote anything, also one that an earlier version remembered."""
        if self.kind not in _OF_THE_RECORDING:
            self.reason = UNTOLD


class Seen(_Remembered):
    """A recording as it was when its content was last read."""

    stamp: str
    content: str
    """Keyed hash of its SHA-256."""
    facts_stamp: str | None = None
    """That of the files beside it when its lesson was last complete, None before."""
    failed_facts_stamp: str | None = None
    """That of the files beside it when it last failed."""
    setback: Setback | None = None


class Rendered(_Remembered):
    """What a lesson was like when its report was made, and on which day."""

    fingerprint: str
    day: date
    setback: Setback | None = None


class _Stored(_Remembered):
    files: dict[str, Seen] = Field(default_factory=dict)
    reports: dict[str, Rendered] = Field(default_factory=dict)


class NightMemory:
    """The memory of one warehouse. Its keys are made with that of the warehouse's tombstones."""

    def __init__(self, warehouse: Path, tombstones: Tombstones) -> None:
        self._path = warehouse / MEMORY
        self._warehouse, self._tombstones = warehouse, tombstones
        try:
            self._stored = _Stored.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            self._stored = _Stored()

    def hashed(self, text: str) -> str:
        """Return the keyed hash of a text, as 64 hexadecimal digits."""
        return self._tombstones.hashed(text)

    def seen(self, name: str) -> Seen | None:
        """Return what is known of a recording by its name below the folder."""
        return self._stored.files.get(self.hashed(name))

    def see(self, name: str, seen: Seen) -> None:
        """Remember a recording."""
        self._stored.files[self.hashed(name)] = seen

    def rendered(self, lesson_id: str) -> Rendered | None:
        """Return what is known of the report of a lesson."""
        return self._stored.reports.get(self.hashed(lesson_id))

    def render(self, lesson_id: str, rendered: Rendered) -> None:
        """Remember the report of a lesson."""
        self._stored.reports[self.hashed(lesson_id)] = rendered

    def forget_all_but(self, names: set[str], lesson_ids: set[str]) -> None:
        """Forget recordings and lessons that are no longer there."""
        names, lesson_ids = set(map(self.hashed, names)), set(map(self.hashed, lesson_ids))
        self._stored.files = {key: seen for key, seen in self._stored.files.items() if key in names}
        self._stored.reports = {key: one for key, one in self._stored.reports.items() if key in lesson_ids}

    def save(self) -> None:
        """Write the memory whole.

        Raises:
            WarehouseError: It cannot be written; it is as before then.
        """
        with told(self._warehouse, "cannot be written"):
            write_durably(self._path, self._stored.model_dump_json().encode())


def failed_again(before: Setback | None, kind: str, day: date, reason: str = UNTOLD) -> Setback:
    """Return a failure added to those before it; of several on one day one counts."""
    nights = (before.nights if before else 0) + (before is None or before.day != day)
    return Setback(nights=nights, kind=kind, day=day, reason=reason)
