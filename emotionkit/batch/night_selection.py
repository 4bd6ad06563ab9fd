"""Which recordings a nightly run looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatch

from emotionkit.batch.finding import Found
from emotionkit.batch.lesson_facts import default_lesson_id


@dataclass(frozen=True, slots=True)
class Selection:
    """Which recordings a run looks at.

    Attributes:
        only: Patterns, one of which has to match the path below the folder, the file's name or the lesson's id.
        since: The day on which, or after which, a recording was written, on the clocks of this place.
        retry_failed: Whether those are tried again that were set aside.
    """

    only: tuple[str, ...] = ()
    since: date | None = None
    retry_failed: bool = False

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not self.only and self.since is None

    def takes(self, found: Found, lesson_ids: Iterable[str] = ()) -> bool:
        """Say whether a recording is looked at, which may have become some lessons."""
        if self.since is not None and datetime.fromtimestamp(found.written_at).date() < self.since:
            return False
        names = (found.name, found.path.name, found.path.stem, default_lesson_id(found.path), *lesson_ids)
        return not self.only or any(fnmatch(name, pattern) for name in names for pattern in self.only)
