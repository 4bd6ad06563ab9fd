"""Temperature scaling: one number that makes the network's confidence match how often it is right.

Guo et al., 2017, "On calibration of modern neural networks", https://arxiv.org/abs/1706.04599.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax


@dataclass(frozen=True, slots=True)
class Calibration:
    """How logits become probabilities: ``softmax(logits / temperature + bias)``, right for classes as in ``prior``."""

    temperature: float
    bias: tuple[float, ...]
    prior: tuple[float, ...]


def calibrate(
    logits: NDArray[np.float32],
    truth: NDArray[np.intp],
    *,
    natural: NDArray[np.float64],
    oversampling: NDArray[np.float64],
    softening: float,
) -> Calibration:
    """Fit a temperature and move the class shares from what training was shown to a softened natural prior.

    A change of class shares adds the logarithm of their ratio to the logits (Saerens et al., 2002,
    https://doi.org/10.1162/089976602753284446; Menon et al., 2021, https://arxiv.org/abs/2007.07314).

    Args:
        logits: float32 (n, 7), of faces in which the classes have their natural shares.
        truth: int (n,), their classes.
        natural: float64 (7,), those shares, above 0; sums to 1.
        oversampling: float64 (7,), by how much training showed a class more often than that, above 0.
        softening: From 0, the prior is the natural one, to 1, it is uniform: the natural shares to the power of
            1 - ``softening``. In between, rare expressions are not drowned by common ones.
    """
    undone = -np.log(oversampling)
    temperature = fit_temperature((logits + undone).astype(np.float32), truth)
    softened = natural ** (1 - softening)
    prior = softened / softened.sum()
    bias = undone / temperature + np.log(prior / natural)
    return Calibration(temperature, tuple(bias.tolist()), tuple(prior.tolist()))


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
