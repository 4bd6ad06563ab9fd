"""Embeddings by the real network, of rendered students and of the people in the clips."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest

from emotionkit.config import DetectionSettings
from emotionkit.errors import InvalidFileError, InvalidInputError, ModelError
from emotionkit.faces import embedding
from emotionkit.faces.dlib_detector import DlibDetector
from emotionkit.faces.embedding import FaceEmbedder, surroundings
from emotionkit.faces.photo import LARGEST_SIDE, PhotoEmbedder, read_photo
from emotionkit.records import BoundingBox


@pytest.fixture(scope="module")
def embedder():
    return FaceEmbedder()


@pytest.fixture(scope="module")
def photos():
    return PhotoEmbedder()


def face_in(luma):
    (found, *_) = DlibDetector(DetectionSettings()).detect(luma)
    return found.box


def test_an_embedding_has_the_form_that_is_promised(embedder, portrait):
    vector = embedder.embedding(portrait, face_in(portrait))
    assert (vector.shape, vector.dtype) == ((128,), np.float32)
    assert 1 < np.linalg.norm(vector) < 2
    rgb = np.repeat(portrait[:, :, None], 3, axis=2)
    np.testing.assert_array_equal(embedder.embedding(rgb, face_in(portrait)), vector)


def test_only_the_surroundings_of_a_face_count(embedder, portrait):
    box = face_in(portrait)
    wide = cv2.copyMakeBorder(portrait, 300, 0, 200, 0, cv2.BORDER_CONSTANT, value=77)
    moved = BoundingBox(box.x + 200, box.y + 300, box.w, box.h)
    assert np.linalg.norm(embedder.embedding(wide, moved) - embedder.embedding(portrait, box)) < 0.25


def test_the_same_student_is_nearer_than_another(embedder, exam_review):
    first, last = exam_review[0].seats, exam_review[-1].seats
    one = {name: embedder.embedding(seat.luma, seat.face) for name, seat in first.items()}
    other = {name: embedder.embedding(seat.luma, seat.face) for name, seat in last.items()}
    for name, vector in one.items():
        distances = {rival: np.linalg.norm(vector - point) for rival, point in other.items()}
        assert min(distances, key=distances.get) == name


def test_a_large_face_is_reduced_and_stays_the_same_person(embedder, portrait):
    box = face_in(portrait)
    large = cv2.resize(portrait, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    part, face = surroundings(large, box.scaled(4), 300)
    assert max(part.shape) <= 300
    assert np.linalg.norm(embedder.embedding(part, face) - embedder.embedding(portrait, box)) < 0.3


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((9, 9), np.float32),
        np.zeros((9, 9, 4), np.uint8),
        np.zeros(9, np.uint8),
        np.zeros((0, 0), np.uint8),
        np.zeros((90, 90), np.uint8),
    ],
)
def test_a_wrong_picture_is_named(embedder, picture):
    with pytest.raises(InvalidInputError):
        embedder.embedding(picture, BoundingBox(100, 100, 50, 50))


def test_a_box_that_reaches_past_the_edge_is_fine(embedder):
    assert embedder.embedding(np.zeros((90, 90), np.uint8), BoundingBox(-20, -20, 80, 80)).shape == (128,)


def test_the_package_of_the_models_is_never_imported():
    program = (
        "import sys, emotionkit.faces.embedding as e; e.FaceEmbedder(); print('face_recognition_models' in sys.modules)"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout == "False\n"


def test_missing_models_are_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(embedding, "models_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match="reinstall face_recognition_models"):
        FaceEmbedder()
    monkeypatch.undo()
    monkeypatch.setattr(embedding.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match="needs face_recognition_models"):
        FaceEmbedder()


def test_the_model_of_68_landmarks_is_not_used(monkeypatch):
    monkeypatch.setattr(embedding.dlib, "shape_predictor", lambda path: pytest.fail(path) if "68" in path else None)
    FaceEmbedder()


def test_a_photo_of_one_person(photos, clips):
    assert photos.embedding(clips / "single_face.jpg").shape == (128,)


def test_a_photo_with_several_or_no_faces_is_refused(photos, clips, tmp_path):
    with pytest.raises(InvalidFileError, match=r"multi_face\.jpg: \d faces were found in it"):
        photos.embedding(clips / "multi_face.jpg")
    wall = tmp_path / "wall.png"
    cv2.imwrite(str(wall), np.full((400, 600, 3), 90, np.uint8))
    with pytest.raises(InvalidFileError, match=r"wall\.png: no face was found in it"):
        photos.embedding(wall)


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"\xff\xd8\xff\xe0 cut off", b"\x89PNG\r\n\x1a\n" + b"\xff" * 50]
)
def test_what_is_no_picture_is_refused(tmp_path, content):
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(InvalidFileError, match=r"photo\.jpg: is no picture that can be read"):
        read_photo(path)


def test_a_photo_that_is_not_there(tmp_path):
    with pytest.raises(InvalidFileError, match="cannot be read: No such file"):
        read_photo(tmp_path / "photo.jpg")


def test_a_photo_comes_in_colour_and_not_too_large(tmp_path):
    red = np.zeros((3000, 900, 3), np.uint8)
    red[..., 2] = 255
    cv2.imwrite(str(tmp_path / "red.png"), red)
    photo = read_photo(tmp_path / "red.png")
    assert photo.shape == (LARGEST_SIDE, 480, 3)
    assert photo[0, 0].tolist() == [255, 0, 0]
