"""Training: what the network is shown, and that an interrupted run ends as an undisturbed one.

Fitting needs a backend that can train, which the extra "train" brings; those tests skip where it is not installed.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from emotionkit.emotions.datasets import LabelledFaces
from emotionkit.emotions.examples import EpochBatches, fer_examples, joined, press_examples, split_calibration
from emotionkit.emotions.network import build_network, multiply_adds
from emotionkit.emotions.shape import EXPRESSION_HEAD, ORIGINAL_HEAD, NetworkShape
from emotionkit.emotions.training_settings import TrainingSettings

SETTINGS = TrainingSettings(epochs=2, batch_size=8, seed=3, shape=NetworkShape(stem=4, stages=(4, 8)))


def _faces(count: int, seed: int = 0) -> LabelledFaces:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 7, count).astype(np.int8)
    votes = np.eye(7, dtype=np.float32)[labels] * 10
    votes[::10] = 0
    return LabelledFaces(rng.integers(0, 256, (count, 48, 48), dtype=np.uint8), votes, labels)


def test_a_face_without_votes_trains_only_the_original_labels():
    examples = fer_examples(_faces(20), SETTINGS)
    assert examples.weights[EXPRESSION_HEAD][0] == 0
    assert examples.weights[ORIGINAL_HEAD][0] == 1
    np.testing.assert_allclose(examples.targets[EXPRESSION_HEAD][1:10].sum(axis=1), 1)


def test_press_faces_are_thinned_out_and_train_only_expressions():
    examples = press_examples(_faces(200), TrainingSettings(press_common=5))
    assert len(examples) == 35
    assert not examples.weights[ORIGINAL_HEAD].any()


def test_joined_examples_keep_their_order():
    first, second = fer_examples(_faces(5), SETTINGS), press_examples(_faces(7), SETTINGS)
    both = joined(first, second)
    np.testing.assert_array_equal(both.images[5:], second.images)
    assert len(both.targets[ORIGINAL_HEAD]) == len(both) == 12


def test_calibration_faces_are_held_out():
    faces = _faces(2000)
    training, calibration = split_calibration(faces, seed=1)
    assert (len(training), len(calibration)) == (500, 1500)
    pictures = {image.tobytes() for image in training.images}
    assert not pictures & {image.tobytes() for image in calibration.images}


def test_an_epoch_shows_each_face_at_most_once_and_the_same_again():
    examples = fer_examples(_faces(30), SETTINGS)
    first, again = EpochBatches(examples, SETTINGS, 0), EpochBatches(examples, SETTINGS, 0)
    assert len(first) == 3
    np.testing.assert_array_equal(first[1][0], again[1][0])
    assert (first[1][0] != EpochBatches(examples, SETTINGS, 1)[1][0]).any()
    faces, targets, weights = first[0]
    assert faces.shape == (8, 1, 48, 48)
    assert targets[EXPRESSION_HEAD].shape == (8, 7)
    assert weights[ORIGINAL_HEAD].shape == (8,)


def test_the_network_gives_logits_for_both_label_sets():
    network = build_network(SETTINGS.shape)
    logits = network.predict_on_batch(np.zeros((2, 1, 48, 48), np.float32))
    assert {name: part.shape for name, part in logits.items()} == {EXPRESSION_HEAD: (2, 7), ORIGINAL_HEAD: (2, 7)}


def test_multiply_adds_count_the_convolutions():
    # 5×5 from 1 to 4 channels at 24×24 is the stem; the rest must add to it.
    assert multiply_adds(build_network(SETTINGS.shape)) > 25 * 4 * 24 * 24


TRAIN_TWICE = """
import sys
from pathlib import Path
import numpy as np
sys.path.insert(0, {tests!r})
from test_training import SETTINGS, _faces
from emotionkit.emotions.examples import TrainingData, fer_examples
from emotionkit.emotions.release import release_model
from emotionkit.emotions.training import train, trained_network

examples, folder = fer_examples(_faces(64), SETTINGS), Path({folder!r})
straight = list(train(examples, SETTINGS, folder / "straight", validation=_faces(16, seed=1)))
for _ in train(examples, SETTINGS, folder / "broken"):
    break
resumed = list(train(examples, SETTINGS, folder / "broken"))
assert len(straight) == 2 and len(resumed) == 1, (straight, resumed)
for one, other in zip(*(trained_network(folder / run, SETTINGS).get_weights() for run in ("straight", "broken"))):
    np.testing.assert_allclose(one, other, atol=1e-5)
assert (folder / "straight" / "curves.csv").read_text().count("\\n") == 3
data = TrainingData(examples, _faces(64), (1 / 7,) * 7)
release_model(trained_network(folder / "straight", SETTINGS), data, SETTINGS, folder / "model")
"""


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason='the extra "train" is not installed')
def test_an_interrupted_run_ends_as_an_undisturbed_one(tmp_path):
    script = TRAIN_TWICE.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    subprocess.run([sys.executable, "-c", script], check=True, env=os.environ | {"KERAS_BACKEND": "jax"})
    assert (tmp_path / "model" / "manifest.json").exists()
