"""A cheap sign that the picture is no longer the one that was searched: a new layout, a camera switched on."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from emotionkit.faces.detector import Luma
from emotionkit.records import BoundingBox

GRID_WIDTH, GRID_HEIGHT = 32, 18
"""Cells of the coarse picture; a tile of a 25-person gallery is more than 20 of them."""
CELL_CHANGE = 32
"""Levels of gray by which a cell's mean must change. In a gallery of nine people who talk, 2.6 % of the cells change by
as much from one sample to the next half a second later, and up to 7.6 %, close to the faces."""
_HALVED = 8
"""Pixels of a cell's side from which a picture is halved."""
SURROUNDINGS = 3.0
"""Sides of its box around a known face in which change is taken for the movement of that person."""


class ChangeDetector:
    """Compares each picture with the one before, away from the faces that are known."""

    def __init__(self) -> None:
        self._previous: NDArray[np.int16] | None = None

    def share_changed(self, luma: Luma, known: Iterable[BoundingBox]) -> float:
        """Return the share of the picture that changed away from known faces, 0 to 1; 1 for the first picture.

        Args:
            luma: uint8 (h, w).
            known: Where faces were in the picture before.
        """
        cells = _cells(luma)
        previous, self._previous = self._previous, cells
        if previous is None:
            return 1.0
        changed = np.abs(cells - previous) > CELL_CHANGE
        height, width = luma.shape
        for box in known:
            _clear(changed, box, GRID_WIDTH / width, GRID_HEIGHT / height)
        return float(changed.mean())


def _cells(luma: Luma) -> NDArray[np.int16]:
    """Return int16 (18, 32): the mean of each cell, of a picture halved first, which OpenCV does far quicker."""
    while luma.shape[0] >= _HALVED * GRID_HEIGHT and luma.shape[1] >= _HALVED * GRID_WIDTH:
        height, width = luma.shape[0] // 2, luma.shape[1] // 2
        luma = cv2.resize(luma[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
    return cv2.resize(luma, (GRID_WIDTH, GRID_HEIGHT), interpolation=cv2.INTER_AREA).astype(np.int16)


def _clear(changed: NDArray[np.bool_], box: BoundingBox, across: float, down: float) -> None:
    center_x, center_y = box.center
    reach_x, reach_y = SURROUNDINGS / 2 * box.w, SURROUNDINGS / 2 * box.h
    left, right = max(0, int((center_x - reach_x) * across)), max(0, int(np.ceil((center_x + reach_x) * across)))
    top, bottom = max(0, int((center_y - reach_y) * down)), max(0, int(np.ceil((center_y + reach_y) * down)))
    changed[top:bottom, left:right] = False
