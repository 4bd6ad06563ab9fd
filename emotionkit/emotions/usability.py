"""When the network should not answer: how well it tells, and what a threshold costs in coverage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.robustness import Reads
from emotionkit.emotions.unusable import WAYS

THRESHOLDS = (0.0, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class ThresholdCost:
    """What asking for a least usability costs and brings.

    Attributes:
        threshold: Faces of a lower usability are not read.
        coverage: Share of the labelled faces that are still read.
        accuracy: Share of those that are read right, ``None`` where none is read.
        refused: Share of spoilt faces that are not read, by the way in which they were spoilt.
    """

    threshold: float
    coverage: float
    accuracy: float | None
    refused: dict[str, float]


def threshold_costs(classifier: Reads, images: NDArray[np.uint8], truth: NDArray[np.intp]) -> tuple[ThresholdCost, ...]:
    """Return what each of ``THRESHOLDS`` costs.

    Args:
        classifier: What is measured.
        images: uint8 (n, 48, 48), faces with a clear label.
        truth: int (n,), indices into ``EMOTIONS``.
    """
    rng = np.random.default_rng(0)
    readings = classifier.read(list(images))
    right = readings.probabilities.argmax(axis=1) == truth
    spoilt = {
        way.__name__.replace("_", " "): classifier.read([way(image, rng) for image in images]).usable for way in WAYS
    }
    costs = []
    for threshold in THRESHOLDS:
        kept = readings.usable >= threshold
        accuracy = float(right[kept].mean()) if kept.any() else None
        refused = {name: float((usable < threshold).mean()) for name, usable in spoilt.items()}
        costs.append(ThresholdCost(threshold, float(kept.mean()), accuracy, refused))
    return tuple(costs)
