"""Whether a file is as long as its own outermost structure says, so that a cut copy is refused at once."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from emotionkit.video.matroska import MAGIC, end_of_segment

_MP4_FIRST = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp")


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
        if head[:4] == MAGIC:
            return max(0, end_of_segment(file) - size)
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
