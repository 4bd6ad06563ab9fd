"""The classifier that the pipeline and other people's code call: face crops in, calibrated probabilities out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.preprocess import network_input
from emotionkit.emotions.readings import Readings
from emotionkit.emotions.shape import EXPRESSION_HEAD, ORIGINAL_HEAD, USABLE_HEAD
from emotionkit.emotions.weights import SHIPPED, Manifest, verified_weights
from emotionkit.errors import ModelError
from emotionkit.records import EMOTIONS

if TYPE_CHECKING:
    from emotionkit.emotions.backend import keras

_BATCH = 64
_WIDTHS = {EXPRESSION_HEAD: len(EMOTIONS), ORIGINAL_HEAD: len(EMOTIONS), USABLE_HEAD: 1}

Logits = dict[str, NDArray[np.float32]]


class EmotionClassifier:
    """Reads the apparent expression of faces.

    Use ``EmotionClassifier.load()``; the constructor takes a network that is already in memory.
    """

    def __init__(self, network: keras.Model, manifest: Manifest, *, flip_averaging: bool = False) -> None:
        self._network = network
        self._manifest = manifest
        self._flip_averaging = flip_averaging

    @classmethod
    def load(cls, folder: str | Path = SHIPPED, *, flip_averaging: bool = False) -> EmotionClassifier:
        """Return the shipped model, or the one in ``folder``.

        Args:
            folder: Where weights and manifest lie.
            flip_averaging: Average the logits of a face and its mirror image; twice the work.

        Raises:
            ModelError: The weights are missing, were changed, hold anything but numbers, or do not fit the network.
        """
        # Seconds, and not needed by a runtime.
        from emotionkit.emotions.network import build_network  # noqa: PLC0415
        from emotionkit.emotions.numbers_only import refuse_all_but_numbers  # noqa: PLC0415

        path, manifest = verified_weights(Path(folder))
        refuse_all_but_numbers(path)
        network = build_network(manifest.shape)
        try:
            with warnings.catch_warnings():
                # Keras only warns of layers that the file leaves untrained.
                warnings.simplefilter("error", UserWarning)
                network.load_weights(path)
        except (OSError, ValueError, UserWarning) as error:
            raise ModelError(f"The model's weights {path} do not fit the network.") from error
        return cls(network, manifest, flip_averaging=flip_averaging)

    @property
    def network(self) -> keras.Model:
        """The network, to be converted."""
        return self._network

    @property
    def sha256(self) -> str:
        """SHA-256 of the weights, as 64 hexadecimal digits."""
        return self._manifest.sha256

    @property
    def trained(self) -> str:
        """How the weights came about, in words."""
        return self._manifest.trained

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
        from emotionkit.emotions.network import multiply_adds  # noqa: PLC0415  as above

        return multiply_adds(self._network)

    def predict(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return float32 (n, 7): the probability of each of ``EMOTIONS`` per crop; rows sum to 1.

        Args:
            crops: uint8 arrays, (h, w) gray or (h, w, 3) RGB, any size; none gives a (0, 7) array.

        Raises:
            InvalidInputError: A crop has another shape or dtype, or is empty.
        """
        return self.read(crops).probabilities

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> Readings:
        """Return the probabilities of ``predict``, and how far each crop can be read at all.

        Arguments and errors are those of ``predict``.
        """
        logits = self._logits(crops)
        scaled = logits[EXPRESSION_HEAD] / np.float32(self._manifest.temperature)
        return Readings(
            probabilities=_softmax(scaled + np.asarray(self._manifest.bias, np.float32)),
            usable=_sigmoid(logits[USABLE_HEAD][:, 0]),
        )

    def predict_original(self, crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return float32 (n, 7) for the question that FER2013's single annotators answered; not calibrated.

        Only for comparison with the literature. Arguments and errors are those of ``predict``.
        """
        return _softmax(self._logits(crops)[ORIGINAL_HEAD])

    def _logits(self, crops: Sequence[NDArray[np.uint8]]) -> Logits:
        parts = [self._batch(network_input(crops[start : start + _BATCH])) for start in range(0, len(crops), _BATCH)]
        empty = {head: np.zeros((0, width), np.float32) for head, width in _WIDTHS.items()}
        return {head: np.concatenate([none, *(part[head] for part in parts)]) for head, none in empty.items()}

    def _batch(self, faces: NDArray[np.float32]) -> Logits:
        logits: Logits = self._network.predict_on_batch(faces)
        if not self._flip_averaging:
            return logits
        mirrored = self._network.predict_on_batch(np.ascontiguousarray(faces[..., ::-1]))
        return {head: (values + mirrored[head]) / 2 for head, values in logits.items()}


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: NDArray[np.float32] = shifted / shifted.sum(axis=1, keepdims=True)
    return probabilities


def _sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    # The logistic function, without overflow far from 0; SciPy's would cost every process a sixth of a second.
    half = np.float32(0.5)
    return half + half * np.tanh(half * logits)
