"""The files of observers' tools, each as events: of ELAN, BORIS, and any table with plain columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from emotionkit.analysis import code_boris, code_eaf, code_elan
from emotionkit.analysis.code_events import CODE, START, STUDENT, Cells, Event
from emotionkit.analysis.code_tables import TextTable, read_table
from emotionkit.errors import InvalidFileError

LONGEST_PREAMBLE = 60
"""Rows within which a table's header is looked for; BORIS once wrote what it knew of the observation first."""


def events(path: Path) -> Iterator[Event]:
    """Yield the events of a file of any form that is known.

    Raises:
        InvalidFileError: None is, or something in it cannot be used; the sentence names its line.
    """
    if path.suffix.casefold() == code_eaf.ENDING:
        yield from code_eaf.eaf_events(path)
        return
    table = read_table(path)
    for place, (_, row) in enumerate(table.rows[:LONGEST_PREAMBLE]):
        names = [cell.casefold() for cell in row]
        for form, is_header in _FORMS:
            if is_header(names):
                yield from form(table, place)
                return
    if code_elan.is_nameless(table.rows[0][1]):
        yield from code_elan.events_without_names(table)
        return
    raise InvalidFileError(
        path, "no row names columns for a student, a start and a code, as ELAN, BORIS or a plain table have them."
    )


def _plain(table: TextTable, header: int) -> Iterator[Event]:
    """Yield the rows of a table with a column each for student, start and code."""
    cells = Cells(table.path, table.rows[header][1])
    for line, row in table.after(header):
        if cells.text(row, CODE):
            yield cells.event(line, row)


def _is_plain(names: list[str]) -> bool:
    return all(any(name in names for name in wanted) for wanted in (STUDENT, START, CODE))


_FORMS: tuple[tuple[Callable[[TextTable, int], Iterator[Event]], Callable[[list[str]], bool]], ...] = (
    (code_boris.tabular_events, code_boris.is_tabular),
    (code_boris.aggregated_events, code_boris.is_aggregated),
    (code_elan.named_events, code_elan.is_named),
    (_plain, _is_plain),
)
