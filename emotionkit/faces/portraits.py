"""A few clear pictures of each track, kept while a recording is read, for telling who it is at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from emotionkit.faces.embedding import surroundings
from emotionkit.faces.identity import TrackEvidence
from emotionkit.records import BoundingBox, Face, Frame

PORTRAITS = 5
"""Pictures per track: at 0.1 s each, about one second of work for two people."""
APART_S = 2.0
"""Seconds of which only the clearest picture is kept: neighbouring frames show the same again."""
LARGEST_PORTRAIT = 300
"""Side in pixels, twice what the network looks at; 90 kB each."""
CLEAR = 0.3
"""Quality of a face from which its picture is kept."""

Embed = Callable[[NDArray[np.uint8], BoundingBox], NDArray[np.float32]]


class ReadsFaces(Protocol):
    """What finds and follows the faces of one recording, frame after frame."""

    def read(self, frame: Frame) -> list[Face]:
        """Return the faces of the next frame."""
        ...


class _Portrait(NamedTuple):
    quality: float
    picture: NDArray[np.uint8]
    box: BoundingBox


@dataclass(slots=True)
class _Track:
    first_s: float
    last_s: float = 0.0
    portraits: dict[int, _Portrait] = field(default_factory=dict)
    """By moment, counted in ``APART_S``."""


class PortraitKeeper:
    """Reads faces through another reader, and keeps the clearest pictures of each track; nothing of it is stored."""

    def __init__(self, reader: ReadsFaces) -> None:
        self._reader = reader
        self._tracks: dict[int, _Track] = {}

    def read(self, frame: Frame) -> list[Face]:
        """Return the faces of the next frame, as the other reader finds them."""
        faces = self._reader.read(frame)
        pts_s = float(frame.pts)
        for face in faces:
            track = self._tracks.setdefault(face.track_id, _Track(pts_s))
            track.last_s = pts_s
            _consider(track, face, frame, pts_s)
        return faces

    def evidence(self, embed: Embed) -> list[TrackEvidence]:
        """Return what can be told of the tracks so far; those never seen clearly are left out.

        Args:
            embed: Returns float32 (128,) of a gray picture and the box of the face in it.
        """
        evidence = []
        for track_id, track in sorted(self._tracks.items()):
            embeddings = [embed(portrait.picture, portrait.box) for portrait in track.portraits.values()]
            if embeddings:
                mean = np.stack(embeddings).mean(axis=0)
                evidence.append(TrackEvidence(track_id, mean, track.first_s, track.last_s))
        return evidence


def _consider(track: _Track, face: Face, frame: Frame, pts_s: float) -> None:
    """Keep a picture if it is clear, the clearest of its moment, and that moment one of the clearest."""
    moment = int(pts_s // APART_S)
    present = track.portraits.get(moment)
    worst = min(track.portraits, key=lambda kept: track.portraits[kept].quality, default=moment)
    rival = present or (track.portraits[worst] if len(track.portraits) == PORTRAITS else None)
    if face.quality < CLEAR or (rival and rival.quality >= face.quality):
        return
    if rival and not present:
        del track.portraits[worst]
    track.portraits[moment] = _Portrait(face.quality, *surroundings(frame.luma, face.box, LARGEST_PORTRAIT))
