"""A few clear moments of each track, chosen while a recording is read, for telling who it is at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from emotionkit.faces.embedding import surroundings
from emotionkit.faces.identity import TrackEvidence
from emotionkit.faces.tracklet import Moment, Tracklet
from emotionkit.records import BoundingBox, FaceReading, Frame, FrameReading

PORTRAITS = 5
"""Pictures per track: at 0.1 s each, about one second of work for two people."""
APART_S = 2.0
"""Seconds of which only the clearest picture is taken: neighbouring frames show the same again."""
LARGEST_PORTRAIT = 300
"""Side in pixels, twice what the network looks at."""
CLEAR = 0.3
"""Quality of a face from which its picture is taken."""

Embed = Callable[[NDArray[np.uint8], BoundingBox], NDArray[np.float32]]
"""Returns float32 (128,) of a gray picture and the box of the face in it."""


@dataclass(slots=True)
class _Track:
    first_s: float
    last_s: float = 0.0
    moments: dict[int, Moment] = field(default_factory=dict)
    """By time, counted in ``APART_S``."""


class PortraitChooser:
    """Remembers when each track is clearest to see; pictures are taken at the end, and nothing of them is stored."""

    def __init__(self, clear: float = CLEAR) -> None:
        """Choose faces of this quality or a better one."""
        self._clear = clear
        self._tracks: dict[int, _Track] = {}

    def note(self, reading: FrameReading) -> None:
        """Take note of the next frame of the recording."""
        pts_s = float(reading.pts)
        for face in reading.faces:
            track = self._tracks.setdefault(face.track_id, _Track(pts_s))
            track.last_s = pts_s
            _consider(track, face, pts_s, self._clear)

    def all_moments(self) -> list[tuple[Moment, ...]]:
        """Return the moments chosen so far of each track; those that come later may take the place of some."""
        return [self.moments(track_id) for track_id in self._tracks]

    def moments(self, track_id: int) -> tuple[Moment, ...]:
        """Return the moments chosen of a track, in the order of time."""
        track = self._tracks.get(track_id)
        return tuple(track.moments[time] for time in sorted(track.moments)) if track else ()

    def noted(self, tracklets: Iterable[Tracklet]) -> list[Tracklet]:
        """Return the tracklets of what was taken note of, with the moments chosen of each."""
        return [replace(tracklet, moments=self.moments(tracklet.track_id)) for tracklet in tracklets]

    def by_track(self) -> dict[int, tuple[Moment, ...]]:
        """Return the moments chosen, by track; tracks without any are left out."""
        chosen = {track_id: self.moments(track_id) for track_id in sorted(self._tracks)}
        return {track_id: moments for track_id, moments in chosen.items() if moments}

    def evidence(self, embeddings: Mapping[int, Sequence[NDArray[np.float32]]]) -> list[TrackEvidence]:
        """Return what embeddings tell of the tracks whose they are, float32 (128,) each."""
        return [
            TrackEvidence(
                track_id, np.stack(seen).mean(axis=0), self._tracks[track_id].first_s, self._tracks[track_id].last_s
            )
            for track_id, seen in sorted(embeddings.items())
        ]


def embeddings_at(
    moments: Mapping[int, Sequence[Moment]], frames: Iterable[Frame], embed: Embed
) -> dict[int, list[NDArray[np.float32]]]:
    """Return the embeddings, float32 (128,) each, of faces at some moments, by track; tracks without any are left out.

    Args:
        moments: By track.
        frames: Those at the moments, one after the other; others among them do no harm.
        embed: Computes an embedding.
    """
    embeddings: dict[int, list[NDArray[np.float32]]] = {}
    at: dict[float, list[tuple[int, Moment]]] = {}
    for track_id, chosen in moments.items():
        for moment in chosen:
            at.setdefault(moment.pts_s, []).append((track_id, moment))
    for frame in frames:
        for track_id, moment in at.get(float(frame.pts), []):
            portrait = surroundings(frame.luma, moment.box, LARGEST_PORTRAIT)
            embeddings.setdefault(track_id, []).append(embed(*portrait))
    return dict(sorted(embeddings.items()))


def _consider(track: _Track, face: FaceReading, pts_s: float, clear: float) -> None:
    """Choose a moment if the face is clear, the clearest of its time, and that one of the clearest times."""
    time = int(pts_s // APART_S)
    present = track.moments.get(time)
    worst = min(track.moments, key=lambda kept: track.moments[kept].quality, default=time)
    rival = present or (track.moments[worst] if len(track.moments) == PORTRAITS else None)
    if face.quality < clear or (rival and rival.quality >= face.quality):
        return
    if rival and not present:
        del track.moments[worst]
    track.moments[time] = Moment(face.quality, pts_s, face.box)
