"""The elements of a Matroska or WebM file, without their contents: RFC 9559, over the EBML of RFC 8794."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

MAGIC = bytes.fromhex("1A45DFA3")

_SEGMENT = bytes.fromhex("18538067")
_CLUSTER = bytes.fromhex("1F43B675")
_IN_SEGMENT = ("114D9B74", "1549A966", "1654AE6B", "1C53BB6B", "1043A770", "1254C367", "1941A469", "EC", "BF")
_IN_CLUSTER = ("E7", "5854", "A7", "AB", "A3", "A0", "AF")
_KNOWN = frozenset(map(bytes.fromhex, (*_IN_SEGMENT, *_IN_CLUSTER)))


def end_of_segment(file: BinaryIO) -> int:
    """Return where the Segment ends by its own size (RFC 9559, 5.1), 0 if that is open or there is none."""
    length = _enter_segment(file)
    return 0 if length is None else file.tell() + length


def is_unbroken(path: Path) -> bool:
    """Say whether element follows element from the Segment's first to the end of the file, clusters looked into.

    Where one does not, readers go on at the next cluster that they find. Reads the heads of elements, no contents.

    Raises:
        OSError: The file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = _enter_segment(file)
        end = size if length is None else min(size, file.tell() + length)
        while file.tell() < end:
            name, length = _name(file), _vint(file)
            if name == _CLUSTER:
                continue
            if name not in _KNOWN or length is None or file.tell() + length > end:
                return False
            file.seek(length, 1)
    return True


def _enter_segment(file: BinaryIO) -> int | None:
    """Go to where the contents of the Segment begin, and return their size; None if that is open or there is none."""
    file.seek(len(MAGIC))
    file.seek(_vint(file) or 0, 1)
    return _vint(file) if file.read(len(_SEGMENT)) == _SEGMENT else None


def _name(file: BinaryIO) -> bytes:
    first = file.read(1)
    return first + file.read(8 - first[0].bit_length()) if first else first


def _vint(file: BinaryIO) -> int | None:
    """Read an element's size (RFC 8794, 4); None if it is open, as all ones mean."""
    first = file.read(1)
    width = 9 - first[0].bit_length() if first else 9
    if width > 8:
        return None
    value = int.from_bytes(first + file.read(width - 1)) & ((1 << 7 * width) - 1)
    return None if value == (1 << 7 * width) - 1 else value
