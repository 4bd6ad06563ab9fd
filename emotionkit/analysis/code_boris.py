"""BORIS' tabular and aggregated events as events, held to what BORIS 8 and 10 write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from emotionkit.analysis.code_events import CODER, Cells, Event
from emotionkit.analysis.code_tables import Row, TextTable
from emotionkit.errors import InvalidFileError, quoted

KINDS = ("behavior type", "status")
_OBSERVATION = ("observation id",)
_OFFSET = ("time offset (s)",)
_MEDIA = ("media file name",)
_NO_MEDIA = {"", "NA", "Not found"}
_MODIFIER = re.compile(r"modifiers?( #\d+)?")


def is_tabular(names: list[str]) -> bool:
    """Whether columns, in small letters, are those of tabular events."""
    return {"subject", "behavior", "time"} <= {*names} and any(kind in names for kind in KINDS)


def is_aggregated(names: list[str]) -> bool:
    """Whether columns, in small letters, are those of aggregated events."""
    return {"subject", "behavior", "start (s)", "stop (s)"} <= {*names}


def tabular_events(table: TextTable, header: int) -> Iterator[Event]:
    """Yield BORIS' tabular events: a row where a state starts, one where it stops, one for a point.

    Raises:
        InvalidFileError: As for :func:`aggregated_events`, or a state starts or stops alone.
    """
    rows = _Rows(table, header, start="time", end=None)
    kinds = rows.cells.first(KINDS)
    assert kinds is not None
    modifiers = [place for place, name in enumerate(rows.cells.names) if _MODIFIER.fullmatch(name.casefold())]
    running: dict[tuple[str, ...], Event] = {}
    for line, row in table.after(header):
        event = rows.event(line, row)
        # A state with other modifiers is another state, which may run beside it.
        who = (rows.observation(row), event.student, event.code, *(row[place] for place in modifiers))
        kind = row[kinds].upper()
        if kind == "POINT":
            yield event
        elif kind == "START" and who not in running:
            running[who] = event
        elif kind == "STOP" and who in running:
            yield rows.cells.lasting(running.pop(who), event.start_s, line)
        else:
            wrong = {"START": "starts what is running already", "STOP": "stops what never started"}
            reason = wrong.get(kind, "holds neither START, STOP nor POINT")
            raise InvalidFileError(
                table.path, f"{reason} ({quoted(event.code)}).", line=line, key=rows.cells.names[kinds]
            )
    if running:
        left = min(running.values(), key=lambda event: event.line)
        raise InvalidFileError(
            table.path, f"{quoted(left.code)} starts and never stops.", line=left.line, key=rows.cells.names[kinds]
        )


def aggregated_events(table: TextTable, header: int) -> Iterator[Event]:
    """Yield BORIS' aggregated events: a row each, from start to stop.

    Raises:
        InvalidFileError: A cell cannot be used, or the table tells of several recordings.
    """
    rows = _Rows(table, header, start="start (s)", end="stop (s)")
    for line, row in table.after(header):
        yield rows.event(line, row)


class _Rows:
    """Rows of a table of BORIS, whatever independent variables its columns hold besides."""

    def __init__(self, table: TextTable, header: int, start: str, end: str | None) -> None:
        self.cells = Cells(
            table.path,
            table.rows[header][1],
            student=("subject",),
            code=("behavior",),
            start=(start,),
            end=(end,) if end else (),
            duration=(),
        )
        _refuse_several_media(table, header, self.cells)
        observations = {self.observation(row) for _, row in table.after(header)}
        self._coder = (*CODER, *_OBSERVATION) if len(observations) > 1 else CODER

    def observation(self, row: Row) -> str:
        return self.cells.text(row, _OBSERVATION)

    def event(self, line: int, row: Row) -> Event:
        """Return a row as an event in seconds of the recording: BORIS adds the observation's offset to its times."""
        offset_s = self._offset_s(line, row)
        event = self.cells.event(line, row, earlier_s=offset_s)
        return replace(event, coder=self.cells.text(row, self._coder) or None)

    def _offset_s(self, line: int, row: Row) -> float:
        place = self.cells.first(_OFFSET)
        return self.cells.time(row, place, line, signed=True) if place is not None and row[place] else 0.0


def _refuse_several_media(table: TextTable, header: int, cells: Cells) -> None:
    """Refuse observations of several recordings, whose times go on from one to the next."""
    first = None
    for line, row in table.after(header):
        media = cells.text(row, _MEDIA)
        name = _base_name(media)
        if media not in _NO_MEDIA and first not in {None, name}:
            raise InvalidFileError(
                table.path,
                f"is {quoted(name)}, and {quoted(first)} before: export the codes of one recording at a time.",
                line=line,
                key="Media file name",
            )
        first = first if media in _NO_MEDIA else name


def _base_name(media: str) -> str:
    return PurePosixPath(media.replace("\\", "/")).name if media else media
