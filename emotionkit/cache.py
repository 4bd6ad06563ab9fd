"""What takes long to make and always comes out the same is kept on this machine; it can be deleted at any time."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

from emotionkit.durable import write_durably

CACHE_VARIABLE = "EMOTIONKIT_CACHE"
"""Environment variable that names another folder than the user's own."""

_DIGEST_BYTES = hashlib.sha256().digest_size
_PATIENCE_S = 60
_log = logging.getLogger(__name__)


def kept(name: str, make: Callable[[], bytes], folder: Path | None = None) -> bytes:
    """Return what is kept under a name, or make it and keep it.

    A file that is damaged is made anew. Of several processes that want the same, one makes it. Where nothing can be
    written, nothing is kept.

    Args:
        name: Of a file.
        make: Makes it.
        folder: Another folder than that of the environment, or else the user's.
    """
    folder = folder or Path(os.environ.get(CACHE_VARIABLE) or user_cache_path("emotionkit", appauthor=False))
    path = folder / name
    content = _read(path)
    if content is None:
        import filelock  # noqa: PLC0415  only needed once

        try:
            folder.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(path.with_suffix(".lock"), timeout=_PATIENCE_S):
                content = _read(path) or _written(path, make())
        except (OSError, filelock.Timeout) as error:
            _log.info("%s cannot be kept in %s: %s", name, folder, error)
            content = make()
    return content


def _read(path: Path) -> bytes | None:
    try:
        stored = path.read_bytes()
    except OSError:
        return None
    digest, content = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else None


def _written(path: Path, content: bytes) -> bytes:
    write_durably(path, hashlib.sha256(content).digest() + content)
    return content
