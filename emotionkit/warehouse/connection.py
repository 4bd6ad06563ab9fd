"""Opening the database file, for reading or for writing, with patience where somebody else holds it.

DuckDB lets one process write or several read, never both. So nobody holds the file for longer than a question or a load
takes, and whoever comes meanwhile waits. Where somebody reads for longer, a load works on a copy: see ``replacing``.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from emotionkit.errors import WarehouseError
from emotionkit.warehouse.faults import reason, told
from emotionkit.warehouse.locking import writers_lock
from emotionkit.warehouse.schema import migrate, migrations, schema_version
from emotionkit.warehouse.segments import segment_paths

DATABASE = "emotionkit.duckdb"

STORAGE_VERSION = "v1.2.0"
"""The oldest DuckDB that can read the file; see docs/decisions/0003-segments-and-duckdb.md."""

BLOCK_BYTES = 65_536
"""Size of the blocks of a new file: columns of a few bits a row fill small ones better."""

READERS_PATIENCE_S = 10.0
"""Seconds a reader waits for a load to end."""

WRITERS_PATIENCE_S = 30.0
"""Seconds a change of the tables themselves waits for questions to end."""


class InUseError(WarehouseError):
    """Somebody holds the database file for longer than was waited."""


class UnreadableDatabaseError(WarehouseError):
    """The database file is no DuckDB file, or a damaged one."""


_POLL_S = 0.05
_LOCKING_DOWN = threading.Lock()
_READING: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "python_enable_replacements": False,
}
_WRITING: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": STORAGE_VERSION,
    "default_block_size": BLOCK_BYTES,
    "autoinstall_known_extensions": False,
}


@contextmanager
def reading_connection(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an existing warehouse for questions: it cannot be written through, nor other files be read.

    A warehouse of an older emotionkit is migrated first.

    Raises:
        WarehouseError: There is none, it cannot be read, it is newer, or a writer holds it for too long.
    """
    path = _existing_database(folder)
    connection = _patient_connection(folder, path, read_only=True, patience_s=READERS_PATIENCE_S)
    try:
        with told(folder, "cannot be read"):
            outdated = schema_version(connection, folder) < migrations()[-1].version
        if outdated:
            connection.close()
            with writers_lock(folder), writing_connection(folder, path):
                pass
            connection = _patient_connection(folder, path, read_only=True, patience_s=READERS_PATIENCE_S)
        with told(folder, "cannot be read"):
            _lock_down(connection)
        yield connection
    finally:
        connection.close()


@contextmanager
def writing_connection(
    folder: Path, path: Path, *, patience_s: float | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database file for writing, with its schema brought up to date; all is in the file when the block ends.

    The caller holds the writers' lock, and says how many seconds to wait for readers; ``WRITERS_PATIENCE_S`` if not.

    Raises:
        WarehouseError: It cannot be opened or written, it is newer, or readers hold it for too long.
    """
    connection = _patient_connection(
        folder, path, read_only=False, patience_s=WRITERS_PATIENCE_S if patience_s is None else patience_s
    )
    try:
        with told(folder, "cannot be written"):
            migrate(connection, folder)
            yield connection
            # Closing would do the same, but keep quiet about a full disk.
            connection.execute("CHECKPOINT")
    finally:
        connection.close()


@contextmanager
def database_as_it_is(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an existing database for reading whatever its version, as long as that is not newer.

    Raises:
        UnreadableDatabaseError: It is no DuckDB file, damaged, or lacks what is asked of it.
        WarehouseError: It is newer, or a writer holds it for too long.
    """
    connection = _patient_connection(folder, folder / DATABASE, read_only=True, patience_s=READERS_PATIENCE_S)
    try:
        schema_version(connection, folder)
        yield connection
    except duckdb.Error as error:
        raise _explained(folder, error) from error
    finally:
        connection.close()


def existing_folder(folder: Path) -> None:
    """Ask for a warehouse's folder to be there.

    Raises:
        WarehouseError: It is not; the sentence says what there is instead.
    """
    with told(folder, "cannot be read"):
        if not folder.exists():
            raise WarehouseError(folder, "does not exist: process a recording first.")
        if not folder.is_dir():
            raise WarehouseError(folder, "is a file, not a folder.")


def has_database(folder: Path) -> bool:
    """Return whether a folder holds a warehouse's database; False where there is no folder.

    Raises:
        WarehouseError: One may not look.
    """
    with told(folder, "cannot be read"):
        return (folder / DATABASE).exists()


def lacks_database(folder: Path) -> bool:
    """Say whether lessons are stored and the database that lists them is missing."""
    return not has_database(folder) and bool(segment_paths(folder))


def log_of(database: Path) -> Path:
    """Return DuckDB's write-ahead log of a file; one that belonged to another file of its name must not be replayed."""
    return database.with_name(f"{database.name}.wal")


def _existing_database(folder: Path) -> Path:
    existing_folder(folder)
    if not has_database(folder):
        if lacks_database(folder):
            raise WarehouseError(folder, "has lost its database; the next lesson or night makes it anew from segments.")
        raise WarehouseError(folder, "has no database yet: process a recording first.")
    return folder / DATABASE


def _patient_connection(folder: Path, path: Path, *, read_only: bool, patience_s: float) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return _quiet(duckdb.connect(path, read_only=read_only, config=_READING if read_only else _WRITING))
        except duckdb.Error as error:
            if not _in_use(error) or time.monotonic() > deadline:
                raise _explained(folder, error) from error
        time.sleep(_POLL_S)


def _quiet(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Have no bar of progress drawn, which in a kernel would stand in the report and in a worker on the terminal."""
    # Beside another connection of this process that has locked what they share, this one stays as DuckDB wants it.
    with suppress(duckdb.InvalidInputException):
        connection.execute("SET enable_progress_bar = false")
    return connection


def _in_use(error: duckdb.Error) -> bool:
    # The two in the middle: this very process holds the file in the other mode, or is just letting go of it.
    signs = ("Could not set lock", "different configuration", "file handle conflict", "used by another process")
    return any(sign in str(error) for sign in signs)


def _explained(folder: Path, error: duckdb.Error) -> WarehouseError:
    text = str(error)
    if _in_use(error):
        holder = re.search(r"PID (\d+)", text)
        who = f"process {holder[1]}" if holder else "this or another process"
        return InUseError(folder, f"is in use by {who}: try again when it has finished.")
    if "newer version of DuckDB" in text:
        return WarehouseError(folder, f"was written by a newer DuckDB than {duckdb.__version__}: update duckdb.")
    return UnreadableDatabaseError(folder, f"has a database that cannot be opened: {reason(error)}")


def _lock_down(connection: duckdb.DuckDBPyConnection) -> None:
    # Connections of one process to one file share their settings, so only the first has them to make: one at a time.
    with _LOCKING_DOWN:
        if connection.execute("SELECT current_setting('lock_configuration')").fetchall() == [(False,)]:
            connection.execute("SET GLOBAL TimeZone = 'UTC'")
            connection.execute("SET lock_configuration = true")
