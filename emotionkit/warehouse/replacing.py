"""A new database file beside the one in use, put in its place when it is complete."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from emotionkit.durable import sync_file, sync_folder
from emotionkit.warehouse.connection import (
    DATABASE,
    InUseError,
    database_as_it_is,
    log_of,
    writing_connection,
)
from emotionkit.warehouse.faults import told

IN_PLACE_PATIENCE_S = 2.0
"""Seconds a load waits for questions to end before it works on a copy of the file."""


@contextmanager
def fresh_database(folder: Path) -> Iterator[Path]:
    """Give the path of a file to be made, and put it in the place of the database when the block ends.

    Whoever reads the old file goes on reading it. Nothing of the old file is left under the folder, nor of the new one
    if the block fails. The caller holds the writers' lock, and has closed the new file when the block ends.

    Raises:
        OSError: The file cannot be put there; the old database is as before then.
    """
    fresh = folder / f".{DATABASE}.new"
    with contextlib.ExitStack() as leftovers:
        # Before, those of an attempt that was killed; after, those of one that failed.
        _remove(fresh)
        leftovers.callback(_remove, fresh)
        yield fresh
        sync_file(fresh)
        log_of(folder / DATABASE).unlink(missing_ok=True)
        fresh.replace(folder / DATABASE)
        sync_folder(folder)


@contextmanager
def updating_connection(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the database for changes, in place where nobody reads it, else as a copy that then takes its place.

    So a notebook that holds a warehouse open keeps no load from its work: it goes on reading the file as it was. The
    caller holds the writers' lock.

    Raises:
        WarehouseError: The database cannot be written, it is newer, or a program other than emotionkit writes it.
    """
    with contextlib.ExitStack() as stack:
        in_place = writing_connection(folder, folder / DATABASE, patience_s=IN_PLACE_PATIENCE_S)
        try:
            connection = stack.enter_context(in_place)
        except InUseError:
            connection = stack.enter_context(_copied(folder))
        yield connection


@contextmanager
def _copied(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    database = folder / DATABASE
    with told(folder, "cannot be written"), fresh_database(folder) as fresh:
        # Held open, so that no other program begins to write what is being copied.
        with database_as_it_is(folder):
            shutil.copyfile(database, fresh)
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(log_of(database), log_of(fresh))
        with writing_connection(folder, fresh) as connection:
            yield connection


def _remove(database: Path) -> None:
    database.unlink(missing_ok=True)
    log_of(database).unlink(missing_ok=True)
