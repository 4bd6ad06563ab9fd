"""Recordings of known people whose tiles move, with the truth of who is where: for measuring identity.

People come from pictures or from lessons. Somebody from pictures shows another one every few seconds, in front of a
room of his own: far more change than a webcam brings. The folder of pictures lies outside the repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from emotionkit.config import DetectionSettings
from emotionkit.faces.dlib_detector import DlibDetector
from emotionkit.records import BoundingBox

Luma = NDArray[np.uint8]
Person = Callable[[float], Luma]
"""Returns the person's tile, uint8 (240, 426), at a second."""

WIDTH, HEIGHT = 1280, 720
TILE_WIDTH, TILE_HEIGHT = 426, 240
RATE = 10
KEY_EVERY_S = 5
PORTRAIT_SIDE = 170
"""Side in pixels of a picture in its tile; the face in it is about 110."""
SHOWN_S = 8.0
"""Seconds for which a picture is shown, give or take half."""

# fmt: off
PRESS_RUNS = (
    (28, 44), (216, 252), (452, 468), (552, 580), (776, 836), (896, 916),
    (964, 980), (1180, 1204), (1220, 1236), (2112, 2344), (2892, 3000), (3772, 3788),
    (3808, 4320), (4348, 4452), (4520, 4560), (4636, 4656), (4704, 4728), (5128, 5192),
    (5380, 5396), (5408, 5452), (5788, 5840), (5916, 5948), (6024, 6044), (6336, 6384),
)
# fmt: on
"""First and last number of pictures in ``press-faces.npz`` that show one person, 24 people in all: the file is in the
order of people; 14 pictures were checked by eye. Nobody is named."""


@dataclass(frozen=True)
class Scene:
    """Who is on the screen from a second on, in the order of the tiles; None is a tile without a camera.

    With a ``speaker`` the first one is large and the others, five at most, are in a strip; else all are in a gallery.
    """

    start_s: float
    order: tuple[str | None, ...]
    speaker: bool = False


@dataclass(frozen=True)
class Composition:
    """A recording and who is where in it."""

    path: Path
    scenes: Sequence[Scene]
    length_s: float

    def tiles(self, pts_s: float) -> dict[str, BoundingBox]:
        """Return the tile of each person with a camera at a second."""
        scene = _scene_at(self.scenes, pts_s)
        return {name: tile for name, tile in zip(scene.order, _layout(scene), strict=True) if name is not None}


def compose(path: Path, scenes: Sequence[Scene], people: dict[str, Person], length_s: float) -> Composition:
    """Write a recording of some scenes, 1280×720 at ten frames a second, and return it with its truth."""
    with av.open(str(path), "w") as container:
        options = {"preset": "veryfast", "g": str(KEY_EVERY_S * RATE), "crf": "20"}
        stream = container.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(round(length_s * RATE)):
            picture = _picture(_scene_at(scenes, number / RATE), people, number / RATE)
            frame = av.VideoFrame.from_ndarray(picture, format="gray")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return Composition(path, scenes, length_s)


def rendered_people(lesson: Path, start_s: float, end_s: float) -> list[Person]:
    """Return the nine students of a sample lesson between two seconds when all are there, over and over."""
    with av.open(str(lesson)) as container:
        shown = [
            frame.to_ndarray(format="gray").astype(np.uint8, copy=False)
            for frame in container.decode(video=0)
            if frame.time is not None and start_s <= frame.time < end_s
        ]
    pace = len(shown) / (end_s - start_s)

    def of(seat: int) -> Person:
        row, column = divmod(seat, 3)
        top, left = 240 * row, WIDTH * column // 3
        return lambda second: shown[int(second * pace) % len(shown)][top : top + 240, left : left + TILE_WIDTH]

    return [of(seat) for seat in range(9)]


def pictured_people(
    data: Path, number: int, *, begin: int = 0, pictures: int = 10, same_room: bool = False
) -> list[Person]:
    """Return people of whom several pictures are known, each in a room of their own unless it is to be the same.

    Args:
        data: The folder with ``press-faces/press-faces.npz``.
        number: How many people.
        begin: Place of the first of them among the known.
        pictures: How many pictures of each at most: evenly chosen of those in which the detector finds one face.
        same_room: As with a picture put behind everybody by the conference software.
    """
    tiles = portraits(data, number, begin=begin, pictures=pictures, same_room=same_room)
    return [_slide_show(chosen, seed=place) for place, chosen in enumerate(tiles)]


def portraits(
    data: Path, number: int, *, begin: int = 0, pictures: int = 10, same_room: bool = False
) -> Iterator[list[Luma]]:
    """Yield the tiles, uint8 (240, 426), that people from pictures show; arguments as for ``pictured_people``."""
    with np.load(data / "press-faces" / "press-faces.npz") as stored:
        encoded, lengths = stored["jpeg"], stored["lengths"]
    ends = np.cumsum(lengths)
    detector = DlibDetector(DetectionSettings())
    for place, (first, last) in enumerate(PRESS_RUNS[begin : begin + number]):
        files = (encoded[ends[index] - lengths[index] : ends[index]] for index in range(first, last + 1))
        room = _room(0 if same_room else place + 1)
        tiles = [_in_room(np.asarray(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE), np.uint8), room) for file in files]
        clear = [tile for tile in tiles if len(detector.detect(tile)) == 1]
        yield [clear[index] for index in np.linspace(0, len(clear) - 1, min(pictures, len(clear))).astype(int)]


def _in_room(face: Luma, room: Luma) -> Luma:
    """Put a picture into a room, its edge blended."""
    side = PORTRAIT_SIDE
    mask = np.zeros((side, side), np.float32)
    cv2.rectangle(mask, (10, 10), (side - 10, side - 10), 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 5)
    large = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)
    tile = room.copy()
    top, left = (TILE_HEIGHT - side) // 2, (TILE_WIDTH - side) // 2
    place = tile[top : top + side, left : left + side]
    place[:] = (mask * large + (1 - mask) * place).astype(np.uint8)
    return tile


def _room(seed: int) -> Luma:
    """Return a wall with shapes on it."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(30, 220, (5, 8)).astype(np.uint8)
    return cv2.resize(coarse, (TILE_WIDTH, TILE_HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def _slide_show(tiles: Sequence[Luma], seed: int) -> Person:
    """Show one tile after another, swaying a little as people and their cameras do."""
    rng = np.random.default_rng(seed)
    changes = np.cumsum(rng.uniform(SHOWN_S / 2, SHOWN_S * 1.5, 2000))
    order = rng.integers(0, len(tiles), 2001)
    phase = rng.uniform(0, 6, 3)

    def show(second: float) -> Luma:
        tile = tiles[order[np.searchsorted(changes, second)]]
        zoom = 1.03 + 0.02 * np.sin(second / 5 + phase[0])
        right, down = 5 * np.sin(second / 3 + phase[1]), 3 * np.sin(second / 4 + phase[2])
        moved = np.array([[zoom, 0, right - (zoom - 1) * 213], [0, zoom, down - (zoom - 1) * 120]])
        size = (TILE_WIDTH, TILE_HEIGHT)
        return cv2.warpAffine(tile, moved, size, borderMode=cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)

    return show


def _scene_at(scenes: Sequence[Scene], second: float) -> Scene:
    return [scene for scene in scenes if scene.start_s <= second + 1e-6][-1]


def _layout(scene: Scene) -> Iterator[BoundingBox]:
    """Yield the tiles of a scene in order, as conference software lays them out: as large as all of them fit."""
    count = len(scene.order)
    if scene.speaker:
        yield BoundingBox(0, 72, 1024, 576)
        for place in range(count - 1):
            yield BoundingBox(1024, 144 * place, 256, 144)
        return
    columns = next(columns for columns in range(1, 10) if columns * columns >= count)
    rows = -(-count // columns)
    width = WIDTH // columns
    height = width * TILE_HEIGHT // TILE_WIDTH
    top = (HEIGHT - rows * height) // 2
    for place in range(count):
        row, column = divmod(place, columns)
        in_row = min(columns, count - row * columns)
        left = (WIDTH - in_row * width) // 2
        yield BoundingBox(left + column * width, top + row * height, width, height)


def _picture(scene: Scene, people: dict[str, Person], second: float) -> Luma:
    picture = np.full((HEIGHT, WIDTH), 24, np.uint8)
    for name, tile in zip(scene.order, _layout(scene), strict=True):
        left, top, width, height = (int(side) for side in (tile.x, tile.y, tile.w, tile.h))
        shown = np.full((TILE_HEIGHT, TILE_WIDTH), 48, np.uint8) if name is None else people[name](second)
        room = picture[top + 1 : top + height - 1, left + 1 : left + width - 1]
        room[:] = cv2.resize(shown, room.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return picture
