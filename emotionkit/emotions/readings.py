"""What the network says of crops, apart from Keras, so that it can be named without being loaded."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from emotionkit.records import EMOTIONS


class Readings(NamedTuple):
    """What the network says of n crops.

    Attributes:
        probabilities: float32 (n, 7), in the order of ``EMOTIONS``, rows sum to 1.
        usable: float32 (n,), probability that the crop shows a face well enough to be read: not too small, blurred,
            covered or turned, and a face at all.
    """

    probabilities: NDArray[np.float32]
    usable: NDArray[np.float32]

    @classmethod
    def none(cls) -> Readings:
        """Return the readings of no crops."""
        return cls(np.zeros((0, len(EMOTIONS)), np.float32), np.zeros(0, np.float32))
