"""Shares corrected for confusion: where the truth is known it comes back."""

from __future__ import annotations

import json
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from emotionkit.analysis import AnalysisSettings, corrected_prevalence, student_means
from emotionkit.analysis.prevalence import unmixed
from emotionkit.emotions.assessment import read_assessment
from emotionkit.emotions.weights import SHIPPED
from emotionkit.errors import InvalidInputError
from emotionkit.records import EMOTIONS

QUICK = AnalysisSettings(resamples=300)
RATES = 0.65 * np.eye(7) + 0.05
TRUTH = np.array([0.02, 0.0, 0.01, 0.2, 0.65, 0.08, 0.04])


def table(values: np.ndarray) -> pd.DataFrame:
    rows = pd.DataFrame(values, columns=list(EMOTIONS))
    return rows.assign(lesson_id="x", person=[f"track {k}" for k in range(len(rows))], student_id=None, weight=1.0)


def test_the_truth_comes_back():
    result = corrected_prevalence(table(np.tile(TRUTH @ RATES, (5, 1))), 1000 * RATES, QUICK)
    assert result.table["read"].to_numpy() == pytest.approx(TRUTH @ RATES)
    assert result.table["corrected"].to_numpy() == pytest.approx(TRUTH, abs=1e-6)
    assert result.corrected
    assert (result.students, result.examples) == (5, 7000)


def test_a_perfect_network_needs_no_correction():
    values = np.random.default_rng(0).dirichlet(np.ones(7), 6)
    result = corrected_prevalence(table(values), 10_000 * np.eye(7), QUICK).table
    assert np.allclose(result["read"], result["corrected"], atol=1e-6)


def test_a_small_test_widens_the_interval():
    values = np.random.default_rng(1).dirichlet(50 * TRUTH + 0.1, 9)
    widths = [
        (result["high"] - result["low"]).mean()
        for result in (corrected_prevalence(table(values @ RATES), size * RATES, QUICK).table for size in (20, 2000))
    ]
    assert widths[0] > 1.5 * widths[1]


def rare(confusion: np.ndarray, faces: int, *emotions: int) -> np.ndarray:
    """Return a confusion with no more than so many faces of some emotions, all read right."""
    few = confusion.copy()
    few[list(emotions)] = faces * np.eye(7)[list(emotions)]
    return few


def test_hardly_a_face_of_an_expression_widens_its_interval():
    values = np.random.default_rng(1).dirichlet(50 * TRUTH + 0.1, 9) @ RATES
    results = [corrected_prevalence(table(values), rare(300 * RATES, faces, 2), QUICK).table for faces in (1, 300)]
    widths = [result.loc["fear", "high"] - result.loc["fear", "low"] for result in results]
    assert widths[0] > 1.5 * widths[1]


def test_without_faces_to_tell_expressions_apart_there_is_no_interval():
    values = np.random.default_rng(1).dirichlet(50 * TRUTH + 0.1, 9) @ RATES
    result = corrected_prevalence(table(values), rare(300 * RATES, 1, 1, 2, 6), QUICK).table
    assert result["corrected"].sum() == pytest.approx(1)
    assert result[["low", "high"]].isna().all(axis=None)


def test_shares_never_fall_below_nothing():
    read = np.eye(7)[4]  # purer than the network can read
    result = corrected_prevalence(table(np.tile(read, (4, 1))), 200 * RATES, QUICK).table
    assert (result["corrected"] >= 0).all()
    assert result["corrected"].sum() == pytest.approx(1)
    told = result.dropna()
    assert (told["low"] >= 0).all()
    assert (told["low"] <= told["corrected"]).all()
    assert (told["corrected"] <= told["high"]).all()


def test_what_the_confusion_cannot_bring_about_has_no_interval():
    """A calm class, read as neutral oftener than the network recognises it: another confusion, and no certainty."""
    values = np.random.default_rng(1).dirichlet(400 * np.array([0.01, 0.01, 0.01, 0.03, 0.9, 0.02, 0.02]), 9)
    result = corrected_prevalence(table(values), 2000 * RATES, QUICK).table
    assert result.loc["neutral", "corrected"] == pytest.approx(1)
    assert result.loc["neutral", ["low", "high"]].isna().all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=7, max_size=7))
def test_unmixing_undoes_mixing(weights):
    shares = np.array(weights) / sum(weights)
    assert np.allclose(unmixed(shares @ RATES, RATES), shares, atol=1e-6)


def test_intervals_hold_the_truth():
    """Four standard errors of 150 lessons, were the seven expressions one."""
    random = np.random.default_rng(2)
    alpha = 8 * TRUTH + 0.05
    truth, held = alpha / alpha.sum(), []
    for _ in range(150):
        people = random.dirichlet(alpha, 9)
        read = np.stack([random.multinomial(200, shares @ RATES) / 200 for shares in people])
        confusion = np.stack([random.multinomial(300, row) for row in RATES])
        result = corrected_prevalence(table(read), confusion, QUICK).table
        held.append(((result["low"] <= truth) & (truth <= result["high"])).to_numpy())
    assert np.mean(held) == pytest.approx(0.95, abs=4 * np.sqrt(0.05 * 0.95 / 150))


def test_labels_of_a_lesson_are_taken(simulate):
    frames, faces = simulate(np.random.default_rng(3), 4, 60)
    faces["emotion"] = faces[list(EMOTIONS)].idxmax(axis=1)
    means = student_means(frames, faces, reading="labels")
    read = corrected_prevalence(means, 100 * RATES, QUICK).table["read"]
    assert read["neutral"] == pytest.approx((faces["emotion"] == "neutral").mean())


def test_the_confusion_of_the_shipped_network_can_be_corrected_for():
    shipped = Path(__file__).resolve().parents[2] / "emotionkit" / "emotions" / "shipped" / "evaluation.json"
    confusion = np.array(json.loads(shipped.read_text("utf-8"))["plain"]["confusion"])
    rates = confusion / confusion.sum(axis=1, keepdims=True)
    result = corrected_prevalence(table(np.tile(TRUTH @ rates, (5, 1))), confusion, QUICK).table
    assert result["corrected"].to_numpy() == pytest.approx(TRUTH, abs=1e-6)


def test_nobody_has_no_prevalence_and_two_no_interval():
    nobody = corrected_prevalence(table(np.empty((0, 7))), 100 * RATES, QUICK)
    assert nobody.students == 0
    assert nobody.table.isna().all(axis=None)
    two = corrected_prevalence(table(np.tile(TRUTH @ RATES, (2, 1))), 100 * RATES, QUICK).table
    assert two["corrected"].notna().all()
    assert two[["low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("confusion", "words"),
    [
        (np.ones((6, 7)), r"7 by 7 counts .* shape \(6, 7\)"),
        (-RATES, "7 by 7 counts of 0 or more"),
        (np.full((7, 7), np.nan), "7 by 7 counts"),
        (100 * RATES * (np.arange(7) != 1)[:, None], "no labelled face of 'disgust'"),
        (np.ones((7, 7)), "cannot be corrected"),
    ],
)
def test_a_confusion_that_says_nothing_is_refused(confusion, words):
    with pytest.raises(InvalidInputError, match=words):
        corrected_prevalence(table(np.tile(TRUTH, (3, 1))), confusion, QUICK)


def test_prevalence_is_of_one_lesson():
    rows = table(np.tile(TRUTH, (2, 1)))
    with pytest.raises(InvalidInputError, match="several"):
        corrected_prevalence(pd.concat([rows, rows.assign(lesson_id="y")]), 100 * RATES, QUICK)


def test_nor_has_a_share_that_the_others_keep_a_little_below_all():
    """Read so often as neutral that its free interval lies above 1, though the share itself comes out as 0.997."""
    random = np.random.default_rng(1149)
    calm = random.uniform(0.85, 0.96)
    shares = np.array([0.01, 0.002, 0.003, 0.05, 0, 0.03, 0.005])
    shares *= (1 - calm) / shares.sum()
    shares[EMOTIONS.index("neutral")] = calm
    result = corrected_prevalence(table(random.dirichlet(60 * shares, 12)), read_assessment(SHIPPED).plain.confusion)
    assert 0.99 < result.table.loc["neutral", "corrected"] < 0.999
    assert result.table.loc["neutral", ["low", "high"]].isna().all()
