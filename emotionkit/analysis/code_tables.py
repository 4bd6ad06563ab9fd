"""Tables of text, separated by tabs, commas or semicolons, as tools of observers write them; cells know their line."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emotionkit.errors import InvalidFileError

Row = tuple[str, ...]
_BEGINNINGS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class TextTable:
    """Rows of cells without the blanks around them; rows that hold nothing are left out.

    Attributes:
        path: The file.
        rows: Each with its line in the file, from 1.
    """

    path: Path
    rows: tuple[tuple[int, Row], ...]

    def after(self, header: int) -> Iterator[tuple[int, Row]]:
        """Yield the rows after a place, as long as the row there, with cells that are missing as empty ones."""
        width = len(self.rows[header][1])
        for line, row in self.rows[header + 1 :]:
            yield line, (*row, *[""] * (width - len(row)))


def read_table(path: Path) -> TextTable:
    """Return the rows of a text file.

    Raises:
        InvalidFileError: It cannot be read, is no text in UTF-8 or UTF-16, or holds nothing.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidFileError(path, f"it cannot be read ({error.strerror or error}).") from error
    encoding = next((name for mark, name in _BEGINNINGS.items() if content.startswith(mark)), "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidFileError(path, "this is no text in UTF-8; export the table anew.", line=line) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[int, Row]] = []
    try:
        for row in reader:
            cells = tuple(cell.strip() for cell in row)
            # ELAN begins with where the media are; below, a name may begin so too.
            if any(cells) and (rows or not cells[0].startswith("#")):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise InvalidFileError(path, f"this is no row of a table ({error}).", line=reader.line_num) from error
    if not rows:
        raise InvalidFileError(path, "it holds no rows.")
    return TextTable(path, tuple(rows))


def _delimiter(text: str) -> str:
    """Return what separates cells: the mark that most lines of the beginning have, tabs before others."""
    lines = text.splitlines()[:50]
    return max("\t;,", key=lambda mark: sum(mark in line for line in lines))
