"""The three lessons: who is there, what happens, and how the recording differs from the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sample_class.cast import NAMES

FPS = 25

STALLS = ((8.0, 0.9), (22.4, 1.6), (40.0, 0.7), (54.2, 1.1))
"""Start and length in seconds of the stalls in the recording with variable frame rate."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that many react to: when (s), with which expression, and which share of the class."""

    at: float
    expression: str
    share: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson.

    Attributes:
        name: Name of the files.
        seconds: Length.
        seed: Seed of everything random in it.
        students: Who takes part, in the order of the tiles.
        gap: Shortest and longest pause between a student's episodes, seconds.
        weights: How often each expression is drawn, relative to the others.
        events: What many react to at once.
        joins: When a student comes late, seconds.
        leaves: When a student goes early, seconds.
        camera_off: From when to when a student's camera is off, seconds.
        dim: Who sits in dim light.
        far: Who sits far from the camera.
        tone: Whether the recording has sound.
        variable_rate: Whether frames are missing and time stamps jitter.
    """

    name: str
    seconds: int
    seed: int
    students: tuple[str, ...]
    gap: tuple[float, float]
    weights: Mapping[str, float]
    events: tuple[Event, ...]
    joins: Mapping[str, float] = field(default_factory=dict)
    leaves: Mapping[str, float] = field(default_factory=dict)
    camera_off: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    dim: str | None = None
    far: str | None = None
    tone: bool = False
    variable_rate: bool = False


LESSONS = (
    Lesson(
        name="2026-09-14_physics-101_waves",
        seconds=120,
        seed=914,
        students=NAMES,
        joins={"Isabel": 20.0},
        leaves={"Elena": 100.0},
        camera_off={"Farid": (60.0, 75.0)},
        gap=(5.0, 15.0),
        tone=True,
        weights={"happy": 0.34, "surprise": 0.18, "sad": 0.14, "disgust": 0.12, "fear": 0.11, "angry": 0.11},
        events=(Event(40.0, "happy", 0.9), Event(68.0, "surprise", 0.6), Event(112.0, "happy", 0.6)),
    ),
    Lesson(
        name="2026-09-21_physics-101_interference",
        seconds=60,
        seed=921,
        students=NAMES,
        gap=(1.5, 5.0),
        variable_rate=True,
        weights={"happy": 0.78, "surprise": 0.14, "disgust": 0.02, "fear": 0.02, "sad": 0.02, "angry": 0.02},
        events=(Event(10.0, "happy", 0.8), Event(30.0, "surprise", 0.5), Event(46.0, "happy", 0.95)),
    ),
    Lesson(
        name="2026-09-28_physics-101_exam-review",
        seconds=60,
        seed=928,
        students=tuple(name for name in NAMES if name not in {"Bjorn", "Isabel"}),
        dim="Dieter",
        far="Farid",
        gap=(3.0, 8.5),
        weights={"sad": 0.30, "fear": 0.26, "angry": 0.24, "disgust": 0.14, "happy": 0.03, "surprise": 0.03},
        events=(Event(14.0, "fear", 0.7), Event(32.0, "sad", 0.7), Event(48.0, "angry", 0.6)),
    ),
)


def kept_frames(lesson: Lesson) -> NDArray[np.bool_]:
    """Return which frames the recording keeps, bool (frames,): all, unless its rate is variable."""
    total = lesson.seconds * FPS
    if not lesson.variable_rate:
        return np.ones(total, bool)
    rng = np.random.RandomState(lesson.seed)
    t = np.arange(total) / FPS
    dropped_share = np.select([t < 15, t < 35, t < 50], [0.25, 0.60, 0.10], 0.45)
    keep = rng.rand(total) >= dropped_share
    for start, length in STALLS:
        keep[(t > start) & (t < start + length)] = False
    keep[0] = keep[-1] = True
    return keep
