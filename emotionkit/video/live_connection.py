"""One connection to a live source, as news: what each of its pictures adds to the class."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from fractions import Fraction

from emotionkit.video.live_pictures import LivePicture, Rest, live_pictures
from emotionkit.video.live_sampler import NO_CELL, LiveFrame, LiveSampler
from emotionkit.video.live_source import LiveSource, opened_live


@dataclass(frozen=True, slots=True)
class SoFar:
    """What was read of a class up to some picture.

    Attributes:
        end: Second of the class at which that picture ends.
        started: When by ``live_pictures.now`` second 0 was; None before the first picture.
        cell: Cell of the grid of samples that had one last.
    """

    end: Fraction = Fraction(0)
    started: float | None = None
    cell: int = NO_CELL


@dataclass(frozen=True, slots=True, eq=False)
class LiveNews:
    """A picture that came.

    Attributes:
        so_far: What was read, with it.
        gap: From which to which second the source was lost, if it is the first one after that.
        sample: What is to be looked at; None if the picture is not.
        frame_rate: Pictures per second, as the source tells; 0 if it does not.
        has_key_frames: Whether the source tells where its key frames are.
    """

    so_far: SoFar
    gap: tuple[Fraction, Fraction] | None
    sample: LiveFrame | None
    frame_rate: float
    has_key_frames: bool


Connect = Callable[[LiveSource, float, SoFar, threading.Event], Generator[LiveNews]]
"""``connect(source, sample_fps, so_far, stopping)``: open a source and yield its news, wherever that is done."""


def connect_here(
    source: LiveSource, sample_fps: float, so_far: SoFar, stopping: threading.Event
) -> Generator[LiveNews]:
    """Yield the news of a connection that is opened in this process.

    Raises:
        LiveSourceError: The source cannot be opened, or no longer gives pictures.
    """
    return connection_news(source, sample_fps, so_far, stopping.wait)


def connection_news(source: LiveSource, sample_fps: float, so_far: SoFar, rest: Rest) -> Generator[LiveNews]:
    """Open a source and yield what each of its pictures brings, until it ends.

    Args:
        source: What is read.
        sample_fps: Pictures per second that are looked at.
        so_far: What was read over earlier connections.
        rest: Called to wait for the time of a picture.

    Raises:
        LiveSourceError: The source cannot be opened, or no longer gives pictures.
    """
    sampler, offset = LiveSampler(sample_fps, so_far.cell), None
    with opened_live(source) as opened:
        told = float(opened.frame_rate or 0), opened.can_be_cut
        for picture in live_pictures(source, opened, rest):
            gap = None
            started = picture.due - float(picture.pts) if so_far.started is None else so_far.started
            if offset is None:
                offset = _offset(picture, started, so_far)
                gap = None if so_far.started is None else (so_far.end, picture.pts + offset)
            sample = sampler.sample(picture, offset, gap[0] if gap else None)
            so_far = SoFar(max(so_far.end, picture.end + offset), started, sampler.cell)
            yield LiveNews(so_far, gap, sample, *told)


def _offset(picture: LivePicture, started: float, so_far: SoFar) -> Fraction:
    """Return what makes seconds of a new connection, with its first picture, seconds of the class."""
    if so_far.started is None:
        return Fraction(0)
    elapsed = Fraction(round(1000 * (picture.due - started)), 1000)
    return max(elapsed, so_far.end) - picture.pts
