"""Cut a face out of the picture the way the emotion network saw faces in training."""

from __future__ import annotations

import cv2
import numpy as np

from emotionkit.faces.detector import Luma
from emotionkit.records import BoundingBox

CROP_SIDE = 1.18
"""Side of the crop in sides of dlib's box. The network learned from FER2013, so its framing is the one to give it: dlib
finds a face in 909 of 1200 pictures of its validation set (enlarged to random sizes, borders repeated), and there the
picture's side is 1.18 times the box's in the median, 1.10 to 1.28 in the middle half."""
CROP_LIFT = 0.07
"""How far the crop's centre lies above the box's, in sides of the box: the same measurement, 0.03 to 0.11 in the middle
half. To the side the median offset is 0.003, taken as none."""
LARGEST_CROP = 48
"""Side in pixels to which larger crops are reduced, once for all who look at them: the network's input has as many."""


def crop_box(box: BoundingBox) -> BoundingBox:
    """Return the square around a detected face that the network wants to see; it may reach past the frame."""
    side = CROP_SIDE * max(box.w, box.h)
    center_x, center_y = box.center
    return BoundingBox(center_x - side / 2, center_y - CROP_LIFT * box.h - side / 2, side, side)


def cut(luma: Luma, box: BoundingBox, *, largest: int = LARGEST_CROP) -> Luma:
    """Return a copy of the part of the picture in a box, its border repeated where the box reaches past the edge.

    Args:
        luma: uint8 (h, w).
        box: What to cut, rounded to whole pixels, at least one.
        largest: Side in pixels above which the result is reduced.

    Returns:
        uint8 (h, w) of the box's size, or smaller with the same proportions.
    """
    part = _part(luma, round(box.x), round(box.y), max(1, round(box.w)), max(1, round(box.h)))
    shrink = largest / max(part.shape)
    if shrink >= 1:
        return part.copy()
    size = max(1, round(part.shape[1] * shrink)), max(1, round(part.shape[0] * shrink))
    return cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _part(luma: Luma, x: int, y: int, width: int, height: int) -> Luma:
    if x >= 0 and y >= 0 and x + width <= luma.shape[1] and y + height <= luma.shape[0]:
        return luma[y : y + height, x : x + width]
    left, top = min(max(x, 0), luma.shape[1]), min(max(y, 0), luma.shape[0])
    right, bottom = min(max(x + width, 0), luma.shape[1]), min(max(y + height, 0), luma.shape[0])
    if right > left and bottom > top:
        inside = luma[top:bottom, left:right]
        around = (top - y, y + height - bottom, left - x, x + width - right)
        return cv2.copyMakeBorder(inside, *around, cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)
    # Nothing of it lies in the picture: indices held inside repeat the border, however far outside the box is.
    columns = np.clip(np.arange(x, x + width), 0, luma.shape[1] - 1)
    rows = np.clip(np.arange(y, y + height), 0, luma.shape[0] - 1)
    return luma[:, columns[0] : columns[-1] + 1][rows][:, columns - columns[0]]
