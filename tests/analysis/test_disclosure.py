"""No figure that is shown, and nothing calculated from several, speaks of fewer people than the smallest group."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emotionkit.analysis import disclosure
from emotionkit.analysis.disclosure import is_safe, published

CLASS = frozenset(range(9))


@pytest.mark.parametrize(
    ("figures", "shown"),
    [
        ({"class": CLASS}, {"class"}),
        ({"class": range(5)}, {"class"}),
        ({"class": range(4)}, set()),
        ({"class": ()}, set()),
        # The class less the group would be four.
        ({"class": CLASS, "group": range(5)}, {"class"}),
        ({"group": range(5), "class": CLASS}, {"group"}),
        ({"class": range(10), "group": range(5)}, {"class", "group"}),
        # A course with n, and the same less one.
        ({"course": range(20), "without Ada": range(19)}, {"course"}),
        ({"course": range(20), "again": range(20)}, {"course", "again"}),
        # The third group is what is left of the class.
        ({"class": range(14), "a": range(5), "b": range(5, 10), "c": range(10, 14)}, {"class", "a"}),
        ({"a": range(5), "b": range(5, 10), "c": range(10, 14), "class": range(14)}, {"a", "b"}),
        ({"class": range(15), "a": range(5), "b": range(5, 10), "c": range(10, 15)}, {"class", "a", "b", "c"}),
        # Two that overlap: what one has more than the other, less what that has more, is of two people.
        ({"monday": range(10), "tuesday": range(1, 11)}, {"monday"}),
        ({"monday": range(10), "tuesday": range(3, 13)}, {"monday", "tuesday"}),
        # Both halves less the whole are the four that lie in both.
        ({"all": range(16), "a": range(10), "b": range(6, 16)}, {"all", "a"}),
        ({"a": range(10), "b": range(6, 16)}, {"a", "b"}),
        ({"all": range(18), "a": range(12), "b": range(6, 18), "both": range(6, 12)}, {"all", "a", "b", "both"}),
    ],
)
def test_known_cases(figures, shown):
    assert published(figures, 5) == shown


def test_parts_of_a_lesson_of_the_same_people():
    def part(name, people):
        return frozenset((person, name) for person in people)

    def show(**parts):
        cut = {name: part(name, range(people)) for name, people in parts.items()}
        return published({"lesson": frozenset().union(*cut.values()), **cut}, 5, person=lambda piece: piece[0])

    assert show(intro=9, work=9) == {"lesson", "intro", "work"}
    # The last part is of three, and is what the lesson less all other parts would show.
    assert show(intro=9, work=9, end=3) == {"lesson", "intro"}
    assert show(intro=9, work=9, end=3, rest=6) == {"lesson", "intro", "work"}
    assert show(intro=3, end=3) == set()


families = st.lists(st.frozensets(st.integers(0, 7)), max_size=5)


@given(families, st.integers(2, 5))
def test_what_is_shown_is_safe_and_nothing_could_be_added(sets, min_group):
    figures = dict(enumerate(sets))
    shown = published(figures, min_group)
    assert not _revealed([figures[name] for name in shown], min_group)
    for name in figures.keys() - shown:
        small = len(figures[name]) < min_group
        assert small or _revealed([*(figures[other] for other in shown), figures[name]], min_group)


@given(families, st.integers(2, 5))
def test_no_difference_of_two_shown_figures_is_small(sets, min_group):
    figures = dict(enumerate(sets))
    for one, other in itertools.combinations(published(figures, min_group), 2):
        assert len(figures[one] ^ figures[other]) == 0 or len(figures[one] ^ figures[other]) >= min_group


@given(families, st.integers(2, 5), st.permutations(range(8)))
def test_it_does_not_matter_what_people_are_called(sets, min_group, names):
    renamed = [frozenset(f"student {names[person]}" for person in people) for people in sets]
    assert published(dict(enumerate(renamed)), min_group) == published(dict(enumerate(sets)), min_group)


@given(families, st.integers(2, 5))
def test_more_figures_never_reveal_less(sets, min_group):
    if not is_safe(sets[:-1], min_group):
        assert not is_safe(sets, min_group)


@settings(max_examples=30)
@given(st.integers(2, 6), st.data())
def test_a_group_that_splits_the_class_is_as_big_as_what_it_leaves(min_group, data):
    group = data.draw(st.sets(st.integers(0, 11)))
    shown = published({"class": range(12), "group": group}, min_group)
    assert ("group" in shown) == (len(group) >= min_group and (len(group) == 12 or 12 - len(group) >= min_group))


def test_too_many_cases_are_withheld(monkeypatch):
    chain = {size: range(size) for size in range(40, 0, -6)}
    assert len(published(chain, 5)) == 6
    monkeypatch.setattr(disclosure, "MOST_GROUPS", 3)
    pairs = {0: range(24)} | {1 + i: [*range(i), *range(i + 1, 24)] for i in range(3)}
    assert published(pairs, 5) == {0}


def test_a_timeline_of_a_long_lesson_takes_no_time():
    random = np.random.default_rng(0)
    bins = {f"bin {i}": {(int(s), i) for s in np.flatnonzero(random.random(30) < 0.5)} for i in range(120)}
    lesson = {"lesson": frozenset().union(*bins.values())}
    assert len(published(lesson | bins, 5, person=lambda piece: piece[0])) == 121


def _revealed(sets, min_group):
    """Return whether a combination of the sets depends on few people, by looking at every few people exactly."""
    rows = [[Fraction(person in people) for person in range(8)] for people in sets]
    rank = _exact_rank(rows)
    few = itertools.chain.from_iterable(itertools.combinations(range(8), size) for size in range(1, min_group))
    return any(
        _exact_rank([[row[person] for person in range(8) if person not in group] for row in rows]) < rank
        for group in few
    )


def _exact_rank(rows):
    rows = [list(row) for row in rows]
    rank = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[rank:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(rank, pivot)
        for index in range(rank + 1, len(rows)):
            factor = rows[index][column] / pivot[column]
            rows[index] = [value - factor * top for value, top in zip(rows[index], pivot, strict=True)]
        rank += 1
    return rank
