"""What the faces layer asks of a face detector, and the clean-up that every detector shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    ordered = sorted(detections, key=lambda found: (-found.score, found.box.x, found.box.y))
    boxes = [found.box for found in ordered]
    rivals = np.triu(same_faces(boxes, boxes), 1)
    if not rivals.any():
        return ordered
    is_kept = np.ones(len(ordered), bool)
    for place in range(len(ordered)):
        is_kept[place] = not (rivals[:place, place] & is_kept[:place]).any()
    return [found for found, kept in zip(ordered, is_kept, strict=True) if kept]


def same_faces(some: Sequence[BoundingBox], others: Sequence[BoundingBox]) -> NDArray[np.bool_]:
    """Return bool (some, others): which boxes overlap, or lie in one another, so much that they show one face."""
    one, other = _corners(some)[:, np.newaxis], _corners(others)
    sides = np.minimum(one[..., 2:], other[..., 2:]) - np.maximum(one[..., :2], other[..., :2])
    shared = np.maximum(sides, 0).prod(axis=-1)
    one_area, other_area = (one[..., 2:] - one[..., :2]).prod(axis=-1), (other[..., 2:] - other[..., :2]).prod(axis=-1)
    overlaps = shared > LARGEST_OVERLAP * (one_area + other_area - shared)
    return (shared > 0) & (overlaps | (shared > LARGEST_COVER * np.minimum(one_area, other_area)))


def _corners(boxes: Sequence[BoundingBox]) -> NDArray[np.float64]:
    return np.array([(box.x, box.y, box.x + box.w, box.y + box.h) for box in boxes]).reshape(-1, 4)
