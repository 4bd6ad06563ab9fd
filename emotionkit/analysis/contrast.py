"""Differences of means over students: their standard errors, intervals and tests, from samples of any weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from emotionkit.analysis.bootstrap import TINY, beta_skewness, unskewed
from emotionkit.analysis.readings import effective_number
from emotionkit.analysis.settings import AnalysisSettings

MOST_UNEVEN = 2.0
"""How many times the students of one side the other may have before skewness counts."""
PERMUTATIONS = 10_000
DRAWS = 10_000
"""From the fiducial distributions of two means."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Students drawn together, and how their mean counts.

    Attributes:
        values: float64 (n, 7), a row per student.
        weights: float64 (n,), above 0, how far each counts.
        coefficient: What their mean is multiplied by in the contrast, such as 1 or -1.
    """

    values: NDArray[np.float64]
    weights: NDArray[np.float64]
    coefficient: float = 1.0

    @property
    def mean(self) -> NDArray[np.float64]:
        """float64 (7,): the weighted mean."""
        return self.weights @ self.values / self.weights.sum()

    @property
    def number(self) -> float:
        """Effective number of students."""
        return effective_number(self.weights)

    @property
    def variance(self) -> NDArray[np.float64]:
        """float64 (7,): variance between students; unbiased with equal weights."""
        return self.weights @ (self.values - self.mean) ** 2 / self.weights.sum() * self._freed

    @property
    def influence(self) -> NDArray[np.float64]:
        """float64 (n, 7): what each student adds to the contrast; with squares that sum to its variance."""
        share = self.weights / self.weights.sum()
        return self.coefficient * np.sqrt(self._freed) * share[:, None] * (self.values - self.mean)

    @property
    def influence_on_variance(self) -> NDArray[np.float64]:
        """float64 (n, 7): what each student adds to the variance between students; squares sum to its variance."""
        share = self.weights / self.weights.sum()
        squares = self._freed * (self.values - self.mean) ** 2 - self.variance
        return np.sqrt(self._freed) * share[:, None] * squares

    @property
    def _freed(self) -> float:
        return self.number / (self.number - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """A weighted sum of means, each array float64 (7,).

    Attributes:
        estimate: Its value.
        standard_error: Its standard error.
        low: Lower end of its interval.
        high: Upper end.
        freedom: Degrees of freedom.
        p: Probability of a value as far from 0 or farther, were the true one 0; two-sided.
    """

    estimate: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    freedom: NDArray[np.float64]
    p: NDArray[np.float64]


def contrast(samples: tuple[Sample, ...], settings: AnalysisSettings) -> Contrast:
    """Return the sum over independent samples of coefficient times mean.

    The interval is that of a wild bootstrap: every student's deviation is multiplied by a standard normal number, and
    the studentised sum of these shows how wide such a sum scatters (Wu, Jackknife, bootstrap and other resampling
    methods in regression analysis, Annals of Statistics 14, 1986; for few clusters Cameron, Gelbach and Miller,
    Bootstrap-based improvements for inference with clustered errors, Review of Economics and Statistics 90, 2008).

    The test is Student's t with Welch and Satterthwaite's degrees of freedom: far in the tails, where corrections for
    many tests look, a bootstrap of few students promises more than it holds (docs/decisions/0015).

    Where one side has more than twice the students of the other, the skewness of rare expressions no longer cancels.
    The interval is then that of the difference of two fiducial quantities, one for the mean of each side (Hannig, Iyer
    and Patterson, Fiducial generalized confidence intervals, Journal of the American Statistical Association 101,
    2006), with the skewness that :func:`emotionkit.analysis.bootstrap.interval` takes. The p is the larger of theirs,
    which allows that students vary less on one side, and of a permutation's, which holds where they vary alike (Fisher,
    The Design of Experiments, 1935). Values must be shares for that.

    Args:
        samples: Each of more than 2 students in effect.
        settings: Number of resamples, seed, confidence.
    """
    influences = [sample.influence for sample in samples]
    variances = np.array([(influence**2).sum(axis=0) for influence in influences])
    variance = np.maximum(variances.sum(axis=0), TINY**2)
    freedoms = np.array([[sample.number - 1] for sample in samples])
    freedom = variance**2 / np.maximum((variances**2 / freedoms).sum(axis=0), TINY**4)
    freedom = np.clip(freedom, freedoms.min(), freedoms.sum())
    estimate = np.sum([sample.coefficient * sample.mean for sample in samples], axis=0)
    error = np.sqrt(variance)
    random = np.random.default_rng(settings.seed)
    if _uneven(samples):
        drawn = _fiducial(samples, random)
        low, high = np.quantile(drawn, [(1 - settings.confidence) / 2, (1 + settings.confidence) / 2], axis=0)
        beyond = np.minimum((drawn >= 0).sum(axis=0), (drawn <= 0).sum(axis=0))
        p = np.maximum(np.minimum(2 * (1 + beyond) / (1 + DRAWS), 1), _permuted_p(samples, estimate, random))
    else:
        half = error * np.quantile(
            np.abs(_wild_t(samples, influences, settings.resamples, random)), settings.confidence, axis=0
        )
        low, high = estimate - half, estimate + half
        p = 2 * stdtr(freedom, -np.abs(estimate) / error)
    return Contrast(estimate, error, low, high, freedom, p)


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p adjusted for all of its tests together, in its shape.

    The chance that any true hypothesis is rejected stays below the level, whichever are true and however they hang
    together (Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6,
    1979).

    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, axis=None, kind="stable")
    adjusted = np.empty(p.size)
    adjusted[order] = np.maximum.accumulate(p.ravel()[order] * np.arange(p.size, 0, -1))
    return np.minimum(adjusted, 1).reshape(p.shape)


def _uneven(samples: tuple[Sample, ...]) -> bool:
    """Return whether one side of a difference has more than twice the students of the other."""
    sides = [_side(samples, sign) for sign in (1, -1)]
    if not all(sides):
        return False
    here, there = (_number(side) for side in sides)
    return max(here, there) > MOST_UNEVEN * min(here, there)


def _side(samples: tuple[Sample, ...], sign: int) -> list[Sample]:
    """Return the samples that count positively (1) or negatively (-1)."""
    return [sample for sample in samples if sample.coefficient * sign > 0]


def _number(side: list[Sample]) -> float:
    """Return the effective number of students behind the mean of one side."""
    return sum(abs(s.coefficient) for s in side) ** 2 / sum(s.coefficient**2 / s.number for s in side)


def _fiducial(samples: tuple[Sample, ...], random: np.random.Generator) -> NDArray[np.float64]:
    """Return float64 (draws, 7): differences of shares as likely as what was seen leaves them.

    Degrees of freedom are Satterthwaite's for the whole difference, as if students varied alike on both sides: few that
    happen to be alike would promise more of them than there are (An approximate distribution of estimates of variance
    components, Biometrics Bulletin 2, 1946).
    """
    expected = [sample.coefficient**2 / sample.number for sample in samples]
    squares = [part**2 / (sample.number - 1) for part, sample in zip(expected, samples, strict=True)]
    freedom = sum(expected) ** 2 / sum(squares)
    drawn = np.zeros((DRAWS, 7))
    for sign in (1, -1):
        side = _side(samples, sign)
        scale = sum(abs(sample.coefficient) for sample in side)
        mean = np.sum([abs(sample.coefficient) * sample.mean for sample in side], axis=0) / scale
        parts = [sample.coefficient**2 * sample.variance / sample.number for sample in side]
        error = np.sqrt(np.sum(parts, axis=0)) / scale
        number = _number(side)
        skewness = beta_skewness(mean, error**2 * number) / np.sqrt(number)
        moved = mean - error * unskewed(random.standard_t(freedom, (DRAWS, 1)), skewness)
        drawn += sign * scale * np.clip(moved, 0, 1)
    return drawn


def _permuted_p(
    samples: tuple[Sample, ...], estimate: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.float64]:
    """Return float64 (7,): how often students dealt to the samples at random differ as much."""
    places = np.concatenate([sample.coefficient * sample.weights / sample.weights.sum() for sample in samples])
    values = np.concatenate([sample.values for sample in samples])
    count = np.zeros(7)
    for _ in range(PERMUTATIONS // 500):
        dealt = random.permuted(np.tile(places, (500, 1)), axis=1) @ values
        count += (np.abs(dealt) >= np.abs(estimate) - TINY).sum(axis=0)
    return (1 + count) / (1 + PERMUTATIONS)


def _wild_t(
    samples: tuple[Sample, ...], influences: list[NDArray[np.float64]], resamples: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Return float64 (resamples, 7): studentised sums of the influences, each times a standard normal number."""
    total = np.zeros((resamples, 7))
    variance = np.zeros_like(total)
    for sample, influence in zip(samples, influences, strict=True):
        draws = random.standard_normal((resamples, len(influence)))
        share = sample.weights / sample.weights.sum()
        moved = draws @ influence
        spread = draws**2 @ influence**2 - 2 * moved * (draws * share @ influence) + moved**2 * (share**2).sum()
        total += moved / np.sqrt(sample.number / (sample.number - 1))
        variance += spread
    return np.divide(total, np.sqrt(np.maximum(variance, 0)), out=np.zeros_like(total), where=variance > TINY**2)
