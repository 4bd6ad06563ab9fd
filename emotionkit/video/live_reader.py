"""A thread that reads a live source and keeps the newest picture that is due: older ones are dropped, never queued."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from types import TracebackType
from typing import Self

from emotionkit.errors import LiveSourceError
from emotionkit.video.live_pictures import LivePicture, live_pictures, now
from emotionkit.video.live_sampler import LiveFrame, LiveSampler
from emotionkit.video.live_source import READ_TIMEOUT_S, LiveSource, opened_live

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
        end: Second at which the last picture so far ends.
        size: Width and height of the pictures as displayed; None before the first one.
        frame_rate: Pictures per second, as the source tells; 0 if it does not.
        has_key_frames: Whether it tells where its key frames are.
    """

    def __init__(self, source: LiveSource, sample_fps: float, patience_s: float) -> None:
        self.dropped = 0
        self.gaps: list[tuple[Fraction, Fraction]] = []
        self.end = Fraction(0)
        self.size: tuple[int, int] | None = None
        self.frame_rate = 0.0
        self.has_key_frames = False
        self._source, self._sampler, self._patience_s = source, LiveSampler(sample_fps), patience_s
        self._status = LiveStatus(LiveState.CONNECTING, now())
        self._fault: LiveSourceError | None = None
        self._slot: LiveFrame | None = None
        self._filled = threading.Condition()
        self._stopping = threading.Event()
        self._started: float | None = None
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
        wait_s, lost_at = FIRST_WAIT_S, now()
        while not self._stopping.is_set():
            try:
                self._read_connection()
                if self._source.is_file:
                    break
                fault = LiveSourceError(self._source.name, "has ended.")
            except LiveSourceError as error:
                fault = error
            if self._started is None:
                self._fault = fault
                break
            if self._status.state is LiveState.RUNNING:
                wait_s, lost_at = FIRST_WAIT_S, now()
            self._set(LiveState.LOST, fault.reason)
            if now() - lost_at > self._patience_s:
                break
            self._stopping.wait(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        self._set(LiveState.ENDED, self._status.reason if self._status.state is LiveState.LOST else "")

    def _read_connection(self) -> None:
        with opened_live(self._source) as opened:
            self.has_key_frames = opened.can_be_cut
            self.frame_rate = float(opened.frame_rate or 0)
            offset: Fraction | None = None
            for picture in live_pictures(self._source, opened, self._stopping.wait):
                if self._stopping.is_set():
                    return
                after_gap, before = offset is None and self._started is not None, self.end
                offset = self._offset(picture) if offset is None else offset
                if self._status.state is not LiveState.RUNNING:
                    self._set(LiveState.RUNNING)
                sample = self._sampler.sample(picture, offset, before if after_gap else None)
                if sample is not None:
                    self.size = (sample.frame.luma.shape[1], sample.frame.luma.shape[0])
                    self._offer(sample)
                self.end = max(self.end, picture.end + offset)

    def _offset(self, picture: LivePicture) -> Fraction:
        """Return what makes seconds of a new connection seconds of the class."""
        if self._started is None:
            self._started = picture.due - float(picture.pts)
            return Fraction(0)
        elapsed = Fraction(round(1000 * (picture.due - self._started)), 1000)
        start = max(elapsed, self.end)
        self.gaps.append((self.end, start))
        return start - picture.pts

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
