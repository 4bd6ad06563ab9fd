"""The classifier's contract, on the shipped weights."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import emotionkit as ek
from emotionkit.emotions.classifier import EmotionClassifier
from emotionkit.emotions.weights import SHIPPED, read_manifest
from emotionkit.errors import InvalidInputError, ModelError


def _random_crops(count: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, rng.integers(20, 120, 2), dtype=np.uint8) for _ in range(count)]


def test_the_public_face_is_small():
    assert ek.EMOTIONS == ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
    assert ek.EmotionClassifier is EmotionClassifier
    with pytest.raises(AttributeError, match="no attribute 'mind_reader'"):
        ek.mind_reader  # noqa: B018


def test_probabilities_of_gray_and_rgb_crops_of_any_size(classifier):
    rng = np.random.default_rng(1)
    crops = [
        rng.integers(0, 256, (48, 48), dtype=np.uint8),
        rng.integers(0, 256, (1, 1), dtype=np.uint8),
        rng.integers(0, 256, (200, 31, 3), dtype=np.uint8),
    ]
    probabilities = classifier.predict(crops)
    assert probabilities.shape == (3, 7)
    assert probabilities.dtype == np.float32
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_no_crops_give_no_rows(classifier):
    assert classifier.predict([]).shape == (0, 7)


def test_readings_say_how_usable_each_crop_is(classifier):
    readings = classifier.read(_random_crops(3))
    assert readings.usable.shape == (3,)
    assert readings.usable.dtype == np.float32
    assert ((readings.usable >= 0) & (readings.usable <= 1)).all()
    assert classifier.read([]).usable.shape == (0,)


def test_flip_averaging_reads_a_face_and_its_mirror_image_alike():
    averaged = EmotionClassifier.load(flip_averaging=True)
    (crop,) = _random_crops(1)
    np.testing.assert_allclose(averaged.predict([crop]), averaged.predict([crop[:, ::-1]]), atol=1e-4)


def test_gray_and_the_same_in_rgb_read_alike(classifier):
    (gray,) = _random_crops(1)
    rgb = np.repeat(gray[..., np.newaxis], 3, axis=2)
    np.testing.assert_allclose(classifier.predict([gray]), classifier.predict([rgb]), atol=1e-5)


@pytest.mark.parametrize("count", [1, 63, 64, 65, 130])
def test_a_face_reads_the_same_in_any_batch(classifier, count):
    crops = _random_crops(count)
    together = classifier.predict(crops)
    np.testing.assert_allclose(together[-1:], classifier.predict(crops[-1:]), atol=1e-4)


@settings(max_examples=25, deadline=None)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(2, 90), st.integers(2, 90))))
def test_any_picture_gives_probabilities(crop):
    probabilities = _shared().predict([crop])
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(), 1, atol=1e-5)


_LOADED: list[EmotionClassifier] = []


def _shared() -> EmotionClassifier:
    # Hypothesis does not mix with function-scoped fixtures; the model is loaded once all the same.
    if not _LOADED:
        _LOADED.append(EmotionClassifier.load())
    return _LOADED[0]


@pytest.mark.parametrize("gain", [0.5, 0.8])
def test_exposure_hardly_matters(classifier, gain):
    (crop,) = _random_crops(1)
    darker = (crop * gain).astype(np.uint8)
    np.testing.assert_allclose(classifier.predict([crop]), classifier.predict([darker]), atol=0.05)


@pytest.mark.parametrize(
    "crop",
    [
        np.zeros((10, 10), np.float32),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((0, 10), np.uint8),
        np.zeros(10, np.uint8),
        "face",
    ],
)
def test_anything_but_a_crop_is_refused_with_what_came(classifier, crop):
    with pytest.raises(InvalidInputError, match="Crop 0 must be a non-empty uint8 array"):
        classifier.predict([crop])


def test_the_prior_is_a_distribution_without_zeros(classifier):
    assert classifier.prior.shape == (7,)
    assert classifier.prior.dtype == np.float32
    assert classifier.prior.min() > 0
    assert classifier.prior.sum() == pytest.approx(1)


def test_the_network_is_compact(classifier):
    assert classifier.parameters <= 1_500_000
    assert classifier.multiply_adds <= 40_000_000


@pytest.fixture
def copied_model(tmp_path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


def test_a_copied_model_loads(copied_model, classifier):
    assert EmotionClassifier.load(copied_model).sha256 == classifier.sha256


def test_changed_weights_are_refused(copied_model):
    weights = copied_model / "expression.weights.h5"
    damaged = bytearray(weights.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    weights.write_bytes(damaged)
    with pytest.raises(ModelError, match="were changed: expected SHA-256"):
        EmotionClassifier.load(copied_model)


def test_missing_weights_are_named(copied_model):
    (copied_model / "expression.weights.h5").unlink()
    with pytest.raises(ModelError, match=r"expression\.weights\.h5 cannot be read"):
        EmotionClassifier.load(copied_model)


@pytest.mark.parametrize("text", ["", "{}", '{"sha256": 3}'])
def test_a_broken_manifest_is_named(copied_model, text):
    (copied_model / "manifest.json").write_text(text)
    with pytest.raises(ModelError, match=r"manifest\.json cannot be read"):
        EmotionClassifier.load(copied_model)


def test_weights_of_another_network_are_refused(copied_model):
    manifest = json.loads((copied_model / "manifest.json").read_text())
    manifest["shape"]["stem"] += 8
    (copied_model / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="do not fit the network"):
        EmotionClassifier.load(copied_model)


def test_the_manifest_tells_how_the_weights_came_about():
    assert "FER+" in read_manifest().trained


def test_the_face_of_the_package_costs_no_model():
    loaded = "import emotionkit, sys; print(*(m for m in ('keras', 'dlib', 'cv2', 'openvino') if m in sys.modules))"
    printed = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == ""
