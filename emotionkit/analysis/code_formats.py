"""The tables that observers' tools export, each as events: ELAN, BORIS, and any table with plain columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from emotionkit.analysis.code_tables import Row, TextTable
from emotionkit.analysis.code_times import FRAMES, is_time, seconds_of
from emotionkit.errors import InvalidFileError, quoted

LONGEST_PREAMBLE = 60
"""Rows within which a table's header is looked for; BORIS once wrote what it knew of the observation first."""
NOBODY = {"", "no focal subject"}
"""What BORIS calls an event of nobody in particular."""

STUDENT = ("student", "subject", "participant", "person", "tier")
CODER = ("coder", "observer", "annotator", "rater")
START = ("start_s", "start (s)", "start", "begin", "onset", "begin_s", "pts_s", "time_s", "time")
END = ("end_s", "stop (s)", "end", "stop", "offset", "stop_s")
DURATION = ("duration_s", "duration (s)", "duration")
CODE = ("code", "expression", "emotion", "behavior", "behaviour", "label", "value", "annotation")
_UNITS_S = {"hh:mm:ss.ms": 1.0, "ss.msec": 1.0, "msec": 0.001}
"""How ELAN ends the names of columns of times, whatever its language, and what a plain number there counts."""


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


def events(table: TextTable) -> Iterator[Event]:
    """Yield the events of a table of any form that is known.

    Raises:
        InvalidFileError: None is, or a cell cannot be used; the sentence names line and column.
    """
    for place, (_, row) in enumerate(table.rows[:LONGEST_PREAMBLE]):
        names = [cell.casefold() for cell in row]
        for form, is_header in _FORMS:
            if is_header(names):
                yield from form(table, place)
                return
    if sum(map(is_time, table.rows[0][1][1:])) >= 2:
        yield from _elan_without_header(table)
        return
    raise InvalidFileError(
        table.path, "no row names columns for a student, a start and a code, as ELAN, BORIS or a plain table have them."
    )


def _boris_events(table: TextTable, header: int) -> Iterator[Event]:
    """Yield BORIS' tabular events: a row where a state starts, one where it stops, one for a point."""
    cells = Cells(table.path, table.rows[header][1])
    kinds = cells.first(("behavior type", "status"))
    assert kinds is not None
    running: dict[tuple[str, str, str], Event] = {}
    for line, row in table.after(header):
        event = cells.event(line, row, end=False)
        who = (cells.text(row, ("observation id",)), event.student, event.code)
        kind = row[kinds].upper()
        if kind == "POINT":
            yield event
        elif kind == "START" and who not in running:
            running[who] = event
        elif kind == "STOP" and who in running:
            begun = running.pop(who)
            yield cells.lasting(begun, event.start_s, line)
        else:
            wrong = {"START": "starts what is running already", "STOP": "stops what never started"}
            reason = wrong.get(kind, "holds neither START, STOP nor POINT")
            raise InvalidFileError(table.path, f"{reason} ({quoted(event.code)}).", line=line, key=cells.names[kinds])
    if running:
        left = min(running.values(), key=lambda event: event.line)
        raise InvalidFileError(
            table.path, f"{quoted(left.code)} starts and never stops.", line=left.line, key=cells.names[kinds]
        )


def _plain(table: TextTable, header: int) -> Iterator[Event]:
    """Yield the rows of a table with a column each for student, start and code; BORIS' aggregated events are one."""
    cells = Cells(table.path, table.rows[header][1])
    for line, row in table.after(header):
        if cells.text(row, CODE):
            yield cells.event(line, row)


def _elan(table: TextTable, header: int) -> Iterator[Event]:
    """Yield ELAN's rows, by their names of columns: one tier after another, or a column for each tier."""
    names = table.rows[header][1]
    begin, end = _elan_times(table.path, [*map(_unit_name, names)], table.rows[header][0])
    unit_s = _UNITS_S[_unit_name(names[begin])]
    cells = Cells(table.path, names)
    times = [place for place, name in enumerate(names) if _is_elan_time(name)]
    by_tier = times[0] == 0
    codes = range(times[-1] + 1, len(names) if by_tier else times[-1] + 2)
    for line, row in table.after(header):
        start_s, end_s = cells.time(row, begin, line, unit_s), cells.time(row, end, line, unit_s)
        for place in codes:
            if row[place]:
                tier = names[place] if by_tier else row[0]
                person = "" if by_tier or begin < 2 else row[1]
                student, coder = _of_tier(tier, person)
                begun = Event(line, names[place] or "annotation", student, coder, start_s, start_s, row[place])
                yield cells.lasting(begun, end_s, line)


def _elan_without_header(table: TextTable) -> Iterator[Event]:
    """Yield ELAN's rows where it wrote no names: tier, participant, begin, end and duration in any formats, value."""
    first_line, first = table.rows[0]
    begin, end = _elan_times(table.path, [*map(_unit_of_value, first)], first_line)
    unit_s = _UNITS_S[_unit_of_value(first[begin])]
    value = max(place for place, cell in enumerate(first) if place and is_time(cell)) + 1
    cells = Cells(table.path, tuple(f"column {place + 1}" for place in range(len(first))))
    for line, row in table.rows:
        if len(row) <= value or not row[value]:
            continue
        start_s, end_s = cells.time(row, begin, line, unit_s), cells.time(row, end, line, unit_s)
        student, coder = _of_tier(row[0], row[1] if begin > 1 else "")
        begun = Event(line, f"column {value + 1}", student, coder, start_s, start_s, row[value])
        yield cells.lasting(begun, end_s, line)


def _elan_times(path: Path, units: list[str], line: int) -> tuple[int, int]:
    """Return the places of begin and end: the first two columns of one format, of which ELAN writes several.

    Raises:
        InvalidFileError: There are no two.
    """
    for unit in _UNITS_S:
        places = [place for place, name in enumerate(units) if name == unit]
        if len(places) >= 2:
            return places[0], places[1]
    raise InvalidFileError(
        path,
        "begin and end are needed as hh:mm:ss.ms, seconds or milliseconds; choose one in ELAN's export.",
        line=line,
    )


def _unit_name(name: str) -> str:
    ending = name.rpartition(" - ")[2].casefold()
    return ending if ending in _UNITS_S else ""


def _is_elan_time(name: str) -> bool:
    return bool(_unit_name(name)) or "hh:mm:ss:ff" in name.casefold()


def _unit_of_value(cell: str) -> str:
    if FRAMES.fullmatch(cell) or seconds_of(cell) is None:
        return ""
    return "hh:mm:ss.ms" if ":" in cell else "msec" if cell.isdecimal() else "ss.msec"


def _of_tier(tier: str, participant: str) -> tuple[str, str | None]:
    """Return student and coder: a participant is the student, ``student@coder`` names both."""
    name, _, coder = tier.partition("@")
    return participant or name.strip(), coder.strip() or None


class Cells:
    """Cells of rows by the names of their columns; what cannot be used is told with line and column.

    Attributes:
        names: Of the columns, as the file has them.
    """

    def __init__(self, path: Path, names: Row) -> None:
        self._path, self.names = path, names
        self._folded = [name.casefold() for name in names]

    def first(self, wanted: tuple[str, ...]) -> int | None:
        """Return the place of the first of some columns that is there."""
        return next((self._folded.index(name) for name in wanted if name in self._folded), None)

    def text(self, row: Row, wanted: tuple[str, ...]) -> str:
        """Return the cell of the first of some columns that is there; nothing without any."""
        place = self.first(wanted)
        return "" if place is None else row[place]

    def time(self, row: Row, place: int, line: int, unit_s: float = 1.0) -> float:
        """Return a time in seconds.

        Raises:
            InvalidFileError: The cell holds none.
        """
        seconds = seconds_of(row[place], unit_s=unit_s)
        if seconds is None:
            raise InvalidFileError(
                self._path, f"holds {quoted(row[place])}, which is no time.", line=line, key=self.names[place]
            )
        return seconds

    def event(self, line: int, row: Row, *, end: bool = True) -> Event:
        """Return a row as an event; of a moment if ``end`` is not asked for, or not there.

        Raises:
            InvalidFileError: A cell cannot be used.
        """
        student, start, code = self.first(STUDENT), self.first(START), self.first(CODE)
        assert student is not None
        assert start is not None
        assert code is not None
        if row[student].casefold() in NOBODY:
            raise InvalidFileError(self._path, "names no student.", line=line, key=self.names[student])
        start_s = self.time(row, start, line)
        event = Event(line, self.names[code], row[student], self.text(row, CODER) or None, start_s, start_s, row[code])
        until, lasting = self.first(END), self.first(DURATION)
        if end and until is not None and row[until] not in {"", "NA"}:
            return self.lasting(event, self.time(row, until, line), line)
        if end and until is None and lasting is not None and row[lasting]:
            return self.lasting(event, start_s + self.time(row, lasting, line), line)
        return event

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
        return Event(event.line, event.column, event.student, event.coder, event.start_s, end_s, event.code)


def _is_boris_events(names: list[str]) -> bool:
    return (
        "behavior" in names and "time" in names and bool({"behavior type", "status"} & {*names}) and "subject" in names
    )


def _is_plain(names: list[str]) -> bool:
    return all(any(name in names for name in wanted) for wanted in (STUDENT, START, CODE))


def _is_elan(names: list[str]) -> bool:
    return sum(map(_is_elan_time, names)) >= 2


_FORMS: tuple[tuple[Callable[[TextTable, int], Iterator[Event]], Callable[[list[str]], bool]], ...] = (
    (_boris_events, _is_boris_events),
    (_elan, _is_elan),
    (_plain, _is_plain),
)
