"""Labelled faces to train and measure with.

FER2013 (Goodfellow et al., 2013, https://arxiv.org/abs/1307.0414) with the votes of FER+ (Barsoum et al., 2016,
https://arxiv.org/abs/1608.01041), and press photographs as further faces. The files are not part of the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from emotionkit.emotions.framing import ProductFraming
from emotionkit.emotions.preprocess import INPUT_SIZE, resized
from emotionkit.errors import InvalidInputError
from emotionkit.records import EMOTIONS

_VOTE_NAMES = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "neutral": "neutral",
    "sad": "sadness",
    "surprise": "surprise",
}
_NOT_AN_ARCHIVE = (OSError, ValueError, TypeError, LookupError, EOFError, BadZipFile)
_CLEAR_VOTES = 5
"""A face counts as clear when more than this many of ten annotators agree."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFaces:
    """Faces with what annotators saw in them.

    Attributes:
        images: uint8 (n, 48, 48).
        votes: float32 (n, 7), counts per emotion; all zero where no annotator named one of the seven.
        labels: int8 (n,), the original single label as an index into ``EMOTIONS``.
    """

    images: NDArray[np.uint8]
    votes: NDArray[np.float32]
    labels: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.images)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> LabelledFaces:
        """Return the faces chosen by a mask or by indices."""
        return LabelledFaces(self.images[index], self.votes[index], self.labels[index])

    def distribution(self) -> NDArray[np.float32]:
        """Return the votes as float32 (n, 7) distributions; rows without votes stay zero.

        A class with a single vote of ten is dropped as an outlier, as in the FER+ paper, unless nothing else is left.
        """
        kept = np.where(self.votes > 1, self.votes, 0)
        kept = np.where(kept.any(axis=1, keepdims=True), kept, self.votes)
        total = kept.sum(axis=1, keepdims=True)
        return np.divide(kept, total, out=np.zeros_like(kept), where=total > 0)

    def clear(self) -> NDArray[np.bool_]:
        """Return a mask (n,) of faces for which more than five of ten annotators named the same one of the seven."""
        return self.votes.max(axis=1) > _CLEAR_VOTES

    def majority(self) -> NDArray[np.intp]:
        """Return int (n,): the emotion with the most votes (the first of equals)."""
        return self.votes.argmax(axis=1)


def load_fer2013(path: Path) -> LabelledFaces:
    """Read one split of FER2013 with its FER+ votes from an ``.npz`` file, leaving out copies of test images.

    Raises:
        InvalidInputError: The file is missing or is not such an archive.
    """
    try:
        with _archive(path) as archive:
            columns = list(archive["vote_columns"])
            classes = tuple(archive["classes"])
            votes = archive["votes"][:, [columns.index(_VOTE_NAMES[emotion]) for emotion in EMOTIONS]]
            votes = np.where(archive["has_votes"][:, np.newaxis], votes, 0).astype(np.float32)
            faces = LabelledFaces(archive["images"], votes, archive["labels"])
            copied = archive["copied_in_test"] if "copied_in_test" in archive else np.zeros(len(faces), bool)
        _check_shapes(faces, copied)
    except _NOT_AN_ARCHIVE as error:
        raise InvalidInputError(f"{path} is not a FER2013 archive: {error}") from error
    if classes != EMOTIONS:
        raise InvalidInputError(f"{path} orders its classes as {classes}, expected {EMOTIONS}.")
    return faces.take(~copied)


def load_press_faces(path: Path, *, limit: int = 0) -> LabelledFaces:
    """Read press photographs, framed as the product frames faces; their single annotator counts as one vote.

    Args:
        path: The archive.
        limit: Take the first so many; 0 for all, which take minutes to frame.

    Raises:
        InvalidInputError: The file is missing or is not such an archive.
    """
    try:
        with _archive(path) as archive:
            labels = archive["labels"][: limit or None]
            encoded = np.split(archive["jpeg"], np.cumsum(archive["lengths"])[:-1])[: len(labels)]
    except _NOT_AN_ARCHIVE as error:
        raise InvalidInputError(f"{path} is not an archive of press faces: {error}") from error
    framing = ProductFraming()
    images = np.stack([resized(framing.crop(_decode(jpeg))) for jpeg in encoded])
    votes = np.eye(len(EMOTIONS), dtype=np.float32)[labels]
    return LabelledFaces(images, votes, labels)


def _archive(path: Path) -> NpzFile:
    loaded = np.load(path, allow_pickle=False)
    if not isinstance(loaded, NpzFile):
        raise TypeError("it holds a single array.")
    return loaded


def _check_shapes(faces: LabelledFaces, copied: NDArray[np.bool_]) -> None:
    count = len(faces)
    if (faces.images.shape, faces.labels.shape, copied.shape) != ((count, INPUT_SIZE, INPUT_SIZE), (count,), (count,)):
        raise ValueError(f"its images are {faces.images.shape}, labels {faces.labels.shape}, copies {copied.shape}.")
    if len(faces.votes) != count:
        raise ValueError(f"it has votes on {len(faces.votes)} faces of {count}.")


def _decode(jpeg: NDArray[np.uint8]) -> NDArray[np.uint8]:
    image = cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)
    return np.asarray(image, np.uint8)
