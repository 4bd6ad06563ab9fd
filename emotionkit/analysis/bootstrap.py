"""Resampling of students, and of blocks of time within them, and the interval that comes of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from emotionkit.analysis.readings import StudentReadings, student_weights
from emotionkit.analysis.settings import AnalysisSettings

FEWEST_BLOCKS = 4
MOST_COPIES = 200_000


def resampled_class_means(students: tuple[StudentReadings, ...], settings: AnalysisSettings) -> NDArray[np.float64]:
    """Return float64 (resamples, 7): class means of classes drawn from this one.

    Each draws as many students as there are, with replacement, and for each of them blocks of time.

    Args:
        students: At least one.
        settings: Number of resamples, length of blocks, seed.
    """
    random = np.random.default_rng(settings.seed)
    # A pool of resampled means per student, from which the classes draw: bounded, however many short tracks there are.
    copies = int(np.clip(MOST_COPIES // len(students), 20, settings.resamples))
    pool = np.stack([resampled_means(student, settings.block_s, copies, random) for student in students])
    weights = student_weights(students)

    def draw_class() -> NDArray[np.float64]:
        chosen = random.integers(len(students), size=len(students))
        means = pool[chosen, random.integers(copies, size=len(students))]
        return weights[chosen] @ means / weights[chosen].sum()

    return np.array([draw_class() for _ in range(settings.resamples)])


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


def interval(
    estimate: NDArray[np.float64], resampled: NDArray[np.float64], units: float, confidence: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper ends of the interval of shares, each shaped like ``estimate`` and within 0 to 1.

    Percentiles of resampled means are too narrow for few units: they lack the factor n / (n - 1) of the variance and
    the wider tails of Student's t. Their distances from the estimate are widened by both (the reasoning of the expanded
    percentile interval: Hesterberg, What Teachers Should Know About the Bootstrap, The American Statistician 69, 2015).

    Args:
        estimate: float64 (7,), shares.
        resampled: float64 (resamples, 7).
        units: Number of units resampled in effect, more than 1.
        confidence: Nominal coverage, 0.5 to 1.
    """
    tail = (1 - confidence) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=0)
    freedom = max(1.0, units - 1)
    widening = np.sqrt((freedom + 1) / freedom) * stdtrit(freedom, 1 - tail) / ndtri(1 - tail)
    lower = estimate - widening * np.maximum(estimate - low, 0)
    upper = estimate + widening * np.maximum(high - estimate, 0)
    return np.clip(lower, 0, estimate), np.clip(upper, estimate, 1)
