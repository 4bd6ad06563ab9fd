"""Reference photos: read, and the one face in them found."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from emotionkit.config import DetectionSettings
from emotionkit.errors import InvalidFileError
from emotionkit.faces.detector import FaceDetector
from emotionkit.faces.dlib_detector import DlibDetector
from emotionkit.faces.embedding import FaceEmbedder

LARGEST_SIDE = 1600
"""Side in pixels to which a larger photo is reduced; a portrait needs no more."""
_MOST_BYTES = 100_000_000
_SETTINGS = DetectionSettings(smallest_face=80, full_scan_every=1)


class PhotoEmbedder:
    """Turns photos of one person each into embeddings; the photos are only looked at."""

    def embedding(self, photo: Path) -> NDArray[np.float32]:
        """Return float32 (128,) of the one face in a photo.

        Raises:
            InvalidFileError: It is no picture, or shows no face, or several.
            ModelError: The models that recognise people are missing or damaged.
        """
        rgb = read_photo(photo)
        found = self._detector.detect(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False))
        if not found:
            raise InvalidFileError(photo, "no face was found in it; give a photo taken from the front, in good light.")
        if len(found) > 1:
            raise InvalidFileError(photo, f"{len(found)} faces were found in it; give one of this student alone.")
        return self._embedder.embedding(rgb, found[0].box)

    @cached_property
    def _detector(self) -> FaceDetector:
        return DlibDetector(_SETTINGS)

    @cached_property
    def _embedder(self) -> FaceEmbedder:
        return FaceEmbedder()


def read_photo(path: Path) -> NDArray[np.uint8]:
    """Return a photo the right way up: uint8 (h, w, 3) RGB, of at most 1600 pixels a side.

    Raises:
        InvalidFileError: It cannot be read, or is no picture.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidFileError(path, "is too large for a photo.")
        content = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise InvalidFileError(path, f"cannot be read: {error.strerror or error}.") from error
    try:
        bgr = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except cv2.error:
        # Sizes that no photo has.
        bgr = None
    if bgr is None:
        raise InvalidFileError(path, "is no picture that can be read; give a JPEG or PNG.")
    shrink = min(1.0, LARGEST_SIDE / max(bgr.shape[:2]))
    if shrink < 1:
        bgr = cv2.resize(bgr, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
