"""What FFmpeg passes over without a word where a Matroska file is damaged: it goes on at the next cluster."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

from av import Packet
from av.stream import Stream

from emotionkit.video.matroska import is_unbroken
from emotionkit.video.source import Source, stream_start

HOLE = 1 << 16
"""Bytes between one Matroska block and the next above which something was lost; what lies between is a few dozen."""

STALL_S = Fraction(1)
"""Seconds without a picture that are looked into, where more bytes than ``_HEADS`` were passed over."""

_HEADS = 256
"""Bytes that the heads of a cluster and of a block may take."""


class Holes:
    """Follows the packets of a recording, all streams, and adds up what is missing between them.

    A hole of a few KiB may have held seconds of pictures that hardly change. It differs from a stall, of which a
    recorder says nothing, in that the file's elements do not follow one another without a break; that is looked at
    only where both bytes and seconds were passed over, for sound in laces is not all seen, and may be some KiB.

    Nor is what a file holds beside its packets a hole, as the transparency of a picture.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._read_to = 0
        self._shown_to = stream_start(source.video) or Fraction(0)
        self._stalls_s = Fraction(0)
        self._passed_over = False
        self._skipped_bytes = 0

    def note(self, packet: Packet[Stream]) -> None:
        """Take up the next packet."""
        if not self._source.skips_damage:
            return
        if packet.pos is not None and packet.pos >= 0:
            gap = packet.pos - self._read_to if self._read_to else 0
            self._skipped_bytes += gap if gap > HOLE else 0
            self._passed_over = self._passed_over or gap > _HEADS
            self._read_to = max(self._read_to, packet.pos + packet.size)
        end = packet_end(packet)
        if packet.stream is self._source.video and packet.pts is not None and end is not None:
            stall = packet.pts * packet.time_base - self._shown_to
            self._stalls_s += stall if self._passed_over and stall > STALL_S else 0
            self._passed_over, self._shown_to = False, max(self._shown_to, end)

    @property
    def lost_bytes(self) -> int:
        """Bytes in holes of more than ``HOLE``; reads the heads of the file's elements if there may be some."""
        return self._skipped_bytes if self._skipped_bytes and self._is_broken else 0

    @property
    def lost_s(self) -> Fraction:
        """Seconds of pictures in holes of any size; reads as ``lost_bytes`` if pictures stall there."""
        return self._stalls_s if self._stalls_s and self._is_broken else Fraction(0)

    @cached_property
    def _is_broken(self) -> bool:
        return not is_unbroken(self._source.path)


def packet_end(packet: Packet[Stream]) -> Fraction | None:
    """Return when what a packet holds ends, in seconds on the container's clock; None if it has no time stamp."""
    stamp = packet.dts if packet.pts is None else packet.pts
    return None if stamp is None else (stamp + (packet.duration or 0)) * packet.time_base
