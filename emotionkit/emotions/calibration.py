"""Temperature scaling: one number that makes the network's confidence match how often it is right.

Guo et al., 2017, "On calibration of modern neural networks", https://arxiv.org/abs/1706.04599.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax


def fit_temperature(logits: NDArray[np.float32], truth: NDArray[np.intp]) -> float:
    """Return the divisor of the logits (n, 7) under which the true classes (n,) are likeliest, 0.05 to 20.

    >>> bool(fit_temperature(np.array([[9.0, 0], [9.0, 0]], np.float32), np.array([0, 1])) > 10)
    True
    """
    rows = np.arange(len(truth))

    def negative_log_likelihood(log_temperature: float) -> float:
        scaled = logits.astype(np.float64) / np.exp(log_temperature)
        return float(-log_softmax(scaled, axis=1)[rows, truth].mean())

    best = minimize_scalar(negative_log_likelihood, bounds=(np.log(0.05), np.log(20.0)), method="bounded")
    return float(np.exp(best.x))
