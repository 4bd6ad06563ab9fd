"""Before a night's work: what killed processes left is removed, and a damaged or missing database made anew."""

from __future__ import annotations

import contextlib
import logging
import shutil
from pathlib import Path

from emotionkit.errors import InvalidInputError, WarehouseError
from emotionkit.warehouse.connection import (
    DATABASE,
    InUseError,
    UnreadableDatabaseError,
    database_as_it_is,
    has_database,
    lacks_database,
    log_of,
)
from emotionkit.warehouse.faults import told
from emotionkit.warehouse.locking import writers_lock
from emotionkit.warehouse.parts import PartsFolder
from emotionkit.warehouse.rebuilding import rebuild, rebuild_under_lock
from emotionkit.warehouse.replacing import updating_connection
from emotionkit.warehouse.segments import SEGMENTS

DAMAGED = f".{DATABASE}.damaged.tmp"
"""What a damaged database is kept as until the next night, or the next erasure."""

_log = logging.getLogger(__name__)


def tidy(folder: Path) -> int:
    """Remove what processes that were killed left unfinished, and return how much; work under way is left alone.

    Raises:
        WarehouseError: Something cannot be removed, or another process writes for too long.
    """
    with writers_lock(folder), told(folder, "cannot be written"):
        mine = [*folder.glob(".*.tmp"), *folder.glob(f".{DATABASE}.new*"), *folder.glob(f"{DATABASE}*.tmp")]
        for path in mine:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        segments = [path for path in sorted((folder / SEGMENTS).rglob(".*.tmp")) if _is_abandoned(folder, path)]
    return len(mine) + len(segments)


def mend(folder: Path) -> int | None:
    """Read all of the database; make it anew from the segments if any of it is damaged.

    What a load that was killed left in the log alone comes into the file. A database that is missing, as anybody may
    delete it, is made anew too: without it a night would take every recording for a new one.

    Returns:
        The number of lessons in the new database; None if nothing was wrong.

    Raises:
        WarehouseError: The warehouse cannot be read or written, or is of a newer version.
    """
    if lacks_database(folder):
        _log.info("The database is missing and is made anew from the segments.")
        rebuild(folder)
        return None
    if not has_database(folder):
        return None
    with writers_lock(folder):
        try:
            _read_all(folder)
        except UnreadableDatabaseError as error:
            _log.warning("%s", error)
        except InUseError:
            # Another program writes it, so that it could be opened.
            return None
        else:
            if log_of(folder / DATABASE).exists():
                with updating_connection(folder):
                    # To open and close the file for changes is enough.
                    pass
            return None
        with told(folder, "cannot be written"):
            log_of(folder / DATABASE).unlink(missing_ok=True)
            (folder / DATABASE).replace(folder / DAMAGED)
        return rebuild_under_lock(folder)


def _read_all(folder: Path) -> None:
    with database_as_it_is(folder) as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        for (name,) in tables:
            connection.execute(f'SELECT bit_xor(hash(t)) FROM "{name}" t').fetchall()  # noqa: S608 - tables of our own


def _is_abandoned(folder: Path, path: Path) -> bool:
    """Remove a segment that was not finished unless its run is at work, and say whether."""
    run_id = path.name.split(".")[1]
    with contextlib.suppress(WarehouseError, InvalidInputError, OSError):
        with PartsFolder(folder, path.parent.name, run_id).kept_from_others():
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()
        return True
    return False
