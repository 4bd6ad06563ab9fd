"""What a person's place in the picture looks like: cheap evidence that survives the tile moving elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np

from emotionkit.faces.crop import cut
from emotionkit.faces.detector import Luma
from emotionkit.faces.thumbnails import THUMBNAIL, ZOOMS, Thumbnails, as_detected, variants
from emotionkit.records import BoundingBox

REACH = 2.0
"""Side of the region looked at, in sides of the face's box: hair, shoulders and wall tell people apart better than the
face alone, and more would reach into the neighbour's tile."""
EXEMPLARS = 6
"""Appearances kept of a person: the last one, and others that were new when they came."""
NEW_BELOW = 0.93
"""Similarity to all exemplars below which an appearance is new."""

_PIXELS = 4 * (THUMBNAIL + 2)
"""Side of the reduced region that the thumbnails are made of."""


class Look:
    """What surrounds a face.

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
        return as_detected(self.region[np.newaxis])


def look_at_all(luma: Luma, boxes: Sequence[BoundingBox]) -> list[Look]:
    """Return what surrounds each of some faces, in less time than one after the other.

    Args:
        luma: uint8 (h, w), the frame.
        boxes: The faces in it.
    """
    looks = [look_at(luma, box) for box in boxes]
    for kind in (looks, [look.close for look in looks]):
        thumbnails = as_detected(np.stack([look.region for look in kind])) if kind else ()
        for look, thumbnail in zip(kind, thumbnails, strict=True):
            look.as_detected = thumbnail[np.newaxis]
    return looks


def variants_of(looks: Sequence[Look]) -> Thumbnails:
    """Return float32 (n · 75, 144): some looks in each way in which the box may have jumped, one look after the other.

    Mean 0 and norm 1 make brightness and contrast not matter: the product of two rows is their correlation. They are
    not kept: a look that is remembered is compared as it was detected.
    """
    # Made of several at once they would take twice as long: they no longer fit into the cache.
    return np.concatenate([variants(look.region) for look in looks])


def look_at(luma: Luma, box: BoundingBox) -> Look:
    """Return what surrounds a face.

    Args:
        luma: uint8 (h, w), the frame.
        box: The face in it.
    """
    center_x, center_y = box.center
    widest = _region_side(box, max(ZOOMS))
    region = cut(luma, BoundingBox(center_x - widest / 2, center_y - widest / 2, widest, widest), largest=round(widest))
    while min(region.shape) >= 4 * _PIXELS:
        region = _halved(region)
    # Interpolated to twice the side, so that the mean of four takes in whatever falls between two points.
    return Look(_halved(cv2.resize(region, (2 * _PIXELS, 2 * _PIXELS), interpolation=cv2.INTER_LINEAR)))


def _halved(region: Luma) -> Luma:
    """Return the mean of every two by two pixels, which OpenCV makes in a sixth of the time of other reductions."""
    height, width = (side // 2 for side in region.shape)
    halved = cv2.resize(region[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
    return halved.astype(np.uint8, copy=False)


def _region_side(box: BoundingBox, zoom: float) -> float:
    """Return the side in pixels of a thumbnail's region with one cell more on every side, to be shifted by."""
    return zoom * REACH * max(box.w, box.h) * (THUMBNAIL + 2) / THUMBNAIL


class Appearance:
    """How a person has looked so far, as a few thumbnails."""

    def __init__(self, first: Look) -> None:
        self._exemplars = [first]
        self._thumbnails: Thumbnails | None = None
        self._close_thumbnails: Thumbnails | None = None

    @property
    def exemplars(self) -> tuple[Look, ...]:
        """The looks that are remembered, the oldest first."""
        return tuple(self._exemplars)

    @property
    def thumbnails(self) -> Thumbnails:
        """float32 (n, 144): the exemplars' thumbnails."""
        if self._thumbnails is None:
            self._thumbnails = np.concatenate([look.as_detected for look in self._exemplars])
        return self._thumbnails

    @property
    def close_thumbnails(self) -> Thumbnails:
        """float32 (n, 144): those of the exemplars' close looks."""
        if self._close_thumbnails is None:
            self._close_thumbnails = np.concatenate([look.close.as_detected for look in self._exemplars])
        return self._close_thumbnails

    def similarity(self, views: Thumbnails) -> float:
        """Return the best correlation, -1 to 1, of any of some views with the exemplars."""
        return float((views @ self.thumbnails.T).max())

    def learn(self, seen: Look) -> None:
        """Keep the newest view of the person; when there are too many, the oldest goes, but never the first."""
        known = self.similarity(seen.as_detected) >= NEW_BELOW
        if known and len(self._exemplars) > 1:
            self._renew_last(seen)
            return
        self._exemplars.append(seen)
        if len(self._exemplars) > EXEMPLARS:
            del self._exemplars[1]
        self._thumbnails = self._close_thumbnails = None

    def _renew_last(self, seen: Look) -> None:
        """Put a view in the place of the last one: nearly every frame of everybody comes here."""
        self._exemplars[-1] = seen
        if self._thumbnails is not None:
            self._thumbnails[-1] = seen.as_detected
        if self._close_thumbnails is not None:
            self._close_thumbnails[-1] = seen.close.as_detected
