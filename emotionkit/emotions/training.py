"""Train the network: the same seed and settings give the same network again, also when a run was interrupted."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.augment import augment
from emotionkit.emotions.datasets import LabelledFaces, load_fer2013, load_press_faces
from emotionkit.emotions.network import EXPRESSION_HEAD, ORIGINAL_HEAD, NetworkShape, build_network
from emotionkit.emotions.preprocess import INPUT_SIZE, standardise
from emotionkit.records import EMOTIONS

_CHECKPOINT = "checkpoint.keras"
_PROGRESS = "progress.json"
_CURVES = "curves.csv"
_CALIBRATION_FACES = 1500
"""Training faces held out to choose the temperature; validation stays untouched by every fit."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What decides the outcome of a training run."""

    epochs: int = 50
    batch_size: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    warmup_epochs: float = 1.0
    original_weight: float = 0.3
    press_weight: float = 0.5
    press_common: int = 1200
    label_smoothing: float = 0.05
    seed: int = 20260914
    shape: NetworkShape = field(default_factory=NetworkShape)


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Training faces with soft targets (n, 7) and a weight (n,) per head."""

    images: NDArray[np.uint8]
    targets: dict[str, NDArray[np.float32]]
    weights: dict[str, NDArray[np.float32]]

    def __len__(self) -> int:
        return len(self.images)


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

    def __getitem__(self, batch: int) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]], dict[str, NDArray[np.float32]]]:
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
        targets={EXPRESSION_HEAD: distribution, ORIGINAL_HEAD: _smoothed_one_hot(faces.labels, settings.label_smoothing)},
        weights={
            EXPRESSION_HEAD: distribution.any(axis=1).astype(np.float32),
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


def load_examples(data: Path, settings: TrainingSettings) -> tuple[Examples, LabelledFaces]:
    """Return (training examples, calibration faces) from a data folder with ``fer2013`` and ``press-faces``."""
    training, calibration = split_calibration(load_fer2013(data / "fer2013" / "train.npz"), settings.seed)
    press = load_press_faces(data / "press-faces" / "press-faces.npz")
    return joined(fer_examples(training, settings), press_examples(press, settings)), calibration


def train(
    examples: Examples,
    settings: TrainingSettings,
    run_folder: Path,
    *,
    validation: LabelledFaces | None = None,
) -> Iterator[dict[str, float]]:
    """Train epoch by epoch, yielding each epoch's figures; go on from the checkpoint in ``run_folder`` if one is there.

    After the last epoch ``run_folder / "checkpoint.keras"`` holds the trained network.
    """
    run_folder.mkdir(parents=True, exist_ok=True)
    (run_folder / "settings.json").write_text(json.dumps(asdict(settings), indent=2))
    keras.utils.set_random_seed(settings.seed)
    network, done = _resume(run_folder) or (_compiled(settings, len(examples) // settings.batch_size), 0)
    for epoch in range(done, settings.epochs):
        # Dropout draws from a seed of its own, set anew per epoch so that an interrupted run goes on as it would have.
        keras.utils.set_random_seed(settings.seed + epoch)
        history = network.fit(EpochBatches(examples, settings, epoch), initial_epoch=epoch, epochs=epoch + 1, verbose=0)
        figures = {"epoch": float(epoch + 1), **{name: values[-1] for name, values in history.history.items()}}
        if validation is not None:
            figures |= validation_accuracy(network, validation)
        _checkpoint(network, epoch + 1, figures, run_folder)
        yield figures


def validation_accuracy(network: keras.Model, faces: LabelledFaces) -> dict[str, float]:
    """Return the share of right answers on clear faces (FER+ majority) and on the original labels."""
    logits = predict_logits(network, faces.images)
    clear = faces.clear()
    expression = logits[EXPRESSION_HEAD].argmax(axis=1) == faces.majority()
    original = logits[ORIGINAL_HEAD].argmax(axis=1) == faces.labels
    return {"val_expression": float(expression[clear].mean()), "val_original": float(original.mean())}


def predict_logits(network: keras.Model, images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """Return each head's logits (n, 7) for uint8 (n, 48, 48) faces."""
    logits: dict[str, NDArray[np.float32]] = network.predict(
        standardise(images.astype(np.float32)), batch_size=256, verbose=0
    )
    return logits


def _compiled(settings: TrainingSettings, steps_per_epoch: int) -> keras.Model:
    network = build_network(settings.shape)
    warmup = math.ceil(settings.warmup_epochs * steps_per_epoch)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=settings.learning_rate / 20,
        decay_steps=settings.epochs * steps_per_epoch - warmup,
        warmup_target=settings.learning_rate,
        warmup_steps=warmup,
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=settings.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["beta", "gamma", "bias"])
    network.compile(
        optimizer,
        loss={head: keras.losses.CategoricalCrossentropy(from_logits=True) for head in (EXPRESSION_HEAD, ORIGINAL_HEAD)},
        loss_weights={EXPRESSION_HEAD: 1.0, ORIGINAL_HEAD: settings.original_weight},
    )
    return network


def _smoothed_one_hot(labels: NDArray[np.int8], smoothing: float) -> NDArray[np.float32]:
    one_hot = np.eye(len(EMOTIONS), dtype=np.float32)[labels]
    smoothed: NDArray[np.float32] = one_hot * (1 - smoothing) + np.float32(smoothing / len(EMOTIONS))
    return smoothed


def _checkpoint(network: keras.Model, epochs_done: int, figures: dict[str, float], run_folder: Path) -> None:
    partial = run_folder / f"partial-{_CHECKPOINT}"
    network.save(partial)
    partial.replace(run_folder / _CHECKPOINT)
    (run_folder / _PROGRESS).write_text(json.dumps({"epochs_done": epochs_done}))
    curves = run_folder / _CURVES
    new = not curves.exists()
    with curves.open("a", newline="") as file:
        writer = csv.DictWriter(file, figures)
        if new:
            writer.writeheader()
        writer.writerow(figures)


def _resume(run_folder: Path) -> tuple[keras.Model, int] | None:
    if not (run_folder / _PROGRESS).exists():
        return None
    done = json.loads((run_folder / _PROGRESS).read_text())["epochs_done"]
    return keras.models.load_model(run_folder / _CHECKPOINT), int(done)
