"""Shares of expressions corrected for how often the network takes one for another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import nnls

from emotionkit.analysis.bootstrap import drawn_students, resampled_over_students, skewed_ends, standard_error
from emotionkit.analysis.comparison import FEWEST_COMPARED
from emotionkit.analysis.readings import effective_number, require_columns
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.analysis.student_means import MEANS_COLUMNS
from emotionkit.errors import InvalidInputError
from emotionkit.records import EMOTIONS

WORST_CONDITION = 100.0
"""A confusion that multiplies errors by more than this tells nothing of the truth."""
SUM_WEIGHT = 1e4
MOST_UNSOLVED = 0.05
"""Share of resampled confusions that may mix expressions beyond undoing; of a test with more there is no interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Prevalence:
    """Shares of the seven expressions, as read and corrected.

    Attributes:
        table: A row per emotion (index ``emotion``) with ``read`` (share of the time it was read), ``corrected`` (share
            that would be read so, were the network's confusion in the lesson that of its test), ``low`` and ``high``
            (interval of ``corrected``, over students and over the test). The columns ``read`` and ``corrected`` each
            sum to 1. NaN without students; ``low`` and ``high`` NaN with fewer than 2.5 in effect, with too few
            labelled faces of an expression to say how they are confused, or where an expression was read oftener or
            less often than that confusion could bring about, by more than chance.
        students: People behind the shares.
        examples: Labelled faces behind the confusion.
        settings: The settings that made it.
        corrected: Always true: a mark for whoever stores or shows the shares.
    """

    table: pd.DataFrame
    students: int
    examples: int
    settings: AnalysisSettings
    corrected: bool = True


def corrected_prevalence(
    means: pd.DataFrame, confusion: NDArray[np.integer] | NDArray[np.floating], settings: AnalysisSettings | None = None
) -> Prevalence:
    """Return the prevalence of the expressions in a lesson, corrected for confusion.

    Shares read are a mixture of the confusion's rows; the shares of the mixture that come nearest, none below 0 and
    with sum 1, are the corrected ones (for two classes: Rogan and Gladen, Estimating prevalence from the results of a
    screening test, American Journal of Epidemiology 107, 1978; for more: Levy and Kass, A three-population model for
    sequential screening for bacteriuria, same journal 91, 1970). This holds only if faces in the lesson are confused as
    faces of the test are; it widens the interval and never narrows it. Resamples draw students, and anew each row of
    the confusion as a multinomial count with the shares found.

    Args:
        means: A row per student of one lesson, of labels:
            ``student_means(frames, faces, settings, reading="labels")``.
        confusion: (7, 7) counts of labelled faces, rows true, columns as read, in the order of ``EMOTIONS``; a face in
            every row.
        settings: Defaults where not given.

    Raises:
        InvalidInputError: A column is missing, the means are of several lessons, or the confusion has another shape,
            counts below 0, an empty row, or rows too alike to tell apart.
    """
    settings = settings or AnalysisSettings()
    require_columns(means, "means", MEANS_COLUMNS)
    if means["lesson_id"].nunique() > 1:
        raise InvalidInputError("Prevalence is of one lesson; the table means holds several.")
    counts = _checked(confusion)
    table = pd.DataFrame(np.nan, index=pd.Index(EMOTIONS, name="emotion"), columns=["read", "corrected", "low", "high"])
    if len(means):
        _fill(table, means.sort_values(["weight", *EMOTIONS]), counts, settings)
    return Prevalence(table, len(means), int(counts.sum()), settings)


def unmixed(read: NDArray[np.float64], rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shares, none below 0 and with sum 1, whose mixture of ``rates`` comes nearest to what was read.

    Least squares on the simplex, by non-negative least squares with the sum as one more, heavy equation (Lawson and
    Hanson, Solving Least Squares Problems, 1974, chapters 22 and 23).

    Args:
        read: float64 (7,), sum 1.
        rates: float64 (7, 7), row k: how a true k is read, sum 1.

    >>> unmixed(np.array([0.3, 0.7, 0, 0, 0, 0, 0]), np.eye(7)).round(3).tolist()
    [0.3, 0.7, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    shares, _ = nnls(np.vstack([rates.T, np.full(7, SUM_WEIGHT)]), np.append(read, SUM_WEIGHT))
    return shares / shares.sum()


def _fill(table: pd.DataFrame, means: pd.DataFrame, counts: NDArray[np.float64], settings: AnalysisSettings) -> None:
    values, weights = means[list(EMOTIONS)].to_numpy(dtype=np.float64), means["weight"].to_numpy(dtype=np.float64)
    read = weights @ values / weights.sum()
    sizes = counts.sum(axis=1)
    rates = counts / sizes[:, None]
    table["read"], table["corrected"] = read, unmixed(read, rates)
    units = effective_number(weights)
    if units < FEWEST_COMPARED:
        return
    random = np.random.default_rng(settings.seed)
    drawn = resampled_over_students(values, weights, drawn_students(len(values), settings.resamples, random))
    # Half a face more in every cell: a confusion never seen is rare, not impossible.
    likely = (counts + 0.5) / (sizes[:, None] + 3.5)
    tests = np.stack(
        [
            random.multinomial(int(size), row, settings.resamples) / size
            for size, row in zip(sizes, likely, strict=True)
        ],
        axis=1,
    )
    # The error is that of the shares before they are kept from falling below 0: there, nothing would seem to vary.
    free = np.linalg.solve(rates.T, read)
    solved = np.linalg.cond(tests) <= WORST_CONDITION
    if solved.mean() < 1 - MOST_UNSOLVED:
        return
    resampled = np.linalg.solve(tests[solved].transpose(0, 2, 1), drawn[solved, :, None])[..., 0]
    lower, upper = skewed_ends(free, standard_error(resampled, units), units, settings.confidence)
    table["low"] = np.clip(lower, 0, table["corrected"])
    table["high"] = np.clip(upper, table["corrected"], 1)
    # Read oftener or less often than any shares could be: the confusion is not that of the test.
    table.loc[(lower > 1) | (upper < 0), ["low", "high"]] = np.nan


def _checked(confusion: NDArray[np.integer] | NDArray[np.floating]) -> NDArray[np.float64]:
    counts = np.asarray(confusion, dtype=np.float64)
    if counts.shape != (7, 7) or not np.isfinite(counts).all() or (counts < 0).any():
        raise InvalidInputError(f"A confusion is 7 by 7 counts of 0 or more; this one is of shape {counts.shape}.")
    empty = [emotion for emotion, size in zip(EMOTIONS, counts.sum(axis=1), strict=True) if size < 1]
    if empty:
        raise InvalidInputError(f"The confusion has no labelled face of {empty[0]!r}.")
    condition = np.linalg.cond(counts / counts.sum(axis=1, keepdims=True))
    if condition > WORST_CONDITION:
        raise InvalidInputError("The confusion mixes expressions so much that shares cannot be corrected for it.")
    return counts
