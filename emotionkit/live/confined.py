"""Live sources opened in a child process: one that crashes or hangs a decoder costs a new connection, nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from fractions import Fraction
from multiprocessing.connection import wait
from pathlib import Path
from types import TracebackType
from typing import Self, TypeGuard

import numpy as np

from emotionkit.batch.confined_orders import Ended, Note, Order
from emotionkit.batch.confinement import Child
from emotionkit.errors import EmotionkitError, LiveSourceError, RecordingError
from emotionkit.video.limits import MOST_PIXELS
from emotionkit.video.live_connection import LiveNews, SoFar, connection_news
from emotionkit.video.live_sampler import LiveFrame
from emotionkit.video.live_source import OPEN_TIMEOUT_S, READ_TIMEOUT_S, LiveSource

OPENING_S = 2 * OPEN_TIMEOUT_S + 5
"""Seconds after which a child that opens a source is ended: FFmpeg waits for an answer, then for pictures."""
SILENCE_S = READ_TIMEOUT_S + 5
"""Seconds without a picture after which a child is ended. One that still has a say gives up a lost source before."""

_LISTEN_EVERY_S = 0.25
_WORD_EVERY_S = 1.0
_END_S = 1.0


class ConfinedConnections:
    """Opens sources in a child process, one after the other; a new child is begun when the old one is of no more use.

    ``connect`` is what a ``LiveReader`` asks for::

        with ConfinedConnections() as connections, LiveReader(source, 2, 600, connections.connect) as reader:
            ...
    """

    def __init__(self) -> None:
        self._child: Child | None = None
        self._is_over = False

    def __enter__(self) -> Self:
        """Begin a child, so that it loads what it needs meanwhile."""
        self._child = Child()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child; there is no other after that."""
        self._is_over = True
        if self._child:
            self._child.end(_END_S)
        self._child = None

    def connect(
        self, source: LiveSource, sample_fps: float, so_far: SoFar, stopping: threading.Event
    ) -> Generator[LiveNews]:
        """Yield the news of a connection, as ``video.live_connection.connection_news`` does, until ``stopping``.

        Raises:
            LiveSourceError: The source cannot be opened, or no longer gives pictures, or the process that read it
                crashed, hung, or sent what makes no sense.
        """
        if self._is_over:
            return
        child = None
        try:
            child = self._child = self._child or Child()
            child.give(Order(Path(source.name), report, (source, sample_fps, so_far), notes_apart_s=0, tries=1))
            yield from _heard(child, source, stopping)
        except LiveSourceError:
            raise
        except EmotionkitError as error:
            reason = error.reason if isinstance(error, RecordingError) else f"cannot be read: {error}"
            raise LiveSourceError(source.name, reason) from error
        finally:
            if child is None or child.orders:
                # It is at what is wanted no more.
                self._child = None
            if child and child.orders:
                child.end(_END_S)


def report(source: LiveSource, sample_fps: float, so_far: SoFar, note: Callable[[object], None]) -> None:
    """Send the news of a connection; in a child.

    Raises:
        LiveSourceError: The source cannot be opened, or no longer gives pictures.
    """

    def rest(seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            note(None)
            time.sleep(min(left, _WORD_EVERY_S))

    for news in connection_news(source, sample_fps, so_far, rest):
        note(news)


def _heard(child: Child, source: LiveSource, stopping: threading.Event) -> Generator[LiveNews]:
    heard_at, patience_s = time.monotonic(), OPENING_S
    while not stopping.is_set():
        wait([child.connection], _LISTEN_EVERY_S)
        told = child.hear()
        if isinstance(told, Ended):
            if told.error is not None:
                raise told.error
            return
        if isinstance(told, Note) or not child.is_ready:
            heard_at = time.monotonic()
        elif time.monotonic() - heard_at > patience_s:
            raise LiveSourceError(source.name, f"gave no picture for {patience_s:.0f} s.")
        if isinstance(told, Note) and told.value is not None:
            if not _is_news(told.value):
                raise LiveSourceError(source.name, "made the process that read it send nonsense.")
            patience_s = SILENCE_S
            yield told.value


def _is_news(value: object) -> TypeGuard[LiveNews]:
    """Say whether a child sent what it should: a decoder that was taken over may send data of any form."""
    try:
        return (
            isinstance(value, LiveNews)
            and _are(Fraction, value.so_far.end, *(value.gap or ()))
            and _are(float, value.so_far.started, value.frame_rate)
            and _are(int, value.so_far.cell, value.has_key_frames)
            and (value.gap is None or len(value.gap) == 2)
            and (value.sample is None or _is_sample(value.sample))
        )
    except (AttributeError, TypeError):
        return False


def _is_sample(sample: LiveFrame) -> bool:
    luma = sample.frame.luma
    return (
        _are(np.ndarray, luma)
        and luma.dtype == np.uint8
        and luma.ndim == 2
        and 0 < luma.size <= MOST_PIXELS
        and _are(Fraction, sample.frame.pts, sample.frame.weight, sample.previous_end)
        and _are(float, sample.due)
        and _are(int, sample.group, sample.after_gap)
    )


def _are(kind: type, *values: object) -> bool:
    return all(isinstance(value, kind) for value in values)
