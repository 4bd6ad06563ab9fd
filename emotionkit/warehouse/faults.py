"""Faults of disk and engine, told as one sentence about the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from emotionkit.errors import WarehouseError

_NO_ROOM = "No space left on device"


@contextmanager
def told(folder: Path, doing: str) -> Iterator[None]:
    """Turn an error of the operating system or of DuckDB in the block into one about the warehouse.

    Args:
        folder: The warehouse.
        doing: What could not be done, such as ``cannot be written``.

    Raises:
        WarehouseError: In place of ``OSError`` and ``duckdb.Error``.
    """
    try:
        yield
    except (OSError, duckdb.Error) as error:
        raise WarehouseError(folder, f"{doing}: {reason(error)}") from error


def reason(error: Exception) -> str:
    """Return what an error says, as the end of a sentence on one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if _NO_ROOM in text:
        # DuckDB wraps it in what it was doing at the time.
        return "the disk is full."
    first = text.strip().splitlines()[0].rstrip(". ")
    return f"{first}."
