"""Frames in, readings out: faces are found frame by frame and classified in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from emotionkit.records import Face, FaceReading, Frame, FrameReading

_BATCH_FACES = 64
_BATCH_FRAMES = 40
"""Longest wait for a batch to fill, so that progress goes on where faces are few."""


class FindsFaces(Protocol):
    """What finds and follows the faces of one recording, frame after frame."""

    def read(self, frame: Frame) -> list[Face]:
        """Return the faces of the next frame."""


class ReadsExpressions(Protocol):
    """What turns face crops into probabilities, and the name of what does it."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the model's weights, as 64 hexadecimal digits."""

    def predict(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return float32 (n, 7) for n crops."""


class _Found(NamedTuple):
    """A frame's faces, waiting for their batch; the picture itself is let go."""

    pts: Fraction
    weight: Fraction
    faces: list[Face]


def readings(frames: Iterable[Frame], finder: FindsFaces, classifier: ReadsExpressions) -> Iterator[FrameReading]:
    """Yield a reading per frame, in order, holding no more than one batch of crops in memory."""
    batch: list[_Found] = []
    waiting = 0
    for frame in frames:
        found = _Found(frame.pts, frame.weight, finder.read(frame))
        batch.append(found)
        waiting += len(found.faces)
        if waiting >= _BATCH_FACES or len(batch) >= _BATCH_FRAMES:
            yield from _classified(batch, classifier)
            batch, waiting = [], 0
    yield from _classified(batch, classifier)


def _classified(batch: Sequence[_Found], classifier: ReadsExpressions) -> Iterator[FrameReading]:
    probabilities = iter(classifier.predict([face.crop for found in batch for face in found.faces]))
    for found in batch:
        faces = tuple(
            FaceReading(face.track_id, face.box, face.detection_score, face.quality, next(probabilities))
            for face in found.faces
        )
        yield FrameReading(found.pts, found.weight, faces)
