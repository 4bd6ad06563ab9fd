"""The pictures that dlib looks at in a scan, one size after another, and a way to get a small part of one alone.

dlib reduces a picture by 5/6 again and again and slides a window over each size in steps of 8 pixels, so that where
and how large it can find a face is fixed by a grid. A known face is looked for on that same grid: then it gets the very
box, and nearly the score, that a scan of the whole picture would have given it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, log, sqrt
from typing import NamedTuple

import cv2
import numpy as np

from emotionkit.faces.detector import Luma
from emotionkit.records import BoundingBox

REDUCTION = 6 / 5
"""Side of each size in sides of the next."""
OFFSET = 0.3
"""Pixels by which dlib moves a point at each step from a size to the next larger one."""
FACE_SIDE = 72
"""Side of the box in pixels where dlib finds a face, in the picture of the size in which it finds it."""
CELL = 8
"""Pixels between neighbouring places of the window, and so between the places where a part may begin."""
MARGIN = 12
"""Pixels looked at around the box: the detector's frame about a face, and a cell by which the face may have moved."""
PART_SIDE = FACE_SIDE + 2 * MARGIN + CELL
"""Side in pixels of a part: the surroundings of a box, wherever in a cell that begins."""


class Rectangle(NamedTuple):
    """What dlib calls a rectangle: its first and last pixels."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of one of the sizes of a scanned picture.

    Attributes:
        luma: uint8 (104, 104), the part.
        level: How many times the scanned picture was reduced.
        left: Its first column in the picture of its size.
        top: Its first row there.
    """

    luma: Luma
    level: int
    left: int
    top: int


class _Level(NamedTuple):
    """One size of a scanned picture.

    Attributes:
        height: Its height in pixels.
        width: Its width in pixels.
        step_y: Pixels of the picture per pixel of the level, down.
        start_y: Where in the picture the level's first row lies.
        step_x: The same, across.
        start_x: Where the level's first column lies.
        blur: Standard deviation in pixels of the picture that is missing from a single interpolation.
        larger: Side of the scanned picture in sides of the level, as dlib moves points.
        offset: Where in the scanned picture dlib puts the level's first point.
    """

    height: int
    width: int
    step_y: float
    start_y: float
    step_x: float
    start_x: float
    blur: float
    larger: float
    offset: float


class ScanPyramid:
    """The sizes of pictures of one shape that are scanned at one scale."""

    def __init__(self, height: int, width: int, scale: float) -> None:
        """Describe it; ``scale`` is the side of the scanned picture in sides of the picture itself."""
        self._shape = height, width
        self._scale = scale

    def level_of(self, box: BoundingBox) -> int:
        """Return the level at which dlib finds a face of the size of a box."""
        side = max(1.0, sqrt(box.area) * self._scale)
        return max(0, round(log(side / FACE_SIDE) / log(REDUCTION)))

    def part(self, luma: Luma, box: BoundingBox, level: int) -> Part | None:
        """Return the surroundings of a box of the picture as a scan sees them at a level; None outside the picture.

        A chain of linear interpolations makes the levels in dlib. Here one does, after a blur as strong as theirs. The
        border of the picture is repeated where the part reaches past it.
        """
        size = self._level(level)
        x, y = self._down(box.x, size), self._down(box.y, size)
        right, bottom = self._down(box.x + box.w, size), self._down(box.y + box.h, size)
        left, top = _first(x), _first(y)
        if left >= size.width or top >= size.height or min(right, bottom) <= -MARGIN:
            return None
        from_x, from_y = left * size.step_x + size.start_x, top * size.step_y + size.start_y
        spare = ceil(2 * size.blur) + 2
        first_x, first_y = max(0, floor(from_x) - spare), max(0, floor(from_y) - spare)
        last_x, last_y = ceil(from_x + PART_SIDE * size.step_x), ceil(from_y + PART_SIDE * size.step_y)
        source = luma[first_y : last_y + spare, first_x : last_x + spare]
        if source.size == 0:
            return None
        if size.blur > OFFSET:
            side = 2 * ceil(2 * size.blur) + 1
            source = cv2.GaussianBlur(source, (side, side), size.blur)
        to_source = np.array([[size.step_x, 0, from_x - first_x], [0, size.step_y, from_y - first_y]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        picture = cv2.warpAffine(
            source, to_source, (PART_SIDE, PART_SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        return Part(picture, level, left, top)

    def box(self, part: Part, found: Rectangle) -> BoundingBox:
        """Return where in the picture dlib would say that a face is which it found in a part."""
        size = self._level(part.level)
        left, right = _up(found.left + part.left, size), _up(found.right + part.left, size)
        top, bottom = _up(found.top + part.top, size), _up(found.bottom + part.top, size)
        return BoundingBox(left, top, right - left + 1, bottom - top + 1).scaled(1 / self._scale)

    def _level(self, level: int) -> _Level:
        return _level(*self._shape, self._scale, level)

    def _down(self, coordinate: float, size: _Level) -> float:
        return (coordinate * self._scale - size.offset) / size.larger


def _first(coordinate: float) -> int:
    """Return the last place in the picture where a part can begin so that a margin is left before a coordinate."""
    return max(0, CELL * floor((coordinate - MARGIN) / CELL))


def _up(coordinate: float, size: _Level) -> int:
    return floor(coordinate * size.larger + size.offset + 0.5)


@lru_cache(maxsize=256)
def _level(height: int, width: int, scale: float, level: int) -> _Level:
    """Describe a level of pictures of a shape that are scanned at a scale."""
    (rows, step_y, start_y), (columns, step_x, start_x) = (_side(side, scale, level) for side in (height, width))
    # Linear interpolation at random places blurs with a variance of 1/6 of a squared pixel.
    chain = sum(REDUCTION ** (2 * step) for step in range(level)) / 6 / scale**2
    blur = sqrt(max(chain - 1 / 6, 0.0))
    offset = OFFSET * sum(REDUCTION**step for step in range(level))
    return _Level(rows, columns, step_y, start_y, step_x, start_x, blur, REDUCTION**level, offset)


def _side(side: int, scale: float, level: int) -> tuple[int, float, float]:
    """Return the pixels of a side at a level, pixels of the picture per pixel there, and where the first one lies."""
    reduced = scanned = round(side * scale)
    step = 1.0
    for _ in range(level):
        smaller = 5 * reduced // 6
        step *= (reduced - 1) / max(1, smaller - 1)
        reduced = smaller
    # Scaling to be scanned keeps the outer edges in place; dlib's reductions keep the outer pixels' centres.
    shrink = side / scanned
    return reduced, step * shrink, shrink / 2 - 0.5
