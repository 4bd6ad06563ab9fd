"""From a trained checkpoint to a model folder that ``EmotionClassifier.load`` takes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from emotionkit.emotions.backend import keras
from emotionkit.emotions.calibration import calibrate
from emotionkit.emotions.examples import TrainingData
from emotionkit.emotions.preprocess import network_input
from emotionkit.emotions.quantisation import FACES, activation_ranges
from emotionkit.emotions.shape import EXPRESSION_HEAD
from emotionkit.emotions.training import predict_logits
from emotionkit.emotions.training_settings import TrainingSettings
from emotionkit.emotions.weights import Manifest, weights_path, write_manifest


def release_model(network: keras.Model, data: TrainingData, settings: TrainingSettings, folder: Path) -> Manifest:
    """Write weights and manifest into ``folder`` and return the manifest.

    ``network`` is one that was never compiled: an optimizer's state would triple the file. Temperature and bias are
    fitted on the clear faces held out for it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = weights_path(folder)
    network.save_weights(path)
    clear = data.calibration.take(data.calibration.clear())
    fitted = calibrate(
        predict_logits(network, clear.images)[EXPRESSION_HEAD],
        clear.majority(),
        natural=np.asarray(data.prior),
        oversampling=data.oversampling,
        softening=settings.prior_softening,
    )
    taught = f", taught by {' and '.join(sha[:12] + '…' for sha in settings.teachers)}" if settings.teachers else ""
    manifest = Manifest(
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        shape=settings.shape,
        temperature=fitted.temperature,
        bias=fitted.bias,
        prior=fitted.prior,
        trained=(
            f"{settings.epochs} epochs on FER2013 with FER+ votes and press photographs{taught}, seed {settings.seed}, "
            f"{settings.precision}, Keras {keras.__version__} on {keras.backend.backend()}"
        ),
        activations=activation_ranges(network, network_input(list(clear.images[:FACES]))),
    )
    write_manifest(folder, manifest)
    return manifest
