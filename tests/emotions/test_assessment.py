"""What is measured of a model, how it is kept beside the weights, and the card that is written from it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from emotionkit.emotions.assessment import assess, read_assessment, write_assessment
from emotionkit.emotions.classifier import EmotionClassifier
from emotionkit.emotions.datasets import LabelledFaces, load_fer2013
from emotionkit.emotions.evaluation import evaluate
from emotionkit.emotions.model_card import model_card
from emotionkit.emotions.readings import Readings
from emotionkit.emotions.robustness import CONDITIONS, robustness_curves
from emotionkit.emotions.usability import threshold_costs
from emotionkit.emotions.weights import SHIPPED
from emotionkit.errors import ModelError

CARD = Path(__file__).parents[2] / "docs" / "model-card.md"


class NeedsDetail:
    """Reads a face right, and thinks it usable, as long as neighbouring pixels differ."""

    def read(self, crops):
        detail = np.array([np.abs(np.diff(np.asarray(crop, int), axis=1)).mean() > 20 for crop in crops])
        probabilities = np.eye(7, dtype=np.float32)[np.where(detail, 3, 4)]
        return Readings(probabilities, detail.astype(np.float32))


@pytest.fixture(scope="module")
def faces() -> LabelledFaces:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (12, 48, 48), dtype=np.uint8)
    votes = np.zeros((12, 7), np.float32)
    votes[:, 3] = 10
    return LabelledFaces(images, votes, np.full(12, 3, np.int8))


def test_a_curve_falls_where_a_reader_loses_what_it_needs(faces):
    points = robustness_curves(NeedsDetail(), faces.images, faces.majority())
    curve = {(point.condition, point.strength): point for point in points}
    assert curve["blurred, sigma in px", 0.5].accuracy == 1
    assert curve["blurred, sigma in px", 3.0].accuracy == curve["blurred, sigma in px", 3.0].usable == 0


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.name)
def test_conditions_are_judged_at_one_of_their_strengths_and_are_the_same_each_time(condition, faces):
    assert condition.judged_at in condition.strengths
    face = faces.images[0]
    for strength in condition.strengths:
        worse = condition.apply(face, strength)
        assert worse.dtype == np.uint8
        np.testing.assert_array_equal(worse, condition.apply(face, strength))


def test_a_higher_threshold_refuses_more(faces):
    costs = threshold_costs(NeedsDetail(), faces.images, faces.majority())
    assert costs[0].coverage == costs[-1].coverage == 1
    assert costs[0].refused["blurred"] == 0
    assert costs[-1].refused["blurred"] == 1


def test_an_assessment_comes_back_as_it_was_written(faces, tmp_path):
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "model"))
    assessment = assess(folder, faces, "twelve.npz")
    write_assessment(assessment, folder)
    assert read_assessment(folder) == assessment


@pytest.mark.parametrize("text", [None, "", "{}"])
def test_a_missing_or_broken_assessment_is_named(tmp_path, text):
    if text is not None:
        (tmp_path / "evaluation.json").write_text(text)
    with pytest.raises(ModelError, match=r"evaluation\.json cannot be read"):
        read_assessment(tmp_path)


def test_the_shipped_assessment_is_of_the_shipped_weights(classifier):
    assessment = read_assessment()
    assert assessment.model_sha256 == classifier.sha256
    assert assessment.plain.parameters == classifier.parameters
    assert sum(map(sum, assessment.plain.confusion)) == assessment.plain.faces


def test_the_model_card_says_what_was_measured():
    assert CARD.read_text(encoding="utf-8") == model_card(read_assessment())


def test_the_shipped_network_measures_as_its_card_says(clips):
    """Where the validation set is at hand: the figures belong to these weights, on this machine too."""
    validation = clips.parent / "fer2013" / "validation.npz"
    if not validation.exists():
        pytest.skip("FER2013 is not on this machine")
    result = evaluate(EmotionClassifier.load(), load_fer2013(validation))
    assert result.accuracy == pytest.approx(read_assessment().plain.accuracy, abs=0.005)
    assert result.calibration_error < 0.03
