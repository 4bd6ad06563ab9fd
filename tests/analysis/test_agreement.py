"""Kappa and intraclass correlations against the examples of the papers that they come from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emotionkit.analysis import AnalysisSettings, cohen_kappas, fleiss_kappas, intraclass_correlations

# Fleiss 1971, table 1: which of five diagnoses six psychiatrists gave each of thirty patients.
DIAGNOSES = """
444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445
333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
"""
# Shrout and Fleiss 1979, table 2: four judges on six targets.
JUDGED = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def rated_as(table: list[list[int]]) -> pd.DataFrame:
    """Return the ratings of two raters that meet as often as a table says."""
    pairs = [
        (first, second) for first, row in enumerate(table) for second, times in enumerate(row) for _ in range(times)
    ]
    return pd.DataFrame(pairs, columns=["anna", "ben"]).map("abc".__getitem__)


def test_cohen_1960():
    (pair,) = cohen_kappas(rated_as([[88, 14, 18], [10, 40, 10], [2, 6, 12]])).to_dict("records")
    assert (pair["first"], pair["second"], pair["windows"], pair["students"]) == ("anna", "ben", 200, 200)
    assert (pair["agreement"], pair["chance"]) == pytest.approx((0.70, 0.41))
    assert pair["kappa"] == pytest.approx(0.492, abs=0.0005)
    # Fleiss, Cohen and Everitt 1969 give its standard error for independent units.
    p = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]]) / 200
    assert (pair["high"] - pair["low"]) / 2 / 1.972 == pytest.approx(large_sample_error(p, 200), rel=0.05)


def large_sample_error(p: np.ndarray, units: int) -> float:
    """Fleiss, Cohen and Everitt, Large sample standard errors of kappa and weighted kappa, 1969, formula 13."""
    rows, columns, observed = p.sum(axis=1), p.sum(axis=0), np.trace(p)
    chance = (rows * columns).sum()
    same = (np.diag(p) * ((1 - chance) - (rows + columns) * (1 - observed)) ** 2).sum()
    apart = (1 - observed) ** 2 * ((p - np.diag(np.diag(p))) * (rows[None, :] + columns[:, None]) ** 2).sum()
    rest = (observed * chance - 2 * chance + observed) ** 2
    return float(np.sqrt(same + apart - rest) / ((1 - chance) ** 2 * np.sqrt(units)))


def test_fleiss_1971():
    ratings = pd.DataFrame([list(word) for word in DIAGNOSES.split()])
    table = fleiss_kappas(ratings)
    assert table.loc["all", "kappa"] == pytest.approx(0.430, abs=0.0005)
    # Depression, personality disorder, schizophrenia, neurosis, other: to three digits, as his formula gives them.
    assert table["kappa"].iloc[1:].round(3).tolist() == [0.245, 0.245, 0.520, 0.471, 0.566]
    assert table["share"].iloc[1:].round(3).tolist() == [0.144, 0.144, 0.167, 0.306, 0.239]
    assert table.loc["all", ["windows", "students", "raters"]].tolist() == [30, 30, 6]
    assert (table["low"] < table["kappa"]).all()
    assert (table["high"] > table["kappa"]).all()


def test_shrout_and_fleiss_1979():
    table = intraclass_correlations(pd.DataFrame(JUDGED))
    assert table["icc"].round(2).tolist() == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    ends = table[["low", "high"]].round(2).to_numpy().tolist()
    assert ends == [[-0.13, 0.72], [0.02, 0.76], [0.34, 0.95], [-0.88, 0.91], [0.07, 0.93], [0.68, 0.99]]


def test_two_raters_of_fleiss_are_scott():
    # Scott's pi of Cohen's example: (p_o - sum of squared mean margins) / (1 - it).
    mean = np.array([110, 60, 30]) / 200
    expected = (0.7 - (mean**2).sum()) / (1 - (mean**2).sum())
    table = fleiss_kappas(rated_as([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))
    assert table.loc["all", "kappa"] == pytest.approx(expected)


class TestCohen:
    def test_of_raters_who_agree_and_of_chance(self):
        ratings = pd.DataFrame({"a": list("xyxy"), "same": list("xyxy"), "chance": list("xxyy")})
        assert cohen_kappas(ratings)["kappa"].tolist() == [1.0, 0.0, 0.0]

    @pytest.mark.parametrize("rows", [[], [("x", "x")] * 5, [("x", None)] * 5])
    def test_of_what_tells_nothing_is_not_a_number(self, rows):
        ratings = pd.DataFrame(rows, columns=["a", "b"])
        assert cohen_kappas(ratings)[["kappa", "low", "high"]].isna().all(axis=None)
        assert fleiss_kappas(ratings)[["kappa", "low", "high"]].isna().all(axis=None)

    def test_resamples_students_not_windows(self):
        """The same windows say less of three students than of as many students as windows."""
        random = np.random.default_rng(1)
        truth = random.choice(list("abc"), 300)
        other = np.where(random.random(300) < 0.7, truth, random.choice(list("abc"), 300))
        alone = pd.DataFrame({"a": truth, "b": other})
        students = [f"s{row // 100}" for row in range(300)]
        together = alone.set_axis(pd.MultiIndex.from_arrays([students, range(300)], names=["student", "start_s"]))
        one, many = cohen_kappas(together).iloc[0], cohen_kappas(alone).iloc[0]
        assert one["kappa"] == many["kappa"]
        assert (one["students"], many["students"]) == (3, 300)
        few = together.loc[["s0", "s1"]]
        assert np.isnan(cohen_kappas(few)["low"].iloc[0])

    def test_renaming_and_shuffling_change_nothing_but_chance(self):
        ratings = rated_as([[20, 5, 1], [3, 20, 4], [0, 3, 9]])
        renamed = ratings.map({"a": "z", "b": "y", "c": "x"}.get).sample(frac=1, random_state=3)
        assert cohen_kappas(renamed)["kappa"].iloc[0] == pytest.approx(cohen_kappas(ratings)["kappa"].iloc[0])


def test_a_category_of_two_students_has_no_interval():
    index = pd.MultiIndex.from_product([range(6), range(10)], names=["student", "start_s"])
    ratings = pd.DataFrame("x", index=index, columns=["a", "b", "c"])
    ratings.loc[([0, 1], slice(0, 3)), :] = "rare"
    ratings.loc[(slice(None), 9), "a"] = "y"
    table = fleiss_kappas(ratings)
    assert table.loc["rare", "kappa"] == 1
    assert table.loc["rare", ["low", "high"]].isna().all()
    assert table.loc[["all", "x", "y"], ["low", "high"]].notna().all(axis=None)


@pytest.mark.parametrize(("smiling", "has_interval"), [(2, False), (3, True)])
def test_what_a_few_students_tell_has_no_interval(smiling, has_interval):
    """Of eight, neutral all the time, a few smile; the raters half agree when."""
    index = pd.MultiIndex.from_product([range(8), range(60)], names=["student", "start_s"])
    ratings = pd.DataFrame("neutral", index=index, columns=["a", "b"])
    for student in range(smiling):
        ratings.loc[(student, slice(10, 20)), "a"] = "happy"
        ratings.loc[(student, slice(15, 25 + student)), "b"] = "happy"
    for table in (cohen_kappas(ratings), fleiss_kappas(ratings)):
        assert table["kappa"].between(0.4, 0.6).all()
        assert (table[["low", "high"]].notna() == has_interval).all(axis=None)


class TestIntraclass:
    @pytest.mark.parametrize("scores", [[], [[1, 2]], [[1], [2]], [[1, 1], [1, 1]]])
    def test_of_what_tells_nothing_is_not_a_number(self, scores):
        table = intraclass_correlations(pd.DataFrame(scores))
        assert table["icc"].isna().all()
        assert len(table) == 6

    def test_of_raters_who_agree_is_one(self):
        assert intraclass_correlations(pd.DataFrame([[1, 1], [2, 2], [3, 3]]))["icc"].tolist() == [1.0] * 6

    @pytest.mark.parametrize("scores", [[[0.1, 0.2]] * 5, [[0.1, 0.0], [0.0, 0.1]], [[0.0, 0.3, 0.1]] * 7])
    def test_of_people_who_do_not_differ_is_no_number_for_the_mean(self, scores):
        table = intraclass_correlations(pd.DataFrame(scores))
        assert table.loc[["ICC(1,k)", "ICC(3,k)"], "icc"].isna().all()
        assert not np.isinf(table[["icc", "low", "high"]].to_numpy()).any()

    def test_confidence_widens(self):
        narrow, wide = (
            intraclass_correlations(pd.DataFrame(JUDGED), AnalysisSettings.checked(confidence=level))
            for level in (0.8, 0.99)
        )
        assert (wide["high"] > narrow["high"]).all()
        assert (wide["low"] < narrow["low"]).all()
