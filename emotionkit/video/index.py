"""Where the pictures of a recording are and when they are shown, read from its packets with nothing decoded."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from av import Packet
from av.error import FFmpegError
from av.stream import Stream
from numpy.typing import NDArray

from emotionkit.video.decoding import TOLERANCE_S
from emotionkit.video.holes import Holes
from emotionkit.video.source import Source, opened


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
    """

    stamps: NDArray[np.int64]
    keys: tuple[KeyFrame, ...]
    time_base: Fraction
    zero: Fraction
    end: Fraction

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
    # Whole numbers as objects would be 10 MB in three hours.
    stamps = array("q")
    keys: list[KeyFrame] = []
    last, lasts = 0, 0
    try:
        for packet in _whole(source):
            if packet.pts is None or packet.is_corrupt or packet.is_discard:
                return None
            stamps.append(packet.pts)
            if packet.is_keyframe:
                keys.append(KeyFrame(packet.pts, packet.pts if packet.dts is None else packet.dts))
            if packet.pts >= last:
                last, lasts = packet.pts, packet.duration or 0
    except (FFmpegError, _HoleError):
        return None
    time_base = source.video.time_base or Fraction(1)
    frame_s = 1 / source.frame_rate if source.frame_rate else Fraction(0)
    end = last * time_base + (lasts * time_base if lasts > 0 else frame_s)
    shown = np.unique(np.frombuffer(stamps, np.int64))
    promised = source.video_end
    if len(shown) < max(1, len(stamps)) or promised is None or promised - end > TOLERANCE_S:
        return None
    if not keys or keys[0].pts != shown[0] or any(one.pts >= other.pts for one, other in pairwise(keys)):
        return None
    return PictureIndex(shown, tuple(keys), time_base, source.start, end - source.start)


class _HoleError(Exception):
    """Bytes were passed over without a word."""


def _whole(source: Source) -> Iterator[Packet[Stream]]:
    """Yield the packets of the video that hold something, as long as nothing is lost between any packets."""
    holes = Holes(source)
    for packet in source.container.demux():
        holes.note(packet)
        if holes.lost_bytes:
            raise _HoleError
        if packet.stream is source.video and packet.size:
            yield packet
    if holes.lost_s:
        raise _HoleError
