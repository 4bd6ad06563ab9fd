"""Which tracks of a lesson are which enrolled students, judged by embeddings; whoever is in doubt stays unnamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

THRESHOLD = 0.4
"""Largest distance between a track's mean embedding and a student's at which they may be one person."""
MARGIN = 0.05
"""By how much any other student, and any other track at the same time, has to be further away."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackEvidence:
    """What a run knows of a track in order to name it; it is gone when the run ends.

    Attributes:
        track_id: Number of the track within the lesson.
        embedding: float32 (128,), the mean over several pictures.
        first_s: Seconds of its first sampled frame.
        last_s: Seconds of its last.
    """

    track_id: int
    embedding: NDArray[np.float32]
    first_s: float
    last_s: float

    def overlaps(self, other: TrackEvidence) -> bool:
        """Return whether both are there at a time, so that they cannot be one person."""
        return self.first_s <= other.last_s and other.first_s <= self.last_s


def match_tracks(
    tracks: Sequence[TrackEvidence],
    students: Mapping[str, NDArray[np.float32]],
    *,
    threshold: float = THRESHOLD,
    margin: float = MARGIN,
) -> dict[int, str]:
    """Return the student of each track that can be named, by track.

    A pair of track and student is taken if their distance is at most ``threshold`` and by ``margin`` below that of the
    track to every other student and that of the student to every other track at the same time. So one student is never
    in two places, and may well have several tracks one after the other.

    Args:
        tracks: Tracks of one lesson.
        students: Embeddings of reference photos by student, float32 (n, 128) with n at least 1; only of students whose
            consent covers the lesson.
        threshold: Distance in the space of embeddings, 0 or more.
        margin: The same.
    """
    if not tracks or not students:
        return {}
    names = sorted(students)
    references = np.stack([students[name].mean(axis=0) for name in names])
    distances = np.stack([np.linalg.norm(references - track.embedding, axis=1) for track in tracks])
    matches: dict[int, str] = {}
    for row, track in enumerate(tracks):
        column = int(distances[row].argmin())
        rivals = [other for other, rival in enumerate(tracks) if other != row and rival.overlaps(track)]
        others = np.concatenate([np.delete(distances[row], column), distances[rivals, column]])
        distance = distances[row, column]
        if distance <= threshold and ((others > distance) & (others >= distance + margin)).all():
            matches[track.track_id] = names[column]
    return matches
