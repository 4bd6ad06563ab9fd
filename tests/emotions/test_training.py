"""Training: what the network is shown, and that an interrupted run ends as an undisturbed one.

Fitting needs a backend that can train, which the extra "train" brings; those tests skip where it is not installed.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emotionkit.emotions.batches import EpochBatches, steps_per_epoch
from emotionkit.emotions.datasets import LabelledFaces
from emotionkit.emotions.examples import fer_examples, joined, press_examples, split_calibration
from emotionkit.emotions.network import build_network, multiply_adds
from emotionkit.emotions.rates import LearningRates
from emotionkit.emotions.shape import EXPRESSION_HEAD, ORIGINAL_HEAD, USABLE_HEAD, NetworkShape
from emotionkit.emotions.teaching import Teachers, teacher_settings
from emotionkit.emotions.training import train
from emotionkit.emotions.training_settings import TrainingSettings
from emotionkit.emotions.weights import read_manifest
from emotionkit.errors import InvalidInputError
from emotionkit.records import EMOTIONS

SETTINGS = TrainingSettings(
    epochs=2, batch_size=8, seed=3, unusable_share=0.25, shape=NetworkShape(stem=4, stages=(4, 8), blocks=(1, 2))
)
CYCLES = replace(SETTINGS, epochs=4, cycles=2, cycle_epochs=1)


def _faces(count: int, seed: int = 0) -> LabelledFaces:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 7, count).astype(np.int8)
    votes = np.eye(7, dtype=np.float32)[labels] * 10
    votes[::10] = 0
    return LabelledFaces(rng.integers(0, 256, (count, 48, 48), dtype=np.uint8), votes, labels)


def test_a_folder_of_runs_that_cannot_be_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    for folder, why in ((tmp_path / "file", "File exists"), (tmp_path / "file" / "run", "Not a directory")):
        with pytest.raises(InvalidInputError, match=rf"folder {folder} cannot be written: {why}\."):
            next(train(fer_examples(_faces(20), SETTINGS), SETTINGS, folder))


def test_a_face_without_votes_trains_only_the_original_labels():
    examples = fer_examples(_faces(20), SETTINGS)
    assert examples.weights[EXPRESSION_HEAD][0] == 0
    assert examples.weights[ORIGINAL_HEAD][0] == 1
    np.testing.assert_allclose(examples.targets[EXPRESSION_HEAD][1:10].sum(axis=1), 1)


def test_press_faces_are_shown_evenly_and_train_only_expressions():
    examples = press_examples(_faces(200), TrainingSettings(press_common=5))
    assert len(examples) == 200
    assert examples.draws.sum() == pytest.approx(35)
    assert not examples.weights[ORIGINAL_HEAD].any()


def test_faces_that_seem_disgusted_or_afraid_are_shown_more_often():
    faces = _faces(70)
    examples = fer_examples(faces, TrainingSettings(rare_draws=(3.0, 2.0)))
    voted = faces.votes.any(axis=1)
    assert set(examples.draws[voted & (faces.labels == EMOTIONS.index("disgust"))]) == {3.0}
    assert set(examples.draws[voted & (faces.labels == EMOTIONS.index("fear"))]) == {2.0}
    assert set(examples.draws[voted & (faces.labels == EMOTIONS.index("happy"))]) == {1.0}


def test_a_teacher_shares_in_a_label_and_stands_in_for_a_missing_one():
    faces = np.random.default_rng(0).normal(size=(20, 1, 48, 48)).astype(np.float32)
    examples, share = fer_examples(_faces(20), SETTINGS), 0.25
    networks = [build_network(SETTINGS.shape), build_network(NetworkShape(stem=4, stages=(8,), blocks=(1,)))]
    targets, weights = Teachers(networks, share)(faces, examples.targets, examples.weights)
    theirs = (targets[ORIGINAL_HEAD] - (1 - share) * examples.targets[ORIGINAL_HEAD]) / share
    np.testing.assert_allclose(theirs.sum(axis=1), 1, atol=1e-4)
    assert (examples.weights[EXPRESSION_HEAD][::10] == 0).all()
    np.testing.assert_array_equal(weights[EXPRESSION_HEAD], np.ones(20))
    np.testing.assert_allclose(targets[EXPRESSION_HEAD].sum(axis=1), 1, atol=1e-5)


def test_a_teacher_is_shown_what_the_learner_is_shown_before_it_is_made_worse():
    examples = fer_examples(_faces(60), SETTINGS)
    seen = []

    def teach(faces, targets, weights):
        seen.append(faces)
        return {**targets, ORIGINAL_HEAD: np.full_like(targets[ORIGINAL_HEAD], 0.5)}, weights

    for faults in (0.0, 1.0):
        settings = replace(SETTINGS, mixup=0.3, faults=faults)
        faces, targets, _ = EpochBatches(examples, settings, 0, teach=teach)[0]
        assert targets[ORIGINAL_HEAD].tolist() == [[0.5] * 7] * 6 + [[0.0] * 7] * 2
        differ = np.abs(faces[:6] - seen[-1]).max(axis=(1, 2, 3)) > 1e-6
        # Light and covering change some in any case; faults of a camera, all.
        assert differ.all() if faults else not differ.all()


def test_a_network_to_learn_from_is_larger_and_is_not_shown_faults():
    settings = teacher_settings(TrainingSettings(seed=5))
    assert (settings.faults, settings.cycles, settings.seed) == (0.0, 0, 5)
    assert multiply_adds(build_network(settings.shape)) > 10 * multiply_adds(build_network())


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


def test_an_epoch_is_the_same_again_and_the_next_one_another():
    examples = fer_examples(_faces(30), SETTINGS)
    first, again = EpochBatches(examples, SETTINGS, 0), EpochBatches(examples, SETTINGS, 0)
    assert len(first) == steps_per_epoch(examples, SETTINGS) == int(examples.draws.sum()) // 6
    for one, other in zip(_arrays(first[1]), _arrays(again[1]), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (first[1][0] != EpochBatches(examples, SETTINGS, 1)[1][0]).any()


def test_a_batch_ends_with_crops_that_train_only_whether_a_face_can_be_read():
    faces, targets, weights = EpochBatches(fer_examples(_faces(30), SETTINGS), SETTINGS, 0)[0]
    assert faces.shape == (8, 1, 48, 48)
    assert targets[EXPRESSION_HEAD].shape == (8, 7)
    assert targets[USABLE_HEAD].shape == (8, 1)
    assert not weights[EXPRESSION_HEAD][6:].any()
    assert not weights[ORIGINAL_HEAD][6:].any()
    assert weights[USABLE_HEAD].tolist() == [0, 0, 0, 1, 1, 1, 1, 1]
    assert targets[USABLE_HEAD][3:, 0].tolist() == [1, 1, 1, 0, 0]


def test_mixed_faces_carry_mixed_targets():
    settings = replace(SETTINGS, mixup=1.0)
    faces = _faces(24)
    faces.votes[:] = np.eye(7)[faces.labels] * 10
    _, targets, weights = EpochBatches(fer_examples(faces, settings), settings, 0)[0]
    np.testing.assert_allclose(targets[EXPRESSION_HEAD][:6].sum(axis=1), 1, rtol=1e-5)
    assert weights[EXPRESSION_HEAD][:6].tolist() == [1] * 6
    assert (targets[EXPRESSION_HEAD][:3].max(axis=1) < 1).any()
    assert (targets[EXPRESSION_HEAD][3:6].max(axis=1) == 1).all()


def _arrays(batch):
    faces, targets, weights = batch
    return [faces, *targets.values(), *weights.values()]


def test_the_network_gives_logits_for_each_head():
    network = build_network(SETTINGS.shape)
    logits = network.predict_on_batch(np.zeros((2, 1, 48, 48), np.float32))
    shapes = {name: part.shape for name, part in logits.items()}
    assert shapes == {EXPRESSION_HEAD: (2, 7), ORIGINAL_HEAD: (2, 7), USABLE_HEAD: (2, 1)}


def test_multiply_adds_count_the_convolutions():
    # 5×5 from 1 to 4 channels at 24×24 is the stem; the rest must add to it.
    assert multiply_adds(build_network(SETTINGS.shape)) > 25 * 4 * 24 * 24


def test_the_rate_falls_to_zero_and_again_in_each_cycle():
    rates = [float(LearningRates(CYCLES, steps=100)(step)) for step in range(400)]
    assert rates[100] == pytest.approx(max(rates)) == pytest.approx(CYCLES.learning_rate)
    assert rates[200] == pytest.approx(CYCLES.cycle_learning_rate) == pytest.approx(rates[300])
    for end in (199, 299, 399):
        assert rates[end] < CYCLES.cycle_learning_rate / 1000
    without = replace(CYCLES, cycles=0, epochs=2)
    assert rates[:200] == [float(LearningRates(without, steps=100)(step)) for step in range(200)]


def test_a_run_too_short_for_cycles_has_none():
    assert (SETTINGS.main_epochs, CYCLES.main_epochs, TrainingSettings(epochs=20).main_epochs) == (2, 2, 20)
    assert [CYCLES.cycle_ended(epochs) for epochs in range(1, 5)] == [None, None, 1, 2]


def test_faces_are_mixed_before_the_cycles_alone():
    settings = replace(CYCLES, label_smoothing=0, mixup=0.3)
    examples = fer_examples(_faces(60), settings)
    before, within = (EpochBatches(examples, settings, epoch)[0][1][ORIGINAL_HEAD][:6] for epoch in (1, 2))
    assert (before.max(axis=1) < 1).any()
    assert (within.max(axis=1) == 1).all()


TRAIN_TWICE = """
import sys
from dataclasses import replace
from pathlib import Path
import numpy as np
import pytest
sys.path.insert(0, {tests!r})
from test_training import CYCLES as SETTINGS, _faces
from emotionkit.emotions.examples import TrainingData, fer_examples
from emotionkit.emotions.network import build_network
from emotionkit.emotions.release import release_model
from emotionkit.emotions.teaching import Teachers
from emotionkit.emotions.training import train, trained_network
from emotionkit.errors import InvalidInputError

examples, folder = fer_examples(_faces(64), SETTINGS), Path({folder!r})
teach = Teachers([build_network(SETTINGS.shape)], share=0.5)
straight = list(train(examples, SETTINGS, folder / "straight", validation=_faces(16, seed=1), teach=teach))
for figures in train(examples, SETTINGS, folder / "broken", teach=teach):
    if figures["epoch"] == 3:
        break
resumed = list(train(examples, SETTINGS, folder / "broken", teach=teach))
assert len(straight) == 4 and len(resumed) == 1, (straight, resumed)
for one, other in zip(*(trained_network(folder / run, SETTINGS).get_weights() for run in ("straight", "broken"))):
    np.testing.assert_allclose(one, other, atol=1e-5)
ends = []
for name in ("cycle-1", "cycle-2"):
    network = build_network(SETTINGS.shape)
    network.load_weights(folder / "straight" / (name + ".weights.h5"))
    ends.append(network.get_weights())
for one, other, mean in zip(*ends, trained_network(folder / "straight", SETTINGS).get_weights()):
    np.testing.assert_allclose((one + other) / 2, mean, atol=1e-6)
with pytest.raises(InvalidInputError, match="straight was begun with other settings, see .*settings.json"):
    next(train(examples, replace(SETTINGS, seed=4), folder / "straight"))
assert (folder / "straight" / "curves.csv").read_text().count("\\n") == 5
(folder / "broken" / "settings.json").unlink()
with pytest.raises(InvalidInputError, match="broken cannot go on: .*settings.json is missing"):
    next(train(examples, SETTINGS, folder / "broken"))
data = TrainingData(examples, _faces(64), (1 / 7,) * 7, np.ones(7))
settings = replace(SETTINGS, teachers=("3772d4ab20ac70", "f" * 64))
release_model(trained_network(folder / "straight", settings), data, settings, folder / "model")
"""


BACKENDS = [name for name in ("jax", "torch") if importlib.util.find_spec(name)]


@pytest.mark.skipif(not BACKENDS, reason='the extra "train" is not installed')
@pytest.mark.parametrize("backend", BACKENDS)
def test_an_interrupted_run_ends_as_an_undisturbed_one(tmp_path, backend):
    script = TRAIN_TWICE.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    subprocess.run([sys.executable, "-c", script], check=True, env=os.environ | {"KERAS_BACKEND": backend})
    assert "taught by 3772d4ab20ac… and ffffffffffff…, seed 3" in read_manifest(tmp_path / "model").trained
