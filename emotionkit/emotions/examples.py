"""What the training learns from: faces with soft targets, and how often each is shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.datasets import LabelledFaces, load_fer2013, load_press_faces
from emotionkit.emotions.shape import EXPRESSION_HEAD, ORIGINAL_HEAD
from emotionkit.emotions.training_settings import TrainingSettings
from emotionkit.records import EMOTIONS

PerHead = dict[str, NDArray[np.float32]]

_CALIBRATION_FACES = 1500
"""Training faces held out to choose the temperature; validation stays untouched by every fit."""
_RARE = ("disgust", "fear")
_LIKELY = 0.3
"""Share of the votes from which a face counts as likely to show a rare emotion."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Training faces.

    Attributes:
        images: uint8 (n, 48, 48).
        targets: Per head of expressions, float32 (n, 7) soft targets.
        weights: Per head of expressions, float32 (n,).
        draws: float64 (n,), how often a face is shown per epoch on average.
    """

    images: NDArray[np.uint8]
    targets: PerHead
    weights: PerHead
    draws: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """What a training run needs from the data folder.

    Attributes:
        examples: Faces to train on.
        calibration: Faces drawn at random from the same source and held out to fit the temperature.
        prior: Share of each emotion among the clear faces of that source, sums to 1.
        oversampling: By how much training showed each emotion more often than that source holds it, float64 (7,).
    """

    examples: Examples
    calibration: LabelledFaces
    prior: tuple[float, ...]
    oversampling: NDArray[np.float64]


def split_calibration(faces: LabelledFaces, seed: int) -> tuple[LabelledFaces, LabelledFaces]:
    """Return (training, calibration): faces held out by a seeded draw."""
    order = np.random.default_rng(seed).permutation(len(faces))
    return faces.take(order[_CALIBRATION_FACES:]), faces.take(order[:_CALIBRATION_FACES])


def fer_examples(faces: LabelledFaces, settings: TrainingSettings) -> Examples:
    """Return FER2013 with both label sets; faces whose annotators saw none of the seven train no expression."""
    distribution = faces.distribution()
    draws = np.ones(len(faces))
    for emotion, often in zip(_RARE, settings.rare_draws, strict=True):
        likely = distribution[:, EMOTIONS.index(emotion)] >= _LIKELY
        draws[likely] = np.maximum(draws[likely], often)
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
        draws=draws,
    )


def press_examples(faces: LabelledFaces, settings: TrainingSettings) -> Examples:
    """Return press faces for the expression head alone; each epoch shows others of the two commonest classes."""
    targets = _smoothed_one_hot(faces.labels, settings.label_smoothing)
    per_class = np.bincount(faces.labels, minlength=len(EMOTIONS))
    return Examples(
        images=faces.images,
        targets={EXPRESSION_HEAD: targets, ORIGINAL_HEAD: targets},
        weights={
            EXPRESSION_HEAD: np.full(len(faces), settings.press_weight, np.float32),
            ORIGINAL_HEAD: np.zeros(len(faces), np.float32),
        },
        draws=np.minimum(1.0, settings.press_common / per_class[faces.labels]),
    )


def joined(first: Examples, second: Examples) -> Examples:
    """Return the examples of both."""
    return Examples(
        np.concatenate([first.images, second.images]),
        {head: np.concatenate([first.targets[head], second.targets[head]]) for head in first.targets},
        {head: np.concatenate([first.weights[head], second.weights[head]]) for head in first.weights},
        np.concatenate([first.draws, second.draws]),
    )


def load_training_data(
    data: Path,
    settings: TrainingSettings,
    *,
    limit: int = 0,
) -> TrainingData:
    """Read a data folder with ``fer2013/train.npz`` and ``press-faces/press-faces.npz``.

    Args:
        data: The folder.
        settings: Decide what is held out and how often faces are shown.
        limit: Take the first so many faces of either file, beside those held out; 0 for all.

    Raises:
        InvalidInputError: A file is missing or has another form.
    """
    fer = load_fer2013(data / "fer2013" / "train.npz")
    training, calibration = split_calibration(fer, settings.seed)
    training = training.take(np.arange(min(limit or len(training), len(training))))
    press = load_press_faces(data / "press-faces" / "press-faces.npz", limit=limit)
    counts = np.bincount(fer.majority()[fer.clear()], minlength=len(EMOTIONS))
    fer_shown = fer_examples(training, settings)
    natural = training.distribution().sum(axis=0)
    return TrainingData(
        examples=joined(fer_shown, press_examples(press, settings)),
        calibration=calibration,
        prior=tuple((counts / counts.sum()).tolist()),
        oversampling=shares_shown(fer_shown) / (natural / natural.sum()),
    )


def shares_shown(examples: Examples) -> NDArray[np.float64]:
    """Return float64 (7,): the share of each emotion in what the expression head is trained on, sums to 1."""
    shown = (examples.draws * examples.weights[EXPRESSION_HEAD]) @ examples.targets[EXPRESSION_HEAD]
    return np.asarray(shown / shown.sum(), np.float64)


def _smoothed_one_hot(labels: NDArray[np.int8], smoothing: float) -> NDArray[np.float32]:
    one_hot = np.eye(len(EMOTIONS), dtype=np.float32)[labels]
    smoothed: NDArray[np.float32] = one_hot * (1 - smoothing) + np.float32(smoothing / len(EMOTIONS))
    return smoothed
