"""Small gray pictures that tell what a region looks like, made of many regions at once.

Reducing, shifting and scaling are linear, down and across alike: a thumbnail is the region between two matrices. So
one product makes all thumbnails of all faces of a picture, where resizing one by one would cost ten times as much.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

THUMBNAIL = 12
"""Side in pixels of the thumbnails."""
ZOOMS = (1.0, 5 / 6, 6 / 5)
"""Sizes tried, the detected one first: dlib's boxes come in steps of 6/5. At each size the region is also shifted by
half a cell and a cell, a twelfth and a sixth of the box, to every side."""
SHIFTS = 5
"""Places tried down, and as many across, the middle one not shifted."""

AS_DETECTED = 12
"""The row of ``variants`` that is neither shifted nor scaled: the middle of the 5×5 shifts at the first size."""

Thumbnails = NDArray[np.float32]
_Matrix = NDArray[np.float32]


def as_detected(regions: NDArray[np.uint8]) -> Thumbnails:
    """Return float32 (n, 144): the thumbnails that are neither shifted nor scaled, of mean 0 and norm 1.

    Args:
        regions: uint8 (n, s, s), one cell larger on every side than the largest thumbnail reaches.
    """
    middle = _views(regions.shape[-1], ZOOMS[0])[SHIFTS // 2]
    return _normalised(_between(middle, regions).reshape(len(regions), -1))


def variants(region: NDArray[np.uint8]) -> Thumbnails:
    """Return float32 (75, 144): a region, uint8 (s, s), at every size and shift, of mean 0 and norm 1."""
    shifted = []
    for zoom in ZOOMS:
        views = _views(region.shape[0], zoom)
        whole = _between(views.reshape(-1, region.shape[0]), region[np.newaxis])[0]
        shifted.append(whole.reshape(SHIFTS, THUMBNAIL, SHIFTS, THUMBNAIL).transpose(0, 2, 1, 3))
    return _normalised(np.concatenate(shifted).reshape(-1, THUMBNAIL**2))


def _between(matrix: _Matrix, regions: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return float32 (n, m, m): each region, uint8 (n, s, s), reduced down and across by a matrix, (m, s)."""
    product: NDArray[np.float32] = matrix @ (regions.astype(np.float32) @ matrix.T)
    return product


def _normalised(views: NDArray[np.float32]) -> Thumbnails:
    views = views - views.mean(axis=1, keepdims=True)
    norms = np.sqrt(np.einsum("ij,ij->i", views, views))
    # A blank region is like nothing at all, rather than like everything.
    norms[norms < 1e-3] = np.inf
    normalised: Thumbnails = views / norms[:, np.newaxis]
    return normalised


@lru_cache(maxsize=64)
def _views(side: int, zoom: float) -> _Matrix:
    """Return float32 (5, 12, side): what reduces a region of a side, down or across, to a thumbnail at each shift."""
    reached = round(side * zoom / max(ZOOMS))
    start = (side - reached) // 2
    halves = 2 * (THUMBNAIL + 2)
    # Two halves make a cell; resizing the unit matrix in one direction gives what resizing multiplies by.
    fine = np.zeros((halves, side), np.float32)
    unit = np.eye(reached, dtype=np.float32)
    fine[:, start : start + reached] = cv2.resize(unit, (reached, halves), interpolation=cv2.INTER_AREA)
    cells = (fine[:-1] + fine[1:]) / 2
    return np.stack([cells[shift : shift + 2 * THUMBNAIL : 2] for shift in range(SHIFTS)])
