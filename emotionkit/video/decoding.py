"""From an open recording to its pictures in the order of display, each with its time; faults counted, not hidden."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heappop, heappush

from av import Packet, VideoFrame
from av.error import FFmpegError
from av.stream import Stream

from emotionkit.errors import RecordingError
from emotionkit.video.holes import Holes, packet_end
from emotionkit.video.limits import check_length, check_size
from emotionkit.video.sampling import Timed
from emotionkit.video.source import Source, stream_start

TOLERANCE_S = Fraction(1)
"""Seconds by which a recording may end before the time that its header promises: writers round and pad."""

DAMAGE_LIMIT = Fraction(1, 100)
"""Share of the pictures that may be damaged, at least one picture; a recording with more is refused."""

_NOT_SHOWN = 2
"""Stored pictures in a row that need not come out of the decoder."""

_PATIENCE = 50
"""Read errors in a row after which nothing more is expected of the file."""

_log = logging.getLogger(__name__)


def pictures(source: Source) -> Iterator[Timed[VideoFrame]]:
    """Yield every picture that can be decoded, times strictly increasing, in seconds since ``source.start``.

    A damaged picture is left out and counted: one that cannot be decoded, that the decoder marks as corrupt, or whose
    time is not after the one before. Up to ``DAMAGE_LIMIT`` of them are tolerated and logged. Where a Matroska file
    is damaged, FFmpeg goes on at the next cluster without a word, and what was lost would look like a stall: there
    the bytes and seconds that were passed over count too, up to ``DAMAGE_LIMIT`` of the file, or ``TOLERANCE_S``.

    Raises:
        UnsafeRecordingError: A picture is too large, or they go on for too long.
        RecordingError: At the end: no picture could be decoded, too many are damaged, or the video ends more than
            ``TOLERANCE_S`` before the time that the file promises.
    """
    tally = _Tally(source)
    clock = PictureClock(source)
    zero = source.start
    for frame in _frames(source, tally):
        tally.came_out(frame.pts)
        pts, end = clock.time(frame)
        if frame.is_corrupt or (tally.last_pts is not None and pts <= tally.last_pts):
            tally.damaged += 1
            continue
        tally.last_pts, tally.video_end = pts, end
        check_size(source.path, frame.width, frame.height)
        check_length(source.path, pts - zero)
        yield Timed(pts - zero, end - zero, frame)
    tally.came_out(None)
    _check_complete(source, tally)


def scanned_end(source: Source) -> Fraction | None:
    """Return where the recording ends by its packets alone, nothing decoded; for files that do not say."""
    streams = (source.video, *source.others)
    # What an edit leaves out is stored too, and not shown.
    shown = (packet for packet in _packets(source, _Tally(source)) if not packet.is_discard)
    ends = (packet_end(packet) for packet in shown if packet.stream in streams)
    return max((end for end in ends if end is not None), default=None)


@dataclass(slots=True)
class _Tally:
    """What was seen of a recording so far; times on the container's clock."""

    source: Source
    packets: int = 0
    damaged: int = 0
    inside: list[int] = field(default_factory=list)
    refused: set[int | None] = field(default_factory=set)
    last_pts: Fraction | None = None
    packets_end: Fraction | None = None
    video_end: Fraction | None = None
    others_end: Fraction | None = None
    holes: Holes = field(init=False)

    def __post_init__(self) -> None:
        self.holes = Holes(self.source)

    def note(self, packet: Packet[Stream]) -> None:
        """Count a packet, and note where it lies and how far it reaches."""
        self.holes.note(packet)
        if packet.stream is self.source.video:
            self.packets += packet.size > 0
            if packet.size and not packet.is_discard and (end := packet_end(packet)) is not None:
                self.packets_end = end if self.packets_end is None else max(end, self.packets_end)
                if packet.pts is not None and self.source.has_presentation_times:
                    heappush(self.inside, packet.pts)
        elif packet.stream in self.source.others and (end := packet_end(packet)) is not None:
            self.others_end = end if self.others_end is None else max(end, self.others_end)

    def came_out(self, stamp: int | None) -> None:
        """Note that a picture of that time stamp came out of the decoder, or with None that no more will.

        Those before it that have not come out never will: a decoder without a key frame drops what follows without a
        word. A few at a time are in order, such as pictures that are made to be built upon and not to be shown.
        """
        missed = 0
        while self.inside and (stamp is None or self.inside[0] <= stamp):
            waiting = heappop(self.inside)
            missed += waiting != stamp and waiting not in self.refused
            self.refused.discard(waiting)
        self.damaged += missed if missed > _NOT_SHOWN else 0


class PictureClock:
    """Tells when a picture is shown.

    That is ``pts × time_base``. AVI stores none, and what FFmpeg invents for B-frames is out of order: there, and
    where the first picture has no ``pts``, the decoding time stamps serve, which are the same but for the decoder's
    delay, a constant that is taken off. A picture without either follows the one before by its duration.
    """

    def __init__(self, source: Source) -> None:
        self._time_base = source.video.time_base or Fraction(1, 1000)
        self._frame_s = 1 / source.frame_rate if source.frame_rate else Fraction(0)
        self._next = stream_start(source.video) or Fraction(0)
        self._by_pts = source.has_presentation_times
        self._delay: Fraction | None = None

    def time(self, frame: VideoFrame) -> tuple[Fraction, Fraction]:
        """Return when a picture is shown and until when, if nothing follows."""
        if self._delay is None:
            self._by_pts = self._by_pts and frame.pts is not None
            self._delay = Fraction(0) if self._by_pts else (frame.dts or 0) * self._time_base - self._next
        stamp = frame.pts if self._by_pts else frame.dts
        start = self._next if stamp is None else stamp * self._time_base - self._delay
        self._next = start + (frame.duration * self._time_base if frame.duration > 0 else self._frame_s)
        return start, self._next


def _packets(source: Source, tally: _Tally) -> Iterator[Packet[Stream]]:
    """Yield the packets of all streams, going on after read errors."""
    failures = 0
    while failures < _PATIENCE:
        try:
            for packet in source.container.demux():
                failures = 0
                tally.note(packet)
                yield packet
        except FFmpegError:
            failures += 1
            tally.damaged += 1
        else:
            return


def _frames(source: Source, tally: _Tally) -> Iterator[VideoFrame]:
    """Yield what can be decoded, in the order of display."""
    for packet in _packets(source, tally):
        if packet.stream is not source.video:
            continue
        try:
            frames = packet.decode()
        except FFmpegError:
            tally.damaged += 1
            tally.refused.add(packet.pts)
            continue
        yield from (frame for frame in frames if isinstance(frame, VideoFrame))


def _check_complete(source: Source, tally: _Tally) -> None:
    if tally.video_end is None:
        raise RecordingError(source.path, "holds no picture that can be decoded.")
    promised, seen = source.video_end, tally.video_end
    if promised is None:
        # Only the whole recording has a known length, and the sound may go on alone to its end.
        promised, seen = source.end, max(seen, tally.others_end or seen)
    if promised is None:
        # Nothing is promised, but what was stored has to come out of the decoder.
        promised, seen = tally.packets_end, tally.video_end
    if promised is not None and promised - seen > TOLERANCE_S:
        lasts, readable = float(promised - source.start), float(seen - source.start)
        raise RecordingError(
            source.path, f"is cut short: it should last {lasts:.1f} s, but only {readable:.1f} s can be read."
        )
    lost_s = tally.holes.lost_s
    if lost_s > max(TOLERANCE_S, DAMAGE_LIMIT * (seen - source.start)):
        raise RecordingError(source.path, f"is damaged: {float(lost_s):.1f} s of its pictures cannot be read.")
    if tally.holes.lost_bytes > source.size * DAMAGE_LIMIT:
        raise RecordingError(source.path, f"is damaged: {tally.holes.lost_bytes:,} bytes in its middle cannot be read.")
    if tally.damaged > max(Fraction(1), tally.packets * DAMAGE_LIMIT):
        raise RecordingError(
            source.path, f"is damaged: {tally.damaged} of its {tally.packets} pictures cannot be decoded."
        )
    if tally.damaged or tally.holes.lost_bytes or lost_s:
        _log.warning("%s: %d of %d pictures are damaged and left out.", source.path, tally.damaged, tally.packets)
