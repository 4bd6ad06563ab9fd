"""dlib's face detector, whole or limited to the first sizes of its pyramid.

dlib reduces every picture by 5/6 until nothing is left. Where the size of a face is known, most of that is wasted. The
C++ class has ``set_max_pyramid_levels`` for this; Python has no name for it, but lets the detector be pickled, and the
limit is a number near the beginning of what comes out.
"""

from __future__ import annotations

from functools import cache

import dlib

from emotionkit.cache import kept

_NO_LIMIT = 1000
_BEFORE_LIMIT = 8
"""Numbers before the limit: two versions, a pyramid's, the cells' side, their padding and the window's sides."""


@cache
def frontal_detector(levels: int | None = None) -> dlib.fhog_object_detector:
    """Return the frontal face detector that looks at the first ``levels`` sizes of a picture, or at all.

    It is kept. It must not be used by two threads at once.
    """
    stored = stored_detector()
    detector: dlib.fhog_object_detector = dlib.fhog_object_detector.__new__(dlib.fhog_object_detector)
    detector.__setstate__((stored if levels is None else _with_limit(stored, levels),))
    return detector


@cache
def stored_detector() -> bytes:
    """Return the detector as dlib stores it; unpacking it from dlib's own code takes a fifth of a second each time."""
    return kept(f"dlib-{dlib.__version__}.detector", lambda: dlib.get_frontal_face_detector().__getstate__()[0])


def _with_limit(stored: bytes, levels: int) -> bytes:
    """Return a detector as dlib stores it with another limit; as it is where the limit is not where it should be.

    dlib stores a whole number as a byte that counts those that follow, its highest bit the sign.
    """
    start = 0
    for _ in range(_BEFORE_LIMIT):
        start += 1 + (stored[start] & 0x0F)
    end = start + 1 + (stored[start] & 0x0F)
    if int.from_bytes(stored[start + 1 : end], "little") != _NO_LIMIT:
        # Another version of dlib: all sizes give the same faces, slower.
        return stored
    return stored[:start] + bytes([2, levels % 256, levels // 256]) + stored[end:]
