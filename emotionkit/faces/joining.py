"""Tracklets of one piece after another become tracks of the whole lesson."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from emotionkit.config import TrackingSettings
from emotionkit.faces.appearance import Appearance
from emotionkit.faces.matching import best_first, possible_matches
from emotionkit.faces.tracklet import Tracklet
from emotionkit.records import BoundingBox


@dataclass(slots=True)
class _Person:
    """Somebody known from earlier pieces; ``until`` is when the presence known of so far ends."""

    track_id: int
    box: BoundingBox
    appearance: Appearance
    until: Fraction


class TrackJoiner:
    """Numbers the people of a lesson from the tracklets of its pieces, given in order.

    At the seams it asks what ``Tracker`` asks from frame to frame, of the last sighting before and the first one after.
    Its answers depend on the pieces alone, not on who read them or when.
    """

    def __init__(self, settings: TrackingSettings) -> None:
        self._longest_gap = Fraction(settings.longest_gap_s)
        self._people: list[_Person] = []
        self._next_id = 1
        self._last_frame: Fraction | None = None

    def join(self, tracklets: Iterable[Tracklet], frames: Sequence[Fraction]) -> dict[int, int]:
        """Return the lesson's ``track_id`` of each tracklet of the next piece, by its number within the piece.

        Args:
            tracklets: Those of the piece.
            frames: Seconds of all sampled frames of the piece, ascending.
        """
        numbers: dict[int, int] = {}
        here: list[_Person] = []
        before = self._people
        ordered = sorted(tracklets, key=lambda tracklet: (tracklet.first.pts, tracklet.track_id))
        for pts, beginning in groupby(ordered, key=lambda tracklet: tracklet.first.pts):
            before = [person for person in before if self._is_recent(person, pts)]
            for tracklet, person in self._who(before, list(beginning)):
                numbers[tracklet.track_id] = person.track_id
                here.append(person)
                before = [other for other in before if other is not person]
        self._people = before + here
        self._last_frame = frames[-1] if frames else self._last_frame
        return numbers

    def _is_recent(self, person: _Person, pts: Fraction) -> bool:
        """Say whether a person was seen in the last frame of the piece before, or not too long ago."""
        return pts - person.until <= self._longest_gap or person.until == self._last_frame

    def _who(self, known: Sequence[_Person], tracklets: Sequence[Tracklet]) -> list[tuple[Tracklet, _Person]]:
        faces = [(index, tracklet.first.box, tracklet.first.look) for index, tracklet in enumerate(tracklets)]
        found = {one.face: one.person for one in best_first(possible_matches(known, faces))}
        return [(tracklet, self._updated(found.get(index), tracklet)) for index, tracklet in enumerate(tracklets)]

    def _updated(self, person: _Person | None, tracklet: Tracklet) -> _Person:
        if person is None:
            person = _Person(self._next_id, tracklet.last.box, tracklet.appearance, tracklet.last.pts)
            self._next_id += 1
            return person
        for look in tracklet.exemplars:
            person.appearance.learn(look)
        person.box, person.until = tracklet.last.box, tracklet.last.pts
        return person
