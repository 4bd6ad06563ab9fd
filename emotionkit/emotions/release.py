"""From a trained checkpoint to a model folder that ``EmotionClassifier.load`` takes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from emotionkit.emotions.backend import keras
from emotionkit.emotions.calibration import fit_temperature
from emotionkit.emotions.datasets import LabelledFaces
from emotionkit.emotions.network import EXPRESSION_HEAD
from emotionkit.emotions.training import predict_logits
from emotionkit.emotions.training_settings import TrainingSettings
from emotionkit.emotions.weights import Manifest, weights_path, write_manifest
from emotionkit.records import EMOTIONS


def release_model(
    network: keras.Model, calibration: LabelledFaces, settings: TrainingSettings, folder: Path
) -> Manifest:
    """Write weights and manifest into ``folder`` and return the manifest.

    The temperature is fitted on the clear faces of ``calibration``, whose class shares become the prior: they were
    drawn from the training faces at random and took no part in training.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = weights_path(folder)
    network.save_weights(path)
    clear = calibration.take(calibration.clear())
    truth = clear.majority()
    shares = np.bincount(truth, minlength=len(EMOTIONS)) / len(truth)
    manifest = Manifest(
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        shape=settings.shape,
        temperature=fit_temperature(predict_logits(network, clear.images)[EXPRESSION_HEAD], truth),
        prior=tuple(shares.tolist()),
        trained=(
            f"{settings.epochs} epochs on FER2013 with FER+ votes and press photographs, seed {settings.seed}, "
            f"Keras {keras.__version__} on {keras.backend.backend()}"
        ),
    )
    write_manifest(folder, manifest)
    return manifest
