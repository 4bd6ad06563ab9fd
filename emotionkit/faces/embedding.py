"""A face as a point in a space where pictures of one person lie close together: dlib's ResNet embedding.

The network and the landmarks that align the face come with the package ``face_recognition_models`` (King, High Quality
Face Recognition with Deep Metric Learning, dlib blog, 2017; five landmarks). Euclidean distances below about 0.5 speak
for the same person; several pictures averaged decide better than one.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import cv2
import dlib
import numpy as np
from numpy.typing import NDArray

from emotionkit.errors import InvalidInputError, ModelError
from emotionkit.records import BoundingBox

DIMENSIONS = 128
SURROUNDINGS = 2.0
"""Side of the square around a face that alignment needs, in sides of the face's box."""

_PACKAGE = "face_recognition_models"
_LANDMARKS = "shape_predictor_5_face_landmarks.dat"
_NETWORK = "dlib_face_recognition_resnet_model_v1.dat"


class FaceEmbedder:
    """Computes embeddings; about 0.1 s each on one core. Loading it takes half a second and 60 MB."""

    def __init__(self) -> None:
        """Load landmarks and network.

        Raises:
            ModelError: The package that brings them is missing or damaged.
        """
        folder = models_folder()
        try:
            self._landmarks = dlib.shape_predictor(str(folder / _LANDMARKS))
            self._network = dlib.face_recognition_model_v1(str(folder / _NETWORK))
        except RuntimeError as error:
            raise ModelError(f"The face models in {folder} cannot be read; reinstall {_PACKAGE}.") from error

    def embedding(self, picture: NDArray[np.uint8], box: BoundingBox) -> NDArray[np.float32]:
        """Return the embedding of one face.

        Args:
            picture: uint8, brightness (h, w) or RGB (h, w, 3). A gray picture counts as one whose colours are equal,
                which moved the embedding of a photo by 0.14.
            box: The face as the detector framed it, in pixels of the picture.

        Returns:
            float32 (128,), of length about 1.4; distances between two are Euclidean.

        Raises:
            InvalidInputError: The picture has another form, or the box lies outside it.
        """
        part, face = _surroundings(picture, box)
        rgb = np.ascontiguousarray(part if part.ndim == 3 else np.repeat(part[:, :, None], 3, axis=2))
        left, top = round(face.x), round(face.y)
        landmarks = self._landmarks(rgb, dlib.rectangle(left, top, left + round(face.w), top + round(face.h)))
        return np.array(self._network.compute_face_descriptor(rgb, landmarks), np.float32)


def models_folder() -> Path:
    """Return the folder of dlib's models. The package is found, not imported: importing it fails on many machines.

    Raises:
        ModelError: The package is not installed.
    """
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelError(f"Recognising people needs {_PACKAGE}; install it with pip.")
    return Path(found.submodule_search_locations[0]) / "models"


def surroundings(picture: NDArray[np.uint8], box: BoundingBox, largest: int) -> tuple[NDArray[np.uint8], BoundingBox]:
    """Return a copy of what an embedding needs of a picture, and the face's box in it.

    Args:
        picture: uint8 (h, w) or (h, w, 3).
        box: The face, in pixels of the picture.
        largest: Side in pixels to which a larger part is reduced, so that many can wait in memory.

    Raises:
        InvalidInputError: The picture has another form, or the box lies outside it.
    """
    part, face = _surroundings(picture, box)
    shrink = largest / max(part.shape[:2])
    if shrink >= 1:
        return part.copy(), face
    reduced = cv2.resize(part, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return reduced.astype(np.uint8, copy=False), face.scaled(shrink)


def _surroundings(picture: NDArray[np.uint8], box: BoundingBox) -> tuple[NDArray[np.uint8], BoundingBox]:
    if picture.dtype != np.uint8 or picture.ndim not in {2, 3} or picture.shape[2:] not in {(), (3,)}:
        raise InvalidInputError(f"A picture is uint8 (h, w) or (h, w, 3); this one is {picture.dtype} {picture.shape}.")
    height, width = picture.shape[:2]
    (center_x, center_y), half = box.center, SURROUNDINGS / 2 * max(box.w, box.h)
    left, right = (int(np.clip(round(edge), 0, width)) for edge in (center_x - half, center_x + half))
    top, bottom = (int(np.clip(round(edge), 0, height)) for edge in (center_y - half, center_y + half))
    if not (left <= center_x < right and top <= center_y < bottom):
        raise InvalidInputError(f"The face at {box} lies outside its picture of {width}×{height} pixels.")
    return picture[top:bottom, left:right], BoundingBox(box.x - left, box.y - top, box.w, box.h)
