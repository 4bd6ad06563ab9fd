"""Where the meeting shows each student's tile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sample_class.lessons import Lesson
from sample_class.script import Actor

WIDTH, HEIGHT = 1280, 720
TILE_WIDTH, TILE_HEIGHT = 412, 232
GAP_X, GAP_Y = 11, 6
COLUMNS = 3


class TileBox(NamedTuple):
    """A tile in pixels of the meeting."""

    x: int
    y: int
    w: int
    h: int


def layout(lesson: Lesson, actors: Mapping[str, Actor], t: float) -> dict[str, TileBox]:
    """Return the tiles of the students present at ``t`` seconds: rows of three, the last row centred.

    Who joins late gets the last tile; when somebody leaves, the others close up.
    """
    present = [name for name in lesson.students if actors[name].present(t)]
    present.sort(key=lambda name: (lesson.joins.get(name, 0), lesson.students.index(name)))
    rows = [present[first : first + COLUMNS] for first in range(0, len(present), COLUMNS)]
    top = (HEIGHT - len(rows) * TILE_HEIGHT - (len(rows) - 1) * GAP_Y) // 2
    boxes = {}
    for row_number, row in enumerate(rows):
        left = (WIDTH - len(row) * TILE_WIDTH - (len(row) - 1) * GAP_X) // 2
        for column, name in enumerate(row):
            x, y = left + column * (TILE_WIDTH + GAP_X), top + row_number * (TILE_HEIGHT + GAP_Y)
            boxes[name] = TileBox(x, y, TILE_WIDTH, TILE_HEIGHT)
    return boxes
