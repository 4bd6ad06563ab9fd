"""Galleries composed from the sample lessons, with the truth of where everybody is."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from emotionkit.records import BoundingBox, Frame
from emotionkit.video import sampled_frames

Luma = NDArray[np.uint8]


@dataclass(frozen=True)
class Seat:
    """A student's tile cut out of a lesson, and the face in it in pixels of the tile."""

    student: str
    luma: Luma
    face: BoundingBox


@dataclass(frozen=True)
class LessonFrame:
    """A sampled frame with the true box of each face that is on the screen."""

    frame: Frame
    faces: dict[str, BoundingBox]
    seats: dict[str, Seat]


def _box(row: dict[str, str], what: str) -> BoundingBox:
    return BoundingBox(*(float(row[f"{what}_{side}"]) for side in "xywh"))


def _seat(row: dict[str, str], luma: Luma) -> Seat:
    tile, face = _box(row, "tile"), _box(row, "face")
    part = luma[int(tile.y) : int(tile.y + tile.h), int(tile.x) : int(tile.x + tile.w)]
    return Seat(row["student"], part, BoundingBox(face.x - tile.x, face.y - tile.y, face.w, face.h))


def read_lesson(path: Path, *, start: float = 0, end: float = 1e9, fps: float = 2.0) -> list[LessonFrame]:
    with path.with_suffix(".truth.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["present"] == "1" and row["camera_on"] == "1"]
    by_fifth: dict[int, list[dict[str, str]]] = {}
    for row in rows:
        by_fifth.setdefault(round(float(row["pts_s"]) * 5), []).append(row)
    frames = []
    for frame in sampled_frames(path, fps):
        if frame.pts >= end:
            break
        if frame.pts >= start:
            present = by_fifth[int(frame.pts * 5 + Fraction(1, 10**6))]
            faces = {row["student"]: _box(row, "face") for row in present}
            seats = {row["student"]: _seat(row, frame.luma) for row in present}
            frames.append(LessonFrame(frame, faces, seats))
    return frames


def compose_gallery(
    seats: Sequence[Seat], columns: int, size: tuple[int, int] = (1280, 720)
) -> tuple[Luma, list[BoundingBox]]:
    """A gallery of the seats in reading order, and the true box of each face in it."""
    width, height = size
    picture = np.full((height, width), 24, np.uint8)
    tile_width, tile_height = width // columns, width // columns * 9 // 16
    boxes = []
    for number, seat in enumerate(seats):
        row, column = divmod(number, columns)
        scale = (tile_width - 4) / seat.luma.shape[1]
        tile = cv2.resize(seat.luma, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        x, y = column * tile_width + 2, row * tile_height + 2
        room = picture[y : y + tile.shape[0], x : x + tile.shape[1]]
        room[:] = tile[: room.shape[0], : room.shape[1]]
        face = seat.face.scaled(scale)
        boxes.append(BoundingBox(face.x + x, face.y + y, face.w, face.h))
    return picture, boxes


@pytest.fixture(scope="session")
def waves(sample_class: Path) -> Path:
    """Nine students; one joins, one leaves, one camera is off for a while."""
    return sample_class / "2026-09-14_physics-101_waves.mp4"


@pytest.fixture(scope="session")
def exam_review(sample_class: Path) -> list[LessonFrame]:
    """Ten seconds of seven students, one in dim light and one far away."""
    return read_lesson(sample_class / "2026-09-28_physics-101_exam-review.mp4", end=10)


@pytest.fixture(scope="session")
def interference(sample_class: Path) -> list[LessonFrame]:
    """Eight seconds of nine students."""
    return read_lesson(sample_class / "2026-09-21_physics-101_interference.mp4", end=8)


@pytest.fixture(scope="session")
def lesson_between() -> Callable[..., list[LessonFrame]]:
    """``lesson_between(path, start=…, end=…)``: the sampled frames of a part of a lesson with their truth."""
    return read_lesson


@pytest.fixture(scope="session")
def gallery() -> Callable[..., tuple[Luma, list[BoundingBox]]]:
    """``gallery(seats, columns)``: a picture of the seats in reading order, and where the faces are."""
    return compose_gallery


@pytest.fixture(scope="session")
def portrait(exam_review: list[LessonFrame]) -> Luma:
    """A frame cut around one clear face: uint8 (232, 412)."""
    return exam_review[0].seats["Hiro"].luma
