"""What a person's place in the picture looks like: cheap evidence that survives the tile moving elsewhere."""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from emotionkit.faces.crop import cut
from emotionkit.faces.detector import Luma
from emotionkit.records import BoundingBox

THUMBNAIL = 12
"""Side in pixels of the thumbnails that are compared."""
REACH = 2.0
"""Side of the region looked at, in sides of the face's box: hair, shoulders and wall tell people apart better than the
face alone, and more would reach into the neighbour's tile."""
SHIFTS = (-0.1, 0.0, 0.1)
"""Offsets tried, in sides of the box: dlib's boxes jump by about as much."""
ZOOMS = (0.83, 1.0, 1.2)
"""Sizes tried: dlib's boxes come in steps of 6/5."""
EXEMPLARS = 6
"""Appearances kept of a person: the last one, and others that were new when they came."""
NEW_BELOW = 0.93
"""Similarity to all exemplars below which an appearance is new."""

Thumbnails = NDArray[np.float32]


def look_at(luma: Luma, box: BoundingBox) -> Thumbnails:
    """Return what surrounds a face, once as detected and once for each way the box may have jumped.

    Args:
        luma: uint8 (h, w), the frame.
        box: The face in it.

    Returns:
        float32 (27, 144): thumbnails of mean 0 and norm 1, so that brightness and contrast do not matter; first as
        detected. The product of two rows is their correlation.
    """
    reach = REACH * max(ZOOMS) + 2 * max(SHIFTS)
    side = reach * max(box.w, box.h)
    center_x, center_y = box.center
    region = BoundingBox(center_x - side / 2, center_y - side / 2, side, side)
    # Reduced once to a size at which a shift is a few pixels; the 27 variants are then cheap.
    pixels = 4 * THUMBNAIL
    small = cv2.resize(cut(luma, region), (pixels, pixels), interpolation=cv2.INTER_AREA)
    variants = sorted(product(ZOOMS, SHIFTS, SHIFTS), key=lambda way: way != (1.0, 0.0, 0.0))
    return np.stack([_thumbnail(small, pixels / reach, way) for way in variants])


def _thumbnail(small: NDArray[np.uint8], box_side: float, way: tuple[float, float, float]) -> NDArray[np.float32]:
    zoom, across, down = way
    side = round(REACH * zoom * box_side)
    left = round((small.shape[1] - side) / 2 + across * box_side)
    top = round((small.shape[0] - side) / 2 + down * box_side)
    part = small[top : top + side, left : left + side]
    values = cv2.resize(part, (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    values -= values.mean()
    norm = float(np.linalg.norm(values))
    return values / norm if norm > 0 else values


class Appearance:
    """How a person has looked so far, as a few thumbnails."""

    def __init__(self, first: Thumbnails) -> None:
        self._exemplars: list[NDArray[np.float32]] = [first[0]]

    def similarity(self, seen: Thumbnails) -> float:
        """Return the best correlation, -1 to 1, of what is seen, in any of its variants, with the exemplars."""
        return float((seen @ np.stack(self._exemplars).T).max())

    def learn(self, seen: Thumbnails) -> None:
        """Keep the newest view of the person; when there are too many, the oldest goes, but never the first."""
        known = self.similarity(seen[:1]) >= NEW_BELOW
        if known and len(self._exemplars) > 1:
            self._exemplars.pop()
        self._exemplars.append(seen[0])
        if len(self._exemplars) > EXEMPLARS:
            del self._exemplars[1]
