"""Random changes to training faces: what cameras, compression, light and crop do to a face, not what it expresses."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from emotionkit.emotions.pictures import Picture, compressed, narrowed

_SIDE_LOW = 16
"""Narrowest face, in pixels, that training imitates."""


def worsen(image: Picture, rng: np.random.Generator, faults: float) -> Picture:
    """Return a copy of one uint8 (h, w) face in other light, covered, or with a camera's faults, of the same shape.

    Args:
        image: The face.
        rng: Decides what is done to it; much is left as it is.
        faults: How often a camera's faults are imitated, 0 to 1.
    """
    face = image
    if rng.random() < 0.5:
        face = _relit(face, rng)
    if rng.random() < 0.25:
        face = _covered(face, rng)
    if rng.random() < faults:
        # A webcam far away is blurred first and compressed afterwards, so two faults may come together.
        for fault in rng.choice(len(_FAULTS), size=rng.integers(1, 3), replace=False):
            face = _FAULTS[fault](face, rng)
    return face


def reframe(image: Picture, rng: np.random.Generator) -> Picture:
    """Mirror, turn up to about 25°, scale and shift, as if the detector had framed the face differently."""
    height, width = image.shape
    angle = float(np.clip(rng.normal(0, 9), -25, 25))
    scale = float(rng.uniform(0.85, 1.2))
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, scale)
    matrix[:, 2] += rng.uniform(-0.08, 0.08, 2) * (width, height)
    matrix[:, :2] *= rng.uniform(0.94, 1.06, 2)
    if rng.random() < 0.5:
        matrix = matrix @ np.array([[-1, 0, width - 1], [0, 1, 0], [0, 0, 1]], np.float64)
    return cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _relit(image: Picture, rng: np.random.Generator) -> Picture:
    """Change gamma, and let light fall from one side. Plain brightness and contrast vanish in standardisation."""
    levels = np.linspace(0, 1, 256) ** np.exp(rng.uniform(-0.8, 0.8))
    face = np.round(levels * 255).astype(np.uint8)[image]
    if rng.random() < 0.4:
        height, width = face.shape
        direction = rng.uniform(0, 2 * np.pi)
        rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        shade = 1 + rng.uniform(0.1, 0.6) * (np.cos(direction) * columns + np.sin(direction) * rows)
        face = np.clip(face * shade, 0, 255).astype(np.uint8)
    return face


def _covered(image: Picture, rng: np.random.Generator) -> Picture:
    """Hide a rectangle, as a hand or a microphone would (random erasing)."""
    height, width = image.shape
    h, w = (rng.uniform(0.15, 0.5, 2) * (height, width)).astype(int)
    y, x = rng.integers(0, height - h), rng.integers(0, width - w)
    face = image.copy()
    face[y : y + h, x : x + w] = rng.integers(256)
    return face


def _out_of_focus(image: Picture, rng: np.random.Generator) -> Picture:
    return cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 2.0)))


def _shaken(image: Picture, rng: np.random.Generator) -> Picture:
    """Smear along a line of 3 to 7 pixels, as a moving head."""
    length = int(rng.integers(3, 8))
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), float(rng.uniform(0, 180)), 1)
    kernel = cv2.warpAffine(line, turn, (length, length))
    return cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def _far_away(image: Picture, rng: np.random.Generator) -> Picture:
    return narrowed(image, int(rng.integers(_SIDE_LOW, image.shape[1])))


def _noisy(image: Picture, rng: np.random.Generator) -> Picture:
    return np.clip(image + rng.normal(0, rng.uniform(3, 12), image.shape), 0, 255).astype(np.uint8)


def _in_the_dark(image: Picture, rng: np.random.Generator) -> Picture:
    """Leave few grey levels, which standardisation then pulls apart again, with the sensor's noise."""
    dark = image * rng.uniform(0.12, 0.45) + rng.normal(0, 0.8, image.shape)
    return np.clip(np.round(dark), 0, 255).astype(np.uint8)


def _compressed(image: Picture, rng: np.random.Generator) -> Picture:
    return compressed(image, int(rng.integers(10, 60)))


_FAULTS: tuple[Callable[[Picture, np.random.Generator], Picture], ...] = (
    _out_of_focus,
    _shaken,
    _far_away,
    _noisy,
    _in_the_dark,
    _compressed,
)
