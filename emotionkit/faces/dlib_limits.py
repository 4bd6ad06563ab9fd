"""dlib's face detector, whole or limited to the first sizes of its pyramid and to one of its five views of a face.

dlib reduces every picture by 5/6 until nothing is left, and looks at each size for faces seen from the front, turned to
either side and tilted to either side. Where the size of a face and its view are known, most of that is wasted. The C++
class could be told so; Python has no name for it, but lets the detector be pickled, and what comes out is a row of
numbers, the limit of sizes near its beginning and one view's weights after the other at its end.
"""

from __future__ import annotations

from functools import cache

import dlib

from emotionkit.cache import kept

_NO_LIMIT = 1000
_BEFORE_LIMIT = 8
"""Numbers before the limit: two versions, a pyramid's, the cells' side, their padding and the window's sides."""
_BEFORE_VIEWS = 18
"""Numbers before that of views, the limit among them; a fraction is stored as two."""
_OF_A_VIEW = 2 + 2 * (10 * 10 * 31 + 1)
"""Numbers of a view: two for the form of its weights, and those, 31 fractions for each of 10×10 cells and one more."""


@cache
def frontal_detector(levels: int | None = None, view: int | None = None) -> dlib.fhog_object_detector:
    """Return the frontal face detector, for the first ``levels`` sizes of a picture, or all, and for one view, or all.

    It is kept. It must not be used by two threads at once.
    """
    stored = stored_detector()
    if levels is not None:
        stored = _with_limit(stored, levels)
    if view is not None:
        stored = _with_view(stored, view)
    detector: dlib.fhog_object_detector = dlib.fhog_object_detector.__new__(dlib.fhog_object_detector)
    detector.__setstate__((stored,))
    return detector


@cache
def stored_detector() -> bytes:
    """Return the detector as dlib stores it; unpacking it from dlib's own code takes a fifth of a second each time."""
    return kept(f"dlib-{dlib.__version__}.detector", lambda: dlib.get_frontal_face_detector().__getstate__()[0])


def _with_limit(stored: bytes, levels: int) -> bytes:
    """Return a detector as dlib stores it with another limit; as it is where the limit is not where it should be."""
    start = _after(stored, 0, _BEFORE_LIMIT)
    end = _after(stored, start, 1)
    if stored[start:end] != _number(_NO_LIMIT):
        # Another version of dlib: all sizes give the same faces, slower.
        return stored
    return stored[:start] + _number(levels) + stored[end:]


def _with_view(stored: bytes, view: int) -> bytes:
    """Return a detector as dlib stores it with one of its views; as it is where they are not where they should be."""
    start = _after(stored, 0, _BEFORE_VIEWS)
    ends = [_after(stored, start, 1)]
    while ends[-1] < len(stored):
        ends.append(_after(stored, ends[-1], _OF_A_VIEW))
    number = len(ends) - 1
    if ends[-1] != len(stored) or stored[start : ends[0]] != _number(number) or view >= number:
        # Another version of dlib, as above.
        return stored
    return stored[:start] + _number(1) + stored[ends[view] : ends[view + 1]]


def _after(stored: bytes, start: int, numbers: int) -> int:
    """Return where some numbers end, at most one behind the last byte.

    dlib stores a whole number as a byte that counts those that follow, its highest bit the sign.
    """
    for _ in range(numbers):
        if start >= len(stored):
            return len(stored) + 1
        start += 1 + (stored[start] & 0x0F)
    return start


def _number(value: int) -> bytes:
    """Return a whole number above 0 as dlib stores it."""
    size = (value.bit_length() + 7) // 8
    return bytes([size]) + value.to_bytes(size, "little")
