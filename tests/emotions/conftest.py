"""One classifier for all tests: loading it takes longer than using it."""

from __future__ import annotations

import pytest

from emotionkit.emotions.classifier import EmotionClassifier


@pytest.fixture(scope="session")
def classifier() -> EmotionClassifier:
    return EmotionClassifier.load()
