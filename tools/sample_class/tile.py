"""One student's tile: the webcam picture, and where the face is in it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_class.cast import NAMES
from sample_class.expressions import PICTURE_HEIGHT, PICTURE_WIDTH
from sample_class.layout import TILE_HEIGHT, TILE_WIDTH
from sample_class.lessons import Lesson
from sample_class.pictures import Pictures
from sample_class.rooms import room
from sample_class.script import Actor, labelled

GRAIN_PICTURES = 24
FAR_FACE = 45
"""Width in pixels of the face of the student who sits far away."""
DESK = 206
"""Row from which a desk hides the student who sits far away."""
FONT = cv2.FONT_HERSHEY_SIMPLEX


class State(NamedTuple):
    """Truth of a tile: face box (x, y, w, h) in its pixels, label, and strength drawn, 0 to 1."""

    box: tuple[float, float, float, float]
    expression: str
    intensity: float


class Tile:
    """One student's tile in one lesson, as functions of the time in seconds.

    Attributes:
        actor: What the student does.
    """

    def __init__(self, lesson: Lesson, student: str, pictures: Path) -> None:
        self.actor = Actor(lesson, student)
        self._student = student
        self._pictures = Pictures(pictures, student)
        self._dim, self._far = lesson.dim == student, lesson.far == student
        number = NAMES.index(student)
        self._room = room(number)
        rng = np.random.RandomState(lesson.seed + number)
        self._grain = [_grain(rng, 5.7 if self._dim else 2.9) for _ in range(GRAIN_PICTURES)]
        if self._far:
            self.actor.zoom = FAR_FACE / self._pictures.boxes["neutral"][2]
            cv2.rectangle(self._room, (0, DESK), (TILE_WIDTH, TILE_HEIGHT), (70.0, 95.0, 120.0), -1)

    def state(self, t: float) -> State:
        """Return the truth at ``t``."""
        channel, amount = self.actor.face(t)
        return State(self._face_box(self._pictures.box(channel, amount), t), *labelled(channel, amount))

    def draw(self, t: float, frame: int) -> NDArray[np.uint8]:
        """Return the tile at ``t``: uint8 (tile height, tile width, 3), BGR. ``frame`` chooses the grain."""
        picture = self._webcam(t, frame) if self.actor.camera_on(t) else self._initial()
        return self._tagged(picture)

    def _matrix(self, t: float) -> NDArray[np.float64]:
        """Return the affine map (2, 3) from picture to tile pixels; it pivots at the bottom centre."""
        dx, dy, degrees, scale = self.actor.sway(t)
        bottom = TILE_HEIGHT + 14
        if self._far:
            dx, dy, bottom = dx * 0.5, dy * 0.3, 214
        matrix = cv2.getRotationMatrix2D((PICTURE_WIDTH / 2, PICTURE_HEIGHT), degrees, scale)
        matrix[:, 2] += (TILE_WIDTH / 2 + dx - PICTURE_WIDTH / 2, bottom + dy - PICTURE_HEIGHT)
        return matrix

    def _face_box(self, box: NDArray[np.float64], t: float) -> tuple[float, float, float, float]:
        """Return the face box moved with the picture and cut at the tile's edge."""
        x, y, w, h = box
        matrix = self._matrix(t)
        corners = np.array([[x, y, 1], [x + w, y, 1], [x, y + h, 1], [x + w, y + h, 1]])
        middle = (corners @ matrix.T).mean(0)
        half = np.array([w, h]) * np.hypot(*matrix[0, :2]) / 2
        low, high = (np.clip(corner, 0, (TILE_WIDTH, TILE_HEIGHT)) for corner in (middle - half, middle + half))
        return (*low, *(high - low))

    def _webcam(self, t: float, frame: int) -> NDArray[np.uint8]:
        person = self._placed(self._pictures.picture(*self.actor.face(t)), t)
        clear = cv2.cvtColor(255 - person[..., 3], cv2.COLOR_GRAY2BGR)
        behind = cv2.multiply(self._room, clear, scale=1 / 255)
        picture = cv2.add(cv2.cvtColor(person, cv2.COLOR_BGRA2BGR), behind)
        if self._far:
            picture[DESK:] = self._room[DESK:]
        gain = np.array([0.30, 0.31, 0.36] if self._dim else [1, 1, 1]) * self.actor.light(t)
        picture = cv2.multiply(picture, (*gain, 0.0))
        grain = self._grain[(frame * 7 + frame // GRAIN_PICTURES * 5) % GRAIN_PICTURES]
        return cv2.GaussianBlur(cv2.add(picture, grain, dtype=cv2.CV_8U), (3, 3), 0.5)

    def _placed(self, picture: NDArray[np.uint8], t: float) -> NDArray[np.uint8]:
        matrix = self._matrix(t)
        if self._far:
            # Halved first by area, because the bilinear warp alone would alias.
            picture = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
            matrix = matrix @ np.diag([2, 2, 1.0])
        return cv2.warpAffine(picture, matrix, (TILE_WIDTH, TILE_HEIGHT), flags=cv2.INTER_LINEAR)

    def _initial(self) -> NDArray[np.uint8]:
        picture = np.full((TILE_HEIGHT, TILE_WIDTH, 3), (46, 43, 42), np.uint8)
        x, y = TILE_WIDTH // 2, TILE_HEIGHT // 2
        cv2.circle(picture, (x, y), 46, (150, 110, 70), -1, cv2.LINE_AA)
        letter = self._student[0]
        (w, h), _ = cv2.getTextSize(letter, FONT, 1.5, 3)
        cv2.putText(picture, letter, (x - w // 2, y + h // 2), FONT, 1.5, (255, 255, 255), 3, cv2.LINE_AA)
        return picture

    def _tagged(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        (w, _), _ = cv2.getTextSize(self._student, FONT, 0.5, 1)
        strip = picture[-22:, : w + 14]
        strip[:] = (strip * 0.35).astype(np.uint8)
        cv2.putText(picture, self._student, (7, TILE_HEIGHT - 7), FONT, 0.5, (245, 245, 245), 1, cv2.LINE_AA)
        return picture


def _grain(rng: np.random.RandomState, strength: float) -> NDArray[np.int16]:
    noise = rng.normal(0, strength, (TILE_HEIGHT, TILE_WIDTH)).astype(np.float32)
    return cv2.merge([np.rint(cv2.GaussianBlur(noise, (0, 0), 0.7)).astype(np.int16)] * 3)
