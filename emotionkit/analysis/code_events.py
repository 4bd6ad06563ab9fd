"""What observers coded, as events, and the cells of their tables by the names of columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from emotionkit.analysis.code_tables import Row
from emotionkit.analysis.code_times import seconds_of
from emotionkit.errors import InvalidFileError, quoted

NOBODY = {"", "no focal subject"}
"""What BORIS calls an event of nobody in particular."""

STUDENT = ("student", "subject", "participant", "person", "tier")
CODER = ("coder", "observer", "annotator", "rater")
START = ("start_s", "start (s)", "start", "begin", "onset", "begin_s", "pts_s", "time_s", "time")
END = ("end_s", "stop (s)", "end", "stop", "offset", "stop_s")
DURATION = ("duration_s", "duration (s)", "duration")
CODE = ("code", "expression", "emotion", "behavior", "behaviour", "label", "value", "annotation")


@dataclass(frozen=True, slots=True)
class Event:
    """One code as it stands in a file.

    Attributes:
        line: Where it begins, from 1.
        column: The column of the code.
        student: Of whom.
        coder: By whom, where the table tells.
        start_s: From when, in seconds of the recording.
        end_s: Until when; as ``start_s`` where it is of a moment.
        code: The word itself.
    """

    line: int
    column: str
    student: str
    coder: str | None
    start_s: float
    end_s: float
    code: str


def of_tier(tier: str, participant: str) -> tuple[str, str | None]:
    """Return student and coder of a tier of ELAN: its participant is the student, ``student@coder`` names both.

    >>> of_tier("Ada@anna", ""), of_tier("face", "Ada"), of_tier("face@Ada", "Ada")
    (('Ada', 'anna'), ('Ada', None), ('Ada', None))
    """
    name, _, coder = (part.strip() for part in tier.partition("@"))
    return participant or name, None if coder in {"", participant} else coder


class Cells:
    """Cells of rows by the names of their columns; what cannot be used is told with line and column.

    Attributes:
        names: Of the columns, as the file has them.
    """

    def __init__(
        self,
        path: Path,
        names: Row,
        *,
        student: tuple[str, ...] = STUDENT,
        code: tuple[str, ...] = CODE,
        start: tuple[str, ...] = START,
        end: tuple[str, ...] = END,
        duration: tuple[str, ...] = DURATION,
    ) -> None:
        """Begin with the names of columns, and those under which what makes an event is looked for."""
        self._path, self.names = path, names
        self._folded = [name.casefold() for name in names]
        self._student, self._code, self._start, self._end, self._duration = (
            self.first(wanted) for wanted in (student, code, start, end, duration)
        )

    def first(self, wanted: tuple[str, ...]) -> int | None:
        """Return the place of the first of some columns that is there."""
        return next((self._folded.index(name) for name in wanted if name in self._folded), None)

    def text(self, row: Row, wanted: tuple[str, ...]) -> str:
        """Return the cell of the first of some columns that is there; nothing without any."""
        place = self.first(wanted)
        return "" if place is None else row[place]

    def time(self, row: Row, place: int, line: int, unit_s: float = 1.0, *, signed: bool = False) -> float:
        """Return a time in seconds, which may be negative only where it is ``signed``.

        Raises:
            InvalidFileError: The cell holds none.
        """
        is_negative = signed and row[place].startswith("-")
        seconds = seconds_of(row[place][is_negative:], unit_s=unit_s)
        if seconds is None:
            raise InvalidFileError(
                self._path, f"holds {quoted(row[place])}, which is no time.", line=line, key=self.names[place]
            )
        return -seconds if is_negative else seconds

    def event(self, line: int, row: Row, *, earlier_s: float = 0.0) -> Event:
        """Return a row as an event, of a moment where nothing tells its end.

        Args:
            line: Of the row.
            row: Its cells.
            earlier_s: What is taken from its times.

        Raises:
            InvalidFileError: A cell cannot be used.
        """
        student, start, code = self._student, self._start, self._code
        assert student is not None
        assert start is not None
        assert code is not None
        if row[student].casefold() in NOBODY:
            raise InvalidFileError(self._path, "names no student.", line=line, key=self.names[student])
        start_s = self._since(earlier_s, row, start, line)
        event = Event(line, self.names[code], row[student], self.text(row, CODER) or None, start_s, start_s, row[code])
        until, lasting = self._end, self._duration
        if until is not None and row[until] not in {"", "NA"}:
            return self.lasting(event, self._since(earlier_s, row, until, line), line)
        if until is None and lasting is not None and row[lasting]:
            return self.lasting(event, start_s + self.time(row, lasting, line), line)
        return event

    def _since(self, earlier_s: float, row: Row, place: int, line: int) -> float:
        """Return a time less some seconds; only then may it be negative in the file."""
        seconds = round(self.time(row, place, line, signed=earlier_s < 0) - earlier_s, 6)
        if seconds < 0:
            raise InvalidFileError(
                self._path, f"is {-seconds:g} s before the recording begins.", line=line, key=self.names[place]
            )
        return seconds

    def lasting(self, event: Event, end_s: float, line: int) -> Event:
        """Return an event that lasts until ``end_s``, which a line tells.

        Raises:
            InvalidFileError: That is before it begins.
        """
        if end_s < event.start_s:
            raise InvalidFileError(
                self._path,
                f"ends at {end_s:g} s, before it begins at {event.start_s:g} s.",
                line=line,
                key=event.column,
            )
        return replace(event, end_s=end_s)
