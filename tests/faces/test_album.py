"""Pictures of a class that cannot be looked into again."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from emotionkit.faces.album import LARGEST_ALBUM, Album
from emotionkit.faces.embedding import surroundings
from emotionkit.faces.portraits import LARGEST_PORTRAIT
from emotionkit.faces.tracklet import Moment
from emotionkit.records import BoundingBox, Frame

BOX = BoundingBox(300, 200, 60, 60)


def frame(second: float) -> Frame:
    return Frame(Fraction(second), Fraction(1, 2), np.full((720, 1280), int(second) % 256, np.uint8))


EACH = surroundings(frame(0).luma, BOX, LARGEST_PORTRAIT)[0].nbytes


def who_is_left(album: Album, people: dict[int, list[Moment]]) -> dict[int, int]:
    """The number of pictures of each."""
    found = album.embeddings(people, lambda picture, _: np.full(128, picture[0, 0], np.float32))
    return {person: len(pictures) for person, pictures in found.items()}


def test_only_what_is_chosen_is_kept():
    album, moments = Album(), [Moment(0.5, float(second), BOX) for second in range(4)]
    for second in range(4):
        album.take(frame(second), moments)
    assert len(album) == 4
    album.keep([moments[1:3]])
    found = album.embeddings({7: moments}, lambda picture, _: np.full(128, picture[0, 0], np.float32))
    assert [int(one[0]) for one in found[7]] == [1, 2]


def test_everybody_has_a_picture_before_anybody_has_two():
    people = {person: [Moment(0.9 - 0.1 * k, 10.0 * person + k, BOX) for k in range(5)] for person in range(20)}
    # One who is never clear to see.
    people[20] = [Moment(0.2, 200.0, BOX)]
    album, chosen = Album(largest=50 * EACH), []
    for moments in people.values():
        chosen.append(moments)
        for moment in moments:
            album.take(frame(moment.pts_s), moments)
            album.keep(chosen)
            assert album.size <= 50 * EACH
    left = who_is_left(album, people)
    assert sum(left.values()) == 50
    assert set(left) == set(people)
    assert set(left.values()) == {1, 2, 3}
    assert left[20] == 1


def test_a_class_of_hours_stays_within_its_size():
    """Largest faces, all newcomers, twice as many as there is room for."""
    box, chosen, album = BoundingBox(400, 200, 300, 300), [], Album()
    room = LARGEST_ALBUM // LARGEST_PORTRAIT**2
    for person in range(2 * room):
        moment = Moment(person / 10_000, float(person), box)
        chosen.append([moment])
        album.take(frame(person), [moment])
        if person % 100 == 0 or person > 2 * room - 5:
            album.keep(chosen)
    assert album.size <= LARGEST_ALBUM
    assert len(album) == pytest.approx(room, rel=0.01)
    left = who_is_left(album, dict(enumerate(chosen)))
    assert min(left) >= room - 5  # the clearer half
