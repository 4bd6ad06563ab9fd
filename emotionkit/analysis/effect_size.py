"""The size of a difference between lessons in standard deviations between students, and its interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from emotionkit.analysis.bootstrap import TINY
from emotionkit.analysis.contrast import Contrast, Sample
from emotionkit.analysis.settings import AnalysisSettings

Sides = tuple[list[Sample], list[Sample]]
"""The lesson, and those that it is compared with."""


def effect_size(
    result: Contrast, samples: tuple[Sample, ...], sides: Sides, settings: AnalysisSettings, *, paired: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return Hedges' g and the ends of its interval, float64 (7,) each.

    The method is told in :func:`emotionkit.analysis.comparison.lesson_difference`.

    Args:
        result: The difference.
        samples: Whose contrast it is.
        sides: Between whose students the standard deviations are.
        settings: Confidence.
        paired: Whether both sides are of the same students.
    """
    spread = _spread(sides)
    correction = 1 - 3 / (4 * result.freedom - 1)
    effect = result.estimate / spread
    normal = (effect * _error_of_spread(sides, spread, paired=paired)) ** 2
    added = np.maximum(normal, _variance_by_spread(sides, spread, samples, effect))
    unsure = np.sqrt(added) * ndtri((1 + settings.confidence) / 2)
    down = np.hypot((result.estimate - result.low) / spread, unsure)
    up = np.hypot((result.high - result.estimate) / spread, unsure)
    corrected = correction * effect
    return corrected, np.minimum(effect - down, corrected), np.maximum(effect + up, corrected)


def _spread(sides: Sides) -> NDArray[np.float64]:
    """Return float64 (7,): root mean square of the standard deviations here and there."""
    variances = [np.mean([sample.variance for sample in side], axis=0) for side in sides]
    return np.maximum(np.sqrt(np.mean(variances, axis=0)), TINY)


def _error_of_spread(sides: Sides, spread: NDArray[np.float64], *, paired: bool) -> NDArray[np.float64]:
    """Return float64 (7,): relative standard error of :func:`_spread`, as for normal values."""
    squares = np.zeros(7)
    for side in sides:
        parts = [sample.variance**2 / (sample.number - 1) / len(side) ** 2 for sample in side]
        squares += np.sum(parts, axis=0)
    if paired:
        (one,), (other,) = sides
        covariance = one.weights @ ((one.values - one.mean) * (other.values - other.mean)) / one.weights.sum()
        squares += 2 * (covariance * one.number / (one.number - 1)) ** 2 / (one.number - 1)
    return np.sqrt(squares / 8) / spread**2


def _variance_by_spread(
    sides: Sides,
    spread: NDArray[np.float64],
    samples: tuple[Sample, ...],
    effect: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return float64 (7,): what the spread adds to the variance of the effect, as students' own deviations tell.

    That is the delta method. It counts how far the spread and the difference vary together, which may be below 0.
    """
    own = [[sample.influence_on_variance / len(side) for sample in side] for side in sides]
    # The same students on both sides, or others in each lesson.
    variances = [own[0][0] + own[1][0]] if len(samples) == 1 else [*own[0], *own[1]]
    added = np.zeros(7)
    for sample, variance in zip(samples, variances, strict=True):
        by_difference, by_spread = sample.influence / spread, -effect / (2 * spread**2) * variance / 2
        added += (by_spread * (by_spread + 2 * by_difference)).sum(axis=0)
    return added
