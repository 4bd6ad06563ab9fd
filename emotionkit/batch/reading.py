"""Frames in, readings out: faces are found frame by frame and classified in batches."""

from __future__ import annotations

from collections import deque
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


def readings(frames: Iterable[Frame], finder: FindsFaces, classifier: ReadsExpressions) -> Iterator[FrameReading]:
    """Yield a reading per frame, in order, holding no more than a few batches of crops in memory.

    All of it happens in the thread that asks: one reading is one core's work, and several cores take several pieces.
    """
    waiting: deque[_Found] = deque()
    batches = _Batches(classifier)
    for frame in frames:
        faces = finder.read(frame)
        waiting.append(_Found(frame.pts, frame.weight, faces))
        batches.add([face.crop for face in faces])
        if len(waiting) >= _BATCH_FRAMES:
            batches.read_rest()
        yield from _complete(waiting, batches.read)
    batches.read_rest()
    yield from _complete(waiting, batches.read)


class _Batches:
    """Crops on their way through the network, batches of one size: each other size costs it a fifth of the time."""

    def __init__(self, classifier: ReadsExpressions) -> None:
        self._classifier = classifier
        self._crops: list[NDArray[np.uint8]] = []
        self.read: deque[tuple[NDArray[np.float32], np.float32]] = deque()
        """Probabilities and usability of the crops that are through, in order, for whoever takes them out."""

    def add(self, crops: Iterable[NDArray[np.uint8]]) -> None:
        """Add crops; batches that are full are read."""
        self._crops += crops
        while len(self._crops) >= _BATCH_FACES:
            self._read(_BATCH_FACES)

    def read_rest(self) -> None:
        """Read what has not filled a batch."""
        if self._crops:
            self._read(len(self._crops))

    def _read(self, number: int) -> None:
        self.read += zip(*self._classifier.read(self._crops[:number]), strict=True)
        del self._crops[:number]


def _complete(waiting: deque[_Found], read: deque[tuple[NDArray[np.float32], np.float32]]) -> Iterator[FrameReading]:
    """Yield the readings of the first frames of which all faces have been read."""
    while waiting and len(waiting[0].faces) <= len(read):
        found = waiting.popleft()
        faces = tuple(_with_reading(face, *read.popleft()) for face in found.faces)
        yield FrameReading(found.pts, found.weight, faces)


def _with_reading(face: Face, probabilities: NDArray[np.float32], usable: np.float32) -> FaceReading:
    # Either can see a fault that the other does not: what surrounds the crop, and whether a face is in it at all.
    quality = face.quality * float(usable)
    return FaceReading(face.track_id, face.box, face.detection_score, quality, probabilities)
