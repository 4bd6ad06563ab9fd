"""The shipped classifier, loaded when the first face is read, and without Keras where that can be.

Importing Keras takes seconds of computing; that a recording was processed before can be said without it, and a network
that was converted once is read without it too.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.readings import Readings
from emotionkit.emotions.runtime import load_runtime
from emotionkit.emotions.weights import verified_weights

if TYPE_CHECKING:
    from emotionkit.emotions.classifier import EmotionClassifier


class LazyClassifier:
    """Reads expressions as ``EmotionClassifier.load()`` does, in eight bits, and knows its name before that.

    Raises:
        ModelError: The shipped weights are missing or were changed.
    """

    def __init__(self, *, threads: int | None = None) -> None:
        _, self._manifest = verified_weights()
        self._threads = threads

    @property
    def sha256(self) -> str:
        """SHA-256 of the weights, as 64 hexadecimal digits."""
        return self._manifest.sha256

    def read(self, crops: Sequence[NDArray[np.uint8]]) -> Readings:
        """Return what ``EmotionClassifier.read`` does."""
        return self._classifier.read(crops) if crops else Readings.none()

    @cached_property
    def _classifier(self) -> EmotionClassifier:
        from emotionkit.emotions.classifier import EmotionClassifier  # noqa: PLC0415  see above

        if os.environ.get("KERAS_BACKEND", "openvino") != "openvino":
            # The user wants another backend.
            return EmotionClassifier.load()
        runtime = load_runtime(
            self.sha256,
            lambda: EmotionClassifier.load().network,
            threads=self._threads,
            activations=self._manifest.activations,
        )
        return EmotionClassifier(runtime, self._manifest)
