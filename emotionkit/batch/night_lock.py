"""One nightly run at a time on a warehouse, under the name of whoever runs it."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import filelock

from emotionkit.durable import write_durably
from emotionkit.errors import WarehouseError
from emotionkit.warehouse.faults import told

LOCK = "nightly.lock"
OWNER = "nightly.owner.json"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who runs, or ran, the nightly run."""

    user: str
    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{self.user} on {self.host} (process {self.pid}, since {self.since})"


@contextmanager
def night_lock(warehouse: Path) -> Iterator[Owner | None]:
    """Hold the right to the nightly run for the length of the block; the folder is made if need be.

    The system lets go of the lock when its holder ends, however it ends. So a name without a lock is what a run that
    crashed left, and the block gets it.

    Raises:
        WarehouseError: Another nightly run works on the warehouse; the sentence names its owner. Or the folder cannot
            be written, or its file system has no locks.
    """
    with told(warehouse, "cannot be written"):
        warehouse.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(warehouse / LOCK, timeout=0, fallback_to_soft=False)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        owner = _owner(warehouse)
        raise WarehouseError(
            warehouse, f"is in the hands of the nightly run of {owner or 'another process'}: wait until it has ended."
        ) from error
    except PermissionError as error:
        raise WarehouseError(warehouse, f"cannot be written: {error.strerror or error}.") from error
    except (OSError, NotImplementedError) as error:
        why = getattr(error, "strerror", None) or error
        raise WarehouseError(warehouse, f"lies where files cannot be locked ({why}): choose another disk.") from error
    try:
        before = _owner(warehouse)
        with told(warehouse, "cannot be written"):
            write_durably(warehouse / OWNER, json.dumps(asdict(_oneself())).encode())
        yield before
    finally:
        with contextlib.suppress(OSError):
            (warehouse / OWNER).unlink(missing_ok=True)
        lock.release()


def _oneself() -> Owner:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.getuid())
    return Owner(user, socket.gethostname(), os.getpid(), datetime.now(UTC).isoformat(" ", timespec="minutes"))


def _owner(warehouse: Path) -> Owner | None:
    try:
        return Owner(**json.loads((warehouse / OWNER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
