"""Child processes, forked from one that has loaded what they need and nothing more."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.forkserver import ensure_running
from multiprocessing.process import BaseProcess
from types import ModuleType

_BLAS_THREADS = "OPENBLAS_NUM_THREADS"


def start(function: Callable[..., None], *arguments: object) -> BaseProcess:
    """Start a process that calls a function.

    Forking this process would copy the locks of its threads in whatever state they are. One that has imported what
    workers need, and nothing more, is safe to fork, and spares each of them a second.
    """
    load_ahead()
    process = multiprocessing.get_context("forkserver").Process(target=function, args=arguments)
    with _ignoring_interrupts(), _allowed_children(), _main_left_alone():
        process.start()
    return process


def load_ahead() -> None:
    """Have the process that others are forked from load what they need; whoever knows that it will start some gains."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(["emotionkit.batch.preload"])
    with _ignoring_interrupts(), _main_left_alone(), _one_thread_each():
        ensure_running()


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    """Have processes that start meanwhile ignore Ctrl-C from their first moment on; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _main_left_alone() -> Iterator[None]:
    """Keep a process that starts meanwhile from running this one's program anew: nothing it does comes from there."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Keep NumPy's matrix products to one thread in processes that start meanwhile: a worker is one core's work.

    OpenBLAS has no other switch that Python could reach, and looks at this one when it is loaded.
    """
    before = os.environ.get(_BLAS_THREADS)
    os.environ[_BLAS_THREADS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_BLAS_THREADS]
        else:
            os.environ[_BLAS_THREADS] = before


@contextmanager
def _allowed_children() -> Iterator[None]:
    """Let a process have children that is called a daemon, as workers of Dask are: theirs end with them anyway."""
    settings = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    daemon = settings.pop("daemon", False)
    try:
        yield
    finally:
        if daemon:
            settings["daemon"] = daemon
