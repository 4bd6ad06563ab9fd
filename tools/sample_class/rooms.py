"""The invented rooms behind the students: a wall with a shelf, a window or a door, out of focus."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_class.layout import TILE_HEIGHT, TILE_WIDTH

Span = tuple[float, float]

FILLED = -1
FRAME_COLOUR = (90, 100, 110)


class _Canvas:
    """A float32 picture, twice as large as a tile, to draw on in fractions of its size."""

    def __init__(self, shade: NDArray[np.float64]) -> None:
        height, width = TILE_HEIGHT * 2, TILE_WIDTH * 2
        self.picture = np.ones((height, width, 3), np.float32) * (shade.mean() * 0.7 + shade * 0.3)
        self.picture *= np.linspace(1.05, 0.8, width)[None, :, None]

    def box(self, x: Span, y: Span, colour: Sequence[float] | NDArray[np.float64], line: int = FILLED) -> None:
        height, width = self.picture.shape[:2]
        corners = (int(x[0] * width), int(y[0] * height)), (int(x[1] * width), int(y[1] * height))
        cv2.rectangle(self.picture, *corners, tuple(map(float, colour)), line)


def room(number: int) -> NDArray[np.uint8]:
    """Return the room of the student with this number: uint8 (tile height, tile width, 3), BGR."""
    rng = np.random.RandomState(100 + number)
    canvas = _Canvas(rng.uniform(130, 215, 3))
    draw = (_draw_shelf, _draw_window, _draw_door)[number % 3]
    draw(canvas, rng)
    blurred = cv2.GaussianBlur(canvas.picture, (0, 0), 9)
    small = cv2.resize(blurred, (TILE_WIDTH, TILE_HEIGHT), interpolation=cv2.INTER_AREA)
    return np.clip(small, 0, 255).astype(np.uint8)


def _draw_shelf(canvas: _Canvas, rng: np.random.RandomState) -> None:
    for board in range(4):
        y, x = 0.25 + 0.24 * board, 0.70
        while x < 0.97:
            width = rng.uniform(0.012, 0.03)
            height = rng.uniform(0.12, 0.2)
            canvas.box((x, x + width), (y - height, y), rng.uniform(50, 180, 3))
            x += width + 0.003
        canvas.box((0.68, 1), (y, y + 0.015), (60, 80, 100))


def _draw_window(canvas: _Canvas, rng: np.random.RandomState) -> None:
    canvas.box((0.04, 0.24), (0.05, 0.62), (240, 236, 228))
    canvas.box((0.04, 0.24), (0.05, 0.62), FRAME_COLOUR, 10)
    canvas.box((0.138, 0.142), (0.05, 0.62), FRAME_COLOUR, 8)
    canvas.box((0.80, 0.94), (0.15, 0.42), rng.uniform(60, 160, 3))


def _draw_door(canvas: _Canvas, rng: np.random.RandomState) -> None:
    canvas.box((0.76, 0.97), (0, 1), (95, 125, 150))
    canvas.box((0.06, 0.22), (0.12, 0.44), (50, 50, 60))
    canvas.box((0.075, 0.205), (0.15, 0.41), rng.uniform(90, 220, 3))
