"""Agreement beyond chance on nominal ratings: Cohen's and Fleiss' kappa, with intervals over students."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from emotionkit.analysis.bootstrap import drawn_students, standard_error
from emotionkit.analysis.settings import AnalysisSettings

FEWEST_STUDENTS = 3
"""Students from which there is an interval."""
Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]
_COHEN_COLUMNS = ["first", "second", "windows", "students", "agreement", "chance", "kappa", "low", "high"]


def cohen_kappas(ratings: pd.DataFrame, settings: AnalysisSettings | None = None) -> pd.DataFrame:
    """Return Cohen's kappa of each two raters.

    Agreement beyond that of two raters who rate at random as often as these do: (p_o - p_e) / (1 - p_e) (Cohen, A
    coefficient of agreement for nominal scales, Educational and Psychological Measurement 20, 1960). Windows of one
    student are alike, so its standard error comes from resampling students with all of their windows (Field and Welsh,
    Bootstrapping clustered data, Journal of the Royal Statistical Society B 69, 2007), its ends from Student's t.

    Args:
        ratings: A column per rater, a row per rated unit, None where a rater said nothing. Rows of one value of the
            index level ``student`` are resampled together; without that level each row by itself.
        settings: Resamples, confidence and seed; defaults where not given.

    Returns:
        A row per pair: ``first`` and ``second``; ``windows`` (units rated by both) and ``students`` behind them;
        ``agreement`` (p_o) and ``chance`` (p_e); ``kappa`` (1 at most, 0 for chance; NaN where both said one thing
        throughout); ``low`` and ``high``, NaN with fewer than three students who were given anything but the commonest
        category.
    """
    settings = settings or AnalysisSettings()
    rows = []
    for first, second in combinations(ratings.columns, 2):
        both = ratings[[first, second]].dropna()
        tables = _tables(both)
        observed, chance = _agreement(tables.sum(axis=0))
        kappa, low, high = _with_interval(tables, _cohen, settings)
        if _varied(tables.sum(axis=1) + tables.sum(axis=2)) < FEWEST_STUDENTS:
            low = high = np.nan
        rows.append((first, second, len(both), len(tables), float(observed), float(chance), kappa, low, high))
    return pd.DataFrame(rows, columns=_COHEN_COLUMNS)


def fleiss_kappas(ratings: pd.DataFrame, settings: AnalysisSettings | None = None) -> pd.DataFrame:
    """Return Fleiss' kappa of all raters together, and of each category against all others.

    For raters who may be others for every unit (Fleiss, Measuring nominal scale agreement among many raters,
    Psychological Bulletin 76, 1971); intervals as for :func:`cohen_kappas`.

    Args:
        ratings: As there, with two columns or more; units that a rater left out are left out.
        settings: As there.

    Returns:
        Indexed by ``category``, ``all`` first: ``share`` (of all ratings), ``kappa``, ``low`` and ``high`` (NaN for a
        category that fewer than three students were given, or were not always given, and as for :func:`cohen_kappas`),
        ``windows``, ``students`` and ``raters``.
    """
    settings = settings or AnalysisSettings()
    rated = ratings.dropna()
    categories = sorted({category for column in rated for category in rated[column]})
    counts = np.stack([(rated == category).sum(axis=1) for category in categories], axis=1) if categories else None
    if counts is None or len(ratings.columns) < 2:
        counts = np.zeros((0, len(categories)))
    sums = _fleiss_sums(counts.astype(np.float64), _clusters(rated), max(2, len(ratings.columns)))
    total = sums.sum(axis=0)
    shares = [1.0, *(total[: len(categories)] / max(total[: len(categories)].sum(), 1))]
    rows = [_with_interval(sums, partial(_fleiss_of, place), settings) for place in range(1 + len(categories))]
    table = pd.DataFrame(rows, columns=["kappa", "low", "high"], index=pd.Index(["all", *categories], name="category"))
    table.insert(0, "share", shares)
    received = sums[:, : len(categories)]
    given, not_always = received > 0, received < received.sum(axis=1, keepdims=True)
    telling = [_varied(received), *np.minimum(given.sum(axis=0), not_always.sum(axis=0))]
    table.loc[np.array(telling) < FEWEST_STUDENTS, ["low", "high"]] = np.nan
    return table.assign(windows=len(rated), students=len(sums), raters=len(ratings.columns))


def _varied(ratings: NDArray[np.float64]) -> int:
    """Return how many students were given anything but the commonest category.

    Resampled, a few of them are drawn or not; the rest of the chance does not show.

    Args:
        ratings: float64 (students, k), how often each was given each category.
    """
    total = ratings.sum(axis=0)
    return int((np.delete(ratings, total.argmax(), axis=1) > 0).any(axis=1).sum()) if total.size else 0


def _clusters(rated: pd.DataFrame) -> NDArray[np.int64]:
    """Return int64 (n,): which student each row is of; its own number where the index tells none."""
    if "student" in rated.index.names:
        return pd.factorize(rated.index.get_level_values("student"))[0]
    return np.arange(len(rated))


def _tables(both: pd.DataFrame) -> NDArray[np.float64]:
    """Return float64 (students, k, k): how often each two categories met."""
    clusters = _clusters(both)
    codes, categories = pd.factorize(both.to_numpy(dtype=object).ravel(), sort=True)
    size = max(1, len(categories))
    first, second = codes.reshape(-1, 2).T
    tables = np.zeros((int(clusters.max(initial=-1)) + 1, size, size))
    np.add.at(tables, (clusters, first, second), 1)
    return tables


def _agreement(tables: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return observed and chance agreement of tables (..., k, k)."""
    total = np.maximum(tables.sum(axis=(-2, -1)), 1)
    observed = np.trace(tables, axis1=-2, axis2=-1) / total
    return observed, (tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1) / total**2


def _cohen(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    observed, chance = _agreement(tables)
    return _ratio(observed - chance, np.where(tables.sum(axis=(-2, -1)) > 0, 1 - chance, 0))


def _fleiss_sums(counts: NDArray[np.float64], clusters: NDArray[np.int64], raters: int) -> NDArray[np.float64]:
    """Return float64 (students, 2 k + 1): ratings of each category, pairs that agree on each, and units.

    Args:
        counts: float64 (n, k), how many raters chose each category.
        clusters: int64 (n,), whose unit it is.
        raters: How many rate each unit.
    """
    agreeing = counts * (counts - 1) / (raters - 1)
    units = np.column_stack([counts, agreeing, np.ones(len(counts))])
    sums = np.zeros((int(clusters.max(initial=-1)) + 1, units.shape[1]))
    np.add.at(sums, clusters, units)
    return sums


def _fleiss(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64 (n, 1 + k): kappa of all categories and of each, from sums (n, 2 k + 1)."""
    size = sums.shape[1] // 2
    ratings, agreeing = sums[:, :size], sums[:, size : 2 * size]
    total = np.maximum(ratings.sum(axis=1, keepdims=True), 1)
    shares = ratings / total
    # Of whoever chose a category, how many of the others did as well.
    within = _ratio(agreeing, ratings)
    chance = (shares**2).sum(axis=1)
    overall = _ratio(agreeing.sum(axis=1) / total[:, 0] - chance, np.where(ratings.sum(axis=1) > 0, 1 - chance, 0))
    return np.column_stack([overall, _ratio(within - shares, 1 - shares)])


def _fleiss_of(place: int, sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return _fleiss(sums)[:, place]


def _with_interval(
    sums: NDArray[np.float64], statistic: Statistic, settings: AnalysisSettings
) -> tuple[float, float, float]:
    """Return a statistic of the sum over students, and the ends of its interval over students."""
    value = float(statistic(sums.sum(axis=0, keepdims=True))[0])
    students = len(sums)
    if students < FEWEST_STUDENTS or np.isnan(value):
        return value, np.nan, np.nan
    drawn = drawn_students(students, settings.resamples, np.random.default_rng(settings.seed))
    resampled = statistic(np.tensordot(drawn.astype(np.float64), sums, axes=1))
    error = float(standard_error(resampled[~np.isnan(resampled), None], students)[0])
    reach = error * float(stdtrit(students - 1, (1 + settings.confidence) / 2))
    return value, max(-1.0, value - reach), min(1.0, value + reach)


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a quotient, NaN where nothing is below."""
    return np.divide(above, below, out=np.full_like(above, np.nan), where=np.abs(below) > 1e-12)
