"""A recording in which the tiles of nine known students move and cameras go off."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np

from emotionkit.video import sampled_frames

ORDERS = ([0, 1, 2, 3, 4, 5, 6, 7, 8], [8, 1, 0, 3, 2, 5, 4, 7, 6], [1, 0, 3, None, 5, 4, 7, None, 8])
"""Who is in each tile, row by row, for four seconds each, and then all over again."""
CAMERA_OFF = np.full((240, 426), 60, np.uint8)


def order_at(pts: float) -> list[int | None]:
    """Return who is in each tile at a second."""
    return ORDERS[int(pts // 4) % len(ORDERS)]


def write_moving_tiles(path: Path, lesson: Path) -> None:
    """Write sixteen seconds of the nine students of a lesson."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=5, options={"g": "25", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        frames = sampled_frames(lesson, 5)
        for number, frame in enumerate(islice(frames, 80)):
            tiles = [frame.luma[240 * (i // 3) :, 427 * (i % 3) :][:240, :426] for i in range(9)]
            shown = [CAMERA_OFF if seat is None else tiles[seat] for seat in order_at(number / 5)]
            picture = np.zeros((720, 1280), np.uint8)
            for place, tile in enumerate(shown):
                picture[240 * (place // 3) :, 427 * (place % 3) :][:240, :426] = tile
            made = av.VideoFrame.from_ndarray(picture, format="gray")
            made.pts, made.time_base = number, Fraction(1, 5)
            container.mux(stream.encode(made))
        container.mux(stream.encode())
        frames.close()
