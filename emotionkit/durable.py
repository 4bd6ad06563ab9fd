"""Files that are on the disk, under their names, when a function returns."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def write_durably(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a small file whole: after a crash it is the old one or the new one, and nothing lies beside it for long.

    Args:
        path: The file.
        content: What it is to hold.
        mode: Its permissions, less what the process takes away.

    Raises:
        OSError: It cannot be written; what was there is as before.
    """
    # Whoever tidies up sees by the number whether the process that writes it is still there.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.{os.getpid()}.tmp")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def move_durably(path: Path, home: Path) -> None:
    """Move a file that is on the disk to another place of the same file system, making the folders to it.

    Raises:
        OSError: It cannot be moved.
    """
    missing = [parent for parent in home.parents if not parent.exists()]
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        path.replace(home)
    except FileNotFoundError:
        # Another process may have found the new folder empty and removed it.
        home.parent.mkdir(parents=True, exist_ok=True)
        path.replace(home)
    for place in {home.parent, *(parent.parent for parent in missing), path.parent}:
        sync_folder(place)


def remove_empty(place: Path, top: Path) -> None:
    """Remove a folder and those above it, below ``top``, as far as they are empty; one in use is not and stays."""
    with contextlib.suppress(OSError):
        for parent in (place, *place.parents):
            if parent == top or not parent.is_relative_to(top):
                break
            parent.rmdir()


def sync_file(path: Path) -> None:
    """Bring a file's content to the disk.

    Raises:
        OSError: It cannot be.
    """
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as durable as the files they name, where the system knows how.

    Raises:
        OSError: It cannot be done.
    """
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
