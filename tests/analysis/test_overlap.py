"""What lessons' own figures would reveal of a few people, beside a figure over several lessons."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emotionkit.analysis import AnalysisSettings, against_course, course_figures, course_histogram, course_trend
from emotionkit.analysis.overlap import leaves_few
from emotionkit.records import EMOTIONS

QUICK = AnalysisSettings(resamples=100)


def lesson(lesson_id: str, names: str, strangers: int = 0, seed: int = 0) -> pd.DataFrame:
    """Means of a lesson: a student for each letter, and people without a name."""
    random = np.random.default_rng([seed, len(names), *lesson_id.encode()])
    people = [*(f"student {name}" for name in names), *(f"track {k}" for k in range(strangers))]
    rows = pd.DataFrame(random.dirichlet(np.ones(7), len(people)), columns=list(EMOTIONS))
    return rows.assign(lesson_id=lesson_id, person=people, student_id=[*names, *[None] * strangers], weight=1.0)


def shares(means: pd.DataFrame) -> np.ndarray:
    return means[list(EMOTIONS)].to_numpy()


factors = st.dictionaries(st.integers(0, 5), st.sampled_from([0.0, 0.5, 1.0]), min_size=3, max_size=6)


@settings(deadline=None)
@given(st.lists(factors, min_size=1, max_size=3), st.integers(2, 3))
def test_no_multiples_leave_few_that_were_not_found(lessons, min_group):
    """Every multiple that cancels anybody, of every lesson together."""
    figure = {str(k): {str(person): factor for person, factor in people.items()} for k, people in enumerate(lessons)}
    left = []
    for multiples in itertools.product([0.0, 0.5, 1.0, 2.0], repeat=len(lessons)):
        cut = zip(lessons, multiples, strict=True)
        left.append(len({person for people, taken in cut for person, factor in people.items() if factor != taken}))
    assert leaves_few(figure, min_group) == (0 not in left and min(left) < min_group)


def test_the_only_stranger_is_not_what_a_course_less_its_lessons_leaves():
    means = pd.concat([lesson("a", "abcde", strangers=1), lesson("b", "abcde")])
    course = course_histogram(means, 5, QUICK)
    assert course.interval_over == "lessons"
    by_lesson = [shares(rows).mean(axis=0) for _, rows in means.groupby("lesson_id")]
    assert course.table["mean"].to_numpy() == pytest.approx(np.mean(by_lesson, axis=0))


def test_students_are_the_unit_where_none_is_revealed():
    whole = pd.concat([lesson("a", "abcdefgh"), lesson("b", "abcdefgh")])
    assert course_histogram(whole, 5, QUICK).students == 8
    mixed = pd.concat([lesson("a", "abcdefgh"), lesson("b", "abcdijkl"), lesson("c", "efghijklmnopq")])
    assert course_histogram(mixed, 5, QUICK).students == 17
    one_away = pd.concat([lesson("a", "abcdefgh"), lesson("b", "abcdefg")])
    assert course_histogram(one_away, 5, QUICK).students == 15  # of both lessons


def test_a_course_in_which_few_of_many_have_names_is_shown():
    """Four agreed of seven, which is most; the other three are people as well."""
    figures = course_figures(pd.concat([lesson(name, "abcd", strangers=3) for name in "xy"]), 5, QUICK)
    assert not figures.histogram.withheld
    assert figures.histogram.table["mean"].sum() == pytest.approx(1)
    assert figures.people is None
    assert course_figures(pd.concat([lesson(name, "abcdef") for name in "xy"]), 5, QUICK).people == 6


def test_the_only_one_who_is_away_is_not_what_earlier_lessons_less_the_comparison_leave():
    before, now = lesson("a", "abcdefgh", strangers=1), lesson("b", "abcdefgh")
    assert against_course(pd.concat([before, now]), "b", QUICK, min_group=5).tells_of_few
    assert not against_course(pd.concat([before, now]), "b", QUICK, min_group=5).speaks_of_enough(5)
    assert not against_course(pd.concat([before, now]), "b", QUICK).tells_of_few
    many_more = lesson("a", "abcdefgh", strangers=5)
    assert not against_course(pd.concat([many_more, now]), "b", QUICK, min_group=5).tells_of_few


def test_a_stranger_in_every_lesson_may_be_one_person():
    before = [lesson(name, "abcdefgh", strangers=1) for name in "uvwxy"]
    assert against_course(pd.concat([*before, lesson("z", "abcdefgh")]), "z", QUICK, min_group=5).tells_of_few


def test_a_slope_reveals_no_one_either():
    when = {name: float(week) for week, name in enumerate("uvwxyz")}
    same = [lesson(name, "abcdefgh") for name in when]
    assert course_trend(pd.concat(same), when, QUICK, min_group=5).design == "paired"
    same[2] = lesson("w", "abcdefgh", strangers=1)
    assert course_trend(pd.concat(same), when, QUICK, min_group=5).design == "independent"
    assert course_trend(pd.concat(same), when, QUICK).design == "paired"


def test_lessons_that_are_too_small_are_told_as_left_out():
    small, large = lesson("a", "abc"), lesson("b", "abcdefgh")
    for this in "ab":
        difference = against_course(pd.concat([small, large]), this, QUICK, min_group=5)
        assert (difference.against, difference.left_out) == ((), 1)


def test_who_weighs_less_in_one_lesson_is_not_what_is_left():
    """A student seen for a moment in one lesson enters slopes and comparisons otherwise than that lesson's own figure.

    A course of students who were in all lessons is the sum of the lessons, as they weigh, and tells nothing new.
    """
    lessons = [lesson(name, "abcdef") for name in "uvwxyz"]
    lessons[1].loc[0, "weight"] = 0.2
    means = pd.concat(lessons)
    course = course_histogram(means, 5, QUICK)
    assert course.interval_over == "students"
    together = means["weight"].to_numpy() @ shares(means) / means["weight"].sum()
    assert course.table["mean"].to_numpy() == pytest.approx(together)
    assert course_trend(means, {name: float(k) for k, name in enumerate("uvwxyz")}, QUICK, min_group=5).design == (
        "independent"
    )
    for this in "uv":
        assert against_course(pd.concat(lessons[:2]), this, QUICK, min_group=5).tells_of_few


class TestWhoAgreed:
    """Shown alone on a lesson's page, they can be subtracted from what others tell."""

    def test_leave_too_few_of_those_who_are_compared(self) -> None:
        """Six named of twelve; five of them are all of the tutorial, and one of these is shown in the lecture."""
        means = pd.concat([lesson("lecture", "abcdef", strangers=6), lesson("tutorial", "abcde")])
        assert against_course(means, "tutorial", QUICK, min_group=5).speaks_of_enough(5)
        told = means.assign(agreed=(means["lesson_id"] == "lecture") & (means["student_id"] == "a"))
        assert not against_course(told, "tutorial", QUICK, min_group=5).speaks_of_enough(5)

    def test_leave_too_few_of_a_course(self) -> None:
        means = pd.concat([lesson("open day", "abcdefg", strangers=8), lesson("usual", "abcdefg")])
        assert course_histogram(means, 5, QUICK).interval_over == "students"
        told = means.assign(agreed=means["student_id"].isin(list("abc")))
        assert course_histogram(told, 5, QUICK).interval_over == "lessons"

    def test_are_not_known_where_the_others_would_be_too_few(self) -> None:
        """Their lesson's page leaves them out then; where all agreed it does not, and nobody is left to be told of."""
        means = pd.concat([lesson("a", "abcdefg"), lesson("b", "abcdefg")])
        for agreed in ("abc", "abcdefg"):
            told = means.assign(agreed=means["student_id"].isin(list(agreed)))
            assert course_histogram(told, 5, QUICK).interval_over == "students"
