"""Resampling of students, or of blocks of time where there is one, and the interval that comes of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit

from emotionkit.analysis.readings import StudentReadings, student_weights
from emotionkit.analysis.settings import AnalysisSettings

FEWEST_BLOCKS = 4
TINY = 1e-12


def drawn_students(count: int, resamples: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Return int64 (resamples, count): how often each of some students is drawn into each of some classes of as many.

    Args:
        count: Number of students, at least one.
        resamples: How many classes to draw.
        random: Where chance comes from.
    """
    return random.multinomial(count, np.full(count, 1 / count), resamples)


def resampled_over_students(
    means: NDArray[np.float64], weights: NDArray[np.float64], drawn: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return float64 (resamples, 7): class means of classes of as many students, drawn from this one.

    A student is drawn with all of his time. To draw blocks of it as well would count the chance within students twice:
    it is in their means already (Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8, where
    this is the second strategy).

    Args:
        means: float64 (n, 7), a row per student, at least one.
        weights: float64 (n,), above 0.
        drawn: int64 (resamples, n), as :func:`drawn_students` gives it.
    """
    # In an order of what they show alone: the same students give the same draws, however they were listed.
    order = np.lexsort(np.column_stack([means, weights]).T)
    means, weights = means[order], weights[order]
    counted = drawn * weights
    return counted @ means / counted.sum(axis=1, keepdims=True)


def resampled_over_time(students: tuple[StudentReadings, ...], settings: AnalysisSettings) -> NDArray[np.float64]:
    """Return float64 (resamples, 7): class means of these very students, with other moments like these.

    Args:
        students: At least one.
        settings: Number of resamples, length of blocks, seed.
    """
    random = np.random.default_rng(settings.seed)
    total = np.zeros((settings.resamples, 7))
    for student in students:
        total += student.weight * resampled_means(student, settings.block_s, settings.resamples, random)
    return total / student_weights(students).sum()


def resampled_means(
    student: StudentReadings, block_s: float, copies: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Return float64 (copies, 7): means over time of one student from blocks of time drawn with replacement.

    Neighbouring readings are alike, so whole blocks are drawn: the moving-block bootstrap (Künsch, The jackknife and
    the bootstrap for general stationary observations, Annals of Statistics 17, 1989), with blocks that run over the
    end into the beginning so that no reading is drawn less often than another (Politis and Romano, A circular
    block-resampling procedure for stationary data, 1992).
    """
    count, length = len(student.pts_s), block_length(student, block_s)
    weighted = np.column_stack([student.weight_s[:, None] * student.probabilities, student.weight_s])
    running = np.concatenate([np.zeros((1, 8)), np.vstack([weighted, weighted[: length - 1]]).cumsum(axis=0)])
    block_sums = running[length:] - running[:-length]
    starts = random.integers(count, size=(copies, max(1, round(count / length))))
    # Column by column: gathering rows of eight would need eight times the memory, and is slower.
    totals = np.column_stack([column[starts].sum(axis=1) for column in block_sums.T.copy()])
    return totals[:, :7] / totals[:, 7:]


def block_length(student: StudentReadings, block_s: float) -> int:
    """Return how many consecutive readings make a block of ``block_s``; a quarter of them at most."""
    spacing = float(student.weight_s.mean())
    return int(np.clip(round(block_s / spacing), 1, max(1, len(student.pts_s) // FEWEST_BLOCKS)))


def standard_error(resampled: NDArray[np.float64], units: float) -> NDArray[np.float64]:
    """Return float64 (7,): standard error from float64 (resamples, 7) means.

    Times the factor n / (n - 1) that resampling few units lacks in the variance.
    """
    units = max(units, 2.0)
    return resampled.std(axis=0) * np.sqrt(units / (units - 1))


def interval(
    estimate: NDArray[np.float64], error: NDArray[np.float64], units: float, confidence: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper ends of the interval of shares, each shaped like ``estimate`` and within 0 to 1.

    Rare expressions are skewed: most units hardly show them, and the one that does may not have come. A
    sample of few cannot tell its own skewness, so the skewness taken is that of a beta distribution of the same mean
    and variance, and quantiles of Student's t are carried through the cubic transformation that removes it (Hall, On
    the removal of skewness by transformation, Journal of the Royal Statistical Society B 54, 1992). It is never wider
    than were all units 0 or 1, which is the worst that shares can be (Clopper and Pearson, The use of confidence or
    fiducial limits, Biometrika 26, 1934).

    Args:
        estimate: float64 (7,), shares.
        error: float64 (7,), their standard errors.
        units: Number of units in effect, as 2 where it is less.
        confidence: Nominal coverage, 0.5 to 1.
    """
    units = max(units, 2.0)
    lower, upper = skewed_ends(estimate, error, units, confidence)
    least, most = _ends_of_all_or_nothing(estimate, units, (1 - confidence) / 2)
    return np.clip(lower, least, estimate), np.clip(upper, estimate, most)


def skewed_ends(
    estimate: NDArray[np.float64], error: NDArray[np.float64], units: float, confidence: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of the interval of :func:`interval` before they are kept within what shares can be.

    Args:
        estimate: float64 (7,), shares; one that a correction took below 0 has no skewness.
        error: float64 (7,), their standard errors.
        units: Number of units in effect, as 2 where it is less.
        confidence: Nominal coverage, 0.5 to 1.
    """
    units = max(units, 2.0)
    skewness = beta_skewness(estimate, error**2 * units) / np.sqrt(units)
    quantile = stdtrit(units - 1, (1 + confidence) / 2)
    return estimate - error * unskewed(quantile, skewness), estimate - error * unskewed(-quantile, skewness)


def beta_skewness(mean: NDArray[np.float64], variance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the skewness of beta distributions of these means (0 to 1) and variances, 0 where they are but a point.

    >>> beta_skewness(np.array([0.5, 0.1, 0.0]), np.array([0.05, 0.01, 0.0])).round(2).tolist()
    [0.0, 1.6, 0.0]
    """
    most = np.maximum(mean * (1 - mean), 0)
    # A beta distribution has less variance than 0 and 1 alone would have.
    share = np.minimum(np.divide(variance, most, out=np.zeros_like(most), where=most > TINY), 0.999)
    return 2 * (1 - 2 * mean) * np.sqrt(share) / (np.sqrt(np.maximum(most, TINY)) * (1 + share))


def _ends_of_all_or_nothing(
    estimate: NDArray[np.float64], units: float, tail: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of the interval of a share of ``units``, fractions of which may be 1, each missed by ``tail``."""
    ones, zeros = units * np.clip(estimate, 0, 1), units * (1 - np.clip(estimate, 0, 1))
    least = np.where(ones > TINY, betaincinv(np.maximum(ones, TINY), zeros + 1, tail), 0)
    most = np.where(zeros > TINY, betaincinv(ones + 1, np.maximum(zeros, TINY), 1 - tail), 1)
    return np.minimum(least, estimate), np.maximum(most, estimate)


def unskewed(quantile: float | NDArray[np.float64], skewness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what Hall's transformation takes to a quantile; ``skewness`` is that of the mean. Shapes broadcast."""
    some = np.where(np.abs(skewness) < 1e-6, 1e-6, skewness)
    return 3 / some * (np.cbrt(1 + some * (quantile - some / 6)) - 1)
