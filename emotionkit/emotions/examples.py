"""What the training sees: faces with soft targets, drawn and augmented anew each epoch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.augment import augment
from emotionkit.emotions.backend import keras
from emotionkit.emotions.datasets import LabelledFaces, load_fer2013, load_press_faces
from emotionkit.emotions.preprocess import INPUT_SIZE, standardise
from emotionkit.emotions.shape import EXPRESSION_HEAD, ORIGINAL_HEAD
from emotionkit.emotions.training_settings import TrainingSettings
from emotionkit.records import EMOTIONS

_PerHead = dict[str, NDArray[np.float32]]

_CALIBRATION_FACES = 1500
"""Training faces held out to choose the temperature; validation stays untouched by every fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Training faces with soft targets (n, 7) and a weight (n,) per head."""

    images: NDArray[np.uint8]
    targets: _PerHead
    weights: _PerHead

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """What a training run needs from the data folder.

    Attributes:
        examples: Faces to train on.
        calibration: Faces drawn at random from the same source and held out to fit the temperature.
        prior: Share of each emotion among the clear faces of that source, sums to 1.
    """

    examples: Examples
    calibration: LabelledFaces
    prior: tuple[float, ...]


class EpochBatches(keras.utils.PyDataset):
    """One epoch of augmented batches; seed, epoch and batch alone decide what each holds."""

    def __init__(self, examples: Examples, settings: TrainingSettings, epoch: int) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self._examples = examples
        self._settings = settings
        self._epoch = epoch
        self._order = np.random.default_rng((settings.seed, epoch)).permutation(len(examples))

    def __len__(self) -> int:
        return len(self._examples) // self._settings.batch_size

    def __getitem__(self, batch: int) -> tuple[NDArray[np.float32], _PerHead, _PerHead]:
        size = self._settings.batch_size
        chosen = self._order[batch * size : (batch + 1) * size]
        rng = np.random.default_rng((self._settings.seed, self._epoch, batch))
        faces = np.empty((len(chosen), INPUT_SIZE, INPUT_SIZE), np.float32)
        for position, index in enumerate(chosen):
            faces[position] = augment(self._examples.images[index], rng)
        targets = {head: target[chosen] for head, target in self._examples.targets.items()}
        weights = {head: weight[chosen] for head, weight in self._examples.weights.items()}
        return standardise(faces), targets, weights


def split_calibration(faces: LabelledFaces, seed: int) -> tuple[LabelledFaces, LabelledFaces]:
    """Return (training, calibration): faces held out by a seeded draw."""
    order = np.random.default_rng(seed).permutation(len(faces))
    return faces.take(order[_CALIBRATION_FACES:]), faces.take(order[:_CALIBRATION_FACES])


def fer_examples(faces: LabelledFaces, settings: TrainingSettings) -> Examples:
    """Return FER2013 with both label sets; faces whose annotators saw none of the seven train no expression."""
    distribution = faces.distribution()
    return Examples(
        images=faces.images,
        targets={
            EXPRESSION_HEAD: distribution,
            ORIGINAL_HEAD: _smoothed_one_hot(faces.labels, settings.label_smoothing),
        },
        weights={
            EXPRESSION_HEAD: np.asarray(distribution.any(axis=1), np.float32),
            ORIGINAL_HEAD: np.ones(len(faces), np.float32),
        },
    )


def press_examples(faces: LabelledFaces, settings: TrainingSettings) -> Examples:
    """Return press faces for the expression head alone, thinning out the two classes that make up most of them."""
    rng = np.random.default_rng(settings.seed)
    kept = [
        rng.permutation(np.flatnonzero(faces.labels == emotion))[: settings.press_common]
        for emotion in range(len(EMOTIONS))
    ]
    faces = faces.take(np.concatenate(kept))
    targets = _smoothed_one_hot(faces.labels, settings.label_smoothing)
    return Examples(
        images=faces.images,
        targets={EXPRESSION_HEAD: targets, ORIGINAL_HEAD: targets},
        weights={
            EXPRESSION_HEAD: np.full(len(faces), settings.press_weight, np.float32),
            ORIGINAL_HEAD: np.zeros(len(faces), np.float32),
        },
    )


def joined(first: Examples, second: Examples) -> Examples:
    """Return the examples of both."""
    return Examples(
        np.concatenate([first.images, second.images]),
        {head: np.concatenate([first.targets[head], second.targets[head]]) for head in first.targets},
        {head: np.concatenate([first.weights[head], second.weights[head]]) for head in first.weights},
    )


def load_training_data(data: Path, settings: TrainingSettings) -> TrainingData:
    """Read a data folder with ``fer2013/train.npz`` and ``press-faces/press-faces.npz``.

    Raises:
        InvalidInputError: A file is missing or has another form.
    """
    fer = load_fer2013(data / "fer2013" / "train.npz")
    training, calibration = split_calibration(fer, settings.seed)
    press = load_press_faces(data / "press-faces" / "press-faces.npz")
    counts = np.bincount(fer.majority()[fer.clear()], minlength=len(EMOTIONS))
    return TrainingData(
        examples=joined(fer_examples(training, settings), press_examples(press, settings)),
        calibration=calibration,
        prior=tuple((counts / counts.sum()).tolist()),
    )


def _smoothed_one_hot(labels: NDArray[np.int8], smoothing: float) -> NDArray[np.float32]:
    one_hot = np.eye(len(EMOTIONS), dtype=np.float32)[labels]
    smoothed: NDArray[np.float32] = one_hot * (1 - smoothing) + np.float32(smoothing / len(EMOTIONS))
    return smoothed
