"""Naming tracks: never two at once, never in doubt, and whatever order they come in."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotionkit.faces.identity import TrackEvidence, match_tracks


def at(*place: float) -> np.ndarray:
    """A point in the space of embeddings."""
    return np.pad(np.array(place, np.float32), (0, 128 - len(place)))


def track(track_id: int, *place: float, first: float = 0, last: float = 60) -> TrackEvidence:
    return TrackEvidence(track_id, at(*place), first, last)


ADA, BOB = {"ada": at(0)[None]}, {"bob": at(1)[None]}


@pytest.mark.parametrize(
    ("tracks", "students", "named"),
    [
        ([track(1, 0.1)], ADA, {1: "ada"}),
        ([track(1, 0.46)], ADA, {}),
        ([track(1, 0.1), track(2, 0.9)], ADA | BOB, {1: "ada", 2: "bob"}),
        # Between two students.
        ([track(1, 0.4)], ADA | {"eve": at(0.83)[None]}, {}),
        # Two at a time cannot both be Ada: the nearer one is, if it is nearer by the margin.
        ([track(1, 0.1), track(2, 0.3)], ADA, {1: "ada"}),
        ([track(1, 0.1), track(2, 0.13)], ADA, {}),
        ([track(1, 0.1), track(2, 0.1)], ADA, {}),
        # One after the other they can.
        ([track(1, 0.1, last=20), track(2, 0.3, first=21)], ADA, {1: "ada", 2: "ada"}),
        ([track(1, 0.1, last=20), track(2, 0.3, first=20)], ADA, {1: "ada"}),
        ([], ADA, {}),
        ([track(1, 0)], {}, {}),
        # Several photos count by their mean.
        ([track(1, 0.2)], {"ada": np.stack([at(0.0), at(0.4)]), "bob": at(0.45)[None]}, {1: "ada"}),
    ],
)
def test_known_cases(tracks, students, named):
    assert match_tracks(tracks, students) == named


lessons = st.lists(
    st.builds(
        lambda place, first, length: (place, first, first + length),
        st.floats(0, 1.5, width=32),
        st.integers(0, 50),
        st.integers(0, 50),
    ),
    max_size=6,
)
classes = st.lists(st.floats(0, 1.5, width=32), max_size=4)


@given(lessons, classes, st.floats(0, 0.2))
def test_one_student_is_in_one_place(spans, places, margin):
    tracks = [track(i, place, first=first, last=last) for i, (place, first, last) in enumerate(spans)]
    students = {f"s{i}": at(place)[None] for i, place in enumerate(places)}
    named = match_tracks(tracks, students, margin=margin)
    for one, other in itertools.combinations(tracks, 2):
        if one.overlaps(other) and one.track_id in named:
            assert named[one.track_id] != named.get(other.track_id)
    for number, student in named.items():
        own = np.linalg.norm(tracks[number].embedding - students[student][0])
        assert own <= 0.45
        assert all(np.linalg.norm(tracks[number].embedding - points[0]) >= own for points in students.values())


@given(lessons, classes)
def test_order_does_not_matter(spans, places):
    tracks = [track(i, place, first=first, last=last) for i, (place, first, last) in enumerate(spans)]
    students = {f"s{i}": at(place)[None] for i, place in enumerate(places)}
    backwards = dict(reversed(students.items()))
    assert match_tracks(tracks[::-1], backwards) == match_tracks(tracks, students)
