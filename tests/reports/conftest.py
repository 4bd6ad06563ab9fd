"""Warehouses of lessons made from numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from lessons import WAVES, store

from emotionkit.records import Lesson

HOSTILE = "</title><script>alert(1)</script> \"quoted\" 'single' {{ 7*7 }} {braces} $x^2$ & \\ \u202eright to left"


@pytest.fixture(scope="session")
def waves() -> Lesson:
    return WAVES


@pytest.fixture(scope="session")
def stored() -> Callable[..., str]:
    return store


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lessons with nine students and a gap, without a face, with one, with four, blurred, and of hostile names."""
    folder = tmp_path_factory.mktemp("warehouse")
    store(folder, WAVES, 9, away=(100, 130))
    store(folder, dataclasses.replace(WAVES, lesson_id="empty", duration_s=20.0), 0)
    store(folder, dataclasses.replace(WAVES, lesson_id="alone", duration_s=60.0, started_at=None, course=None), 1)
    store(folder, dataclasses.replace(WAVES, lesson_id="blurred", duration_s=20.0), 3, quality=0.01)
    store(folder, dataclasses.replace(WAVES, lesson_id="four", duration_s=60.0), 4)
    hostile = dataclasses.replace(
        WAVES,
        lesson_id="it's {odd} $(x) [1] & 時間",
        title=HOSTILE,
        course=HOSTILE,
        teacher="x" * 10_000,
        duration_s=20.0,
    )
    store(folder, hostile, 6)
    return folder
