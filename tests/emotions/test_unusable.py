"""Crops spoilt for training keep their shape, and each way is its own."""

from __future__ import annotations

import numpy as np
import pytest

from emotionkit.emotions.unusable import WAYS, covered, misframed, spoil, too_small


@pytest.fixture
def face() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)


@pytest.mark.parametrize("way", WAYS)
def test_shape_and_type_stay_and_the_face_is_left_alone(way, face):
    before = face.copy()
    for seed in range(20):
        spoilt = way(face, np.random.default_rng(seed))
        assert (spoilt.shape, spoilt.dtype) == ((48, 48), np.uint8)
        assert (spoilt != face).any()
    np.testing.assert_array_equal(face, before)


def test_the_same_seed_spoils_alike(face):
    first, second = (spoil(face, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_covered_face_shows_less_than_a_third(face):
    for seed in range(20):
        assert (covered(face, np.random.default_rng(seed)) == face).mean() < 0.32


def test_a_small_face_has_no_detail_left(face):
    detail = np.abs(np.diff(too_small(face, np.random.default_rng(0)).astype(int), axis=1)).mean()
    assert detail < np.abs(np.diff(face.astype(int), axis=1)).mean() / 4


def test_a_misframed_face_has_left_its_place():
    spot = np.zeros((48, 48), np.uint8)
    spot[20:28, 20:28] = 255
    for seed in range(20):
        assert misframed(spot, np.random.default_rng(seed))[20:28, 20:28].mean() < 128
