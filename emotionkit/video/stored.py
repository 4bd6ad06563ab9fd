"""Packets of a video as they lie in its file, read without the container's table of all of them.

FFmpeg reads the table of an MP4 file whole whenever it opens one: 22 ms and 15 MB for three hours of pictures, as much
again for sound. Whoever reads but a minute at a time does not need it a second time.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
from av import CodecContext, Packet, VideoFrame
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream
from numpy.typing import NDArray

from emotionkit.video.limits import DECODER_OPTIONS
from emotionkit.video.luma import luma, orientation
from emotionkit.video.source import Source

PLACE = np.dtype([("offset", np.int64), ("size", np.int32), ("stamp", np.int64), ("is_key", np.bool_)])
"""A packet: bytes from the beginning of the file to it, its bytes, the time stamp of its picture, whether decoding can
begin there."""


@dataclass(frozen=True, slots=True)
class StoredPackets:
    """Where packets lie, in the order of decoding, and what decodes them.

    Attributes:
        codec: FFmpeg's name of the decoder.
        extradata: What the decoder has to know before the first packet.
        time_base: Seconds per unit of a time stamp.
        packed: ``PLACE`` (n,), compressed: hundreds of pieces wait for their turn with it.
    """

    codec: str
    extradata: bytes | None
    time_base: Fraction
    packed: bytes

    @property
    def places(self) -> NDArray[np.void]:
        """``PLACE`` (n,)."""
        return np.frombuffer(zlib.decompress(self.packed), PLACE)

    def decoder(self) -> VideoCodecContext:
        """Return a decoder for them that uses one thread."""
        codec = cast("VideoCodecContext", CodecContext.create(self.codec, "r"))
        codec.extradata = self.extradata
        codec.thread_count = 1
        codec.options = DECODER_OPTIONS
        return codec

    def read(self, path: Path) -> Iterator[Packet[VideoStream]]:
        """Yield the packets, fewer where the file has become shorter.

        Raises:
            OSError: The file cannot be read.
            StorageError: It lies in object storage, which does not answer.
        """
        with path.open("rb") as file:
            for offset, size, stamp, is_key in self.places.tolist():
                file.seek(offset)
                content = file.read(size)
                if len(content) < size:
                    return
                packet = Packet(content)
                packet.pts, packet.time_base, packet.is_keyframe = stamp, self.time_base, is_key
                yield cast("Packet[VideoStream]", packet)


@dataclass(frozen=True, slots=True, eq=False)
class PacketTable:
    """All packets of a video; see ``StoredPackets``."""

    codec: str
    extradata: bytes | None
    time_base: Fraction
    places: NDArray[np.void]

    def of_groups(self, first: int, after: int) -> StoredPackets:
        """Return those from one key frame up to another, both counted from 0, or to the end."""
        keys = [*np.flatnonzero(self.places["is_key"]).tolist(), len(self.places)]
        places = self.places[keys[first] : keys[min(after, len(keys) - 1)]]
        return StoredPackets(self.codec, self.extradata, self.time_base, zlib.compress(places.tobytes(), level=1))


def is_found_as_stored(packet: Packet[VideoStream]) -> bool:
    """Say whether a packet's place is known, and the container gives the decoder nothing besides its bytes."""
    return packet.pos is not None and packet.pos >= 0 and next(packet.iter_sidedata(), None) is None


def looks_the_same(table: PacketTable, source: Source, first: Packet[VideoStream]) -> bool:
    """Say whether the first picture comes out the same from its packet as stored as through the container.

    A container can say what a decoder does not find in the packets: how the picture is turned, the range of its
    brightness. And it can store packets in another form.
    """
    stored = table.of_groups(0, 1)
    codec = stored.decoder()
    try:
        packet = next(stored.read(source.path))
        alone = [*codec.decode(packet), *codec.decode(None)]
        through = [*first.decode(), *source.video.codec_context.decode(None)]
    except (FFmpegError, OSError, StopIteration):
        return False
    return [_shown(picture) for picture in alone] == [_shown(picture) for picture in through]


def _shown(picture: VideoFrame) -> tuple[object, ...]:
    # A black picture looks the same either way up.
    return picture.pts, picture.format.name, int(picture.color_range), orientation(picture), luma(picture).tobytes()
