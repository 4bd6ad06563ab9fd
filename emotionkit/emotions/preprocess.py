"""From a face crop of any size to the network's input."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from emotionkit.errors import InvalidInputError

INPUT_SIZE = 48
"""Side of the square input in pixels, as in FER2013."""

_FLAT_CONTRAST = 8.0
"""Standard deviation (grey levels) below which a crop is not stretched further: it would only amplify noise."""


def network_input(crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Return the crops as the network takes them.

    Args:
        crops: uint8 arrays, (h, w) gray or (h, w, 3) RGB, any size.

    Returns:
        float32 (n, 1, 48, 48), each face standardised to mean 0 and deviation 1, so that neither exposure nor the
        video's limited luma range matters.

    Raises:
        InvalidInputError: A crop has another shape or dtype, or is empty.
    """
    faces = np.empty((len(crops), INPUT_SIZE, INPUT_SIZE), np.float32)
    for index, crop in enumerate(crops):
        faces[index] = resized(_gray(crop, index))
    return standardise(faces)


def standardise(faces: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n, h, w) grey levels as (n, 1, h, w) with mean 0 and deviation 1 per face (less for flat ones)."""
    mean = faces.mean(axis=(1, 2), keepdims=True)
    deviation = faces.std(axis=(1, 2), keepdims=True)
    standardised: NDArray[np.float32] = (faces - mean) / np.maximum(deviation, _FLAT_CONTRAST)
    return standardised[:, np.newaxis]


def resized(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a uint8 (h, w) crop as (48, 48): averaged when it shrinks, so that nothing aliases."""
    if gray.shape == (INPUT_SIZE, INPUT_SIZE):
        return gray
    shrinks = min(gray.shape) > INPUT_SIZE
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return cv2.resize(gray, (INPUT_SIZE, INPUT_SIZE), interpolation=interpolation)


def _gray(crop: NDArray[np.uint8], index: int) -> NDArray[np.uint8]:
    array = np.asarray(crop)
    gray = array.ndim == 2
    rgb = array.ndim == 3 and array.shape[2] == 3
    if array.dtype != np.uint8 or not (gray or rgb) or array.size == 0:
        raise InvalidInputError(
            f"Crop {index} must be a non-empty uint8 array of shape (h, w) or (h, w, 3), "
            f"got {array.dtype} {array.shape}."
        )
    return array if gray else cv2.cvtColor(array, cv2.COLOR_RGB2GRAY)
