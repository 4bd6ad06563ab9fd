"""Differences of lessons and trends of courses, on tables of student means with a known truth."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from scipy import stats

from emotionkit.analysis import (
    AnalysisSettings,
    against_course,
    class_histogram,
    course_histogram,
    course_trend,
    lesson_difference,
    lesson_differences,
    student_means,
)
from emotionkit.analysis.contrast import Sample, contrast, holm
from emotionkit.errors import InvalidInputError
from emotionkit.records import EMOTIONS

LEVEL = np.array([-2.5, -4.0, -3.5, 0.5, 2.5, -1.0, -2.0])
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HAPPY, NEUTRAL = EMOTIONS.index("happy"), EMOTIONS.index("neutral")


def shares(random: np.random.Generator, *shape: int) -> np.ndarray:
    """Skewed shares of students (first axis) who keep a level of their own over lessons (second)."""
    logits = LEVEL + random.standard_normal((shape[0], 1, 7)) + 0.7 * random.standard_normal((*shape, 7))
    return np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)


def table(lesson_id: str, values: np.ndarray, *, known: bool = True, first: int = 0) -> pd.DataFrame:
    names = [f"S{first + number:02d}" for number in range(len(values))]
    rows = pd.DataFrame(values, columns=list(EMOTIONS))
    return rows.assign(lesson_id=lesson_id, person=names, student_id=names if known else None, weight=1.0)


def two(random: np.random.Generator, students: int, *, known: bool = True) -> pd.DataFrame:
    values = shares(random, students, 2)
    return pd.concat([table("a", values[:, 0], known=known), table("b", values[:, 1], known=known)])


def happier(rows: pd.DataFrame, by: float) -> pd.DataFrame:
    moved = rows.copy()
    moved["happy"] += by * rows["neutral"]
    moved["neutral"] *= 1 - by
    return moved


def test_known_students_are_paired():
    result = lesson_difference(two(np.random.default_rng(0), 9), "b", ["a"])
    assert (result.design, result.students, result.only_here, result.only_there) == ("paired", 9, 0, 0)
    assert result.against == ("a",)


def test_the_paired_test_is_students_t():
    means = two(np.random.default_rng(1), 9)
    result = lesson_difference(means, "b", ["a"]).table
    for emotion in EMOTIONS:
        a, b = (means.loc[means["lesson_id"] == lesson, emotion].to_numpy() for lesson in "ab")
        assert result.loc[emotion, "p"] == pytest.approx(stats.ttest_rel(b, a).pvalue)
        assert result.loc[emotion, "difference"] == pytest.approx((b - a).mean())


def test_without_ids_the_test_is_welchs():
    means = two(np.random.default_rng(2), 9, known=False)
    result = lesson_difference(means, "b", ["a"])
    assert (result.design, result.students, result.only_here, result.only_there) == ("independent", 9, 9, 9)
    a, b = (means.loc[means["lesson_id"] == lesson, "happy"].to_numpy() for lesson in "ab")
    assert result.table.loc["happy", "p"] == pytest.approx(stats.ttest_ind(b, a, equal_var=False).pvalue)


def test_the_effect_is_hedges_g_of_paired_students():
    means = two(np.random.default_rng(3), 12)
    row = lesson_difference(means, "b", ["a"]).table.loc["happy"]
    a, b = (means.loc[means["lesson_id"] == lesson, "happy"] for lesson in "ab")
    spread = np.sqrt((a.var() + b.var()) / 2)
    assert row["effect"] == pytest.approx((b.mean() - a.mean()) / spread * (1 - 3 / (4 * 11 - 1)))
    assert row["effect_low"] < row["effect"] < row["effect_high"]


@pytest.mark.parametrize("known", [True, False])
def test_the_effects_interval_is_as_wide_as_a_bootstraps(known):
    """Of many students, whose spread is far from that of normal values and moves with the difference."""
    random = np.random.default_rng(7)
    means = two(random, 400, known=known)
    means = pd.concat([means[means["lesson_id"] == "a"], happier(means[means["lesson_id"] == "b"], 0.5)])
    row = lesson_difference(means, "b", ["a"]).table.loc["happy"]
    a, b = (means.loc[means["lesson_id"] == lesson, "happy"].to_numpy() for lesson in "ab")
    draws = random.integers(400, size=(2, 4000, 400))
    here, there = b[draws[0]], a[draws[0] if known else draws[1]]
    effects = (here.mean(axis=1) - there.mean(axis=1)) / np.sqrt((here.var(axis=1) + there.var(axis=1)) / 2)
    assert row["effect_high"] - row["effect_low"] == pytest.approx(2 * 1.96 * effects.std(), rel=0.1)


def test_the_effects_interval_never_leaves_the_effect_out():
    """As it would with three students and little confidence, if the correction moved the effect alone."""
    random = np.random.default_rng(8)
    values = shares(random, 3, 1)[:, 0]
    means = pd.concat([table("a", values), table("b", values + 0.1 + 1e-4 * random.standard_normal((3, 7)))])
    found = lesson_difference(means, "b", ["a"], AnalysisSettings(confidence=0.51)).table
    assert (found["effect_low"] <= found["effect"]).all()
    assert (found["effect"] <= found["effect_high"]).all()


def test_each_student_is_compared_with_his_own_lessons():
    values = np.full((3, 7), 1 / 7)
    once, twice = values.copy(), values.copy()
    once[0, [HAPPY, NEUTRAL]] += [-0.1, 0.1]
    twice[0, [HAPPY, NEUTRAL]] += [-0.05, 0.05]
    means = pd.concat([table("x", values), table("a", once[:2]), table("b", twice[:1])])
    result = lesson_difference(means, "x", ["a", "b"])
    assert (result.students, result.only_here) == (3, 3)  # too few pairs: independent is too few as well
    assert result.design == "nothing"
    more = pd.concat([means, table("a", values[2:], first=2)])
    paired = lesson_difference(more, "x", ["a", "b"])
    assert (paired.design, paired.students) == ("paired", 3)
    assert paired.table.loc["happy", "difference"] == pytest.approx(0.075 / 3)


def test_an_earlier_lesson_counts_as_the_student_weighs_in_it():
    """Six of twelve are in the first lesson for a moment only, and smile."""
    calm = np.full((12, 7), 0.1)
    calm[:, NEUTRAL] = 0.4
    smile = np.full((6, 7), 0.01)
    smile[:, HAPPY] = 0.94
    glimpsed = pd.concat([table("a", smile).assign(weight=0.02), table("a", calm[6:], first=6)])
    means = pd.concat([glimpsed, table("b", calm), table("c", calm)])
    result = lesson_difference(means, "c", ["a", "b"])
    assert result.design == "paired"
    expected = (6 * (0.94 * 0.02 + 0.1) / 1.02 + 6 * 0.1) / 12
    assert result.table.loc["happy", "there"] == pytest.approx(expected)
    course = course_histogram(means, 1).table["mean"]
    weights = np.array([2.02 / 3] * 6 + [1.0] * 6)
    own = np.array([(0.94 * 0.02 + 2 * 0.1) / 2.02] * 6 + [0.1] * 6)
    assert course["happy"] == pytest.approx(weights @ own / weights.sum())


def test_what_is_not_compared_has_no_numbers():
    """The one of five who was there all the time; the others looked in."""
    rows = two(np.random.default_rng(5), 5)
    rows.loc[rows["lesson_id"].eq("b") & rows["person"].ne("S00"), "weight"] = 0.005
    result = against_course(rows, "b", min_group=5)
    assert (result.design, result.students) == ("nothing", 5)
    assert not result.speaks_of_enough(5)


def test_few_known_students_are_not_a_class():
    values = shares(np.random.default_rng(4), 10, 2)
    here = pd.concat([table("b", values[:3, 1]), table("b", values[3:, 1], known=False, first=3)])
    result = lesson_difference(pd.concat([here, table("a", values[:, 0])]), "b", ["a"])
    assert (result.design, result.students) == ("independent", 10)


def test_two_students_say_nothing():
    result = lesson_difference(two(np.random.default_rng(5), 2), "b", ["a"])
    assert result.design == "nothing"
    assert result.table[["difference", "low", "high", "p", "p_holm", "effect"]].isna().all(axis=None)
    assert result.table[["here", "there"]].notna().all(axis=None)
    assert len(result.larger_than_chance()) == 0


def test_without_other_lessons_there_is_nothing_to_compare_with():
    means = two(np.random.default_rng(6), 5)
    alone = against_course(means.loc[means["lesson_id"] == "a"], "a")
    assert (alone.design, alone.against) == ("nothing", ())
    assert against_course(means, "b").against == ("a",)
    nobody = against_course(means, "unseen")
    assert (nobody.design, nobody.students) == ("nothing", 0)


def test_a_lesson_is_not_compared_with_itself_nor_a_student_counted_twice():
    means = two(np.random.default_rng(7), 5)
    with pytest.raises(InvalidInputError, match="'a' cannot be compared with itself"):
        lesson_difference(means, "a", ["a"])
    with pytest.raises(InvalidInputError, match="holds 'S00' twice in lesson 'a'"):
        lesson_difference(pd.concat([means, means.head(1)]), "b", ["a"])
    with pytest.raises(InvalidInputError, match="means lacks the column 'weight'"):
        lesson_difference(means.drop(columns="weight"), "b", ["a"])


def test_a_brief_presence_weighs_little():
    means = two(np.random.default_rng(8), 9)
    brief = means.assign(weight=np.where(means["person"] == "S00", 1e-6, 1.0))
    without = means.loc[means["person"] != "S00"]
    expected = lesson_difference(without, "b", ["a"]).table
    found = lesson_difference(brief, "b", ["a"]).table
    assert np.allclose(found["difference"], expected["difference"], atol=1e-4)
    assert np.allclose(found["p"], expected["p"], rtol=1e-3, atol=1e-4)


def test_the_largest_real_difference_is_told_first():
    means = two(np.random.default_rng(9), 15)
    moved = pd.concat([means.loc[means["lesson_id"] == "a"], happier(means.loc[means["lesson_id"] == "b"], 0.6)])
    larger = lesson_difference(moved, "b", ["a"]).larger_than_chance()
    assert set(larger.index[:2]) == {"happy", "neutral"}
    assert larger["difference"].abs().is_monotonic_decreasing


def test_several_comparisons_are_corrected_together():
    values = shares(np.random.default_rng(10), 9, 4)
    means = pd.concat([table(name, values[:, k]) for k, name in enumerate("abcd")])
    three = lesson_differences(means, "d", ["a", "b", "c"])
    p = np.array([difference.table["p"] for difference in three])
    assert np.allclose([difference.table["p_holm"] for difference in three], holm(p))
    single = lesson_difference(means, "d", ["a"]).table["p_holm"]
    assert (three[0].table["p_holm"] >= single - 1e-12).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_keeps_order_and_never_lowers(values):
    p = np.array(values)
    adjusted = holm(p)
    assert (adjusted >= p).all()
    assert (adjusted <= 1).all()
    assert adjusted.min() == pytest.approx(min(1, p.min() * len(p)))
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()


@FEW
@given(seed=st.integers(0, 1000), known=st.booleans())
def test_names_and_order_change_nothing(seed, known):
    means = two(np.random.default_rng(seed), 6, known=known)
    names = dict(zip(sorted(set(means["person"])), ["t", "a", "z", "q", "b", "m"], strict=True))
    renamed = means.assign(person=means["person"].map(names))
    renamed["student_id"] = renamed["person"] if known else None
    shuffled = renamed.sample(frac=1, random_state=seed)
    first, again = (lesson_difference(rows, "b", ["a"]).table for rows in (means, shuffled))
    pd.testing.assert_frame_equal(first, again)


@FEW
@given(seed=st.integers(0, 1000), known=st.booleans())
def test_swapping_the_lessons_turns_the_sign(seed, known):
    means = two(np.random.default_rng(seed), 6, known=known)
    there, back = lesson_difference(means, "b", ["a"]).table, lesson_difference(means, "a", ["b"]).table
    assert np.allclose(there["difference"], -back["difference"])
    assert np.allclose(there["p"], back["p"])
    assert (there["low"] <= there["difference"]).all()
    assert (there["difference"] <= there["high"]).all()


@pytest.mark.parametrize("known", [True, False])
def test_intervals_hold_the_truth_and_alarms_keep_their_level(known):
    """Four standard errors of 120 lessons: 0.95 ± 0.080 were the seven one expression, 0.05 + 0.080 for alarms."""
    random = np.random.default_rng(11)
    held, alarms = [], 0
    for _ in range(120):
        result = lesson_difference(two(random, 9, known=known), "b", ["a"]).table
        held.append(((result["low"] <= 0) & (result["high"] >= 0)).to_numpy())
        alarms += bool((result["p_holm"] <= 0.05).any())
    margin = 4 * np.sqrt(0.05 * 0.95 / 120)
    assert np.mean(held) == pytest.approx(0.95, abs=margin)
    assert alarms / 120 <= 0.05 + margin


def test_a_small_class_against_many_raises_no_more_alarms():
    """The same bound where one side has five students and the other twenty-five."""
    random = np.random.default_rng(12)
    alarms = 0
    for _ in range(100):
        rows = [
            table("a", shares(random, 25, 1)[:, 0], known=False),
            table("b", shares(random, 5, 1)[:, 0], known=False),
        ]
        alarms += bool((lesson_difference(pd.concat(rows), "b", ["a"]).table["p_holm"] <= 0.05).any())
    assert alarms / 100 <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 100)


@pytest.mark.parametrize("alike", ["neither", "the many"])
def test_very_uneven_sides_keep_their_level(alike):
    """Means are the same; shapes are, or those of the larger side lie closer together: four standard errors of 100."""
    random = np.random.default_rng(21)
    pool = shares(random, 20_000, 1)[:, 0]
    many = pool if alike == "neither" else pool.mean(axis=0) + 0.4 * (pool - pool.mean(axis=0))
    held, alarms = [], 0
    for _ in range(100):
        rows = [
            table("a", many[random.integers(len(pool), size=25)], known=False),
            table("b", pool[random.integers(len(pool), size=5)], known=False),
        ]
        result = lesson_difference(pd.concat(rows), "b", ["a"]).table
        held.append(((result["low"] <= 0) & (result["high"] >= 0)).to_numpy())
        alarms += bool((result["p_holm"] <= 0.05).any())
    margin = 4 * np.sqrt(0.05 * 0.95 / 100)
    assert np.mean(held) == pytest.approx(0.95, abs=margin)
    assert alarms / 100 <= 0.05 + margin


def test_a_difference_of_very_uneven_sides_is_found_on_either_side():
    random = np.random.default_rng(22)
    many, few = table("a", shares(random, 25, 1)[:, 0], known=False), shares(random, 9, 1)[:, 0]
    rows = pd.concat([happier(many, 0.8), table("b", few, known=False)])
    there, back = (lesson_difference(rows, *sides).table.loc["happy"] for sides in (("a", ["b"]), ("b", ["a"])))
    assert there["low"] > 0 > back["high"]
    assert max(there["p_holm"], back["p_holm"]) < 0.05
    assert there["low"] == pytest.approx(-back["high"], abs=0.02)


def test_weights_count_in_the_interval():
    random = np.random.default_rng(13)
    values = random.standard_normal((40, 7))
    heavy = np.where(np.arange(40) < 20, 1.0, 1e-9)
    quick = AnalysisSettings(resamples=5000)
    whole = contrast((Sample(values[:20], np.ones(20)),), quick)
    weighted = contrast((Sample(values, heavy),), quick)
    assert np.allclose(whole.estimate, weighted.estimate)
    assert np.allclose(whole.standard_error, weighted.standard_error, rtol=1e-6)
    assert np.allclose(whole.high - whole.low, weighted.high - weighted.low, rtol=0.06)


def course(random: np.random.Generator, students: int, lessons: int, *, known: bool = True, slope: float = 0.0):
    values = shares(random, students, lessons)
    rows = [
        happier(table(f"{lesson:02d}", values[:, lesson], known=known), slope * lesson) for lesson in range(lessons)
    ]
    return pd.concat(rows), {f"{lesson:02d}": float(lesson) for lesson in range(lessons)}


@pytest.mark.parametrize("known", [True, False])
def test_a_trend_is_found_with_its_slope(known):
    means, when = course(np.random.default_rng(14), 15, 12, known=known, slope=0.05)
    trend = course_trend(means, when)
    neutral = float(shares(np.random.default_rng(15), 5000, 1)[..., NEUTRAL].mean())
    row = trend.table.loc["happy"]
    assert row["low"] < 0.05 * neutral < row["high"]
    assert row["p_holm"] < 0.05
    assert trend.design == ("paired" if known else "independent")
    assert (trend.lessons, trend.interval_over) == (12, "students and lessons")


def test_the_slope_of_a_full_course_is_that_of_its_means():
    means, when = course(np.random.default_rng(16), 7, 8)
    paired = course_trend(means, when).table["slope"]
    by_lesson = means.groupby("lesson_id")[list(EMOTIONS)].mean()
    expected = [np.polyfit(np.arange(8), by_lesson[emotion], 1)[0] for emotion in EMOTIONS]
    assert np.allclose(paired, expected)
    assert np.allclose(course_trend(means.assign(student_id=None), when).table["slope"], expected)


def test_who_joins_late_does_not_bend_the_slope():
    values = np.full((4, 7), 1 / 7)
    glad = values.copy()
    glad[:, HAPPY] += 0.3
    glad[:, NEUTRAL] = 0.0
    lessons = [table(f"{k}", values) for k in range(8)] + [table(f"{k}", glad, first=4) for k in range(4, 8)]
    trend = course_trend(pd.concat(lessons), {f"{k}": float(k) for k in range(8)})
    assert trend.table["slope"].to_numpy() == pytest.approx(0)


@pytest.mark.parametrize(
    ("lessons", "over"), [(1, "nothing"), (2, "nothing"), (3, "students"), (5, "students"), (6, "students and lessons")]
)
def test_few_lessons_say_little_of_a_course(lessons, over):
    means, when = course(np.random.default_rng(17), 9, lessons)
    trend = course_trend(means, when)
    assert trend.interval_over == over
    assert trend.table["low"].isna().all() == (over == "nothing")
    assert trend.table["slope"].isna().all() == (lessons == 1)


def test_two_students_have_no_trend_with_an_interval():
    means, when = course(np.random.default_rng(18), 2, 8)
    assert course_trend(means, when).interval_over == "nothing"


def test_a_trend_needs_times_and_takes_an_empty_table():
    means, when = course(np.random.default_rng(19), 5, 6)
    with pytest.raises(InvalidInputError, match="needs a time"):
        course_trend(means, when | {"00": float("nan")})
    empty = course_trend(means.head(0), when)
    assert (empty.students, empty.lessons, empty.interval_over) == (0, 0, "nothing")
    assert empty.table.isna().all(axis=None)


def test_without_ids_a_trend_is_the_line_through_the_lessons():
    means, when = course(np.random.default_rng(23), 7, 8, known=False)
    row = course_trend(means, when).table.loc["happy"]
    line = stats.linregress(np.arange(8), means.groupby("lesson_id")["happy"].mean())
    assert row["p"] == pytest.approx(line.pvalue)
    assert row["high"] - row["slope"] == pytest.approx(stats.t.ppf(0.975, 6) * line.stderr)


def test_a_trend_does_not_change_with_names_or_unit_of_time():
    means, when = course(np.random.default_rng(24), 6, 7)
    again = means.sample(frac=1, random_state=0)
    again["student_id"] = again["person"] = again["person"].map(lambda name: f"Z{99 - int(name[1:])}")
    first = course_trend(means, when).table
    weekly = course_trend(again, {lesson: 7 * time for lesson, time in when.items()}).table
    pd.testing.assert_frame_equal(first[["slope", "low", "high"]] / 7, weekly[["slope", "low", "high"]])
    pd.testing.assert_frame_equal(first[["p", "p_holm"]], weekly[["p", "p_holm"]])


@pytest.mark.parametrize(("known", "own", "together"), [(True, 0, 0), (False, 0, 0), (True, 0, 0.5), (True, 0.5, 0.5)])
def test_trends_keep_their_level(known, own, together):
    """Four standard errors of 100 courses without a trend, with students' own slopes and lessons that move together."""
    random = np.random.default_rng(20)
    held, alarms = [], 0
    for _ in range(100):
        moves = together * random.standard_normal((1, 8, 7))
        moves = moves + own * random.standard_normal((9, 1, 7)) * np.linspace(-1, 1, 8)[:, None]
        values = shares(random, 9, 8) * np.exp(moves)
        values /= values.sum(axis=-1, keepdims=True)
        rows = pd.concat([table(f"{lesson}", values[:, lesson], known=known) for lesson in range(8)])
        result = course_trend(rows, {f"{lesson}": float(lesson) for lesson in range(8)}).table
        held.append(((result["low"] <= 0) & (result["high"] >= 0)).to_numpy())
        alarms += bool((result["p_holm"] <= 0.05).any())
    margin = 4 * np.sqrt(0.05 * 0.95 / 100)
    assert np.mean(held) == pytest.approx(0.95, abs=margin)
    assert alarms / 100 <= 0.05 + margin


def test_student_means_are_those_of_the_histogram(simulate):
    frames, faces = simulate(np.random.default_rng(21), 5, 60)
    means = student_means(frames, faces)
    assert list(means["person"]) == [f"track {number}" for number in range(1, 6)]
    assert means["student_id"].isna().all()
    mean = np.average(means[list(EMOTIONS)], axis=0, weights=means["weight"])
    assert np.allclose(mean, class_histogram(frames, faces, AnalysisSettings(resamples=100)).table["mean"])


def test_labels_count_what_was_read(make_frames, make_faces, pure):
    frames = make_frames(10)
    times = frames["pts_s"].to_numpy()
    rows = make_faces(1, times, 0.6 * pure("happy") + 0.4 * pure("sad"))
    rows["emotion"] = np.where(times < 2.5, "sad", "happy")
    means = student_means(frames, rows, reading="labels")
    assert means.loc[0, ["happy", "sad", "neutral"]].tolist() == [0.75, 0.25, 0.0]
    with pytest.raises(InvalidInputError, match="faces lacks the column 'emotion'"):
        student_means(frames, rows.drop(columns="emotion"), reading="labels")


def test_a_lesson_with_nobody_has_no_rows(make_frames, make_faces):
    nobody = student_means(make_frames(10), make_faces(1, np.array([]), np.empty((0, 7))))
    assert len(nobody) == 0
    assert lesson_difference(nobody, "a", ["b"]).design == "nothing"
