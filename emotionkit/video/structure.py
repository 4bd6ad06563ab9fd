"""Whether a file is as long as its own outermost structure says, so that a cut copy is refused at once."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

_MP4_FIRST = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp")
_MATROSKA_MAGIC = bytes.fromhex("1A45DFA3")
_MATROSKA_SEGMENT = bytes.fromhex("18538067")


def missing_bytes(path: Path) -> int:
    """Return how many bytes an MP4, MOV, Matroska, WebM or AVI file lacks at its end; 0 if none or not known.

    Sizes that a live recorder left open count as not known, and so does everything in other formats.

    Raises:
        OSError: The file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        file.seek(0)
        if head[4:8] in _MP4_FIRST:
            return max(0, _end_of_boxes(file, size) - size)
        if head[:4] == _MATROSKA_MAGIC:
            return max(0, _end_of_segment(file) - size)
        if head[:4] == b"RIFF" and head[8:] == b"AVI ":
            return max(0, 8 + int.from_bytes(head[4:8], "little") - size)
    return 0


def _end_of_boxes(file: BinaryIO, size: int) -> int:
    """Walk the boxes of ISO/IEC 14496-12, 4.2, to where the last one ends."""
    position = 0
    while position < size:
        file.seek(position)
        header = file.read(16)
        length = int.from_bytes(header[:4])
        if length == 1:
            length = int.from_bytes(header[8:16])
        if length < 8:
            # 0 means "to the end of the file"; 1 to 7 cannot be, and are for the demuxer to judge.
            return size
        position += length
    return position


def _end_of_segment(file: BinaryIO) -> int:
    """Return where the Segment ends by its own size (RFC 9559, 5.1), 0 if that is open."""
    file.seek(len(_MATROSKA_MAGIC))
    file.seek(_vint(file) or 0, 1)
    if file.read(4) != _MATROSKA_SEGMENT:
        return 0
    length = _vint(file)
    return 0 if length is None else file.tell() + length


def _vint(file: BinaryIO) -> int | None:
    """Read an element's size (RFC 8794, 4); None if it is open, as all ones mean."""
    first = file.read(1)
    width = 9 - first[0].bit_length() if first else 9
    if width > 8:
        return None
    value = int.from_bytes(first + file.read(width - 1)) & ((1 << 7 * width) - 1)
    return None if value == (1 << 7 * width) - 1 else value
