"""Which face is which person: how alike they look and how far apart they are, the best pairs first."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from emotionkit.faces.appearance import Appearance, Look
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
    """A person and a face that may belong together."""

    person: PersonT
    face: FaceKeyT
    similarity: float
    cost: float
    moved: bool


def distance_between(person: Person, box: BoundingBox) -> float | None:
    """Return how far a box is from where a person was, in sides of the box; None if it is not the same place."""
    old = person.box
    # The square root of an area is at most half of width and height together; most boxes lie further apart than that.
    furthest = SAME_PLACE * (box.w + box.h + old.w + old.h)
    if abs(box.x - old.x) > furthest or abs(box.y - old.y) > furthest:
        return None
    side, old_side = sqrt(box.area), sqrt(old.area)
    (x, y), (old_x, old_y) = box.center, old.center
    distance = hypot(x - old_x, y - old_y) / max(side, old_side)
    moved = distance > SAME_PLACE or max(side, old_side) > LARGEST_GROWTH * min(side, old_side)
    return None if moved else distance


def possible_matches(
    people: Sequence[PersonT], faces: Sequence[tuple[FaceKeyT, BoundingBox, Look]]
) -> list[Match[PersonT, FaceKeyT]]:
    """Return every pair of a person and a face that may belong together, the people in their order."""
    if not people or not faces:
        return []
    similar = _similarities(people, [look for _, _, look in faces])
    pairs = []
    for person, row in zip(people, similar.tolist(), strict=True):
        for (face, box, _), similarity in zip(faces, row, strict=True):
            distance = distance_between(person, box)
            if similarity >= (ALIKE_ELSEWHERE if distance is None else ALIKE_IN_PLACE):
                cost = 1 - similarity + PLACE_WEIGHT * (1.0 if distance is None else distance)
                pairs.append(Match(person, face, similarity, cost, distance is None))
    return pairs


def _similarities(people: Sequence[Person], looks: Sequence[Look]) -> NDArray[np.float32]:
    """Return float32 (people, looks): the best correlation of any variant of a look with any exemplar of a person.

    One product of all with all: 25 people and as many faces take a millisecond, and ten one by one.
    """
    exemplars = [person.appearance.thumbnails for person in people]
    firsts = np.cumsum([0, *map(len, exemplars[:-1])])
    products = np.concatenate([look.variants for look in looks]) @ np.concatenate(exemplars).T
    by_look = products.reshape(len(looks), -1, products.shape[1]).max(axis=1)
    best: NDArray[np.float32] = np.maximum.reduceat(by_look, firsts, axis=1).T
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
