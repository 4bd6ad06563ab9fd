"""Lessons in a real warehouse, made from numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np

from emotionkit.records import BoundingBox, FaceReading, FrameReading, Lesson, Run
from emotionkit.warehouse import SegmentWriter, load_segment

LEVEL = np.array([-1.0, -1.5, -1.8, 1.0, 2.4, 0.0, -0.8])


def store(
    folder: Path, lesson: Lesson, students: int, *, fps: int = 2, quality: float = 0.8, away: tuple[int, int] = (0, 0)
) -> str:
    """Put a lesson into a warehouse; nobody is seen from ``away[0]`` to ``away[1]`` seconds."""
    key = hashlib.sha256(f"{lesson.lesson_id} {students}".encode()).hexdigest()
    moment = datetime(2026, 9, 14, 8, tzinfo=UTC)
    run = Run(key[:16], "0.1.0", "ab" * 32, "{}", "cd" * 32, moment, moment, "done")
    with SegmentWriter(folder, lesson.lesson_id, run.run_id) as writer:
        for reading in readings(students, round(lesson.duration_s), fps, quality, away):
            writer.add(reading)
        segment = writer.finish(lesson, run)
    load_segment(folder, segment)
    return lesson.lesson_id


def readings(students: int, seconds: int, fps: int, quality: float, away: tuple[int, int]) -> Iterator[FrameReading]:
    random = np.random.default_rng(students)
    level, state = LEVEL + 0.7 * random.standard_normal((students, 7)), np.zeros((students, 7))
    for index in range(seconds * fps):
        state = 0.97 * state + 0.2 * random.standard_normal((students, 7))
        smiling = 2.5 * (0.55 < index / (seconds * fps) < 0.7)
        logits = level + state + smiling * np.eye(7)[3]
        shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        present = students if not away[0] <= index / fps < away[1] else 0
        faces = tuple(
            FaceReading(
                k + 1, BoundingBox(10.0 + 100 * k, 10.0, 80.0, 80.0), 1.2, quality, shares[k].astype(np.float32)
            )
            for k in range(present)
            if not (k == 0 and index < seconds * fps // 4)
        )
        yield FrameReading(Fraction(index, fps), Fraction(1, fps), faces)


WAVES = Lesson(
    lesson_id="2026-09-14_physics-101_waves",
    course="Physics 101",
    title="Waves",
    teacher="Dr. Ada Example",
    started_at=datetime(2026, 9, 14, 9, 0, tzinfo=UTC),
    duration_s=300.0,
    recording="2026-09-14_physics-101_waves.mp4",
    recording_sha256="ef" * 32,
    width=1280,
    height=720,
    frame_rate=25.0,
)
