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
        luma: uint8 (h, w), the part.
        level: How many times the scanned picture was reduced.
        left: Its first column in the picture of its size.
        top: Its first row there.
    """

    luma: Luma
    level: int
    left: int
    top: int


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

        A chain of linear interpolations makes the levels in dlib. Here one does, after a blur as strong as theirs.
        """
        height, width = self._size(level)
        left, top = self._first(box.x, level), self._first(box.y, level)
        right = min(width, ceil(self._down(box.x + box.w, level) + MARGIN))
        bottom = min(height, ceil(self._down(box.y + box.h, level) + MARGIN))
        if right <= left or bottom <= top:
            return None
        (step_y, start_y), (step_x, start_x) = self._source_steps(level)
        blur = self._blur(level)
        spare = ceil(2 * blur) + 2
        x, y = max(0, floor(left * step_x + start_x) - spare), max(0, floor(top * step_y + start_y) - spare)
        source = luma[y : ceil(bottom * step_y + start_y) + spare, x : ceil(right * step_x + start_x) + spare]
        if source.size == 0:
            return None
        if blur > OFFSET:
            side = 2 * ceil(2 * blur) + 1
            source = cv2.GaussianBlur(source, (side, side), blur)
        to_source = np.array([[step_x, 0, left * step_x + start_x - x], [0, step_y, top * step_y + start_y - y]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        picture = cv2.warpAffine(
            source, to_source, (right - left, bottom - top), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        return Part(picture, level, left, top)

    def box(self, part: Part, found: Rectangle) -> BoundingBox:
        """Return where in the picture dlib would say that a face is which it found in a part."""
        left, right = self._up(found.left + part.left, part.level), self._up(found.right + part.left, part.level)
        top, bottom = self._up(found.top + part.top, part.level), self._up(found.bottom + part.top, part.level)
        return BoundingBox(left, top, right - left + 1, bottom - top + 1).scaled(1 / self._scale)

    def _size(self, level: int) -> tuple[int, int]:
        height, width = self._shape
        return _reduced(round(height * self._scale), level), _reduced(round(width * self._scale), level)

    def _first(self, coordinate: float, level: int) -> int:
        return max(0, CELL * floor((self._down(coordinate, level) - MARGIN) / CELL))

    def _down(self, coordinate: float, level: int) -> float:
        coordinate *= self._scale
        for _ in range(level):
            coordinate = (coordinate - OFFSET) / REDUCTION
        return coordinate

    def _up(self, coordinate: float, level: int) -> int:
        for _ in range(level):
            coordinate = coordinate * REDUCTION + OFFSET
        return floor(coordinate + 0.5)

    def _source_steps(self, level: int) -> list[tuple[float, float]]:
        """Return, down and across, pixels of the picture per pixel of a level, and where the level's first one lies."""
        steps = []
        for side in self._shape:
            scanned = round(side * self._scale)
            shrink = side / scanned
            # Scaling to be scanned keeps the outer edges in place; dlib's reductions keep the outer pixels' centres.
            steps.append((_step(scanned, level) * shrink, shrink / 2 - 0.5))
        return steps

    def _blur(self, level: int) -> float:
        """Return the standard deviation in pixels of the picture that is missing from a single interpolation.

        Linear interpolation at random places blurs with a variance of 1/6 of a squared pixel.
        """
        chain = sum(REDUCTION ** (2 * step) for step in range(level)) / 6 / self._scale**2
        return sqrt(max(chain - 1 / 6, 0.0))


@lru_cache(maxsize=256)
def _reduced(side: int, level: int) -> int:
    for _ in range(level):
        side = 5 * side // 6
    return side


@lru_cache(maxsize=256)
def _step(side: int, level: int) -> float:
    """Return how many pixels of a side one pixel of a level spans, as dlib's resizing has it."""
    step = 1.0
    for _ in range(level):
        smaller = 5 * side // 6
        step *= (side - 1) / max(1, smaller - 1)
        side = smaller
    return step
