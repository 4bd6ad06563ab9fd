"""One writer at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from emotionkit.errors import WarehouseError
from emotionkit.warehouse.faults import told

LOCK = "emotionkit.lock"

PATIENCE_S = 60.0
"""Seconds to wait for another writer: loading a lesson takes a few, making the database anew may take minutes."""


@contextmanager
def writers_lock(folder: Path) -> Iterator[None]:
    """Hold the right to write into an existing warehouse folder for the length of the block.

    Raises:
        WarehouseError: Another process writes for longer than ``PATIENCE_S``, or the folder cannot be written.
    """
    lock = filelock.FileLock(folder / LOCK, timeout=PATIENCE_S)
    with told(folder, "cannot be written"):
        try:
            lock.acquire()
        except filelock.Timeout as error:
            raise WarehouseError(folder, "is being written by another process: try again when it is done.") from error
    try:
        yield
    finally:
        lock.release()
