"""Random changes to training faces: what cameras, compression, light and crop do to a face, not what it expresses."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE_LOW = 16
"""Narrowest face, in pixels, that training imitates."""


def augment(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a randomly changed copy of one uint8 (h, w) face, of the same shape."""
    face = _moved(image, rng)
    if rng.random() < 0.5:
        face = _relit(face, rng)
    if rng.random() < 0.3:
        face = _degraded(face, rng)
    if rng.random() < 0.25:
        face = _covered(face, rng)
    return face


def _moved(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Mirror, turn up to about 20°, scale and shift, as if the detector had framed the face differently."""
    height, width = image.shape
    angle = float(np.clip(rng.normal(0, 8), -20, 20))
    scale = float(rng.uniform(0.85, 1.2))
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, scale)
    matrix[:, 2] += rng.uniform(-0.08, 0.08, 2) * (width, height)
    matrix[:, :2] *= rng.uniform(0.94, 1.06, 2)
    if rng.random() < 0.5:
        matrix = matrix @ np.array([[-1, 0, width - 1], [0, 1, 0], [0, 0, 1]], np.float64)
    return cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _relit(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Change gamma, and let light fall from one side. Plain brightness and contrast vanish in standardisation."""
    levels = np.linspace(0, 1, 256) ** np.exp(rng.uniform(-0.7, 0.7))
    face = np.round(levels * 255).astype(np.uint8)[image]
    if rng.random() < 0.4:
        height, width = face.shape
        direction = rng.uniform(0, 2 * np.pi)
        rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        shade = 1 + rng.uniform(0.1, 0.5) * (np.cos(direction) * columns + np.sin(direction) * rows)
        face = np.clip(face * shade, 0, 255).astype(np.uint8)
    return face


def _degraded(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Blur, lower the resolution, add noise or compress: one of them, as a poor video would."""
    kind = rng.integers(4)
    height, width = image.shape
    if kind == 0:
        return cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 1.6)))
    if kind == 1:
        side = int(rng.integers(_SIDE_LOW, width))
        small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    if kind == 2:
        noisy = image + rng.normal(0, rng.uniform(3, 12), image.shape)
        return np.clip(noisy, 0, 255).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(12, 60))])
    decoded = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    return decoded


def _covered(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Hide a rectangle behind one grey level, as a hand or a microphone would (random erasing)."""
    height, width = image.shape
    h, w = (rng.uniform(0.15, 0.45, 2) * (height, width)).astype(int)
    y, x = rng.integers(0, height - h), rng.integers(0, width - w)
    face = image.copy()
    face[y : y + h, x : x + w] = rng.integers(256)
    return face
