"""What can be done to a gray picture, by itself: training, spoiling and measuring do the same things in other doses."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""uint8 (h, w), brightness."""


def turned(picture: Picture, degrees: float) -> Picture:
    """Return a picture turned about its middle, anticlockwise, its border repeated."""
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
    return cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def narrowed(picture: Picture, side: int) -> Picture:
    """Return a picture reduced to ``side`` pixels each way, and enlarged again to its own size."""
    height, width = picture.shape
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def compressed(picture: Picture, quality: int) -> Picture:
    """Return a picture as JPEG of a quality from 1 to 100 leaves it."""
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
