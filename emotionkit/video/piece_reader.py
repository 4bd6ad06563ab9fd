"""The sampled pictures of one piece of a recording, with as little decoded as can be."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from av import Packet, VideoFrame
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from emotionkit.errors import RecordingError
from emotionkit.records import Frame
from emotionkit.video.index import KeyFrame
from emotionkit.video.luma import luma
from emotionkit.video.pieces import Piece, cut_into_pieces
from emotionkit.video.reader import sampled_frames
from emotionkit.video.source import Source, check_file, opened

_NARROW_S = 1.0
"""Seconds from which a piece is cut where single pictures are wanted: at every key frame."""

_log = logging.getLogger(__name__)


class DamagedPieceError(RecordingError):
    """A piece cannot be read as planned; whether the recording can be, only reading it from start to end will tell."""

    def __init__(self, path: Path, piece: Piece) -> None:
        super().__init__(path, f"has a damaged picture between {float(piece.start):.0f} and {float(piece.end):.0f} s.")


def piece_frames(
    path: Path, piece: Piece, on_second: Callable[[float], None] = lambda _: None
) -> Generator[Frame, None, None]:
    """Read the sampled pictures of a piece: the same as ``sampled_frames`` gives of that part of the recording.

    Decoding begins at the piece's key frame. Pictures that nothing else is built on are decoded only if they are
    wanted, and a group of pictures only as far as the last one that is wanted. One thread decodes.

    Args:
        path: The recording.
        piece: The piece.
        on_second: Called at each picture that is decoded, wanted or not, with the second of the next wanted one.

    Raises:
        DamagedPieceError: A picture on the way is damaged, is not where it was, or comes after a later one.
        RecordingError: The file can no longer be opened.
    """
    wanted = deque(piece.samples)
    with _decoder(path, piece) as decoder:
        for picture in decoder.pictures():
            on_second(float(wanted[0].pts))
            if (picture.pts or 0) == wanted[0].stamp:
                sample = wanted.popleft()
                yield Frame(pts=sample.pts, weight=sample.weight, luma=luma(picture))
            if not wanted:
                return
    raise DamagedPieceError(path, piece)


def frames_at(
    path: Path, sample_fps: float, times: Collection[float], on_second: Callable[[float], None] = lambda _: None
) -> Iterator[Frame]:
    """Yield some of the sampled pictures of a recording.

    Args:
        path: The recording.
        sample_fps: Pictures a second of it.
        times: The seconds of the pictures, as binary fractions.
        on_second: Called at each picture that is decoded, with a second of the recording: as a sign of life.

    Raises:
        RecordingError: The recording cannot be read.
    """
    missing = set(times)
    try:
        for piece in cut_into_pieces(path, sample_fps, _NARROW_S) or ():
            samples = tuple(sample for sample in piece.samples if float(sample.pts) in missing)
            for frame in piece_frames(path, replace(piece, samples=samples), on_second) if samples else ():
                missing.remove(float(frame.pts))
                yield frame
    except DamagedPieceError as error:
        _log.info("%s", error)
    # What cannot be read in pieces is read from start to end.
    for frame in sampled_frames(path, sample_fps) if missing else ():
        on_second(float(frame.pts))
        if float(frame.pts) in missing:
            yield frame


@contextmanager
def _decoder(path: Path, piece: Piece) -> Iterator[_Decoder]:
    """Open a recording for one piece: at the places of its packets if they are known, else through its container."""
    if piece.stored is not None:
        check_file(path)
        yield _Decoder(path, piece, piece.stored.decoder(), piece.stored.read(path))
        return
    with opened(path, threads=1) as source:
        yield _Decoder(path, piece, source.video.codec_context, _demuxed(source, piece.key))


def _demuxed(source: Source, key: KeyFrame) -> Iterator[Packet[VideoStream]]:
    """Yield the packets of the video from a key frame on."""
    source.container.seek(key.dts, stream=source.video)
    reached = False
    for packet in source.container.demux(source.video):
        reached = reached or (packet.is_keyframe and packet.pts == key.pts)
        if reached and packet.size:
            yield packet


class _Decoder:
    """Hands the decoder what it needs for the wanted pictures and, within reason, no more."""

    def __init__(
        self, path: Path, piece: Piece, codec: VideoCodecContext, packets: Iterator[Packet[VideoStream]]
    ) -> None:
        self._path, self._piece = path, piece
        self._codec, self._packets = codec, packets
        self._unfed = [sample.stamp for sample in piece.samples]
        self._keys = piece.key_stamps
        self._group_end = self._next_key(piece.key.pts)
        self._has_gap = False
        self._sound_from = piece.key.pts

    def pictures(self) -> Iterator[VideoFrame]:
        """Yield the pictures that were decoded, wanted or not, in the order of display."""
        try:
            for packet in self._packets:
                if self._is_needed(packet):
                    yield from self._checked(self._prepared(packet))
                    yield from self._checked(self._codec.decode(packet))
                else:
                    self._has_gap = True
            yield from self._checked(self._codec.decode(None))
        except (FFmpegError, OSError) as error:
            raise DamagedPieceError(self._path, self._piece) from error

    def _is_needed(self, packet: Packet[VideoStream]) -> bool:
        """Say whether a wanted picture is, or may be built on, this packet or one after it before the next key frame.

        A picture is decoded after those that it is built on, so that a group of pictures is done with its last wanted
        one. Those shown before a key frame but decoded after it belong to the group before, and keep it alive.
        """
        if packet.is_keyframe:
            self._group_end = self._next_key(packet.pts or 0)
        if not self._unfed or (self._group_end is not None and min(self._unfed) >= self._group_end):
            return False
        is_wanted = packet.pts in self._unfed
        if is_wanted:
            self._unfed.remove(packet.pts or 0)
        # dav1d takes it once, with its first packet.
        must_decode = is_wanted or self._codec.name == "libdav1d"
        self._codec.skip_frame = "DEFAULT" if must_decode else "NONREF"
        return True

    def _prepared(self, packet: Packet[VideoStream]) -> Sequence[object]:
        """Begin anew at a key frame after packets were left out; what was still in the decoder comes out."""
        if not (packet.is_keyframe and self._has_gap):
            return []
        remaining = self._codec.decode(None)
        self._codec.flush_buffers()
        self._has_gap, self._sound_from = False, packet.pts or 0
        return remaining

    def _checked(self, pictures: Sequence[object]) -> Iterator[VideoFrame]:
        for picture in pictures:
            if not isinstance(picture, VideoFrame):
                continue
            # Right after a gap come pictures built on what was left out; nobody wants them.
            if picture.is_corrupt and (picture.pts or 0) >= self._sound_from:
                raise DamagedPieceError(self._path, self._piece)
            yield picture

    def _next_key(self, stamp: int) -> int | None:
        return next((key for key in self._keys if key > stamp), None)
