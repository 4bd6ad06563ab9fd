"""Presences become people: one number for everybody in a lesson, however often they come and go or change places.

Who is there at the same time as somebody else is somebody else. What position and surroundings leave open, dlib's
embeddings of a few pictures decide: a constrained agglomerative clustering (Davidson and Ravi, Agglomerative
Hierarchical Clustering with Constraints, PKDD 2005) that joins the nearest two first and averages what it joins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emotionkit.faces.joining import Presence
from emotionkit.faces.matching import best_first, distances_between, possible_matches, without_doubt
from emotionkit.faces.portraits import CLEAR, Embed, embeddings_at
from emotionkit.faces.tracklet import Moment
from emotionkit.records import Frame

SPREAD = 0.0925
"""Mean square of the distance between an embedding and its person's mean."""
SAME_PERSON = 0.17
"""Square of the distance between two people's means, estimated without the spread, up to which they are one person."""
PICTURES = 3
"""Pictures looked at of a group of presences at most."""
PER_MINUTE = 20
"""Pictures looked at per minute of the lesson, unless one of each group is more. A picture takes 0.08 s of one core,
nearly all of the time that this needs; where people come and go that often, one of each tells as much as three."""
DOUBLE = -0.08
"""Estimate of the same square up to which two people who are there at the same time have the same face."""
SAME_PLACE, SAME_PLACE_FIRST = 0.03, 0.25
"""What it counts, in the same square, that one took the place of the other: for whether they are one person, and, where
faces do not tell, for which two are joined first."""


@dataclass(slots=True)
class _Group:
    """Presences that are one person's, in the order of time."""

    members: list[Presence]

    def may_join(self, other: _Group) -> bool:
        return not any(one.overlaps(another) for one in self.members for another in other.members)

    def moments(self, number: int) -> list[Moment]:
        """Return the moments at which to look: the clearest; of those who are never clear, only the clearest one."""
        all_of_them = sorted((moment for one in self.members for moment in one.moments), reverse=True)
        clear = [moment for moment in all_of_them if moment.quality >= CLEAR]
        return clear[:number] or all_of_them[:1]


class People:
    """The people of a lesson, told by its presences."""

    def __init__(self, presences: Sequence[Presence]) -> None:
        """Join what needs no second look.

        Args:
            presences: Those of the lesson, in the order of their numbers.
        """
        self._groups = _continued(presences)
        in_question = {
            number: group
            for number, group in enumerate(self._groups)
            if any(group.may_join(other) for other in self._groups if other is not group)
        }
        pictures = _pictures_of_each(presences, len(in_question))
        self._wanted = {number: group.moments(pictures) for number, group in in_question.items()}

    @property
    def moments(self) -> Mapping[int, Sequence[Moment]]:
        """The moments at which faces have to be looked at again, by a key of who is wanted there."""
        return self._wanted

    def times(self) -> set[float]:
        """Return the seconds of the frames that have to be looked at again; none where position leaves no question."""
        return {moment.pts_s for moments in self._wanted.values() for moment in moments}

    def embeddings(self, frames: Iterable[Frame], embed: Embed) -> dict[int, list[NDArray[np.float32]]]:
        """Return the embeddings that are to decide, for ``numbers``.

        Args:
            frames: Those at the times wanted, one after the other; others among them do no harm.
            embed: Computes an embedding.
        """
        return embeddings_at(self._wanted, frames, embed)

    def numbers(self, embeddings: Mapping[int, Sequence[NDArray[np.float32]]]) -> dict[int, int]:
        """Return the number of the person of each presence, by the presence's number; in the order of appearance.

        Args:
            embeddings: What ``embeddings`` gave; without any, what was left open stays apart.
        """
        together = _clustered(self._groups, embeddings)
        people = sorted(
            sorted(one.track_id for number in cluster for one in self._groups[number].members) for cluster in together
        )
        return {track_id: number for number, tracks in enumerate(people, start=1) for track_id in tracks}


def _pictures_of_each(presences: Sequence[Presence], groups: int) -> int:
    """Return how many pictures of each of some groups are looked at, 1 to ``PICTURES``."""
    if not groups:
        return PICTURES
    minutes = float(max(one.until for one in presences) - presences[0].first.pts) / 60
    return max(1, min(PICTURES, int(PER_MINUTE * minutes / groups)))


def _continued(presences: Sequence[Presence]) -> list[_Group]:
    """Return presences in groups: who is back in her place, looking as before and as nobody else, only turned away."""
    groups: list[_Group] = []
    for presence in presences:
        known = [group.members[-1] for group in groups]
        matches = possible_matches(known, [(0, presence.first.box, presence.first.look)])
        sure, _ = without_doubt(best_first(matches), all_known=False)
        group = next((group for group in groups if sure and group.members[-1] is sure[0].person), None)
        if group and not sure[0].moved and group.may_join(_Group([presence])):
            group.members.append(presence)
        else:
            groups.append(_Group([presence]))
    return groups


def _clustered(groups: Sequence[_Group], embeddings: Mapping[int, Sequence[NDArray[np.float32]]]) -> list[list[int]]:
    """Return the groups, by their place, that are one person's."""
    seen = sorted(embeddings)
    clusters = [[number] for number in seen]
    if len(seen) > 1:
        points = np.stack([np.mean(embeddings[number], axis=0) for number in seen])
        weights = np.array([_independent(np.stack(embeddings[number])) for number in seen])
        follows = _follows([groups[number] for number in seen])
        apart = _apart([groups[number] for number in seen])
        _merge(clusters, points, weights, follows, apart)
    alone = [[number] for number in range(len(groups)) if number not in embeddings]
    return [cluster for cluster in clusters if cluster] + alone


def _merge(
    clusters: list[list[int]],
    points: NDArray[np.float32],
    weights: NDArray[np.float64],
    follows: NDArray[np.bool_],
    apart: NDArray[np.bool_],
) -> None:
    """Join the nearest two clusters again and again as long as they are near enough and may be one; in place.

    Whose face is also somebody else's at the same time is known by her place, as far as that goes.
    """
    squares = np.stack([_distances(points, weights, row) for row in range(len(points))])
    doubled = ((squares <= DOUBLE) & apart).sum(axis=1) > 1
    # What is the face of one of them is a double's at any other time as well.
    doubled |= (squares <= SAME_PERSON)[:, doubled].any(axis=1)

    def order(row: int) -> NDArray[np.float64]:
        """Return float64 (n,): which to join first to one; infinite where that is out of the question."""
        squares = _distances(points, weights, row)
        is_far = squares - SAME_PLACE * follows[row] > SAME_PERSON
        first = follows[row] & (doubled | doubled[row])
        nearness = np.where(first, np.maximum(squares, 0) - SAME_PLACE_FIRST, squares)
        return np.where(is_far | apart[row], np.inf, nearness)

    orders = np.stack([order(row) for row in range(len(points))])
    while np.isfinite(orders.min()):
        one, other = map(int, np.unravel_index(orders.argmin(), orders.shape))
        total = weights[one] + weights[other]
        points[one] = (weights[one] * points[one] + weights[other] * points[other]) / total
        weights[one] = total
        clusters[one] += clusters[other]
        clusters[other] = []
        apart[one] |= apart[other]
        apart[:, one] = apart[one]
        apart[other] = apart[:, other] = True
        follows[one] |= follows[other]
        follows[:, one] = follows[one]
        orders[one] = orders[:, one] = order(one)
        orders[other] = orders[:, other] = np.inf


def _independent(pictures: NDArray[np.float32]) -> float:
    """Return how many independent pictures some pictures of one person are worth: one if all of them are the same."""
    if len(pictures) == 1:
        return 1.0
    scatter = float(pictures.var(axis=0, ddof=1).sum())
    return 1 + (len(pictures) - 1) * min(1.0, scatter / SPREAD)


def _distances(points: NDArray[np.float32], weights: NDArray[np.float64], row: int) -> NDArray[np.float64]:
    """Return float64 (n,): the square of the distance of one person's mean from each, without what the spread adds.

    The expected square of the distance between two sample means is that of the distance between the true ones and the
    variance of both samples' means.
    """
    squares = ((points - points[row]) ** 2).sum(axis=1, dtype=np.float64)
    return squares - SPREAD * (1 / weights + 1 / weights[row])


def _apart(groups: Sequence[_Group]) -> NDArray[np.bool_]:
    return np.array([[one is other or not one.may_join(other) for other in groups] for one in groups])


def _follows(groups: Sequence[_Group]) -> NDArray[np.bool_]:
    """Return bool (n, n): where a presence of one is the next in the other's place, whichever of the two."""
    follows = np.zeros((len(groups), len(groups)), bool)
    everybody = [(presence, number) for number, group in enumerate(groups) for presence in group.members]
    presences = [presence for presence, _ in everybody]
    is_near = np.isfinite(distances_between(presences, [presence.first.box for presence in presences]))
    for column, (presence, later) in enumerate(everybody):
        before = [
            (other.until, earlier)
            for (other, earlier), near in zip(everybody, is_near[:, column], strict=True)
            if near and other.until < presence.first.pts
        ]
        if before:
            _, earlier = max(before)
            follows[earlier, later] = follows[later, earlier] = True
    return follows
