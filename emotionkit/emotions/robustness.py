"""How accuracy falls when faces get worse: blur, darkness, distance, compression, turning, covering.

Every condition is a curve over its strength, on the same faces, and the same each time. Sizes and blur are those of a
48 pixel wide face.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.pictures import Picture, compressed, turned
from emotionkit.emotions.readings import Readings

_SENSOR_NOISE = 1.0
"""Grey levels of noise that a camera adds to a dark picture."""


class Reads(Protocol):
    """What is measured: a classifier."""

    def read(self, crops: Sequence[Picture]) -> Readings:
        """Return what is read from crops."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A way for faces to get worse.

    Attributes:
        name: In words.
        strengths: From mild to severe, in the condition's own unit.
        judged_at: The strength whose loss the network is judged by.
        apply: Returns a worse copy of a uint8 (48, 48) face at a strength.
    """

    name: str
    strengths: tuple[float, ...]
    judged_at: float
    apply: Callable[[Picture, float], Picture]


@dataclass(frozen=True, slots=True)
class RobustnessPoint:
    """One point of a curve.

    Attributes:
        condition: The condition's name.
        strength: Its strength.
        judged: Whether the network is judged by this strength.
        accuracy: Share of faces still read right.
        usable: Mean of what the network thinks of being able to read them.
    """

    condition: str
    strength: float
    judged: bool
    accuracy: float
    usable: float


def robustness_curves(
    classifier: Reads, images: NDArray[np.uint8], truth: NDArray[np.intp]
) -> tuple[RobustnessPoint, ...]:
    """Return every point of every condition's curve.

    Args:
        classifier: What is measured.
        images: uint8 (n, 48, 48).
        truth: int (n,), indices into ``EMOTIONS``.
    """
    points = []
    for condition in CONDITIONS:
        for strength in condition.strengths:
            readings = classifier.read([condition.apply(image, strength) for image in images])
            accuracy = float((readings.probabilities.argmax(axis=1) == truth).mean())
            judged = strength == condition.judged_at
            points.append(RobustnessPoint(condition.name, strength, judged, accuracy, float(readings.usable.mean())))
    return tuple(points)


def _blurred(image: Picture, sigma: float) -> Picture:
    return cv2.GaussianBlur(image, (0, 0), sigma)


def _dark(image: Picture, light: float) -> Picture:
    """Leave a share of the light, rounded to whole grey levels, with noise that is the same for every face."""
    noise = np.random.default_rng(0).normal(0, _SENSOR_NOISE, image.shape)
    return np.clip(np.round(image * light + noise), 0, 255).astype(np.uint8)


def _narrow(image: Picture, width: float) -> Picture:
    """Return the face as it comes from a tile in which it is so many pixels wide; the product enlarges it."""
    return cv2.resize(image, (int(width), int(width)), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _compressed(image: Picture, quality: float) -> Picture:
    return compressed(image, int(quality))


def _covered_below(image: Picture, share: float) -> Picture:
    """Hide the lower part behind mid grey, as a mask or a hand does."""
    face = image.copy()
    face[round(image.shape[0] * (1 - share)) :] = 128
    return face


def _covered_aside(image: Picture, share: float) -> Picture:
    """Hide the left part behind mid grey, as the edge of a tile does."""
    face = image.copy()
    face[:, : round(image.shape[1] * share)] = 128
    return face


CONDITIONS = (
    Condition("blurred, sigma in px", (0.5, 1.0, 1.5, 2.0, 3.0), 1.5, _blurred),
    Condition("dark, share of the light", (0.5, 0.2, 0.1, 0.05), 0.1, _dark),
    Condition("narrow, width in px", (36, 24, 16, 12), 24, _narrow),
    Condition("JPEG, quality", (60, 40, 20, 10), 20, _compressed),
    Condition("turned, degrees", (5, 10, 15, 20, 30), 15, turned),
    Condition("lower part covered, share", (0.25, 0.4, 0.5), 0.5, _covered_below),
    Condition("left part covered, share", (0.25, 0.4, 0.5), 0.5, _covered_aside),
)
