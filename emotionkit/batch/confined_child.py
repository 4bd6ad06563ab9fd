"""The far side of ``confinement``: a process that does what it is sent, one thing after the other, under limits."""

from __future__ import annotations

import ctypes
import logging
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from time import monotonic
from types import FrameType
from typing import Any

from emotionkit.errors import EmotionkitError

READY, NOTE, LOG, DONE, ERROR, MEMORY, BUG = "ready", "note", "log", "done", "error", "memory", "bug"
"""Kinds of messages to the parent, each with a value; the first comes before all, the last four end an order."""

_NOTE_EVERY_S = 0.2
_PR_SET_PDEATHSIG = 1


def serve(connection: Connection, memory_bytes: int) -> None:
    """Do what a parent sends until it closes its end, or is gone."""
    # Ctrl-C reaches the whole process group: the parent decides, and its SIGTERM lets a child tidy up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    _die_with_parent()
    _limit_memory(memory_bytes)
    # Native code complains on its way down; the parent's sentence tells it better.
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    with connection:
        logging.basicConfig(handlers=[_Forwarding(connection)], level=logging.INFO, force=True)
        try:
            _send(connection, READY, None)
            while True:
                _serve(connection, connection.recv_bytes())
        except (EOFError, OSError):
            # The parent is gone, or wants no more.
            return


def _serve(connection: Connection, order: bytes) -> None:
    try:
        # From the parent, which may do what this may.
        function, arguments, notes = pickle.loads(order)  # noqa: S301  # nosec B301
        more = (_noting(connection),) if notes else ()
        answer = DONE, function(*arguments, *more)
    except EmotionkitError as error:
        answer = ERROR, error
    except MemoryError:
        answer = MEMORY, None
    except Exception:  # noqa: BLE001 - a fault of the program is for the parent to show
        answer = BUG, traceback.format_exc()
    _send(connection, *answer)


def _noting(connection: Connection) -> Callable[[object], None]:
    """Return what sends notes, not too many of them."""
    last = 0.0

    def note(value: object) -> None:
        nonlocal last
        now = monotonic()
        if now - last >= _NOTE_EVERY_S:
            last = now
            _send(connection, NOTE, value)

    return note


def _send(connection: Connection, kind: str, value: object) -> None:
    connection.send_bytes(pickle.dumps((kind, value)))


class _Forwarding(logging.Handler):
    """What is logged here is logged by the parent."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def emit(self, record: logging.LogRecord) -> None:
        _send(self._connection, LOG, (record.name, record.levelno, record.getMessage()))


def _limit_memory(memory_bytes: int) -> None:
    try:
        import resource  # noqa: PLC0415  not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _die_with_parent() -> None:
    """Let the system end this process with the one it was forked from, which ends with the one that wanted it.

    So none stays behind, even one that hangs in native code. Linux alone can.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _leave(number: int, _frame: FrameType | None) -> Any:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(128 + number)
