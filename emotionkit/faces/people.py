"""Presences become people: one number for everybody in a lesson, however often they come and go or change places.

Who is there at the same time as somebody else is somebody else. What position and surroundings leave open, dlib's
embeddings of a few pictures decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emotionkit.faces.clustering import clustered
from emotionkit.faces.joining import Presence
from emotionkit.faces.matching import ALIKE_ELSEWHERE, best_first, distances_between, possible_matches, without_doubt
from emotionkit.faces.portraits import CLEAR, Embed, embeddings_at
from emotionkit.faces.tracklet import Moment
from emotionkit.records import Frame

PICTURES = 3
"""Pictures looked at of a group of presences at most."""
PER_MINUTE, AT_LEAST = 20, 40
"""Pictures looked at per minute of the lesson, and in a short one at least, unless one of each group is more. A picture
takes 0.08 s of one core, nearly all of the time that this needs; where people come and go that often, one of each tells
as much as three, but for people who are much alike."""


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

    def __init__(self, presences: Sequence[Presence], on_presence: Callable[[], None] = lambda: None) -> None:
        """Join what needs no second look.

        Args:
            presences: Those of the lesson, in the order of their numbers.
            on_presence: Called at each of them, as a sign of life: of thousands this takes minutes.
        """
        self._groups = _continued(presences, on_presence)
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
    return max(1, min(PICTURES, int(max(PER_MINUTE * minutes, AT_LEAST) / groups)))


def _continued(presences: Sequence[Presence], on_presence: Callable[[], None]) -> list[_Group]:
    """Return presences in groups: who is back in her place, looking as before and as nobody else, only turned away."""
    groups: list[_Group] = []
    for presence in presences:
        on_presence()
        known = [group.members[-1] for group in groups]
        face = (0, presence.first.box, presence.first.look)
        here = [known[row] for row in np.flatnonzero(np.isfinite(distances_between(known, [presence.first.box])))]
        # Only if somebody was in this place and looked the same, all others have to be asked whether they do too.
        is_back = any(one.similarity >= ALIKE_ELSEWHERE for one in possible_matches(here, [face]))
        matches = possible_matches(known, [face]) if is_back else []
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
    looked_at = [groups[number] for number in seen]
    pictures = [np.stack(embeddings[number]) for number in seen]
    together = clustered(pictures, _apart(looked_at), _follows(looked_at)) if seen else []
    alone = [[number] for number in range(len(groups)) if number not in embeddings]
    return [[seen[place] for place in cluster] for cluster in together] + alone


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
