"""A thread that reads a live source and keeps the newest picture that is due: older ones are dropped, never queued."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from types import TracebackType
from typing import Self

from emotionkit.errors import LiveSourceError
from emotionkit.video.live_connection import Connect, LiveNews, SoFar, connect_here
from emotionkit.video.live_pictures import now
from emotionkit.video.live_sampler import LiveFrame
from emotionkit.video.live_source import READ_TIMEOUT_S, LiveSource

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 15.0
"""Seconds before a lost source is tried again; each further time twice as long, up to the longest."""


class LiveState(StrEnum):
    """How a live source is."""

    CONNECTING = "connecting"
    RUNNING = "running"
    LOST = "lost"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """How a live source is, since when by :func:`now`, and what is wrong with it, as the end of a sentence."""

    state: LiveState
    since: float
    reason: str = ""


class LiveReader:
    """Reads a source in a thread of its own, and opens it again when it is lost.

    Samples lie on the grid of ``video.sampling``; seconds count from the start of the first connection, and after a
    gap go on by the clock::

        with LiveReader(source, sample_fps=2, patience_s=600) as reader:
            while not reader.is_over:
                frame = reader.newest(timeout_s=1)

    Attributes:
        dropped: Samples that were replaced by a newer one before anybody asked for them.
        gaps: Seconds of the class from which and until which the source was lost.
        size: Width and height of the pictures as displayed; None before the first one.
        frame_rate: Pictures per second, as the source tells; 0 if it does not.
        has_key_frames: Whether it tells where its key frames are.
    """

    def __init__(
        self, source: LiveSource, sample_fps: float, patience_s: float, connect: Connect = connect_here
    ) -> None:
        """Say what is read, how often it is looked at, how long it is waited for when lost, and how it is opened."""
        self.dropped = 0
        self.gaps: list[tuple[Fraction, Fraction]] = []
        self.size: tuple[int, int] | None = None
        self.frame_rate = 0.0
        self.has_key_frames = False
        self._source, self._sample_fps, self._patience_s, self._connect = source, sample_fps, patience_s, connect
        self._so_far = SoFar()
        self._status = LiveStatus(LiveState.CONNECTING, now())
        self._fault: Exception | None = None
        self._slot: LiveFrame | None = None
        self._filled = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emotionkit-live-reader", daemon=True)

    def __enter__(self) -> Self:
        """Begin to read."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop reading."""
        self.stop()
        self._thread.join(READ_TIMEOUT_S + 1)

    @property
    def status(self) -> LiveStatus:
        """How the source is."""
        return self._status

    @property
    def end(self) -> Fraction:
        """Second at which the last picture so far ends."""
        return self._so_far.end

    @property
    def is_over(self) -> bool:
        """Whether nothing will come any more, and everything was told."""
        return self._status.state is LiveState.ENDED and self._slot is None and self._fault is None

    def stop(self) -> None:
        """Read no further; what is there can still be taken."""
        self._stopping.set()
        self._set(LiveState.ENDED)

    def newest(self, timeout_s: float) -> LiveFrame | None:
        """Return the newest sample that was not taken yet, or None if there is none within ``timeout_s``.

        Raises:
            LiveSourceError: The source could not be opened in the first place.
        """
        with self._filled:
            self._filled.wait_for(lambda: self._slot is not None or self._status.state is LiveState.ENDED, timeout_s)
            taken, self._slot = self._slot, None
        if taken is None and self._fault is not None:
            raise self._fault
        return taken

    def _run(self) -> None:
        try:
            self._read()
        except Exception as error:  # noqa: BLE001 - a fault of the program is for the thread that asks to show
            self._fault = error
        self._set(LiveState.ENDED, self._status.reason if self._status.state is LiveState.LOST else "")

    def _read(self) -> None:
        wait_s, lost_at = FIRST_WAIT_S, now()
        while not self._stopping.is_set():
            try:
                self._read_connection()
                if self._source.is_file:
                    return
                fault = LiveSourceError(self._source.name, "has ended.")
            except LiveSourceError as error:
                fault = error
            if self._so_far.started is None:
                self._fault = fault
                return
            if self._status.state is LiveState.RUNNING:
                wait_s, lost_at = FIRST_WAIT_S, now()
            self._set(LiveState.LOST, fault.reason)
            # A file would begin from its start again.
            if self._source.is_file or now() - lost_at > self._patience_s:
                return
            self._stopping.wait(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _read_connection(self) -> None:
        news = self._connect(self._source, self._sample_fps, self._so_far, self._stopping)
        # A connection that is wanted no more is closed here and now, not when it happens to be collected.
        with closing(news):
            for one in news:
                if self._stopping.is_set():
                    return
                self._take(one)

    def _take(self, news: LiveNews) -> None:
        self.frame_rate, self.has_key_frames = news.frame_rate, news.has_key_frames
        if news.gap is not None:
            self.gaps.append(news.gap)
        if self._status.state is not LiveState.RUNNING:
            self._set(LiveState.RUNNING)
        if news.sample is not None:
            height, width = news.sample.frame.luma.shape
            self.size = (width, height)
            self._offer(news.sample)
        self._so_far = news.so_far

    def _offer(self, sample: LiveFrame) -> None:
        with self._filled:
            if (old := self._slot) is not None:
                self.dropped += 1
                if old.after_gap:
                    sample = replace(sample, previous_end=old.previous_end, after_gap=True)
            self._slot = sample
            self._filled.notify_all()

    def _set(self, state: LiveState, reason: str = "") -> None:
        with self._filled:
            if self._status.state is not LiveState.ENDED:
                self._status = LiveStatus(state, now(), reason)
            self._filled.notify_all()
