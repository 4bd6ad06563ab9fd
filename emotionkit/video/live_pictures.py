"""From an open live source to its pictures, each with its time of the class and the instant at which it came."""

from __future__ import annotations

import time
from bisect import bisect_right, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from av import VideoFrame
from av.error import FFmpegError

from emotionkit.errors import LiveSourceError
from emotionkit.video.decoding import PictureClock
from emotionkit.video.display import is_there
from emotionkit.video.live_source import LiveKind, LiveSource
from emotionkit.video.source import Source

STALL_S = 5.0
"""Seconds without a picture after which a source counts as lost: unplugged, cut off, or the machine was suspended."""
JUMP_S = 10
"""Seconds by which time stamps may move away from the clock from one picture to the next."""
LOOK_EVERY_S = 2.0
"""Seconds from one look whether the screen is still there to the next."""
AHEAD_S = 5.0
"""Seconds by which pictures may come before their time, as when a server begins with what it kept; then they wait."""

Rest = Callable[[float], object]
"""Waits for some seconds, or less where reading is to stop."""


def now() -> float:
    """Return seconds on a clock that goes on while the machine is suspended, where the system has one."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(frozen=True, slots=True)
class LivePicture:
    """A picture of a connection.

    Attributes:
        pts: Seconds since the start of the connection.
        end: Until when it is shown, if nothing follows.
        due: When by :func:`now` it came or, of a file, was to be shown.
        group: How many key frames there were up to it.
        picture: As decoded.
    """

    pts: Fraction
    end: Fraction
    due: float
    group: int
    picture: VideoFrame


def live_pictures(live: LiveSource, source: Source, rest: Rest) -> Iterator[LivePicture]:
    """Yield the pictures of an open source as they come, those of a file when they are due; times strictly increase.

    Pictures that cannot be decoded are left out: the next key frame mends what they spoilt.

    Args:
        live: What is read.
        source: The same, open.
        rest: Called to wait for the time of a picture.

    Raises:
        LiveSourceError: Nothing came for ``STALL_S``, or time stamps jumped: the connection is of no more use.
        FFmpegError: It broke off.
    """
    clock, keys = PictureClock(source), list[int]()
    pace = _Pace(live, rest)
    zero: Fraction | None = None
    last: Fraction | None = None
    for packet in source.container.demux(source.video):
        arrived = now()
        if packet.is_keyframe and packet.pts is not None:
            insort(keys, packet.pts)
        try:
            pictures = packet.decode()
        except FFmpegError:
            continue
        for picture in pictures:
            if not isinstance(picture, VideoFrame) or picture.is_corrupt:
                continue
            start, end = clock.time(picture)
            if zero is None:
                # A stream may be joined in its middle.
                zero = source.start if live.is_file else start
            pts = start - zero
            pace.check(pts, last)
            if last is not None and pts <= last:
                continue
            last = pts
            yield LivePicture(
                pts, max(end - zero, pts), pace.due(pts, arrived), bisect_right(keys, picture.pts or 0), picture
            )


class _Pace:
    """Keeps pictures to the clock."""

    def __init__(self, live: LiveSource, rest: Rest) -> None:
        self._live, self._rest = live, rest
        self._anchor: float | None = None
        self._came = self._looked = now()

    def check(self, pts: Fraction, last: Fraction | None) -> None:
        """Refuse what follows a stall or a jump in time, and what comes from a screen that is gone."""
        # Not when the packet came: the machine may have slept while it was decoded.
        checked, self._came = self._came, now()
        waited = self._came - checked
        if self._live.kind is LiveKind.SCREEN and self._came - self._looked > LOOK_EVERY_S:
            self._looked = self._came
            if not is_there(self._live.address):
                raise LiveSourceError(self._live.name, "is gone.")
        if last is None or self._live.is_file:
            return
        if waited > STALL_S:
            raise LiveSourceError(self._live.name, f"gave no picture for {waited:.0f} s.")
        if not -1 <= pts - last <= JUMP_S + waited:
            raise LiveSourceError(self._live.name, "jumped in time.")

    def due(self, pts: Fraction, arrived: float) -> float:
        """Wait until a picture may be shown, and return when it was due."""
        if self._anchor is None:
            self._anchor = arrived - float(pts)
        scheduled = self._anchor + float(pts)
        early = scheduled - arrived - (0 if self._live.is_file else AHEAD_S)
        if early > 0:
            self._rest(early)
            self._came += early
        elif self._live.is_file and arrived - scheduled > STALL_S:
            # The machine slept: a file is played on from where it was.
            self._anchor = arrived - float(pts)
            scheduled = arrived
        return scheduled if self._live.is_file else max(arrived, scheduled - AHEAD_S)
