"""A processed lesson, shared by the tests that only look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

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
