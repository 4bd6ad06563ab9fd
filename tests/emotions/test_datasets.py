"""Labelled faces: votes, majorities, and archives that are not what they should be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from emotionkit.config import DetectionSettings, TrackingSettings
from emotionkit.emotions.datasets import LabelledFaces, load_fer2013, load_press_faces
from emotionkit.emotions.preprocess import INPUT_SIZE, network_input, standardise
from emotionkit.errors import InvalidInputError
from emotionkit.faces import FaceReader
from emotionkit.faces.crop import cut
from emotionkit.faces.dlib_detector import DlibDetector
from emotionkit.records import EMOTIONS, BoundingBox, Frame
from emotionkit.video import sampled_frames

SAMPLE = Path(__file__).parents[2] / "recordings" / "sample"

COLUMNS = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF"]


def write_fer2013(path: Path, votes: list[dict[str, int]], /, **replaced: object) -> Path:
    """Write an archive like FER2013's with one flat face per set of votes."""
    count = len(votes)
    arrays = {
        "images": np.arange(count, dtype=np.uint8)[:, None, None].repeat(48, 1).repeat(48, 2),
        "labels": np.zeros(count, np.int8),
        "votes": np.array([[vote.get(column, 0) for column in COLUMNS] for vote in votes], np.int8),
        "has_votes": np.ones(count, bool),
        "classes": np.array(EMOTIONS),
        "vote_columns": np.array(COLUMNS),
    }
    np.savez(path, **(arrays | replaced))
    return path


@pytest.fixture
def faces(tmp_path) -> LabelledFaces:
    votes = [
        {"happiness": 10},
        {"anger": 6, "sadness": 4},
        {"fear": 5, "surprise": 5},
        {"NF": 10},
        {"sadness": 9, "fear": 1},
    ]
    return load_fer2013(write_fer2013(tmp_path / "faces.npz", votes))


def test_votes_are_ordered_as_the_product_orders_emotions(faces):
    assert [EMOTIONS[index] for index in faces.majority()[:2]] == ["happy", "angry"]
    assert faces.votes.shape == (5, 7)


def test_more_than_five_of_ten_votes_make_a_face_clear(faces):
    assert faces.clear().tolist() == [True, True, False, False, True]


def test_distributions_sum_to_one_or_are_empty(faces):
    assert faces.distribution().sum(axis=1).tolist() == pytest.approx([1, 1, 1, 0, 1])


def test_a_single_vote_is_an_outlier(faces):
    assert faces.distribution()[4, EMOTIONS.index("fear")] == 0


def test_single_votes_count_where_there_is_nothing_else(tmp_path):
    faces = load_fer2013(write_fer2013(tmp_path / "faces.npz", [{"fear": 1, "unknown": 9}]))
    assert faces.distribution()[0, EMOTIONS.index("fear")] == 1


def test_copies_of_test_images_are_left_out(tmp_path):
    votes = [{"happiness": 10}, {"anger": 10}]
    faces = load_fer2013(write_fer2013(tmp_path / "faces.npz", votes, copied_in_test=np.array([True, False])))
    assert len(faces) == 1
    assert faces.images[0, 0, 0] == 1


def test_faces_without_votes_have_none(tmp_path):
    faces = load_fer2013(write_fer2013(tmp_path / "faces.npz", [{"anger": 10}], has_votes=np.array([False])))
    assert not faces.clear().any()
    assert not faces.distribution().any()


def test_taking_keeps_faces_and_labels_together(faces):
    taken = faces.take(np.array([1, 0]))
    assert taken.images[:, 0, 0].tolist() == [1, 0]
    assert taken.majority().tolist() == faces.majority()[[1, 0]].tolist()


@pytest.mark.parametrize("content", [b"", b"not an archive"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "faces.npz"
    path.write_bytes(content)
    for load in (load_fer2013, load_press_faces):
        with pytest.raises(InvalidInputError, match=r"faces\.npz is not"):
            load(path)


def test_a_single_array_is_no_archive(tmp_path):
    np.save(tmp_path / "faces.npy", np.zeros((2, 48, 48), np.uint8))
    for load in (load_fer2013, load_press_faces):
        with pytest.raises(InvalidInputError, match=r"faces\.npy is not .*: it holds a single array"):
            load(tmp_path / "faces.npy")


@pytest.mark.parametrize(
    "replaced",
    [
        {"votes": np.zeros(2, np.int8)},
        {"votes": np.zeros((3, 10), np.int8), "has_votes": np.ones(3, bool)},
        {"images": np.zeros((2, 64, 64), np.uint8)},
        {"labels": np.zeros((2, 1), np.int8)},
        {"classes": np.array("happy")},
        {"copied_in_test": np.zeros(3, bool)},
    ],
)
def test_arrays_of_other_shapes_are_refused(tmp_path, replaced):
    path = write_fer2013(tmp_path / "faces.npz", [{"anger": 10}, {"fear": 10}], **replaced)
    with pytest.raises(InvalidInputError, match=r"faces\.npz is not a FER2013 archive"):
        load_fer2013(path)


def test_a_missing_archive_is_named(tmp_path):
    with pytest.raises(InvalidInputError, match=r"nowhere\.npz is not a FER2013 archive"):
        load_fer2013(tmp_path / "nowhere.npz")


def test_another_order_of_classes_is_refused(tmp_path):
    path = write_fer2013(tmp_path / "faces.npz", [{"anger": 10}], classes=np.array(EMOTIONS[::-1]))
    with pytest.raises(InvalidInputError, match="orders its classes as"):
        load_fer2013(path)


def write_press_faces(path: Path, pictures: list[np.ndarray], labels: list[int]) -> Path:
    """Write an archive like that of the press photographs."""
    jpegs = [cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].ravel() for picture in pictures]
    lengths = np.array([len(jpeg) for jpeg in jpegs], np.int32)
    np.savez(path, jpeg=np.concatenate(jpegs), lengths=lengths, labels=np.array(labels, np.int8))
    return path


def test_pictures_without_a_face_stay_whole(tmp_path):
    flat = [np.full((96, 96), level, np.uint8) for level in (40, 200)]
    faces = load_press_faces(write_press_faces(tmp_path / "press.npz", flat, [3, 4]))
    assert faces.images.shape == (2, 48, 48)
    assert faces.images[:, 20, 20].tolist() == pytest.approx([40, 200], abs=2)
    assert faces.majority().tolist() == [3, 4]


@pytest.fixture
def student() -> np.ndarray:
    """A frame of the sample class cut down to one student, with room around her."""
    frame = next(sampled_frames(SAMPLE / "2026-09-14_physics-101_waves.mp4", 2)).luma
    detector = DlibDetector(DetectionSettings())
    box = detector.detect(frame)[0].box
    return cut(frame, BoundingBox(box.x - 0.35 * box.w, box.y - 0.35 * box.h, 1.7 * box.w, 1.7 * box.h))


def test_training_frames_a_face_as_the_product_does(student, tmp_path):
    """The same student through both doors: the archive that training reads, and the reader that the pipeline calls."""
    picture = cv2.resize(student, (240, 240), interpolation=cv2.INTER_CUBIC)
    faces = load_press_faces(write_press_faces(tmp_path / "press.npz", [picture], [4]))
    roomy = cv2.copyMakeBorder(picture, 60, 60, 60, 60, cv2.BORDER_REPLICATE)
    reader = FaceReader(DetectionSettings(smallest_face=80, full_scan_every=1), TrackingSettings())
    (face,) = reader.read(Frame(Fraction(0), Fraction(1), roomy))
    assert face.crop.shape == (INPUT_SIZE, INPUT_SIZE), (
        "a large crop is reduced to what the network looks at, no further"
    )
    trained, read = standardise(faces.images.astype(np.float32)), network_input([face.crop])
    assert np.corrcoef(trained.ravel(), read.ravel())[0, 1] > 0.99
