"""Detections become tracks: a person keeps a number while present, also when the tiles change places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import hypot, sqrt

from emotionkit.config import TrackingSettings
from emotionkit.faces.appearance import Appearance, Thumbnails, look_at
from emotionkit.faces.detector import Luma, same_face
from emotionkit.records import BoundingBox, Detection, Frame

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

    track: _Track
    index: int
    similarity: float
    cost: float
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
        chosen = self._assign(frame.luma, detections, views)
        for index, track in chosen.items():
            track.observe(frame.pts, detections[index].box, views[index])
        # In reading order, so that the numbers of people who appear together do not depend on the detector's scores.
        newcomers = {index: detection.box for index, detection in enumerate(detections) if index not in chosen}
        for index in _in_reading_order(newcomers):
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

    def _assign(self, luma: Luma, detections: Sequence[Detection], views: Sequence[Thumbnails]) -> dict[int, _Track]:
        """Return the track of each detection that has one, by the detection's index."""
        pairs = product(self._tracks, enumerate(zip(detections, views, strict=True)))
        possible = [_match(track, index, detection.box, view) for track, (index, (detection, view)) in pairs]
        places = [detection.box for detection in detections]
        matches = [
            match for match in possible if match is not None and not (match.moved and _still_there(luma, match, places))
        ]
        chosen = _best_first(matches)
        if any(match.moved for match in chosen):
            # The layout is a new one, so that being in a place says nothing about who it is.
            chosen = _best_first([match for match in matches if match.similarity >= ALIKE_ELSEWHERE])
        return {match.index: match.track for match in chosen}

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
    return _Match(track, index, similarity, 1 - similarity + PLACE_WEIGHT * min(1.0, distance), moved)


def _best_first(matches: Sequence[_Match]) -> list[_Match]:
    """Return matches of which no two share a track or a detection, the cheapest first."""
    chosen: list[_Match] = []
    for match in sorted(matches, key=lambda match: (match.cost, match.track.track_id, match.index)):
        if not any(match.index == other.index or match.track is other.track for other in chosen):
            chosen.append(match)
    return chosen


def _still_there(luma: Luma, match: _Match, places: Sequence[BoundingBox]) -> bool:
    """Say whether a person's old place, without a face, looks more like her than the new one: she has turned away."""
    old = match.track.box
    if any(same_face(old, place) for place in places):
        return False
    return match.track.appearance.similarity(look_at(luma, old)) >= match.similarity


def _in_reading_order(boxes: dict[int, BoundingBox]) -> list[int]:
    """Return the keys of the boxes row by row; a row is all whose centre lies no lower than the foot of its highest."""
    rows: list[list[int]] = []
    foot = 0.0
    for key in sorted(boxes, key=lambda key: boxes[key].center[1]):
        if not rows or boxes[key].center[1] > foot:
            rows.append([])
            foot = boxes[key].y + boxes[key].h
        rows[-1].append(key)
    return [key for row in rows for key in sorted(row, key=lambda key: boxes[key].x)]
