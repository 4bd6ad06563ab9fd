"""Tracklets of one piece after another become presences: what position and surroundings alone tell of the lesson."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

import numpy as np

from emotionkit.config import TrackingSettings
from emotionkit.faces.appearance import Appearance
from emotionkit.faces.matching import best_first, distances_between, possible_matches, without_doubt
from emotionkit.faces.tracklet import Moment, Sighting, Span, Tracklet
from emotionkit.records import BoundingBox

MOMENTS = 5
"""Moments kept of a presence, the clearest."""


@dataclass(slots=True)
class Presence:
    """Somebody who is on the screen for a while without a doubt about who it is.

    Attributes:
        track_id: Number of the presence in the lesson.
        first: The first sighting.
        box: The face as last seen.
        until: The second when it was last seen.
        appearance: How the person has looked.
        moments: When the face was clearest.
        spans: When the face was there without a break, in the order of time.
    """

    track_id: int
    first: Sighting
    box: BoundingBox
    until: Fraction
    appearance: Appearance
    moments: tuple[Moment, ...]
    spans: list[Span]

    def goes_on(self, tracklet: Tracklet) -> None:
        """Add what was seen of the same person in another piece."""
        for look in tracklet.exemplars:
            self.appearance.learn(look)
        self.box, self.until = tracklet.last.box, tracklet.last.pts
        self.spans += tracklet.spans
        self.moments = tuple(sorted((*self.moments, *tracklet.moments), reverse=True, key=_clearest))[:MOMENTS]

    def overlaps(self, other: Presence) -> bool:
        """Say whether both are there at a time, so that they cannot be one person."""
        if self.until < other.first.pts or other.until < self.first.pts:
            return False
        return any(one[0] <= another[1] and another[0] <= one[1] for one in self.spans for another in other.spans)


class TrackJoiner:
    """Numbers the presences of a lesson from the tracklets of its pieces, given in order.

    At the seams it asks what ``Tracker`` asks from frame to frame, of the last sighting before and the first one after.
    Its answers depend on the pieces alone, not on who read them or when.
    """

    def __init__(self, settings: TrackingSettings) -> None:
        self._longest_gap = Fraction(settings.longest_gap_s)
        self._recent: list[Presence] = []
        self._presences: list[Presence] = []
        self._last_frame: Fraction | None = None

    @property
    def presences(self) -> Sequence[Presence]:
        """All presences so far, in the order of their numbers, which is that of their beginning."""
        return self._presences

    def join(self, tracklets: Iterable[Tracklet], frames: Sequence[Fraction]) -> dict[int, int]:
        """Return the number of the presence of each tracklet of the next piece, by its number within the piece.

        Args:
            tracklets: Those of the piece.
            frames: Seconds of all sampled frames of the piece, ascending.
        """
        numbers: dict[int, int] = {}
        here: list[Presence] = []
        before = self._recent
        ordered = sorted(tracklets, key=lambda tracklet: (tracklet.first.pts, tracklet.track_id))
        for pts, beginning in groupby(ordered, key=lambda tracklet: tracklet.first.pts):
            before = [presence for presence in before if self._is_recent(presence, pts)]
            found, before = _who(before, list(beginning))
            for tracklet, presence in found:
                one = presence or self._start(tracklet)
                if presence:
                    presence.goes_on(tracklet)
                numbers[tracklet.track_id] = one.track_id
                here.append(one)
        self._recent = before + here
        self._last_frame = frames[-1] if frames else self._last_frame
        return numbers

    def _is_recent(self, presence: Presence, pts: Fraction) -> bool:
        """Say whether somebody was seen in the last frame of the piece before, or not too long ago."""
        return pts - presence.until <= self._longest_gap or presence.until == self._last_frame

    def _start(self, tracklet: Tracklet) -> Presence:
        number, last = len(self._presences) + 1, tracklet.last
        self._presences.append(
            Presence(
                number,
                tracklet.first,
                last.box,
                last.pts,
                tracklet.appearance,
                tracklet.moments,
                list(tracklet.spans),
            )
        )
        return self._presences[-1]


def _who(
    known: Sequence[Presence], tracklets: Sequence[Tracklet]
) -> tuple[list[tuple[Tracklet, Presence | None]], list[Presence]]:
    """Return tracklets that begin at one moment with whom they go on, if anybody, and who else may still come back."""
    faces = [(index, tracklet.first.box, tracklet.first.look) for index, tracklet in enumerate(tracklets)]
    chosen = best_first(possible_matches(known, faces))
    sure, doubtful = without_doubt(chosen, all_known=len(chosen) == len(tracklets))
    found = {one.face: one.person for one in sure}
    newcomers = [one.first.box for index, one in enumerate(tracklets) if index not in found]
    gone = {presence.track_id for presence in (*found.values(), *doubtful)}
    is_near = np.isfinite(distances_between(known, newcomers))
    rest = [
        presence
        for presence, near in zip(known, is_near, strict=True)
        if presence.track_id not in gone and not near.any()
    ]
    return [(tracklet, found.get(index)) for index, tracklet in enumerate(tracklets)], rest


def _clearest(moment: Moment) -> tuple[float, float]:
    return moment.quality, -moment.pts_s
