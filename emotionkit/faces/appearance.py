"""What a person's place in the picture looks like: cheap evidence that survives the tile moving elsewhere."""

from __future__ import annotations

from functools import cached_property

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

_PIXELS = 4 * (THUMBNAIL + 2)
"""Side of the reduced region that the thumbnails are made of."""
_RESIZED = 2 * _PIXELS
"""Side above which a region is first reduced by a whole number, which costs a fraction of reducing it in one go."""

Thumbnails = NDArray[np.float32]


class Look:
    """What surrounds a face, as detected and in each way in which the box may have jumped.

    Attributes:
        region: uint8 (56, 56), the surroundings reduced; everything else follows from it.
    """

    def __init__(self, region: Luma) -> None:
        self.region = region

    @cached_property
    def close(self) -> Look:
        """The same of half the side: the face with little around it, which tells apart people before the same wall."""
        quarter = self.region.shape[0] // 4
        return Look(self.region[quarter:-quarter, quarter:-quarter])

    @cached_property
    def as_detected(self) -> Thumbnails:
        """float32 (1, 144): the thumbnail that is neither shifted nor scaled, of mean 0 and norm 1."""
        inner = _fine(self.region, 1 / max(ZOOMS))[2:-2, 2:-2]
        return _normalised(inner.reshape(THUMBNAIL, 2, THUMBNAIL, 2).mean(axis=(1, 3)).reshape(1, -1))

    @cached_property
    def variants(self) -> Thumbnails:
        """float32 (75, 144): all thumbnails. The product of two rows is their correlation.

        Mean 0 and norm 1 make brightness and contrast not matter; row ``AS_DETECTED`` is the one not moved.
        """
        views = np.stack([_shifted(self.region, zoom / max(ZOOMS)) for zoom in ZOOMS])
        return _normalised(views.reshape(-1, THUMBNAIL**2))


def look_at(luma: Luma, box: BoundingBox) -> Look:
    """Return what surrounds a face.

    Args:
        luma: uint8 (h, w), the frame.
        box: The face in it.
    """
    center_x, center_y = box.center
    widest = _region_side(box, max(ZOOMS))
    region = cut(luma, BoundingBox(center_x - widest / 2, center_y - widest / 2, widest, widest), largest=round(widest))
    whole = max(region.shape) // _RESIZED
    if whole > 1:
        height, width = (side // whole for side in region.shape)
        region = cv2.resize(region[: height * whole, : width * whole], (width, height), interpolation=cv2.INTER_AREA)
    return Look(cv2.resize(region, (_PIXELS, _PIXELS), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False))


def _normalised(views: NDArray[np.float32]) -> Thumbnails:
    views = views - views.mean(axis=1, keepdims=True)
    # A blank region is like nothing at all, rather than like everything.
    return views / np.maximum(np.linalg.norm(views, axis=1, keepdims=True), 1e-6)


def _region_side(box: BoundingBox, zoom: float) -> float:
    """Return the side in pixels of a thumbnail's region with one cell more on every side, to be shifted by."""
    return zoom * REACH * max(box.w, box.h) * (THUMBNAIL + 2) / THUMBNAIL


def _fine(region: Luma, share: float) -> NDArray[np.float32]:
    """Return float32 (28, 28): the middle of a region, its side a share of the whole, two by two to a cell."""
    side = round(region.shape[0] * share)
    start = (region.shape[0] - side) // 2
    halves = 2 * (THUMBNAIL + 2)
    middle = region[start : start + side, start : start + side]
    return cv2.resize(middle, (halves, halves), interpolation=cv2.INTER_AREA).astype(np.float32)


def _shifted(region: Luma, share: float) -> NDArray[np.float32]:
    """Return float32 (25, 12, 12): the middle of a region, its side a share of the whole, shifted by up to a cell."""
    fine = _fine(region, share)
    # Every second of the means of two by two, from each of 5×5 starts, is a shifted thumbnail.
    means: NDArray[np.float32] = (fine[:-1, :-1] + fine[1:, :-1] + fine[:-1, 1:] + fine[1:, 1:]) / np.float32(4)
    span = 2 * THUMBNAIL - 1
    views = np.lib.stride_tricks.sliding_window_view(means, (span, span))[:, :, ::2, ::2]
    return views.reshape(-1, THUMBNAIL, THUMBNAIL)


class Appearance:
    """How a person has looked so far, as a few thumbnails."""

    def __init__(self, first: Look) -> None:
        self._exemplars = [first]

    @property
    def exemplars(self) -> tuple[Look, ...]:
        """The looks that are remembered, the oldest first."""
        return tuple(self._exemplars)

    @property
    def thumbnails(self) -> Thumbnails:
        """float32 (n, 144): the exemplars' thumbnails."""
        return np.concatenate([look.as_detected for look in self._exemplars])

    @property
    def close_thumbnails(self) -> Thumbnails:
        """float32 (n, 144): those of the exemplars' close looks."""
        return np.concatenate([look.close.as_detected for look in self._exemplars])

    def similarity(self, views: Thumbnails) -> float:
        """Return the best correlation, -1 to 1, of any of some views with the exemplars."""
        return float((views @ self.thumbnails.T).max())

    def learn(self, seen: Look) -> None:
        """Keep the newest view of the person; when there are too many, the oldest goes, but never the first."""
        known = self.similarity(seen.as_detected) >= NEW_BELOW
        if known and len(self._exemplars) > 1:
            self._exemplars.pop()
        self._exemplars.append(seen)
        if len(self._exemplars) > EXEMPLARS:
            del self._exemplars[1]
