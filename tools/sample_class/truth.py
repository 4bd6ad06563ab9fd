"""The truth table of a lesson: every student, each fifth of a second."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from sample_class.layout import TileBox, layout
from sample_class.lessons import Lesson
from sample_class.tile import Tile

STEP_S = 0.2
FIELDS = (
    "pts_s",
    "student",
    "present",
    "camera_on",
    "tile_x",
    "tile_y",
    "tile_w",
    "tile_h",
    "face_x",
    "face_y",
    "face_w",
    "face_h",
    "expression",
    "intensity",
)

Row = dict[str, str | int]


def write_truth(path: Path, lesson: Lesson, tiles: Mapping[str, Tile]) -> None:
    """Write a lesson's truth table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, FIELDS, lineterminator="\n")
        table.writeheader()
        table.writerows(truth_rows(lesson, tiles))


def truth_rows(lesson: Lesson, tiles: Mapping[str, Tile]) -> Iterator[Row]:
    """Yield the truth in order of time, then of the tiles; what cannot be seen is empty."""
    actors = {name: tile.actor for name, tile in tiles.items()}
    for step in range(round(lesson.seconds / STEP_S)):
        t = round(step * STEP_S, 1)
        boxes = layout(lesson, actors, t)
        for name, tile in tiles.items():
            row: Row = dict.fromkeys(FIELDS, "")
            row |= {"pts_s": f"{t:.1f}", "student": name, "present": int(name in boxes), "camera_on": 0}
            if name in boxes:
                row |= _in_meeting(boxes[name], tile, t)
            yield row


def _in_meeting(box: TileBox, tile: Tile, t: float) -> Row:
    row: Row = {"tile_x": box.x, "tile_y": box.y, "tile_w": box.w, "tile_h": box.h}
    if not tile.actor.camera_on(t):
        return row
    (x, y, w, h), expression, intensity = tile.state(t)
    return row | {
        "camera_on": 1,
        "face_x": round(box.x + x),
        "face_y": round(box.y + y),
        "face_w": round(w),
        "face_h": round(h),
        "expression": expression,
        "intensity": f"{intensity:.2f}",
    }
