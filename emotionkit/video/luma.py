"""From a decoded picture of any pixel format and orientation to gray levels as displayed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

_LUMA_FIRST = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "nv21"})
"""Pixel formats whose first plane is brightness, a byte each."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """Where the axes of the stored picture point on the display: the signs of the display matrix.

    A stored pixel (x, y) is shown at (a·x + c·y, b·x + d·y), y downwards; either a and d are 0, or b and c are.
    """

    a: int = 1
    b: int = 0
    c: int = 0
    d: int = 1

    @property
    def clockwise_degrees(self) -> int:
        """0, 90, 180 or 270: the direction in which the stored x axis is shown, clockwise from the right."""
        return {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}[self.a, self.b]

    @property
    def is_transposed(self) -> bool:
        """Whether width and height change places."""
        return self.a == 0

    def upright(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a view of an (h, w) picture as it is to be displayed: turned, and mirrored if need be."""
        if self.is_transposed:
            return picture.T[:: self.b, :: self.c]
        return picture[:: self.d, :: self.a]


def orientation(frame: VideoFrame) -> Orientation:
    """Return how a picture is to be shown; an angle between the four right ones counts as the nearest.

    PyAV's ``VideoFrame.rotation`` reads an angle alone and would turn a mirrored picture upside down.
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return Orientation()
    # Row by row a b u, c d v, x y w, as in the track header of ISO/IEC 14496-12.
    a, b, _, c, d = np.frombuffer(matrix, np.int32)[:5].tolist()  # type: ignore[call-overload]
    if abs(a) >= abs(b):
        return Orientation(_sign(a), 0, 0, _sign(d))
    return Orientation(0, _sign(b), _sign(c), 0)


def luma(frame: VideoFrame) -> NDArray[np.uint8]:
    """Return the brightness of a picture as displayed.

    Black is 0 and white 255 in every format, whether limited or full range, RGB or ten bits deep. Where the first
    plane holds brightness in bytes it is read as it lies, through a table that FFmpeg's own conversion gave. That
    is quicker, and exact where FFmpeg would go through RGB, as it does for pictures whose colour space is named.

    Returns:
        uint8 (height, width), contiguous, orientation applied; it stays valid after the decoder has gone on.
    """
    if frame.format.name not in _LUMA_FIRST:
        gray = frame.reformat(format="gray").to_ndarray().astype(np.uint8, copy=False)
        return np.array(orientation(frame).upright(gray), order="C")
    plane = frame.planes[0]
    stored = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
    gray = cv2.LUT(stored, _to_gray(frame.format.name, int(frame.color_range)))
    return np.array(orientation(frame).upright(gray), order="C", copy=None)


@lru_cache
def _to_gray(pixel_format: str, color_range: int) -> NDArray[np.uint8]:
    """Return uint8 (256,): what FFmpeg's conversion to full-range gray makes of each value of the first plane."""
    side = 256
    ramp = VideoFrame(side, side, pixel_format)
    for plane in ramp.planes:
        plane.update(bytes([128]) * plane.buffer_size)
    first = ramp.planes[0]
    row = bytes(range(256)).ljust(first.line_size, b"\0")
    first.update(row * (first.buffer_size // first.line_size))
    ramp.color_range = color_range
    return ramp.reformat(format="gray").to_ndarray()[0].astype(np.uint8)


def _sign(value: int) -> int:
    return -1 if value < 0 else 1
