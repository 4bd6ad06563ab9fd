"""Errors cross from a worker to whoever asked with all that they carry."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from emotionkit import errors
from emotionkit.errors import EmotionkitError

EVERY = [
    errors.RecordingError(Path("a.mp4"), "is broken."),
    errors.WarehouseError(Path("w"), "is full."),
    errors.ErasedError(Path("w"), "does not take it back."),
    errors.InvalidFileError(Path("f.yaml"), "is no number.", line=3, key="start"),
    errors.UnknownLessonError("l", ("m",)),
    errors.UnknownStudentError("s"),
    errors.ClusterError("tcp://scheduler:8786", "does not answer."),
    errors.ErasureError(Path("r"), "is in use."),
    errors.ReportError("l", "no figure."),
    errors.ModelError("changed"),
]


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_they_survive_pickling(error: EmotionkitError) -> None:
    restored = pickle.loads(pickle.dumps(error))
    assert type(restored) is type(error)
    assert str(restored) == str(error)
    assert vars(restored) == vars(error)
