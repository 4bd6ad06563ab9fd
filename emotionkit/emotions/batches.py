"""What the network is shown, step by step: faces drawn, augmented and mixed, and among them crops nobody could read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.augment import reframe, worsen
from emotionkit.emotions.backend import keras
from emotionkit.emotions.examples import Examples, PerHead
from emotionkit.emotions.pictures import Picture
from emotionkit.emotions.preprocess import INPUT_SIZE, standardise
from emotionkit.emotions.shape import USABLE_HEAD
from emotionkit.emotions.training_settings import TrainingSettings
from emotionkit.emotions.unusable import spoil

_Faces = NDArray[np.float32]
Batch = tuple[_Faces, PerHead, PerHead]
Teach = Callable[[_Faces, PerHead, PerHead], tuple[PerHead, PerHead]]
"""From faces before they were made worse, (n, 1, 48, 48), targets and weights to those that are learned."""


def steps_per_epoch(examples: Examples, settings: TrainingSettings) -> int:
    """Return how many batches an epoch has."""
    return int(examples.draws.sum()) // _faces_per_batch(settings)


class EpochBatches(keras.utils.PyDataset):
    """One epoch of augmented batches; seed, epoch and batch alone decide what each holds."""

    def __init__(
        self, examples: Examples, settings: TrainingSettings, epoch: int, *, teach: Teach | None = None
    ) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self._examples = examples
        self._settings = settings
        self._epoch = epoch
        self._teach = teach
        self._order = _drawn(examples, settings, epoch)

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, batch: int) -> Batch:
        rng = np.random.default_rng((self._settings.seed, self._epoch, batch))
        chosen = self._order[batch]
        reframed, worse = zip(*(self._view(index, rng) for index in chosen), strict=True)
        shares = self._mixing_shares(rng)
        faces, targets, weights = _mixed((standardise(_stacked(worse)), *self._labels(chosen)), shares)
        if self._teach:
            targets, weights = self._teach(_laid_over(standardise(_stacked(reframed)), shares), targets, weights)
        spoilt = rng.choice(chosen, self._settings.batch_size - len(chosen))
        unusable = [spoil(self._view(index, rng)[1], rng) for index in spoilt]
        return (
            np.concatenate([faces, standardise(_stacked(unusable))]),
            {head: _padded(target, len(spoilt)) for head, target in targets.items()},
            {
                head: _padded(weight, len(spoilt), 1.0 if head == USABLE_HEAD else 0.0)
                for head, weight in weights.items()
            },
        )

    def _view(self, index: int, rng: np.random.Generator) -> tuple[Picture, Picture]:
        """Return a face framed in another way, and the same made worse."""
        reframed = reframe(self._examples.images[index], rng)
        return reframed, worsen(reframed, rng, self._settings.faults)

    def _labels(self, chosen: NDArray[np.intp]) -> tuple[PerHead, PerHead]:
        examples = self._examples
        targets = {head: target[chosen] for head, target in examples.targets.items()}
        weights = {head: weight[chosen] for head, weight in examples.weights.items()}
        usable = np.ones(len(chosen), np.float32)
        return targets | {USABLE_HEAD: usable[:, np.newaxis]}, weights | {USABLE_HEAD: usable}

    def _mixing_shares(self, rng: np.random.Generator) -> NDArray[np.float32]:
        """Return the share of itself that each face keeps of the first half of a batch; of none where none is mixed."""
        half = _faces_per_batch(self._settings) // 2
        concentration = self._settings.mixup
        if not concentration or half < 2 or self._epoch >= self._settings.main_epochs:
            return np.empty(0, np.float32)
        shares = rng.beta(concentration, concentration, half).astype(np.float32)
        return np.maximum(shares, 1 - shares)


def _faces_per_batch(settings: TrainingSettings) -> int:
    return settings.batch_size - round(settings.batch_size * settings.unusable_share)


def _drawn(examples: Examples, settings: TrainingSettings, epoch: int) -> NDArray[np.intp]:
    """Return int (steps, faces per batch): which faces an epoch shows, in random order."""
    rng = np.random.default_rng((settings.seed, epoch))
    times = np.floor(examples.draws + rng.random(len(examples))).astype(int)
    order = rng.permutation(np.repeat(np.arange(len(examples)), times))
    # The number drawn varies a little from epoch to epoch; the schedule of the learning rate asks for one length.
    return np.resize(order, (steps_per_epoch(examples, settings), _faces_per_batch(settings)))


def _mixed(batch: Batch, shares: NDArray[np.float32]) -> Batch:
    """Lay the first faces of a batch over one another; whether such a picture is usable is not asked."""
    faces, targets, weights = batch
    mixed = len(shares)
    for head, target in targets.items():
        both = _laid_over(weights[head], shares)
        weighted = _laid_over(weights[head][:, np.newaxis] * target, shares)
        target[:mixed] = weighted[:mixed] / np.maximum(both[:mixed], 1e-6)[:, np.newaxis]
        weights[head] = both
    weights[USABLE_HEAD][:mixed] = 0
    return _laid_over(faces, shares), targets, weights


def _laid_over(values: NDArray[np.float32], shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a copy in which the first values, as many as there are shares, are mixed, each with the one before it."""
    laid = values.copy()
    first = values[: len(shares)]
    share = shares.reshape(-1, *(1,) * (values.ndim - 1))
    laid[: len(shares)] = share * first + (1 - share) * np.roll(first, 1, axis=0)
    return laid


def _padded(values: NDArray[np.float32], more: int, value: float = 0.0) -> NDArray[np.float32]:
    return np.concatenate([values, np.full((more, *values.shape[1:]), value, np.float32)])


def _stacked(images: Sequence[Picture]) -> _Faces:
    return np.stack(images).astype(np.float32) if images else np.empty((0, INPUT_SIZE, INPUT_SIZE), np.float32)
