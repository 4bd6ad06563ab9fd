"""The facts of many lessons in one table, ``roster.csv`` in the folder of the recordings."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from emotionkit.batch.facts import KEYS, Entry, Facts, Known, read_entries
from emotionkit.errors import InvalidFileError, quoted

ROSTER = "roster.csv"
NAME = "recording"
"""The column that names a recording, with or without the ending of its file."""


def read_roster(recording: Path, known: Known) -> Facts:
    """Return what the roster beside a recording tells of it; nothing without roster or row.

    Columns are separated by commas or semicolons; segments within their cell by semicolons or lines. Columns that are
    not facts are left alone, as are the values of other rows.

    Raises:
        InvalidFileError: It cannot be read, has no column ``recording``, names the recording twice, or a value cannot
            be used; the sentence names file, line and column.
    """
    path = recording.with_name(ROSTER)
    if not path.exists():
        return Facts()
    names = {_composed(recording.name), _composed(recording.stem)}
    found: dict[str, Entry] | None = None
    for row in _rows(path):
        if _composed(row[NAME].text.strip()) not in names:
            continue
        if found is not None:
            reason = f"names {quoted(recording.stem)} twice, first in line {found[NAME].line}."
            raise InvalidFileError(path, reason, line=row[NAME].line, key=NAME)
        found = row
    if found is None:
        return Facts()
    return read_entries(path, {key: _parts(key, found[key]) for key in KEYS if key in found}, known)


def _composed(name: str) -> str:
    # Some systems write a letter and its accent as two characters, where the roster has one.
    return unicodedata.normalize("NFC", name)


def _rows(path: Path) -> Iterator[dict[str, Entry]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            delimiter = ";" if header.count(";") > header.count(",") else ","
            columns = [column.strip().casefold() for column in next(csv.reader([header], delimiter=delimiter), [])]
            _check_columns(path, columns)
            rows = csv.reader(file, delimiter=delimiter, strict=True)
            line = 2
            for cells in rows:
                if len(cells) > len(columns):
                    raise InvalidFileError(path, f"has {len(cells)} cells under {len(columns)} columns.", line=line)
                if any(cells):
                    padded = [*cells, *[""] * (len(columns) - len(cells))]
                    yield {column: Entry(cell, line) for column, cell in zip(columns, padded, strict=True)}
                line = rows.line_num + 2
    except csv.Error as error:
        raise InvalidFileError(path, f"this is not CSV: {error}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFileError(
            path, f"cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}."
        ) from error


def _check_columns(path: Path, columns: list[str]) -> None:
    if NAME not in columns:
        raise InvalidFileError(path, f"has no column {NAME!r}.", line=1)
    if twice := [column for column in columns if column in KEYS and columns.count(column) > 1]:
        raise InvalidFileError(path, "is a column twice.", line=1, key=twice[0])


def _parts(key: str, entry: Entry) -> list[Entry]:
    if key != "segments":
        return [entry]
    return [Entry(part, entry.line) for line in entry.text.splitlines() for part in line.split(";")]
