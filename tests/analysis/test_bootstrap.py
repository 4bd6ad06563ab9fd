from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from emotionkit.analysis.bootstrap import (
    block_length,
    drawn_students,
    interval,
    resampled_means,
    resampled_over_students,
    resampled_over_time,
    standard_error,
)
from emotionkit.analysis.readings import StudentReadings, effective_number
from emotionkit.analysis.settings import AnalysisSettings


def student(values: np.ndarray, spacing: float = 0.5) -> StudentReadings:
    shares = np.zeros((len(values), 7))
    shares[:, 3], shares[:, 4] = values, 1 - values
    return StudentReadings(np.arange(len(values)) * spacing, np.full(len(values), spacing), shares, 1.0)


def test_blocks_last_as_long_as_asked_but_leave_four():
    assert block_length(student(np.zeros(1000)), 30) == 60
    assert block_length(student(np.zeros(80)), 30) == 20
    assert block_length(student(np.zeros(1)), 30) == 1


def test_resampled_means_centre_on_the_mean():
    values = np.random.default_rng(0).random(400)
    means = resampled_means(student(values), 10, 4000, np.random.default_rng(1))
    assert np.allclose(means.sum(axis=1), 1)
    assert means[:, 3].mean() == pytest.approx(values.mean(), abs=0.002)


def test_blocks_feel_that_neighbours_are_alike():
    random = np.random.default_rng(2)
    slow = np.repeat(random.random(50), 20)
    spread = {s: resampled_means(student(slow), s, 1000, random)[:, 3].std() for s in (0.5, 20)}
    assert spread[20] > 2.5 * spread[0.5]
    expected = slow.reshape(50, 20).mean(axis=1).std() / np.sqrt(50)
    assert spread[20] == pytest.approx(expected, rel=0.25)


def test_with_independent_readings_blocks_change_little():
    values = np.random.default_rng(3).random(2000)
    means = resampled_means(student(values), 5, 2000, np.random.default_rng(4))
    assert means[:, 3].std() == pytest.approx(values.std() / np.sqrt(2000), rel=0.15)


def test_the_interval_of_many_units_is_that_of_the_percentiles():
    resampled = 0.5 + 0.001 * np.random.default_rng(5).standard_normal((20_000, 7))
    low, high = interval(np.full(7, 0.5), standard_error(resampled, 10_000), 10_000, 0.95)
    assert low == pytest.approx(0.5 - 0.00196, abs=0.0001)
    assert high == pytest.approx(0.5 + 0.00196, abs=0.0001)


def test_few_units_widen_the_interval_as_students_t_does():
    resampled = 0.5 + 0.01 * np.random.default_rng(6).standard_normal((20_000, 7))
    low, _ = interval(np.full(7, 0.5), standard_error(resampled, 5), 5, 0.95)
    assert low == pytest.approx(0.5 - 0.01 * np.sqrt(5 / 4) * 2.776, abs=0.002)


def test_the_interval_stays_within_what_shares_can_be():
    resampled = np.random.default_rng(7).random((500, 7))
    low, high = interval(np.full(7, 0.5), standard_error(resampled, 2), 2, 0.95)
    assert ((low >= 0) & (low < 0.02)).all()
    assert ((high <= 1) & (high > 0.98)).all()


def test_one_in_seven_leaves_the_interval_of_a_count():
    ones = np.zeros((7, 7))
    ones[0] = 1
    resampled = resampled_over_students(ones, np.ones(7), drawn_students(7, 5000, np.random.default_rng(8)))
    low, high = interval(ones.mean(axis=0), standard_error(resampled, 7), 7, 0.95)
    assert high == pytest.approx(0.579, abs=0.001)
    assert (low >= 0.0036).all()


def test_a_rare_expression_reaches_further_up_than_down():
    shares = np.full((9, 7), 0.01)
    shares[0] = 0.2
    resampled = resampled_over_students(shares, np.ones(9), drawn_students(9, 5000, np.random.default_rng(9)))
    mean = shares.mean(axis=0)
    low, high = interval(mean, standard_error(resampled, 9), 9, 0.95)
    assert (high - mean > 3 * (mean - low)).all()
    assert (low > 0).all()


def test_nothing_varies_where_all_are_alike():
    low, high = interval(np.full(7, 0.2), np.zeros(7), 5, 0.95)
    assert low == pytest.approx(0.2)
    assert high == pytest.approx(0.2)


def test_students_are_drawn_with_all_of_their_time():
    means = np.random.default_rng(10).random((12, 7))
    drawn = resampled_over_students(means, np.ones(12), drawn_students(12, 20_000, np.random.default_rng(11)))
    assert drawn.std(axis=0) == pytest.approx(means.std(axis=0) / np.sqrt(12), rel=0.03)


def test_other_moments_of_the_same_students_change_only_their_time():
    random = np.random.default_rng(12)
    people = tuple(student(np.clip(level + 0.1 * random.standard_normal(600), 0, 1)) for level in (0.2, 0.8))
    means = resampled_over_time(people, AnalysisSettings(resamples=1000))
    assert means[:, 3].mean() == pytest.approx(0.5, abs=0.01)
    assert means[:, 3].std() < 0.02


@pytest.mark.parametrize(
    ("weights", "expected"), [([], 0), ([1], 1), ([1, 1, 1], 3), ([0.5, 0.5], 2), ([1, 0.001], 1.002)]
)
def test_effective_number(weights, expected):
    assert effective_number(np.array(weights, dtype=float)) == pytest.approx(expected, rel=1e-3)


def test_the_analysis_never_loads_a_model():
    code = "import sys, emotionkit.analysis; sys.exit(bool({'keras', 'dlib', 'papermill'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
