"""What a person's place in the picture looks like: cheap evidence that survives the tile moving elsewhere."""

from __future__ import annotations

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
ZOOMS = (1.0, 5 / 6, 6 / 5)
"""Sizes tried, the detected one first: dlib's boxes come in steps of 6/5. At each size the region is also shifted by
half a cell and a cell, a twelfth and a sixth of the box, to every side."""
AS_DETECTED = 12
"""The row that is neither shifted nor scaled: the middle of the 5×5 shifts at the first size."""
EXEMPLARS = 6
"""Appearances kept of a person: the last one, and others that were new when they came."""
NEW_BELOW = 0.93
"""Similarity to all exemplars below which an appearance is new."""

Thumbnails = NDArray[np.float32]


def look_at(luma: Luma, box: BoundingBox) -> Thumbnails:
    """Return what surrounds a face, as detected and in each way in which the box may have jumped.

    Args:
        luma: uint8 (h, w), the frame.
        box: The face in it.

    Returns:
        float32 (75, 144): thumbnails of mean 0 and norm 1, so that brightness and contrast do not matter; row
        ``AS_DETECTED`` is the one not moved. The product of two rows is their correlation.
    """
    center_x, center_y = box.center
    widest = _region_side(box, max(ZOOMS))
    region = BoundingBox(center_x - widest / 2, center_y - widest / 2, widest, widest)
    # Reduced once, so that the sizes tried are cheap to make; the shifts are slices.
    pixels = 4 * (THUMBNAIL + 2)
    small = cv2.resize(cut(luma, region, largest=pixels), (pixels, pixels), interpolation=cv2.INTER_AREA)
    views = np.stack([_shifted(small, zoom / max(ZOOMS)) for zoom in ZOOMS]).reshape(-1, THUMBNAIL**2)
    views -= views.mean(axis=1, keepdims=True)
    # A blank region is like nothing at all, rather than like everything.
    return views / np.maximum(np.linalg.norm(views, axis=1, keepdims=True), 1e-6)


def _region_side(box: BoundingBox, zoom: float) -> float:
    """Return the side in pixels of a thumbnail's region with one cell more on every side, to be shifted by."""
    return zoom * REACH * max(box.w, box.h) * (THUMBNAIL + 2) / THUMBNAIL


def _shifted(small: NDArray[np.uint8], share: float) -> NDArray[np.float32]:
    """Return float32 (25, 12, 12): the middle of a picture, its side a share of the whole, shifted by up to a cell."""
    side = round(small.shape[0] * share)
    start = (small.shape[0] - side) // 2
    halves = 2 * (THUMBNAIL + 2)
    middle = small[start : start + side, start : start + side]
    fine = cv2.resize(middle, (halves, halves), interpolation=cv2.INTER_AREA).astype(np.float32)
    # A cell is two by two of these; every second one of their means, from each of 5×5 starts, is a shifted thumbnail.
    means = (fine[:-1, :-1] + fine[1:, :-1] + fine[:-1, 1:] + fine[1:, 1:]) / 4
    span = 2 * THUMBNAIL - 1
    views = np.lib.stride_tricks.sliding_window_view(means, (span, span))[:, :, ::2, ::2]
    return views.reshape(-1, THUMBNAIL, THUMBNAIL)


class Appearance:
    """How a person has looked so far, as a few thumbnails."""

    def __init__(self, first: Thumbnails) -> None:
        self._exemplars: list[NDArray[np.float32]] = [first[AS_DETECTED]]

    def similarity(self, seen: Thumbnails) -> float:
        """Return the best correlation, -1 to 1, of what is seen, in any of its variants, with the exemplars."""
        return float((seen @ np.stack(self._exemplars).T).max())

    def learn(self, seen: Thumbnails) -> None:
        """Keep the newest view of the person; when there are too many, the oldest goes, but never the first."""
        known = self.similarity(seen[AS_DETECTED : AS_DETECTED + 1]) >= NEW_BELOW
        if known and len(self._exemplars) > 1:
            self._exemplars.pop()
        self._exemplars.append(seen[AS_DETECTED])
        if len(self._exemplars) > EXEMPLARS:
            del self._exemplars[1]
