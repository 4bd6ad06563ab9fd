"""Where the pictures of a recording are and when they are shown, read from its packets with nothing decoded."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from av import Packet
from av.error import FFmpegError
from av.video.stream import VideoStream
from numpy.typing import NDArray

from emotionkit.video.decoding import TOLERANCE_S
from emotionkit.video.holes import Holes
from emotionkit.video.source import Source, opened
from emotionkit.video.stored import PLACE, PacketTable, is_found_as_stored, looks_the_same


class KeyFrame(NamedTuple):
    """A picture at which decoding can begin: when it is shown and when it is decoded, in the stream's time base.

    Matroska stores the former alone, and FFmpeg does not always tell the latter; then both are the same.
    """

    pts: int
    dts: int


@dataclass(frozen=True, slots=True, eq=False)
class PictureIndex:
    """All pictures of a recording that is whole.

    Attributes:
        stamps: int64 (n,), when the pictures are shown, ascending, in ``time_base``.
        keys: Its key frames, in the same order; the first is the first picture.
        time_base: Seconds per unit of a stamp.
        zero: Where second 0 is, in seconds on the container's clock.
        end: Seconds from ``zero`` to the end of the last picture.
        packets: Where they lie in the file; None where they have to be read through the container.
    """

    stamps: NDArray[np.int64]
    keys: tuple[KeyFrame, ...]
    time_base: Fraction
    zero: Fraction
    end: Fraction
    packets: PacketTable | None

    def seconds(self, stamp: int) -> Fraction:
        """Return when a picture is shown, in seconds since the start of the recording."""
        return stamp * self.time_base - self.zero


def picture_index(path: Path) -> PictureIndex | None:
    """Return the index of a recording that can be read in pieces, else None.

    None stands for everything out of the ordinary: a container that does not tell presentation times or key frames,
    pictures without time stamps or with the same one, edits, holes, an end before the promised one. What is wrong
    with such a file, if anything, is for the reader from start to end to say.

    Raises:
        RecordingError: The file cannot be opened.
    """
    with opened(path, threads=1) as source:
        return _index(source) if source.can_be_cut and source.video.time_base else None


def _index(source: Source) -> PictureIndex | None:
    table = _Table(source.stores_packets)
    keys: list[KeyFrame] = []
    last, lasts = 0, 0
    first = None
    try:
        for packet in _whole(source):
            if packet.pts is None or packet.is_corrupt or packet.is_discard:
                return None
            first = first or packet
            table.add(packet, packet.pts)
            if packet.is_keyframe:
                keys.append(KeyFrame(packet.pts, packet.pts if packet.dts is None else packet.dts))
            if packet.pts >= last:
                last, lasts = packet.pts, packet.duration or 0
    except (FFmpegError, _HoleError):
        return None
    time_base = source.video.time_base or Fraction(1)
    frame_s = 1 / source.frame_rate if source.frame_rate else Fraction(0)
    end = last * time_base + (lasts * time_base if lasts > 0 else frame_s)
    shown = np.unique(np.frombuffer(table.stamps, np.int64))
    promised = source.video_end
    if first is None or len(shown) < len(table.stamps) or promised is None or promised - end > TOLERANCE_S:
        return None
    if not keys or keys[0].pts != shown[0] or any(one.pts >= other.pts for one, other in pairwise(keys)):
        return None
    packets = table.of_file(source)
    if packets is not None and not looks_the_same(packets, source, first):
        packets = None
    return PictureIndex(shown, tuple(keys), time_base, source.start, end - source.start, packets)


class _Table:
    """What is noted of each packet, in the order of decoding; whole numbers as objects would be 40 MB in three hours.

    Attributes:
        stamps: Signed 64-bit numbers, when the pictures are shown.
    """

    def __init__(self, stores_packets: bool) -> None:
        self.stamps = array("q")
        self._is_stored = stores_packets
        self._offsets, self._sizes, self._are_keys = array("q"), array("i"), array("b")

    def add(self, packet: Packet[VideoStream], stamp: int) -> None:
        self.stamps.append(stamp)
        self._is_stored = self._is_stored and is_found_as_stored(packet)
        if self._is_stored:
            self._offsets.append(packet.pos or 0)
            self._sizes.append(packet.size)
            self._are_keys.append(packet.is_keyframe)

    def of_file(self, source: Source) -> PacketTable | None:
        """Return where the packets lie, if all of them lie in the file as they are."""
        if not self._is_stored or not source.video.time_base:
            return None
        places = np.empty(len(self.stamps), PLACE)
        places["offset"], places["size"] = self._offsets, self._sizes
        places["stamp"], places["is_key"] = self.stamps, self._are_keys
        codec = source.video.codec_context
        return PacketTable(codec.name, codec.extradata, source.video.time_base, places)


class _HoleError(Exception):
    """Bytes were passed over without a word."""


def _whole(source: Source) -> Iterator[Packet[VideoStream]]:
    """Yield the packets of the video that hold something, as long as nothing is lost between any packets."""
    holes = Holes(source)
    for packet in source.container.demux():
        holes.note(packet)
        if holes.lost_bytes:
            raise _HoleError
        if packet.stream is source.video and packet.size:
            yield cast("Packet[VideoStream]", packet)
    if holes.lost_s:
        raise _HoleError
