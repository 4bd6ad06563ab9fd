"""Which face is which person: how alike they look and how far apart they are, the best pairs first."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from emotionkit.faces.appearance import Appearance, Look, variants_of
from emotionkit.records import BoundingBox

SAME_PLACE = 1.0
"""Distance between centres, in sides of the box, up to which a face is where it was."""
LARGEST_GROWTH = 1.7
"""Ratio of sides up to which a face in the same place is the same one: two steps of dlib's pyramid, and some."""
ALIKE_IN_PLACE = 0.6
"""Similarity that a face in the same place needs; below it, somebody else has got the place."""
ALIKE_ELSEWHERE = 0.93
"""Similarity that a face in another place needs. In the sample lessons a person's views a second apart are alike to
0.98 in the median and 0.92 in all but 1 %; two people's to 0.5 in the median, the most alike two to 0.92."""
SURELY_IN_PLACE = 0.75
"""Similarity that a face in the same place needs to leave no doubt that it is the same person."""
CLOSE_IN_PLACE, CLOSE_ELSEWHERE = 0.65, 0.75
"""Similarity of the close looks that leaves no doubt, as long as nobody moves and otherwise. A woman who acts, half a
second apart: above 0.64 in all but 0.5 %, 0.98 in the median; nine men before the same wall: 0.45 in the median, below
0.65 in 90 % and below 0.76 in 99 % of the pairs. What surrounds the men's faces is alike to 0.94 in the median."""
ONE_WALL, CLOSE_BEFORE_ONE_WALL = 0.8, 0.85
"""Similarity of what surrounds two people's faces from which both sit before one wall, and that of the close looks that
leaves no doubt then. Of nine people before one wall 99 % of the pairs are alike to less than 0.78 and 99.9 % to less
than 0.84; a woman who acts is alike to what is known of her to 0.97 in the median and to more than 0.82 in 95 %."""
DISTINCT = 0.5
"""Largest ratio of unlikeness, one less the similarity, of the best pair to the next best at which a look tells who it
is: before the same wall all are alike. So Lowe (Distinctive Image Features, IJCV 2004) tells features apart."""
PLACE_WEIGHT = 0.25
"""What a change of place costs, in similarity: people whose pictures are nearly the same stay in their tiles."""


class Person(Protocol):
    """Somebody who was seen before."""

    @property
    def track_id(self) -> int:
        """Number of the person."""

    @property
    def box(self) -> BoundingBox:
        """The last box."""

    @property
    def appearance(self) -> Appearance:
        """How the person has looked so far."""


PersonT = TypeVar("PersonT", bound=Person)
FaceKeyT = TypeVar("FaceKeyT", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Match(Generic[PersonT, FaceKeyT]):
    """A person and a face that may belong together.

    Attributes:
        similarity: Of what surrounds the face.
        rival: The best similarity of either with another one.
        close: Similarity of the close looks.
        close_rival: The best of the face with another person who seems to have left her own place.
        double: The best of the face with another person who is in her own place.
        cost: The lower, the better the match.
        moved: Whether the face is in another place than the person was.
    """

    person: PersonT
    face: FaceKeyT
    similarity: float
    rival: float
    close: float
    close_rival: float
    double: float
    cost: float
    moved: bool


def distances_between(people: Sequence[Person], boxes: Sequence[BoundingBox]) -> NDArray[np.float64]:
    """Return float64 (people, boxes): how far each box is from where each person was, in sides of the box.

    It is infinite if it is not the same place.
    """
    old, new = _places([person.box for person in people])[:, np.newaxis], _places(boxes)
    larger = np.maximum(old[..., 2], new[..., 2])
    distances = np.hypot(old[..., 0] - new[..., 0], old[..., 1] - new[..., 1]) / larger
    grown = larger > LARGEST_GROWTH * np.minimum(old[..., 2], new[..., 2])
    return np.where((distances > SAME_PLACE) | grown, np.inf, distances)


def _places(boxes: Sequence[BoundingBox]) -> NDArray[np.float64]:
    """Return float64 (n, 3): the centres of boxes, and the sides of squares as large."""
    return np.array([(*box.center, sqrt(box.area)) for box in boxes]).reshape(-1, 3)


def possible_matches(
    people: Sequence[PersonT],
    faces: Sequence[tuple[FaceKeyT, BoundingBox, Look]],
    bystanders: Sequence[PersonT] = (),
) -> list[Match[PersonT, FaceKeyT]]:
    """Return every pair of a person and a face that may belong together, the people in their order.

    Args:
        people: Who may be any of the faces.
        faces: A key, the box and the look of each.
        bystanders: Who is known to be none of them, but may look like one.
    """
    if not people or not faces:
        return []
    looks = [look for _, _, look in faces]
    everybody = [*people, *bystanders]
    similar, close = _of_all(everybody, looks), _of_all(everybody, looks, close=True)
    distances = distances_between(people, [box for _, box, _ in faces])
    has_moved = np.isinf(distances)
    in_place = np.ones(len(everybody), np.float32)
    in_place[: len(people)] = np.where(has_moved, -1, close[: len(people)]).max(axis=1)
    stays = (in_place >= CLOSE_ELSEWHERE)[:, None]
    rivals = _next_best(similar, (0, 1))
    close_rivals, doubles = _next_best(np.where(stays, -1, close), (0,)), _next_best(np.where(stays, close, -1), (0,))
    costs = 1 - similar[: len(people)] + PLACE_WEIGHT * np.where(has_moved, 1, distances)
    possible = similar[: len(people)] >= np.where(has_moved, ALIKE_ELSEWHERE, ALIKE_IN_PLACE)
    return [
        Match(
            people[row],
            faces[column][0],
            similarity=float(similar[row, column]),
            rival=float(rivals[row, column]),
            close=float(close[row, column]),
            close_rival=float(close_rivals[row, column]),
            double=float(doubles[row, column]),
            cost=float(costs[row, column]),
            moved=bool(has_moved[row, column]),
        )
        for row, column in np.argwhere(possible).tolist()
    ]


def tells(similarity: float, rival: float) -> bool:
    """Say whether a look is so much like that of one person, and so little like that of any other, that it is hers."""
    return similarity >= ALIKE_ELSEWHERE and 1 - similarity <= DISTINCT * (1 - rival)


def is_close_enough(close: float, rival: float, least: float) -> bool:
    """Say whether the close looks are so much alike that they leave no doubt.

    Args:
        close: Their similarity.
        rival: The best similarity of what surrounds either of them with what surrounds somebody else.
        least: How alike they have to be where everybody is in a room of their own.
    """
    return close >= (CLOSE_BEFORE_ONE_WALL if rival >= ONE_WALL else least)


def _of_all(people: Sequence[Person], looks: Sequence[Look], *, close: bool = False) -> NDArray[np.float32]:
    """Return float32 (people, looks): the best similarity of any variant of a look with any exemplar of a person."""
    views = variants_of([look.close for look in looks] if close else looks)
    return similarities(people, views, close=close).reshape(len(people), len(looks), -1).max(axis=2)


def _next_best(similar: NDArray[np.float32], axes: tuple[int, ...]) -> NDArray[np.float32]:
    """Return, for each pair, the best similarity of another pair along some axes; -1 where there is none."""
    best = np.full_like(similar, -1)
    for axis in axes:
        if similar.shape[axis] > 1:
            two = np.partition(similar, -2, axis=axis)
            first, second = np.take(two, [-1], axis=axis), np.take(two, [-2], axis=axis)
            best = np.maximum(best, np.where(similar == first, second, first))
    return best


def similarities(people: Sequence[Person], views: NDArray[np.float32], *, close: bool = False) -> NDArray[np.float32]:
    """Return float32 (people, views): the best correlation of each view with any exemplar of each person.

    One product of all with all: 25 people and as many faces take a millisecond, and ten one by one.

    Args:
        people: At least one.
        views: float32 (n, 144), thumbnails of mean 0 and norm 1.
        close: Whether they are of close looks.
    """
    exemplars = [person.appearance.close_thumbnails if close else person.appearance.thumbnails for person in people]
    firsts = np.cumsum([0, *map(len, exemplars[:-1])])
    best: NDArray[np.float32] = np.maximum.reduceat(views @ np.concatenate(exemplars).T, firsts, axis=1).T
    return best


def best_first(matches: Sequence[Match[PersonT, FaceKeyT]]) -> list[Match[PersonT, FaceKeyT]]:
    """Return matches of which no two share a person or a face, the cheapest first.

    Where somebody has moved the layout is a new one, so that being in a place says nothing about who it is: then only
    those count who look the same.
    """
    chosen = _cheapest(matches)
    if any(one.moved for one in chosen):
        chosen = _cheapest([one for one in matches if one.similarity >= ALIKE_ELSEWHERE])
    return chosen


def without_doubt(
    chosen: Sequence[Match[PersonT, FaceKeyT]], *, all_known: bool
) -> tuple[list[Match[PersonT, FaceKeyT]], list[PersonT]]:
    """Return the matches that leave no question, and the people of the others, whose faces are to decide later.

    As long as nobody moves or comes and no face is another's, staying in a place is enough. Otherwise a match needs a
    look that nobody else has.

    Args:
        chosen: Matches of which no two share a person or a face.
        all_known: Whether every face of the moment has a match.
    """
    is_calm = all_known and not any(one.moved or _is_another(one) for one in chosen)
    is_sure = {one.person.track_id: _surely_there(one) if is_calm else _surely_hers(one) for one in chosen}
    sure = [one for one in chosen if is_sure[one.person.track_id]]
    return sure, [one.person for one in chosen if not is_sure[one.person.track_id]]


def _surely_there(one: Match[PersonT, FaceKeyT]) -> bool:
    """Say whether somebody in her place is she, rather than one who came unseen."""
    # Whose face is also somebody else's, in another place at the same time, is known by her place alone.
    rival = one.rival if one.double < CLOSE_BEFORE_ONE_WALL else -1
    return one.similarity >= SURELY_IN_PLACE and is_close_enough(one.close, rival, CLOSE_IN_PLACE)


def _is_another(one: Match[PersonT, FaceKeyT]) -> bool:
    """Say whether the face in somebody's place is that of another who was there."""
    return one.close < CLOSE_ELSEWHERE and tells(one.close_rival, one.close)


def _surely_hers(one: Match[PersonT, FaceKeyT]) -> bool:
    return tells(one.similarity, one.rival) and is_close_enough(one.close, one.rival, CLOSE_ELSEWHERE)


def _cheapest(matches: Iterable[Match[PersonT, FaceKeyT]]) -> list[Match[PersonT, FaceKeyT]]:
    chosen: list[Match[PersonT, FaceKeyT]] = []
    people: set[int] = set()
    faces: set[FaceKeyT] = set()
    # Sorting is stable, so that faces of equal cost stay in their order.
    for one in sorted(matches, key=lambda one: (one.cost, one.person.track_id)):
        if one.person.track_id not in people and one.face not in faces:
            people.add(one.person.track_id)
            faces.add(one.face)
            chosen.append(one)
    return chosen
