"""Train the network: the same seed and settings give the same network again, also when a run was interrupted.

The backend (``KERAS_BACKEND``) must be one that can train: JAX, PyTorch or TensorFlow.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.backend import computing_in, keras
from emotionkit.emotions.batches import EpochBatches, Teach, steps_per_epoch
from emotionkit.emotions.datasets import LabelledFaces
from emotionkit.emotions.examples import Examples
from emotionkit.emotions.network import build_network
from emotionkit.emotions.preprocess import standardise
from emotionkit.emotions.rates import LearningRates
from emotionkit.emotions.shape import EXPRESSION_HEAD, ORIGINAL_HEAD, USABLE_HEAD
from emotionkit.emotions.training_settings import TrainingSettings
from emotionkit.errors import InvalidInputError

_CHECKPOINT = "checkpoint.weights.h5"
_AVERAGE = "average.weights.h5"
_CYCLE = "cycle-{}.weights.h5"
_PROGRESS = "progress.json"
_CURVES = "curves.csv"
_SETTINGS = "settings.json"


def train(
    examples: Examples,
    settings: TrainingSettings,
    run_folder: Path,
    *,
    validation: LabelledFaces | None = None,
    teach: Teach | None = None,
) -> Iterator[dict[str, float]]:
    """Train epoch by epoch, yielding each epoch's figures; go on from the checkpoint in ``run_folder`` if one is there.

    After the last epoch ``trained_network`` returns what came of it.

    Args:
        examples: What is learned.
        settings: How.
        run_folder: Of checkpoints and curves.
        validation: Faces to measure the moving average on after each epoch.
        teach: Puts into each batch what teachers read.

    Raises:
        InvalidInputError: The run was begun with other settings, or with ones that are not known any more, or its
            folder cannot be written.
    """
    try:
        run_folder.mkdir(parents=True, exist_ok=True)
        _keep_settings(settings, run_folder)
    except OSError as error:
        raise InvalidInputError(f"The training's folder {run_folder} cannot be written: {error.strerror}.") from error
    keras.utils.set_random_seed(settings.seed)
    with computing_in(settings.precision):
        network = _compiled(settings, steps_per_epoch(examples, settings))
        average = build_network(settings.shape)
    average.set_weights(network.get_weights())
    done = _resume(network, average, run_folder)
    for epoch in range(done, settings.epochs):
        history = network.fit(
            EpochBatches(examples, settings, epoch, teach=teach),
            initial_epoch=epoch,
            epochs=epoch + 1,
            verbose=0,
            callbacks=[_SeedDropout(settings.seed), _AverageWeights(average, settings.average_decay)],
        )
        figures = {"epoch": float(epoch + 1), **{name: values[-1] for name, values in history.history.items()}}
        if validation is not None:
            figures |= validation_accuracy(average, validation)
        if cycle := settings.cycle_ended(epoch + 1):
            average.save_weights(run_folder / _CYCLE.format(cycle))
        _checkpoint(network, average, figures, run_folder)
        yield figures


def trained_network(run_folder: Path, settings: TrainingSettings) -> keras.Model:
    """Return the network to predict with: the mean of the cycles that have ended, or before that the moving average.

    The mean of the weights of networks that came of one another reads like all of them together (Izmailov et al., 2018,
    https://arxiv.org/abs/1803.05407).
    """
    network = build_network(settings.shape)
    cycles = [run_folder / _CYCLE.format(cycle) for cycle in range(1, settings.cycles + 1)]
    ends = []
    for path in [path for path in cycles if path.exists()] or [run_folder / _AVERAGE]:
        network.load_weights(path)
        ends.append(network.get_weights())
    network.set_weights([np.mean(weights, axis=0) for weights in zip(*ends, strict=True)])
    return network


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


class _SeedDropout(keras.callbacks.Callback):
    """Lets dropout draw from seed and epoch alone: a checkpoint does not hold how far its random numbers had come.

    It acts when an epoch begins, since the first ``fit`` of a network draws numbers of its own before that.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._seed = seed

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:  # noqa: ARG002  Keras passes them by name
        # PyTorch's dropout draws from the global numbers, JAX's from those of the layer.
        keras.utils.set_random_seed(self._seed + epoch)
        for layer in self.model.layers:
            if isinstance(layer, keras.layers.Dropout):
                layer.seed_generator.state.assign([self._seed % 2**32, epoch])


class _AverageWeights(keras.callbacks.Callback):
    """Keeps an exponential moving average of all weights, the statistics of normalisation among them.

    Polyak and Juditsky, 1992; as in Tarvainen and Valpola, 2017, https://arxiv.org/abs/1703.01780, the average follows
    closely at first, so that it does not remember the random start.
    """

    def __init__(self, average: keras.Model, decay: float) -> None:
        super().__init__()
        self._average = average
        self._decay = decay

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:  # noqa: ARG002  Keras passes them by name
        step = int(self.model.optimizer.iterations)
        decay = min(self._decay, (1 + step) / (10 + step))
        for kept, current in zip(self._average.weights, self.model.weights, strict=True):
            kept.assign(kept * decay + current * (1 - decay))


def _compiled(settings: TrainingSettings, steps: int) -> keras.Model:
    network = build_network(settings.shape)
    optimizer = keras.optimizers.AdamW(LearningRates(settings, steps), weight_decay=settings.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["beta", "gamma", "bias"])
    expressions = keras.losses.CategoricalCrossentropy(from_logits=True)
    network.compile(
        optimizer,
        loss={
            EXPRESSION_HEAD: expressions,
            ORIGINAL_HEAD: expressions,
            USABLE_HEAD: keras.losses.BinaryCrossentropy(from_logits=True),
        },
        loss_weights={
            EXPRESSION_HEAD: 1.0,
            ORIGINAL_HEAD: settings.original_weight,
            USABLE_HEAD: settings.usable_weight,
        },
    )
    return network


def _checkpoint(network: keras.Model, average: keras.Model, figures: dict[str, float], run_folder: Path) -> None:
    # Both files are complete before either takes its place.
    files = {_CHECKPOINT: network, _AVERAGE: average}
    for name, saved in files.items():
        saved.save_weights(run_folder / f"partial-{name}")
    for name in files:
        (run_folder / f"partial-{name}").replace(run_folder / name)
    (run_folder / _PROGRESS).write_text(json.dumps({"epochs_done": int(figures["epoch"])}))
    curves = run_folder / _CURVES
    new = not curves.exists()
    with curves.open("a", newline="") as file:
        writer = csv.DictWriter(file, figures)
        if new:
            writer.writeheader()
        writer.writerow(figures)


def _keep_settings(settings: TrainingSettings, run_folder: Path) -> None:
    path = run_folder / _SETTINGS
    text = json.dumps(asdict(settings), indent=2)
    if (run_folder / _PROGRESS).exists():
        if not path.exists():
            raise InvalidInputError(f"The training in {run_folder} cannot go on: its file {path} is missing.")
        if path.read_text() != text:
            raise InvalidInputError(f"The training in {run_folder} was begun with other settings, see {path}.")
    path.write_text(text)


def _resume(network: keras.Model, average: keras.Model, run_folder: Path) -> int:
    """Load networks and optimizer from the checkpoint, if there is one, and return how many epochs it has behind it."""
    if not (run_folder / _PROGRESS).exists():
        return 0
    # Weights only: a whole saved model would come back without what is excluded from weight decay.
    network.optimizer.build(network.trainable_variables)
    network.load_weights(run_folder / _CHECKPOINT)
    average.load_weights(run_folder / _AVERAGE)
    return int(json.loads((run_folder / _PROGRESS).read_text())["epochs_done"])
