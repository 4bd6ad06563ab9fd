"""Detections become tracks: a person keeps a number while present, also when the tiles change places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from emotionkit.config import TrackingSettings
from emotionkit.faces.appearance import Appearance, look_at, look_at_all, variants_of
from emotionkit.faces.detector import Luma, same_faces
from emotionkit.faces.matching import (
    CLOSE_IN_PLACE,
    Match,
    best_first,
    distances_between,
    is_close_enough,
    possible_matches,
    similarities,
    tells,
    without_doubt,
)
from emotionkit.faces.tracklet import Sighting, Span, Tracklet
from emotionkit.records import BoundingBox, Detection, Frame


@dataclass(slots=True)
class _Track:
    track_id: int
    first: Sighting
    last: Sighting
    appearance: Appearance
    spans: list[Span]

    @property
    def box(self) -> BoundingBox:
        return self.last.box

    def observe(self, sighting: Sighting, *, was_missed: bool) -> None:
        pts_s = float(sighting.pts)
        if was_missed:
            self.spans.append((pts_s, pts_s))
        self.spans[-1] = self.spans[-1][0], pts_s
        self.last = sighting
        self.appearance.learn(sighting.look)


class Tracker:
    """Numbers the people of one recording in order of appearance.

    Each detection is matched to at most one track, the best pairs first, by how alike they look and how far apart they
    are. A greedy choice is enough: where pairs compete, one is clearly better, or the two people look the same anyway.
    A person is taken to have moved only if she looks the same as before and her old place no longer does. Where that
    leaves a doubt, a track ends and another begins: two people must not share one, and who is who in two tracks can be
    told once the lesson has been read. A detection that matches nobody starts a track at once, so that rows can be
    written as they come; a false detection is a track with very few observations.
    """

    def __init__(self, settings: TrackingSettings) -> None:
        self._longest_gap = Fraction(settings.longest_gap_s)
        self._tracks: list[_Track] = []
        self._ended: list[_Track] = []
        self._next_id = 1
        self._previous_pts: Fraction | None = None

    def update(self, frame: Frame, detections: Sequence[Detection]) -> list[int]:
        """Return the track of each detection of the next frame, in the order of the detections."""
        previous = self._previous_pts
        self._forget(frame.pts)
        boxes = [found.box for found in detections]
        looks = look_at_all(frame.luma, boxes)
        seen = [Sighting(frame.pts, box, look) for box, look in zip(boxes, looks, strict=True)]
        chosen = self._who(frame.luma, seen)
        for index, track in chosen.items():
            track.observe(seen[index], was_missed=track.last.pts != previous)
        # In reading order, so that the numbers of people who appear together do not depend on the detector's scores.
        newcomers = {index: sighting.box for index, sighting in enumerate(seen) if index not in chosen}
        for index in _in_reading_order(newcomers):
            absent = self._absent(chosen)
            is_near = np.isfinite(distances_between(absent, [seen[index].box])[:, 0])
            self._end(track for track, near in zip(absent, is_near, strict=True) if near)
            chosen[index] = self._start(seen[index])
        return [chosen[index].track_id for index in range(len(detections))]

    def tracklets(self) -> list[Tracklet]:
        """Return what is remembered of everybody who was seen so far, in the order of their numbers."""
        everybody = sorted((*self._ended, *self._tracks), key=lambda track: track.track_id)
        return [
            Tracklet(track.track_id, track.first, track.last, track.appearance.exemplars, spans=tuple(track.spans))
            for track in everybody
        ]

    def _forget(self, pts: Fraction) -> None:
        """Drop the tracks that were missed for too long; one seen in the previous frame was not missed at all."""
        kept = [
            track
            for track in self._tracks
            if track.last.pts == self._previous_pts or pts - track.last.pts <= self._longest_gap
        ]
        kept_ids = {track.track_id for track in kept}
        self._end(track for track in self._tracks if track.track_id not in kept_ids)
        self._previous_pts = pts

    def _who(self, luma: Luma, seen: Sequence[Sighting]) -> dict[int, _Track]:
        """Return the track of each sighting that has one, by the sighting's index."""
        settled = self._in_place(seen)
        taken = {track.track_id for track in settled.values()}
        others = [track for track in self._tracks if track.track_id not in taken]
        rest = [index for index in range(len(seen)) if index not in settled]
        chosen = best_first(self._matches(luma, others, seen, rest, list(settled.values())))
        if any(one.moved for one in chosen):
            # Maybe the layout is a new one: then nothing is settled by being in a place.
            settled = {}
            chosen = best_first(self._matches(luma, self._tracks, seen, range(len(seen))))
        all_known = len(chosen) + len(settled) == len(seen)
        sure, doubtful = without_doubt(chosen, all_known=all_known)
        self._end(doubtful)
        return settled | {one.face: one.person for one in sure}

    def _in_place(self, seen: Sequence[Sighting]) -> dict[int, _Track]:
        """Return the tracks of those who are where one person was, alone, who looked the same as detected.

        Nearly all are, and nobody else looks like that. There is no need then to look at the ways in which a box may
        have jumped.
        """
        settled: dict[int, _Track] = {}
        if not self._tracks or not seen:
            return settled
        similar = similarities(self._tracks, np.concatenate([one.look.as_detected for one in seen]))
        close = similarities(self._tracks, np.concatenate([one.look.close.as_detected for one in seen]), close=True)
        is_near = np.isfinite(distances_between(self._tracks, [sighting.box for sighting in seen]))
        rivals = np.where(is_near, -np.inf, similar).max(axis=0)
        for index in np.flatnonzero(is_near.sum(axis=0) == 1).tolist():
            row = int(is_near[:, index].argmax())
            own, rival = float(similar[row, index]), float(rivals[index]) if len(self._tracks) > 1 else 0.0
            if tells(own, rival) and is_close_enough(float(close[row, index]), rival, CLOSE_IN_PLACE):
                settled[index] = self._tracks[row]
        claims = Counter(track.track_id for track in settled.values())
        return {index: track for index, track in settled.items() if claims[track.track_id] == 1}

    def _matches(
        self,
        luma: Luma,
        tracks: Sequence[_Track],
        seen: Sequence[Sighting],
        indices: Sequence[int],
        bystanders: Sequence[_Track] = (),
    ) -> list[Match[_Track, int]]:
        faces = [(index, seen[index].box, seen[index].look) for index in indices]
        places = [sighting.box for sighting in seen]
        matches = possible_matches(tracks, faces, bystanders)
        return [one for one in matches if not (one.moved and _still_there(luma, one, places))]

    def _absent(self, present: dict[int, _Track]) -> list[_Track]:
        here = {track.track_id for track in present.values()}
        return [track for track in self._tracks if track.track_id not in here]

    def _end(self, tracks: Iterable[_Track]) -> None:
        """End tracks whose place is another's now, or in doubt; the lesson as a whole tells who they were."""
        ended = {track.track_id: track for track in tracks}
        self._ended += ended.values()
        self._tracks = [track for track in self._tracks if track.track_id not in ended]

    def _start(self, sighting: Sighting) -> _Track:
        now = float(sighting.pts)
        track = _Track(self._next_id, sighting, sighting, Appearance(sighting.look), [(now, now)])
        self._next_id += 1
        self._tracks.append(track)
        return track


def _still_there(luma: Luma, one: Match[_Track, int], places: Sequence[BoundingBox]) -> bool:
    """Say whether a person's old place, without a face, looks more like her than the new one: she has turned away."""
    old = one.person.box
    if same_faces([old], places).any():
        return False
    return one.person.appearance.similarity(variants_of([look_at(luma, old)])) >= one.similarity


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
