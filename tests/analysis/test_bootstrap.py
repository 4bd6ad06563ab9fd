from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from emotionkit.analysis.bootstrap import block_length, interval, resampled_means
from emotionkit.analysis.readings import StudentReadings, effective_number


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
    resampled = 0.5 + 0.01 * np.random.default_rng(5).standard_normal((20_000, 7))
    low, high = interval(np.full(7, 0.5), resampled, 10_000, 0.95)
    assert low == pytest.approx(0.5 - 0.0196, abs=0.001)
    assert high == pytest.approx(0.5 + 0.0196, abs=0.001)


def test_few_units_widen_the_interval_as_students_t_does():
    resampled = 0.5 + 0.01 * np.random.default_rng(6).standard_normal((20_000, 7))
    low, _ = interval(np.full(7, 0.5), resampled, 5, 0.95)
    assert low == pytest.approx(0.5 - 0.01 * np.sqrt(5 / 4) * 2.776, abs=0.002)


def test_the_interval_stays_within_what_shares_can_be():
    resampled = np.random.default_rng(7).random((500, 7))
    low, high = interval(np.full(7, 0.5), resampled, 2, 0.95)
    assert (low == 0).all()
    assert (high == 1).all()


@pytest.mark.parametrize(
    ("weights", "expected"), [([], 0), ([1], 1), ([1, 1, 1], 3), ([0.5, 0.5], 2), ([1, 0.001], 1.002)]
)
def test_effective_number(weights, expected):
    assert effective_number(np.array(weights, dtype=float)) == pytest.approx(expected, rel=1e-3)


def test_the_analysis_never_loads_a_model():
    code = "import sys, emotionkit.analysis; sys.exit(bool({'keras', 'dlib', 'papermill'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
