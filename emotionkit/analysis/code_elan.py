"""ELAN's tab-delimited and CSV exports as events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emotionkit.analysis.code_events import Cells, Event, of_tier
from emotionkit.analysis.code_tables import Row, TextTable
from emotionkit.analysis.code_times import FRAMES, is_time, seconds_of
from emotionkit.errors import InvalidFileError

_UNITS_S = {"hh:mm:ss.ms": 1.0, "ss.msec": 1.0, "msec": 0.001}
"""How ELAN ends the names of columns of times, whatever its language, and what a plain number there counts."""


def named_events(table: TextTable, header: int) -> Iterator[Event]:
    """Yield ELAN's rows, by their names of columns: one tier after another, or a column for each tier."""
    names = table.rows[header][1]
    begin, end = _times(table.path, [*map(_unit_name, names)], table.rows[header][0])
    unit_s = _UNITS_S[_unit_name(names[begin])]
    cells = Cells(table.path, names)
    times = [place for place, name in enumerate(names) if _is_time(name)]
    by_tier = times[0] == 0
    first_code = times[-1] + 1
    if len(names) == first_code and all(len(row) == first_code for _, row in table.after(header)):
        raise InvalidFileError(table.path, "holds no column of annotations.", line=table.rows[header][0])
    for line, row in table.after(header):
        start_s, end_s = cells.time(row, begin, line, unit_s), cells.time(row, end, line, unit_s)
        # Of the annotation, ELAN leaves the name empty, which editors take away.
        for place, code in list(enumerate(row))[first_code : len(names) if by_tier else first_code + 1]:
            if code:
                tier = names[place] if by_tier else row[0]
                person = "" if by_tier or begin < 2 else row[1]
                student, coder = of_tier(tier, person)
                column = (names[place] if place < len(names) else "") or "annotation"
                yield cells.lasting(Event(line, column, student, coder, start_s, start_s, code), end_s, line)


def events_without_names(table: TextTable) -> Iterator[Event]:
    """Yield ELAN's rows where it wrote no names: tier, participant, begin, end and duration in any formats, value."""
    first_line, first = table.rows[0]
    begin, end = _times(table.path, [*map(_unit_of_value, first)], first_line)
    unit_s = _UNITS_S[_unit_of_value(first[begin])]
    value = max(place for place, cell in enumerate(first) if place and is_time(cell)) + 1
    cells = Cells(table.path, tuple(f"column {place + 1}" for place in range(len(first))))
    for line, row in table.rows:
        if len(row) <= value or not row[value]:
            continue
        start_s, end_s = cells.time(row, begin, line, unit_s), cells.time(row, end, line, unit_s)
        student, coder = of_tier(row[0], row[1] if begin > 1 else "")
        begun = Event(line, f"column {value + 1}", student, coder, start_s, start_s, row[value])
        yield cells.lasting(begun, end_s, line)


def _times(path: Path, units: list[str], line: int) -> tuple[int, int]:
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


def _is_time(name: str) -> bool:
    return bool(_unit_name(name)) or "hh:mm:ss:ff" in name.casefold()


def _unit_of_value(cell: str) -> str:
    if FRAMES.fullmatch(cell) or seconds_of(cell) is None:
        return ""
    return "hh:mm:ss.ms" if ":" in cell else "msec" if cell.isdecimal() else "ss.msec"


def is_named(names: list[str]) -> bool:
    """Whether columns are those of an export with their names."""
    return sum(map(_is_time, names)) >= 2


def is_nameless(first: Row) -> bool:
    """Whether a table's first row is one of an export without names of columns."""
    return sum(map(is_time, first[1:])) >= 2
