"""The classifier that the pipeline and other people's code call: face crops in, calibrated probabilities out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.backend import keras
from emotionkit.emotions.network import build_network, multiply_adds
from emotionkit.emotions.preprocess import network_input
from emotionkit.emotions.shape import EXPRESSION_HEAD, ORIGINAL_HEAD
from emotionkit.emotions.weights import SHIPPED, Manifest, verified_weights
from emotionkit.errors import ModelError
from emotionkit.records import EMOTIONS

_BATCH = 64


class EmotionClassifier:
    """Reads the apparent expression of faces.

    Use ``EmotionClassifier.load()``; the constructor takes a network that is already in memory.
    """

    def __init__(self, network: keras.Model, manifest: Manifest) -> None:
        self._network = network
        self._manifest = manifest

    @classmethod
    def load(cls, folder: str | Path = SHIPPED) -> EmotionClassifier:
        """Return the shipped model, or the one in ``folder``.

        Raises:
            ModelError: The weights are missing, were changed, or do not fit the network.
        """
        path, manifest = verified_weights(Path(folder))
        network = build_network(manifest.shape)
        try:
            with warnings.catch_warnings():
                # Keras only warns of layers that the file leaves untrained.
                warnings.simplefilter("error", UserWarning)
                network.load_weights(path)
        except (OSError, ValueError, UserWarning) as error:
            raise ModelError(f"The model's weights {path} do not fit the network.") from error
        return cls(network, manifest)

    @property
    def sha256(self) -> str:
        """SHA-256 of the weights, as 64 hexadecimal digits."""
        return self._manifest.sha256

    @property
    def prior(self) -> NDArray[np.float32]:
        """float32 (7,), sums to 1: the class shares for which the probabilities are calibrated.

        Dividing probabilities by it and renormalising gives the balanced reading, as if all seven were equally common.
        """
        prior = np.asarray(self._manifest.prior, np.float32)
        normalised: NDArray[np.float32] = prior / prior.sum()
        return normalised

    @property
    def parameters(self) -> int:
        """How many numbers the network consists of."""
        return int(self._network.count_params())

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds that one face costs."""
        return multiply_adds(self._network)

    def predict(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return float32 (n, 7): the probability of each of ``EMOTIONS`` per crop; rows sum to 1.

        Args:
            crops: uint8 arrays, (h, w) gray or (h, w, 3) RGB, any size; none gives a (0, 7) array.

        Raises:
            InvalidInputError: A crop has another shape or dtype, or is empty.
        """
        return _softmax(self._logits(crops)[EXPRESSION_HEAD] / np.float32(self._manifest.temperature))

    def predict_original(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return float32 (n, 7) for the question that FER2013's single annotators answered; not calibrated.

        Only for comparison with the literature. Arguments and errors are those of ``predict``.
        """
        return _softmax(self._logits(crops)[ORIGINAL_HEAD])

    def _logits(self, crops: Sequence[NDArray[np.uint8]]) -> dict[str, NDArray[np.float32]]:
        parts = [
            self._network.predict_on_batch(network_input(crops[start : start + _BATCH]))
            for start in range(0, len(crops), _BATCH)
        ]
        empty = np.zeros((0, len(EMOTIONS)), np.float32)
        return {
            head: np.concatenate([empty, *(part[head] for part in parts)]) for head in (EXPRESSION_HEAD, ORIGINAL_HEAD)
        }


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: NDArray[np.float32] = shifted / shifted.sum(axis=1, keepdims=True)
    return probabilities
