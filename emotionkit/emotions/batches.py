"""What the network is shown, step by step: faces drawn, augmented and mixed, and among them crops nobody could read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.augment import augment
from emotionkit.emotions.backend import keras
from emotionkit.emotions.examples import Examples, PerHead
from emotionkit.emotions.preprocess import INPUT_SIZE, standardise
from emotionkit.emotions.shape import USABLE_HEAD
from emotionkit.emotions.training_settings import TrainingSettings
from emotionkit.emotions.unusable import spoil

_Faces = NDArray[np.float32]
Batch = tuple[_Faces, PerHead, PerHead]


def steps_per_epoch(examples: Examples, settings: TrainingSettings) -> int:
    """Return how many batches an epoch has."""
    return int(examples.draws.sum()) // _faces_per_batch(settings)


class EpochBatches(keras.utils.PyDataset):
    """One epoch of augmented batches; seed, epoch and batch alone decide what each holds."""

    def __init__(self, examples: Examples, settings: TrainingSettings, epoch: int) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self._examples = examples
        self._settings = settings
        self._epoch = epoch
        self._order = _drawn(examples, settings, epoch)

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, batch: int) -> Batch:
        rng = np.random.default_rng((self._settings.seed, self._epoch, batch))
        chosen = self._order[batch]
        mixup = self._settings.mixup if self._epoch < self._settings.main_epochs else 0.0
        faces, targets, weights = _mixed(self._faces(chosen, rng), mixup, rng)
        spoilt = rng.choice(chosen, self._settings.batch_size - len(chosen))
        unusable = [spoil(augment(self._examples.images[index], rng), rng) for index in spoilt]
        return (
            np.concatenate([faces, standardise(_stacked(unusable))]),
            {head: _padded(target, len(spoilt)) for head, target in targets.items()},
            {
                head: _padded(weight, len(spoilt), 1.0 if head == USABLE_HEAD else 0.0)
                for head, weight in weights.items()
            },
        )

    def _faces(self, chosen: NDArray[np.intp], rng: np.random.Generator) -> Batch:
        examples = self._examples
        faces = [augment(examples.images[index], rng) for index in chosen]
        targets = {head: target[chosen] for head, target in examples.targets.items()}
        weights = {head: weight[chosen] for head, weight in examples.weights.items()}
        usable = np.ones(len(chosen), np.float32)
        return (
            standardise(_stacked(faces)),
            targets | {USABLE_HEAD: usable[:, np.newaxis]},
            weights | {USABLE_HEAD: usable},
        )


def _faces_per_batch(settings: TrainingSettings) -> int:
    return settings.batch_size - round(settings.batch_size * settings.unusable_share)


def _drawn(examples: Examples, settings: TrainingSettings, epoch: int) -> NDArray[np.intp]:
    """Return int (steps, faces per batch): which faces an epoch shows, in random order."""
    rng = np.random.default_rng((settings.seed, epoch))
    times = np.floor(examples.draws + rng.random(len(examples))).astype(int)
    order = rng.permutation(np.repeat(np.arange(len(examples)), times))
    # The number drawn varies a little from epoch to epoch; the schedule of the learning rate asks for one length.
    return np.resize(order, (steps_per_epoch(examples, settings), _faces_per_batch(settings)))


def _mixed(batch: Batch, concentration: float, rng: np.random.Generator) -> Batch:
    """Lay faces of the first half of a batch over one another; whether such a picture is usable is not asked."""
    faces, targets, weights = batch
    half = len(faces) // 2
    if not concentration or half < 2:
        return batch
    share = rng.beta(concentration, concentration, half).astype(np.float32)
    share = np.maximum(share, 1 - share)
    partner = np.roll(np.arange(half), 1)
    faces[:half] = _blend(faces[:half], faces[partner], share)
    for head, target in targets.items():
        weight = weights[head]
        both = _blend(weight[:half], weight[partner], share)
        weighted = weight[:, np.newaxis] * target
        blended = _blend(weighted[:half], weighted[partner], share)
        target[:half] = blended / np.maximum(both, 1e-6)[:, np.newaxis]
        weight[:half] = both
    weights[USABLE_HEAD][:half] = 0
    return faces, targets, weights


def _blend(one: NDArray[np.float32], other: NDArray[np.float32], share: NDArray[np.float32]) -> NDArray[np.float32]:
    share = share.reshape(-1, *(1,) * (one.ndim - 1))
    return share * one + (1 - share) * other


def _padded(values: NDArray[np.float32], more: int, value: float = 0.0) -> NDArray[np.float32]:
    return np.concatenate([values, np.full((more, *values.shape[1:]), value, np.float32)])


def _stacked(images: list[NDArray[np.uint8]]) -> _Faces:
    return np.stack(images).astype(np.float32) if images else np.empty((0, INPUT_SIZE, INPUT_SIZE), np.float32)
