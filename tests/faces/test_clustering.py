"""Who is who by embeddings alone: made-up ones, of known distances."""

from __future__ import annotations

import numpy as np
import pytest

from emotionkit.faces.clustering import SPREAD, clustered


def along(axis: int, squared: float) -> np.ndarray:
    """One picture, at a squared distance from the origin."""
    point = np.zeros((1, 128), np.float32)
    point[0, axis] = squared**0.5
    return point


def together(pictures, apart=(), follows=()):
    """The clusters as sets of places."""
    count = len(pictures)
    is_apart, is_next = np.eye(count, dtype=bool), np.zeros((count, count), bool)
    for one, other in apart:
        is_apart[one, other] = is_apart[other, one] = True
    for one, other in follows:
        is_next[one, other] = is_next[other, one] = True
    return {frozenset(cluster) for cluster in clustered(pictures, is_apart, is_next)}


def test_a_picture_that_comes_back_counts_once():
    """Found in a composition: four times the same photograph, and it was nobody's other photographs any more."""
    still, other = along(0, 0), along(1, 0.3)
    assert together([still, other]) == {frozenset({0, 1})}
    assert together([still, still, still, still, other]) == {frozenset(range(5))}


def test_pictures_that_scatter_make_a_mean_surer():
    """What is no further than chance may have it from two single pictures is far from two known well."""
    random = np.random.default_rng(0)
    scatter = random.normal(0, (SPREAD / 128) ** 0.5, (2, 10, 128)).astype(np.float32)
    well_known = list(scatter - scatter.mean(axis=1, keepdims=True))
    well_known[1] += along(0, 0.3)
    assert together([well_known[0][:1] * 0, along(0, 0.3)]) == {frozenset({0, 1})}
    assert together(well_known) == {frozenset({0}), frozenset({1})}
    one_by_one = [picture[None] for person in well_known for picture in person]
    assert together(one_by_one) == {frozenset(range(10)), frozenset(range(10, 20))}


def test_who_is_there_at_the_same_time_is_somebody_else():
    assert together([along(0, 0)] * 3, apart=[(0, 1)]) in (
        {frozenset({0, 2}), frozenset({1})},
        {frozenset({1, 2}), frozenset({0})},
    )


def test_constraints_are_those_of_all_who_were_joined():
    """The nearest two are joined first; then neither may be joined to whom the other was seen beside."""
    pictures = [along(0, 0), along(1, 0.01), along(2, 0.05)]
    assert together(pictures, apart=[(0, 2)]) == {frozenset({0, 1}), frozenset({2})}


@pytest.mark.parametrize("count", [1, 2])
def test_all_are_somebody(count):
    assert together([along(place, 2.0) for place in range(count)]) == {frozenset({place}) for place in range(count)}


def test_of_one_face_in_several_places_place_decides():
    """One woman in two tiles at the same time, and once more in each of them later."""
    pictures = [along(0, 0)] * 4
    at_the_same_time = [(0, 1), (2, 3)]
    assert together(pictures, at_the_same_time, follows=[(0, 2), (1, 3)]) == {frozenset({0, 2}), frozenset({1, 3})}
