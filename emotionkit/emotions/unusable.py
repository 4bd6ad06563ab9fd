"""Crops that nobody could read, made from faces that one could: what teaches the network when not to answer."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from emotionkit.emotions import pictures
from emotionkit.emotions.pictures import Picture


def spoil(image: Picture, rng: np.random.Generator) -> Picture:
    """Return a copy of one uint8 (h, w) face that can no longer be read, of the same shape."""
    way = WAYS[int(rng.integers(len(WAYS)))]
    return way(image, rng)


def too_small(image: Picture, rng: np.random.Generator) -> Picture:
    """Leave 4 to 8 pixels of width."""
    return pictures.narrowed(image, int(rng.integers(4, 9)))


def blurred(image: Picture, rng: np.random.Generator) -> Picture:
    """Blur over 4.5 to 9 pixels, a tenth of the face and more."""
    return cv2.GaussianBlur(image, (0, 0), float(rng.uniform(4.5, 9)) * image.shape[1] / 48)


def covered(image: Picture, rng: np.random.Generator) -> Picture:
    """Hide 70 to 95 % of the face from one side, behind one grey level or behind noise."""
    turns = int(rng.integers(4))
    face = np.rot90(image, turns).copy()
    rows = int(face.shape[0] * rng.uniform(0.7, 0.95))
    level = rng.integers(256)
    spread = rng.choice([0.0, 20.0])
    face[:rows] = np.clip(rng.normal(level, spread, (rows, face.shape[1])), 0, 255)
    return np.rot90(face, -turns).copy()


def misframed(image: Picture, rng: np.random.Generator) -> Picture:
    """Push the face out of the crop by 0.55 to 0.9 of its side."""
    height, width = image.shape
    direction = rng.uniform(0, 2 * np.pi)
    reach = rng.uniform(0.55, 0.9)
    move = np.array([[1, 0, reach * width * np.cos(direction)], [0, 1, reach * height * np.sin(direction)]])
    return cv2.warpAffine(image, move, (width, height), borderMode=cv2.BORDER_REFLECT_101)


def no_face(image: Picture, rng: np.random.Generator) -> Picture:
    """Enlarge a patch of a quarter to a tenth of the side, turned anyhow: skin, hair and walls, but no face."""
    height, width = image.shape
    scale = float(rng.uniform(4, 10))
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    matrix = cv2.getRotationMatrix2D((x, y), float(rng.uniform(0, 360)), scale)
    matrix[:, 2] += (width / 2 - x, height / 2 - y)
    return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)


def turned(image: Picture, rng: np.random.Generator) -> Picture:
    """Turn by 70 to 290 degrees: a detector that gives such a box has found something else than an upright face."""
    return pictures.turned(image, float(rng.uniform(70, 290)))


def lost_in_noise(image: Picture, rng: np.random.Generator) -> Picture:
    """Bring the contrast below the sensor's noise."""
    quiet = (image.astype(np.float64) - image.mean()) / max(float(image.std()), 1) * rng.uniform(0.5, 3)
    return np.clip(np.round(40 + quiet + rng.normal(0, 12, image.shape)), 0, 255).astype(np.uint8)


WAYS: tuple[Callable[[Picture, np.random.Generator], Picture], ...] = (
    too_small,
    blurred,
    covered,
    misframed,
    no_face,
    turned,
    lost_in_noise,
)
