"""Augmentation changes how a face was filmed, and is the same again from the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from emotionkit.emotions.augment import reframe, worsen
from emotionkit.emotions.preprocess import standardise


@pytest.fixture
def face() -> np.ndarray:
    rows, columns = np.mgrid[:48, :48]
    return (127 + 60 * np.sin(rows / 5) + 60 * np.cos(columns / 7)).astype(np.uint8)


def augment(face: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return worsen(reframe(face, rng), rng, faults=0.45)


def test_shape_and_type_stay(face):
    for seed in range(200):
        changed = augment(face, np.random.default_rng(seed))
        assert changed.shape == (48, 48)
        assert changed.dtype == np.uint8


def test_the_same_seed_gives_the_same_face(face):
    first, second = (augment(face, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_seeds_differ(face):
    assert (augment(face, np.random.default_rng(1)) != augment(face, np.random.default_rng(2))).any()


def test_the_original_is_left_alone(face):
    before = face.copy()
    for seed in range(50):
        augment(face, np.random.default_rng(seed))
    np.testing.assert_array_equal(face, before)


def test_a_face_is_still_recognisable_on_average(face):
    # Changes cancel out over many draws; what remains, as the network sees it, is the face laid over its mirror image.
    drawn = np.stack([augment(face, np.random.default_rng(seed)) for seed in range(300)]).astype(np.float32)
    symmetric = standardise(np.stack([face, face[:, ::-1]]).astype(np.float32)).mean(axis=0)
    assert np.corrcoef(standardise(drawn).mean(axis=0).ravel(), symmetric.ravel())[0, 1] > 0.9
