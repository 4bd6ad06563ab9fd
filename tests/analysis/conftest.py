"""Classes made of numbers: rows as the warehouse gives them, with a known truth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from emotionkit.records import EMOTIONS

Rows = tuple[pd.DataFrame, pd.DataFrame]


def frames_of(duration_s: float, fps: float = 2.0) -> pd.DataFrame:
    count = round(duration_s * fps)
    return pd.DataFrame({"lesson_id": "x", "pts_s": np.arange(count) / fps, "weight_s": 1 / fps, "faces": 0})


def faces_of(track: int, pts_s: np.ndarray, probabilities: np.ndarray, quality: float = 0.9) -> pd.DataFrame:
    """A person's rows; ``probabilities`` is one reading for all times, or one for each."""
    rows = pd.DataFrame({"lesson_id": "x", "pts_s": pts_s, "track_id": track, "student_id": None, "quality": quality})
    rows[list(EMOTIONS)] = np.broadcast_to(probabilities, (len(pts_s), 7))
    return rows


LEVEL = np.array([-1.0, -1.5, -1.5, 1.0, 2.0, 0.0, -0.5])


def true_shares_of_simulated(random: np.random.Generator, between: float = 0.8, within: float = 0.8) -> np.ndarray:
    """The shares in all the students from whom ``simulated`` draws a class."""
    spread = np.hypot(between, within)
    logits = LEVEL + spread * random.standard_normal((400_000, 7))
    return (np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)).mean(axis=0)


def simulated(
    random: np.random.Generator,
    students: int,
    duration_s: float = 600,
    *,
    fps: float = 2.0,
    between: float = 0.8,
    within: float = 0.8,
    memory: float = 0.95,
) -> Rows:
    """A class whose students differ (``between``) and change slowly (an AR(1) of logits with ``within``)."""
    frames = frames_of(duration_s, fps)
    count = len(frames)
    level = LEVEL + between * random.standard_normal((students, 7))
    state = random.standard_normal((students, 7))
    logits = np.empty((count, students, 7))
    for index in range(count):
        state = memory * state + np.sqrt(1 - memory**2) * random.standard_normal((students, 7))
        logits[index] = level + within * state
    shares = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    people = [faces_of(k + 1, frames["pts_s"].to_numpy(), shares[:, k]) for k in range(students)]
    return frames, pd.concat(people, ignore_index=True)


@pytest.fixture
def simulate() -> Callable[..., Rows]:
    return simulated


@pytest.fixture
def true_shares() -> Callable[..., np.ndarray]:
    return true_shares_of_simulated


@pytest.fixture
def make_frames() -> Callable[..., pd.DataFrame]:
    return frames_of


@pytest.fixture
def make_faces() -> Callable[..., pd.DataFrame]:
    return faces_of


@pytest.fixture
def pure() -> Callable[[str], np.ndarray]:
    """A reading that is one expression and nothing else."""
    return lambda emotion: np.eye(7)[EMOTIONS.index(emotion)]
