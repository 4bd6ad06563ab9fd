"""Detections become tracks: a person keeps a number while present, also when the tiles change places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import hypot, sqrt

from emotionkit.config import TrackingSettings
from emotionkit.faces.appearance import Appearance, Thumbnails, look_at
from emotionkit.faces.detector import Luma
from emotionkit.records import BoundingBox, Detection, Frame

SAME_PLACE = 0.75
"""Distance between centres, in sides of the box, up to which a face is where it was."""
LARGEST_GROWTH = 1.7
"""Ratio of sides up to which a face in the same place is the same one: two steps of dlib's pyramid, and some."""
ALIKE_IN_PLACE = 0.6
"""Similarity that a face in the same place needs; below it, somebody else has got the place."""
ALIKE_ELSEWHERE = 0.85
"""Similarity that a face in another place needs. In the sample lessons 99 % of the views of one person are more alike
than 0.84, and 95 to 99 % of the views of two people less."""
PLACE_WEIGHT = 0.25
"""What a change of place costs, in similarity: people whose pictures are nearly the same stay in their tiles."""


@dataclass(slots=True)
class _Track:
    track_id: int
    box: BoundingBox
    seen_at: Fraction
    appearance: Appearance

    def observe(self, pts: Fraction, box: BoundingBox, view: Thumbnails) -> None:
        self.box, self.seen_at = box, pts
        self.appearance.learn(view)


@dataclass(frozen=True, slots=True)
class _Match:
    """A track and a detection that may be the same person."""

    cost: float
    track: _Track
    index: int
    moved: bool


class Tracker:
    """Numbers the people of one recording in order of appearance.

    Each detection is matched to at most one track, the best pairs first, by how alike they look and how far apart they
    are. A greedy choice is enough: where pairs compete, one is clearly better, or the two people look the same anyway.
    A person is taken to have moved only if she looks the same as before and her old place no longer does. A detection
    that matches nobody starts a track at once, so that rows can be written as they come; a false detection is a track
    with very few observations.
    """

    def __init__(self, settings: TrackingSettings) -> None:
        self._longest_gap = Fraction(settings.longest_gap_s)
        self._tracks: list[_Track] = []
        self._next_id = 1
        self._previous_pts: Fraction | None = None

    def update(self, frame: Frame, detections: Sequence[Detection]) -> list[int]:
        """Return the track of each detection of the next frame, in the order of the detections."""
        self._forget(frame.pts)
        views = [look_at(frame.luma, detection.box) for detection in detections]
        chosen: dict[int, _Track] = {}
        for match in sorted(self._matches(detections, views), key=lambda match: match.cost):
            taken = match.index in chosen or any(match.track is track for track in chosen.values())
            if not taken and not (match.moved and _still_there(frame.luma, match.track)):
                chosen[match.index] = match.track
        for index, track in chosen.items():
            track.observe(frame.pts, detections[index].box, views[index])
        # In reading order, so that the numbers of people who appear together do not depend on the detector's scores.
        for index in sorted(set(range(len(detections))) - set(chosen), key=lambda index: _place(detections[index])):
            chosen[index] = self._start(frame.pts, detections[index].box, views[index])
        return [chosen[index].track_id for index in range(len(detections))]

    def _forget(self, pts: Fraction) -> None:
        """Drop the tracks that were missed for too long; one seen in the previous frame was not missed at all."""
        self._tracks = [
            track
            for track in self._tracks
            if track.seen_at == self._previous_pts or pts - track.seen_at <= self._longest_gap
        ]
        self._previous_pts = pts

    def _matches(self, detections: Sequence[Detection], views: Sequence[Thumbnails]) -> list[_Match]:
        pairs = product(self._tracks, enumerate(zip(detections, views, strict=True)))
        matches = (_match(track, index, detection.box, view) for track, (index, (detection, view)) in pairs)
        return [match for match in matches if match is not None]

    def _start(self, pts: Fraction, box: BoundingBox, view: Thumbnails) -> _Track:
        track = _Track(self._next_id, box, pts, Appearance(view))
        self._next_id += 1
        self._tracks.append(track)
        return track


def _match(track: _Track, index: int, box: BoundingBox, view: Thumbnails) -> _Match | None:
    side, old_side = sqrt(box.area), sqrt(track.box.area)
    (x, y), (old_x, old_y) = box.center, track.box.center
    distance = hypot(x - old_x, y - old_y) / max(side, old_side)
    moved = distance > SAME_PLACE or max(side, old_side) > LARGEST_GROWTH * min(side, old_side)
    similarity = track.appearance.similarity(view)
    if similarity < (ALIKE_ELSEWHERE if moved else ALIKE_IN_PLACE):
        return None
    return _Match(1 - similarity + PLACE_WEIGHT * min(1.0, distance), track, index, moved)


def _still_there(luma: Luma, track: _Track) -> bool:
    """Say whether the old place still looks like the person, who then has only turned away."""
    return track.appearance.similarity(look_at(luma, track.box)) >= ALIKE_IN_PLACE


def _place(detection: Detection) -> tuple[float, float]:
    """Sort key from top to bottom and left to right; rows are as high as a face."""
    x, y = detection.box.center
    return y // detection.box.h, x
