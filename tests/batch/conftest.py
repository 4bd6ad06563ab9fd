"""A processed lesson, shared by the tests that only look at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import emotionkit as ek
from emotionkit.batch.pipeline import process_recording
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier


@pytest.fixture(scope="session")
def classifier() -> LazyClassifier:
    return LazyClassifier()


@pytest.fixture(scope="session")
def processed(tmp_path_factory: pytest.TempPathFactory, short_lesson: Path, classifier: LazyClassifier) -> Path:
    """A warehouse that holds the short lesson. Read only."""
    warehouse = tmp_path_factory.mktemp("processed") / "warehouse"
    process_recording(short_lesson, warehouse, classifier, ProcessingSettings())
    return warehouse


@pytest.fixture(scope="session")
def rows() -> Callable[[Path], dict[str, list[tuple[object, ...]]]]:
    """``rows(warehouse)``: all rows of frames, faces and tracks, in a fixed order."""
    return _rows


def _rows(warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    with ek.open_warehouse(warehouse) as opened:
        return {
            name: opened.sql(f"select * from {name} order by all").fetchall() for name in ("frames", "faces", "tracks")
        }


@pytest.fixture(scope="session")
def leftovers() -> Callable[[Path], list[Path]]:
    """``leftovers(warehouse)``: what only a run under way may have there."""
    return lambda warehouse: [path for path in warehouse.rglob("*") if "parts" in path.parts or path.suffix == ".tmp"]


@pytest.fixture(scope="session")
def longer_lesson(
    tmp_path_factory: pytest.TempPathFactory, sample_class: Path, copy_start: Callable[..., None]
) -> Path:
    """Twenty seconds of a lesson with a key frame every five."""
    path = tmp_path_factory.mktemp("longer") / "longer.mp4"
    copy_start(sample_class / "2026-09-28_physics-101_exam-review.mp4", path, seconds=20)
    return path
