"""From an open recording to its pictures in the order of display, each with its time; faults counted, not hidden."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from av import Packet, VideoFrame
from av.error import FFmpegError
from av.stream import Stream

from emotionkit.errors import RecordingError
from emotionkit.video.sampling import Timed
from emotionkit.video.source import Source, stream_start

TOLERANCE_S = Fraction(1)
"""Seconds by which a recording may end before the time that its header promises: writers round and pad."""

DAMAGE_LIMIT = Fraction(1, 100)
"""Share of the pictures that may be damaged, at least one picture; a recording with more is refused."""

_HOLE = 1 << 16
"""Bytes between one Matroska block and the next above which something was lost; what lies between is a few dozen."""

_PATIENCE = 50
"""Read errors in a row after which nothing more is expected of the file."""

_log = logging.getLogger(__name__)


def pictures(source: Source) -> Iterator[Timed[VideoFrame]]:
    """Yield every picture that can be decoded, times strictly increasing, in seconds since ``source.start``.

    A damaged picture is left out and counted: one that cannot be decoded, that the decoder marks as corrupt, or whose
    time is not after the one before. Up to ``DAMAGE_LIMIT`` of them are tolerated and logged. Where a Matroska file
    is damaged, FFmpeg goes on at the next cluster without a word, and what was lost would look like a stall: there
    the bytes that were passed over count too, up to ``DAMAGE_LIMIT`` of the file.

    Raises:
        RecordingError: At the end: no picture could be decoded, too many are damaged, or the video ends more than
            ``TOLERANCE_S`` before the time that the file promises.
    """
    tally = _Tally()
    clock = _Clock(source)
    for packet in _packets(source, tally):
        if packet.stream is not source.video:
            tally.reach(_packet_end(packet))
            continue
        for frame in _decoded(packet, tally):
            pts, end = clock.time(frame)
            if frame.is_corrupt or (tally.last_pts is not None and pts <= tally.last_pts):
                tally.damaged += 1
                continue
            tally.last_pts, tally.video_end = pts, end
            tally.reach(end)
            yield Timed(pts - source.start, end - source.start, frame)
    _check_complete(source, tally)


def scanned_end(source: Source) -> Fraction | None:
    """Return where the recording ends by its packets alone, nothing decoded; for files that do not say."""
    tally = _Tally()
    for packet in _packets(source, tally):
        tally.reach(_packet_end(packet))
    return tally.end


@dataclass(slots=True)
class _Tally:
    """What was seen of a recording so far; times on the container's clock."""

    packets: int = 0
    damaged: int = 0
    read_to: int = 0
    lost_bytes: int = 0
    last_pts: Fraction | None = None
    video_end: Fraction | None = None
    end: Fraction | None = None

    def reach(self, end: Fraction | None) -> None:
        if end is not None and (self.end is None or end > self.end):
            self.end = end

    def pass_over(self, packet: Packet[Stream]) -> None:
        """Note where in a Matroska file a packet lies, and what was lost before it."""
        if packet.pos is None or packet.pos < 0:
            return
        gap = packet.pos - self.read_to
        if self.read_to and gap > _HOLE:
            self.lost_bytes += gap
        self.read_to = max(self.read_to, packet.pos + packet.size)


class _Clock:
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
    """Yield the packets of picture and sound, going on after read errors."""
    failures = 0
    while failures < _PATIENCE:
        try:
            for packet in source.container.demux():
                failures = 0
                if source.skips_damage:
                    tally.pass_over(packet)
                if packet.stream is source.video or packet.stream in source.others:
                    tally.packets += packet.stream is source.video and packet.size > 0
                    yield packet
        except FFmpegError:
            failures += 1
            tally.damaged += 1
        else:
            return


def _decoded(packet: Packet[Stream], tally: _Tally) -> list[VideoFrame]:
    try:
        return [frame for frame in packet.decode() if isinstance(frame, VideoFrame)]
    except FFmpegError:
        tally.damaged += 1
        return []


def _packet_end(packet: Packet[Stream]) -> Fraction | None:
    stamp = packet.dts if packet.pts is None else packet.pts
    return None if stamp is None else (stamp + (packet.duration or 0)) * packet.time_base


def _check_complete(source: Source, tally: _Tally) -> None:
    if tally.video_end is None:
        raise RecordingError(source.path, "holds no picture that can be decoded.")
    # Where the file does not say how long its video is, the sound may have gone on alone to the promised end.
    promised, seen = (source.video_end, tally.video_end) if source.video_end is not None else (source.end, tally.end)
    if promised is not None and seen is not None and promised - seen > TOLERANCE_S:
        lasts, readable = float(promised - source.start), float(seen - source.start)
        raise RecordingError(
            source.path, f"is cut short: it should last {lasts:.1f} s, but only {readable:.1f} s can be read."
        )
    if tally.lost_bytes > source.size * DAMAGE_LIMIT:
        raise RecordingError(source.path, f"is damaged: {tally.lost_bytes:,} bytes in its middle cannot be read.")
    if tally.damaged > max(Fraction(1), tally.packets * DAMAGE_LIMIT):
        raise RecordingError(
            source.path, f"is damaged: {tally.damaged} of its {tally.packets} pictures cannot be decoded."
        )
    if tally.damaged or tally.lost_bytes:
        _log.warning("%s: %d of %d pictures are damaged and left out.", source.path, tally.damaged, tally.packets)
