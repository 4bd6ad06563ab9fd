"""What the faces layer asks of a face detector, and the clean-up that every detector shares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emotionkit.errors import InvalidInputError
from emotionkit.records import BoundingBox, Detection

Luma = NDArray[np.uint8]

LARGEST_OVERLAP = 0.3
"""Intersection over union above which two boxes are taken for one face."""
LARGEST_COVER = 0.6
"""Share of the smaller box inside the larger one above which the two are taken for one face."""


class FaceDetector(Protocol):
    """Finds faces in one picture after another; it may learn from the pictures of one recording it has seen."""

    def detect(self, luma: Luma) -> list[Detection]:
        """Return the faces of a picture, uint8 (h, w), ordered by falling score."""
        ...


def check_luma(luma: Luma) -> None:
    """Refuse anything but a gray picture.

    Raises:
        InvalidInputError: The array is not uint8 of shape (h, w), or is empty.
    """
    if luma.dtype != np.uint8 or luma.ndim != 2 or luma.size == 0:
        raise InvalidInputError(f"A gray picture is uint8 (height, width); this one is {luma.dtype} {luma.shape}.")


def suppress_overlaps(detections: Iterable[Detection]) -> list[Detection]:
    """Return one detection per face, the best, ordered by falling score; equal scores from left to right."""
    kept: list[Detection] = []
    for candidate in sorted(detections, key=lambda found: (-found.score, found.box.x, found.box.y)):
        if not any(same_face(candidate.box, other.box) for other in kept):
            kept.append(candidate)
    return kept


def same_face(one: BoundingBox, other: BoundingBox) -> bool:
    """Say whether two boxes overlap so much, or lie so much in one another, that they show the same face."""
    shared = one.overlap(other)
    if not shared:
        return False
    areas = one.area, other.area
    return shared > LARGEST_OVERLAP * (sum(areas) - shared) or shared > LARGEST_COVER * min(areas)
