"""Reliability of measures that several raters give of the same people: the intraclass correlations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import fdtri

from emotionkit.analysis.bootstrap import TINY
from emotionkit.analysis.ratings import expression_shares
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.errors import InvalidInputError, quoted
from emotionkit.records import EMOTIONS

_FORMS = {
    "ICC(1,1)": "each person by other raters, one rater",
    "ICC(2,1)": "raters drawn from many, absolute agreement, one rater",
    "ICC(3,1)": "these raters, consistency, one rater",
    "ICC(1,k)": "each person by other raters, mean of all",
    "ICC(2,k)": "raters drawn from many, absolute agreement, mean of all",
    "ICC(3,k)": "these raters, consistency, mean of all",
}


class _Squares(NamedTuple):
    """Mean squares of the analysis of variance, and how many people and raters they are of."""

    people: int
    raters: int
    between: float
    within: float
    judges: float
    error: float


def intraclass_correlations(scores: pd.DataFrame, settings: AnalysisSettings | None = None) -> pd.DataFrame:
    """Return the six intraclass correlations, with their intervals.

    After Shrout and Fleiss, Intraclass correlations: uses in assessing rater reliability, Psychological Bulletin 86,
    1979, who also say which to choose.

    Args:
        scores: A row per person, a column per rater; people whom a rater left out are left out.
        settings: Confidence; defaults where not given.

    Returns:
        Indexed by ``form``, ``ICC(1,1)`` to ``ICC(3,k)``: ``icc`` (1 at most), ``low``, ``high``, ``people``,
        ``raters`` and ``meaning``; NaN with fewer than two people or raters, where all scores are alike, and for what
        would divide by nothing, as the mean of raters does where people do not differ.
    """
    settings = settings or AnalysisSettings()
    values = scores.dropna().to_numpy(dtype=np.float64)
    people, raters = values.shape
    table = pd.DataFrame(np.nan, index=pd.Index(list(_FORMS), name="form"), columns=["icc", "low", "high"])
    if people >= 2 and raters >= 2 and np.ptp(values) > 0:
        squares = _mean_squares(values)
        single = [_one_way(squares, settings), _two_way(squares, settings), _consistency(squares, settings)]
        table[:] = [*single, *([_of_mean(value, raters) for value in row] for row in single)]
    return table.assign(people=people, raters=raters, meaning=list(_FORMS.values()))


def expression_reliability(
    ratings: pd.DataFrame, form: str = "ICC(2,1)", settings: AnalysisSettings | None = None
) -> pd.DataFrame:
    """Return how far raters agree on which students show an expression more often than others, for each of the seven.

    Args:
        ratings: What ``coded_windows`` returns; windows that a rater left out are left out.
        form: One of the six of :func:`intraclass_correlations`.
        settings: As there.

    Returns:
        Indexed by ``emotion``: ``icc``, ``low``, ``high``, ``people`` and ``raters``.

    Raises:
        InvalidInputError: There is no such form.
    """
    if form not in _FORMS:
        raise InvalidInputError(f"There is no form {quoted(form)}; there are {', '.join(_FORMS)}.")
    shares = expression_shares(ratings)
    rows = {
        emotion: intraclass_correlations(shares.loc[shares.index.get_level_values("emotion") == emotion], settings)
        for emotion in EMOTIONS
    }
    table = pd.concat({emotion: row.loc[form] for emotion, row in rows.items()}, axis=1).T
    return table.drop(columns="meaning").infer_objects().rename_axis("emotion")


def _mean_squares(values: NDArray[np.float64]) -> _Squares:
    n, k = values.shape
    of_people, of_raters, mean = values.mean(axis=1), values.mean(axis=0), values.mean()
    between, judges = k * ((of_people - mean) ** 2).sum(), n * ((of_raters - mean) ** 2).sum()
    within = ((values - of_people[:, None]) ** 2).sum()
    error = ((values - of_people[:, None] - of_raters + mean) ** 2).sum()
    return _Squares(n, k, between / (n - 1), within / (n * (k - 1)), judges / (k - 1), error / ((n - 1) * (k - 1)))


def _one_way(of: _Squares, settings: AnalysisSettings) -> tuple[float, float, float]:
    return _from_ratio(of.between, of.within, (of.people - 1, of.people * (of.raters - 1)), of.raters, settings)


def _consistency(of: _Squares, settings: AnalysisSettings) -> tuple[float, float, float]:
    degrees = (of.people - 1, (of.people - 1) * (of.raters - 1))
    return _from_ratio(of.between, of.error, degrees, of.raters, settings)


def _from_ratio(
    above: float, below: float, degrees: tuple[int, int], raters: int, settings: AnalysisSettings
) -> tuple[float, float, float]:
    """Return correlation and ends from a ratio of mean squares with its degrees of freedom."""
    if below <= TINY:
        return (1.0, 1.0, 1.0) if above > TINY else (np.nan, np.nan, np.nan)
    (upper, lower), tail = degrees, (1 + settings.confidence) / 2
    ratio = above / below
    least, most = ratio / fdtri(upper, lower, tail), ratio * fdtri(lower, upper, tail)
    icc, low, high = ((value - 1) / (value + raters - 1) for value in (ratio, least, most))
    return float(icc), float(low), float(high)


def _two_way(of: _Squares, settings: AnalysisSettings) -> tuple[float, float, float]:
    """Return ICC(2,1), which counts differences between raters as error, and the ends after Satterthwaite."""
    n, k = of.people, of.raters
    whole = of.between + (k - 1) * of.error + k * (of.judges - of.error) / n
    if whole <= TINY:
        return np.nan, np.nan, np.nan
    icc = (of.between - of.error) / whole
    if of.error <= TINY:
        return float(icc), np.nan, np.nan
    judged = of.judges / of.error
    spread = n * (1 + (k - 1) * icc) - k * icc
    degrees = (k - 1) * (n - 1) * (k * icc * judged + spread) ** 2 / ((n - 1) * k**2 * icc**2 * judged**2 + spread**2)
    tail = (1 + settings.confidence) / 2
    upper, lower = fdtri(n - 1, degrees, tail), fdtri(degrees, n - 1, tail)
    rest = k * of.judges + (k * n - k - n) * of.error
    low = n * (of.between - upper * of.error) / (upper * rest + n * of.between)
    high = n * (lower * of.between - of.error) / (rest + n * lower * of.between)
    return float(icc), float(low), float(high)


def _of_mean(single: float, raters: int) -> float:
    """Return the reliability of the mean of raters (Spearman and Brown)."""
    whole = 1 + (raters - 1) * single
    return raters * single / whole if whole > TINY else np.nan
