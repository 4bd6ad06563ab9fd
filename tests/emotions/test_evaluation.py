"""The figures by which the network is judged, against cases worked out by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import softmax

from emotionkit.emotions.calibration import calibrate, fit_temperature
from emotionkit.emotions.datasets import LabelledFaces
from emotionkit.emotions.evaluation import class_recall, confusion_matrix, evaluate, expected_calibration_error
from emotionkit.emotions.preprocess import network_input, standardise
from emotionkit.errors import InvalidInputError


@dataclass
class KnowsTheAnswer:
    """Reads the brightness of a flat face as its class, with a fixed confidence."""

    confidence: float = 1.0
    prior = np.full(7, 1 / 7, np.float32)
    parameters = multiply_adds = 1

    def predict(self, crops):
        rest = (1 - self.confidence) / 6
        answers = np.full((len(crops), 7), rest, np.float32)
        answers[np.arange(len(crops)), [crop[0, 0] % 7 for crop in crops]] = self.confidence
        return answers

    predict_original = predict


def _flat_faces(classes: list[int]) -> LabelledFaces:
    images = np.array(classes, np.uint8)[:, None, None].repeat(48, 1).repeat(48, 2)
    return LabelledFaces(images, np.eye(7, dtype=np.float32)[classes] * 10, np.array(classes, np.int8))


def test_a_perfect_reader_is_called_perfect():
    result = evaluate(KnowsTheAnswer(), _flat_faces([0, 1, 2, 3, 4, 5, 6]))
    assert result.accuracy == result.macro_recall == result.balanced_macro_recall == result.original_accuracy == 1
    assert result.calibration_error == pytest.approx(0, abs=1e-6)


def test_precision_is_of_what_was_read_and_confusion_of_what_was_true():
    faces = _flat_faces([3, 3, 3, 4])
    faces.images[2] = 4
    result = evaluate(KnowsTheAnswer(), faces)
    assert result.recall["happy"] == pytest.approx(2 / 3)
    assert result.precision["neutral"] == pytest.approx(1 / 2)
    assert result.precision["fear"] is None
    assert result.confusion[3] == (0, 0, 0, 2, 1, 0, 0)


def test_faces_without_a_majority_are_refused():
    faces = _flat_faces([3])
    faces.votes[:] = 1
    with pytest.raises(InvalidInputError, match="majority"):
        evaluate(KnowsTheAnswer(), faces)


def test_emotions_without_faces_do_not_count():
    result = evaluate(KnowsTheAnswer(), _flat_faces([3, 3]))
    assert result.recall["angry"] is None
    assert result.macro_recall == 1
    assert json.dumps(result.recall)


def test_doubt_that_is_not_warranted_shows_in_the_calibration_error():
    result = evaluate(KnowsTheAnswer(confidence=0.7), _flat_faces([3, 4]))
    assert result.calibration_error == pytest.approx(0.3, abs=1e-6)


def test_recall_of_a_confusion_matrix():
    table = confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]))
    recall = class_recall(table)
    assert recall[:2].tolist() == [0.5, 1]
    assert np.isnan(recall[2:]).all()


def test_calibration_error_weighs_bins_by_their_faces():
    probabilities = np.zeros((4, 7), np.float32)
    probabilities[:3, 0], probabilities[:3, 1] = 0.9, 0.1
    probabilities[3, 0], probabilities[3, 1] = 0.6, 0.4
    error = expected_calibration_error(probabilities, np.array([0, 0, 0, 1]))
    assert error == pytest.approx((3 * 0.1 + 1 * 0.6) / 4, abs=1e-6)


def test_the_temperature_undoes_overconfidence():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (4000, 7))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([rng.choice(7, p=chance) for chance in chances])
    assert fit_temperature((logits * 3).astype(np.float32), truth) == pytest.approx(3, rel=0.1)


def test_calibration_undoes_what_training_was_shown_more_often():
    rng = np.random.default_rng(0)
    natural, oversampling = np.array([0.7, 0.3]), np.array([0.5 / 0.7, 0.5 / 0.3])
    truth = (rng.random(20_000) < natural[1]).astype(int)
    feature = rng.normal(truth, 1.0)
    # The Bayes-optimal logit of a network that was shown both classes equally often.
    logits = np.stack([np.zeros_like(feature), feature - 0.5], axis=1).astype(np.float32)
    fitted = calibrate(logits, truth, natural=natural, oversampling=oversampling, softening=0)
    assert fitted.temperature == pytest.approx(1, rel=0.1)
    assert fitted.prior == pytest.approx(tuple(natural))
    chances = softmax(logits / fitted.temperature + np.array(fitted.bias), axis=1)
    assert chances[:, 1].mean() == pytest.approx(natural[1], abs=0.01)


def test_a_softened_prior_lies_between_the_natural_one_and_equal_shares():
    logits = np.array([[2.0, 0], [0, 2.0], [2.0, 0]], np.float32)
    natural = np.array([0.9, 0.1])

    def prior(softening: float) -> float:
        same = {"natural": natural, "oversampling": np.ones(2), "softening": softening}
        return calibrate(logits, np.array([0, 1, 1]), **same).prior[1]

    assert prior(0) == pytest.approx(0.1)
    assert 0.1 < prior(0.5) < prior(0.9) < 0.5
    assert prior(1) == pytest.approx(0.5)


def test_standardised_faces_have_mean_zero_and_deviation_one():
    faces = np.random.default_rng(0).normal(120, 40, (5, 48, 48)).astype(np.float32)
    standardised = standardise(faces)
    assert standardised.shape == (5, 1, 48, 48)
    np.testing.assert_allclose(standardised.mean(axis=(1, 2, 3)), 0, atol=1e-4)
    np.testing.assert_allclose(standardised.std(axis=(1, 2, 3)), 1, atol=1e-3)


def test_noise_on_a_flat_face_is_not_blown_up():
    rng = np.random.default_rng(0)
    assert np.abs(standardise(rng.normal(100, 1, (1, 48, 48)).astype(np.float32))).max() < 1


def test_a_large_crop_is_averaged_down():
    board = np.indices((480, 480)).sum(axis=0) % 2 * 255
    assert np.abs(network_input([board.astype(np.uint8)])).max() < 0.1
