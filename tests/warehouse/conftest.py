"""Invented lessons, and warehouses made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from emotionkit.records import EMOTIONS, BoundingBox, FaceReading, FrameReading, Lesson, Run
from emotionkit.warehouse import SegmentWriter, load_segment

NOON = datetime(2026, 9, 14, 12, 0, tzinfo=UTC)

WriteSegment = Callable[..., Path]


class Invent:
    """Makes invented records, plausible ones unless told otherwise."""

    @staticmethod
    def lesson(lesson_id: str = "algebra", **changes: object) -> Lesson:
        facts: dict[str, object] = {
            "lesson_id": lesson_id,
            "course": "Mathematics",
            "title": "Quadratic equations",
            "teacher": "M. Noether",
            "started_at": NOON,
            "duration_s": 3.5,
            "recording": f"recordings/{lesson_id}.mp4",
            "recording_sha256": "5e" * 32,
            "width": 1280,
            "height": 720,
            "frame_rate": 29.97,
        }
        return Lesson(**{**facts, **changes})  # type: ignore[arg-type]

    @staticmethod
    def run(run_id: str = "run-1", *, ended_s: float = 60.0) -> Run:
        return Run(
            run_id=run_id,
            software_version="0.1.0",
            model_sha256="ab" * 32,
            settings='{"sample_fps":2.0}',
            fingerprint="cd" * 32,
            started_at=NOON,
            ended_at=NOON + timedelta(seconds=ended_s),
            status="done",
        )

    @staticmethod
    def face(track_id: int = 1, emotion: str = "happy", share: float = 0.7) -> FaceReading:
        probabilities = np.full(len(EMOTIONS), (1 - share) / (len(EMOTIONS) - 1), np.float32)
        probabilities[EMOTIONS.index(emotion)] = share
        return FaceReading(track_id, BoundingBox(100.5 * track_id, 50.0, 80.0, 80.0), 1.25, 0.75, probabilities)

    @staticmethod
    def readings(frames: int = 7, faces: int = 2, emotion: str = "happy", share: float = 0.7) -> list[FrameReading]:
        """Two frames a second; the last has no face."""
        half = Fraction(1, 2)
        return [
            FrameReading(
                index * half,
                half,
                tuple(Invent.face(i + 1, emotion, share) for i in range(faces if index < frames - 1 else 0)),
            )
            for index in range(frames)
        ]


@pytest.fixture(scope="session")
def invent() -> type[Invent]:
    """Return the maker of invented records."""
    return Invent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a warehouse is to be; not there yet."""
    return tmp_path / "warehouse"


@pytest.fixture
def write_segment(folder: Path) -> WriteSegment:
    """Write a segment of a lesson and run, with invented readings unless given."""

    def write(
        lesson_id: str = "algebra",
        run_id: str = "run-1",
        readings: Iterable[FrameReading] | None = None,
        *,
        ended_s: float = 60.0,
        **facts: object,
    ) -> Path:
        with SegmentWriter(folder, lesson_id, run_id) as writer:
            for reading in Invent.readings() if readings is None else readings:
                writer.add(reading)
            return writer.finish(Invent.lesson(lesson_id, **facts), Invent.run(run_id, ended_s=ended_s))

    return write


@pytest.fixture
def usual_files() -> set[str]:
    """What lies in the folder of a warehouse that was loaded."""
    return {"emotionkit.duckdb", "emotionkit.lock", "segments", "audit.jsonl", "erased.json"}


@pytest.fixture
def two_lessons(folder: Path, write_segment: WriteSegment) -> Path:
    """A warehouse of the lessons algebra and botany."""
    load_segment(folder, write_segment("algebra"))
    load_segment(folder, write_segment("botany", "run-2", Invent.readings(5, 3, "sad"), started_at=None))
    return folder
