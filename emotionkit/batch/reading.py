"""Frames in, readings out: faces are found frame by frame and classified in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.readings import Readings
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

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> Readings:
        """Return probabilities, float32 (n, 7), and how usable each of n crops is, float32 (n,)."""


class _Found(NamedTuple):
    """A frame's faces, waiting for their batch; the picture itself is let go."""

    pts: Fraction
    weight: Fraction
    faces: list[Face]


def readings(frames: Iterator[Frame], finder: FindsFaces, classifier: ReadsExpressions) -> Iterator[FrameReading]:
    """Yield a reading per frame, in order, holding no more than a few batches of crops in memory.

    All of it happens in the thread that asks: one reading is one core's work, and several cores take several pieces.
    """
    for batch in _batches(_found(frames, finder)):
        yield from _classified(batch, classifier)


def _found(frames: Iterable[Frame], finder: FindsFaces) -> Iterator[_Found]:
    for frame in frames:
        yield _Found(frame.pts, frame.weight, finder.read(frame))


def _batches(found: Iterable[_Found]) -> Iterator[list[_Found]]:
    batch: list[_Found] = []
    waiting = 0
    for frame in found:
        batch.append(frame)
        waiting += len(frame.faces)
        if waiting >= _BATCH_FACES or len(batch) >= _BATCH_FRAMES:
            yield batch
            batch, waiting = [], 0
    if batch:
        yield batch


def _classified(batch: Sequence[_Found], classifier: ReadsExpressions) -> Iterator[FrameReading]:
    read = iter(zip(*classifier.read([face.crop for found in batch for face in found.faces]), strict=True))
    for found in batch:
        faces = tuple(_with_reading(face, *next(read)) for face in found.faces)
        yield FrameReading(found.pts, found.weight, faces)


def _with_reading(face: Face, probabilities: NDArray[np.float32], usable: np.float32) -> FaceReading:
    # Either can see a fault that the other does not: what surrounds the crop, and whether a face is in it at all.
    quality = face.quality * float(usable)
    return FaceReading(face.track_id, face.box, face.detection_score, quality, probabilities)
