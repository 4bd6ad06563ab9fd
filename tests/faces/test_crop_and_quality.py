"""What is cut out around a face, and how usable it is said to be."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from emotionkit.faces.crop import CROP_LIFT, CROP_SIDE, LARGEST_CROP, crop_box, cut
from emotionkit.faces.quality import judge
from emotionkit.records import BoundingBox, Detection


def quality_of(luma, detection) -> float:
    return judge(luma, detection, cut(luma, crop_box(detection.box)))


@pytest.fixture
def face(exam_review) -> Detection:
    return Detection(exam_review[0].seats["Hiro"].face, 1.8)


def test_the_crop_is_a_square_a_little_larger_and_higher_than_the_box():
    box = crop_box(BoundingBox(100, 200, 50, 50))

    assert (box.w, box.h) == pytest.approx((50 * CROP_SIDE, 50 * CROP_SIDE))
    assert box.center == pytest.approx((125, 225 - 50 * CROP_LIFT))


def test_a_crop_inside_the_picture_is_its_pixels_and_a_copy():
    luma = np.arange(100, dtype=np.uint8).reshape(10, 10)
    part = cut(luma, BoundingBox(2, 3, 4, 5))

    assert np.array_equal(part, luma[3:8, 2:6])
    assert not np.shares_memory(part, luma)


@pytest.mark.parametrize(("x", "y"), [(-3, -2), (7, 8), (-30, 4), (50, 50)])
def test_a_crop_past_the_edge_repeats_the_border(x, y):
    luma = np.arange(100, dtype=np.uint8).reshape(10, 10)
    part = cut(luma, BoundingBox(x, y, 6, 6))

    assert part.shape == (6, 6)
    for row in range(6):
        for column in range(6):
            assert part[row, column] == luma[min(max(y + row, 0), 9), min(max(x + column, 0), 9)]


def test_a_large_crop_is_reduced_in_proportion():
    part = cut(np.zeros((900, 900), np.uint8), BoundingBox(0, 0, 800, 400))

    assert part.shape == (LARGEST_CROP // 2, LARGEST_CROP)
    assert part.dtype == np.uint8


def test_a_clear_face_is_of_full_quality(portrait, face):
    assert quality_of(portrait, face) > 0.9


def test_blur_lowers_quality_the_more_the_stronger(portrait, face):
    values = [quality_of(portrait if s == 0 else cv2.GaussianBlur(portrait, (0, 0), s), face) for s in (0, 4, 8, 16)]

    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.4


@pytest.mark.parametrize("share", [0.4, 0.2, 0.1])
def test_darkness_lowers_quality(portrait, face, share):
    assert quality_of((portrait * share).astype(np.uint8), face) < 0.8 * quality_of(portrait, face)


def test_glare_lowers_quality(portrait, face):
    glare = np.clip(portrait.astype(int) * 2 + 60, 0, 255).astype(np.uint8)

    assert quality_of(glare, face) < 0.8 * quality_of(portrait, face)


def test_small_faces_are_of_lower_quality(portrait, face):
    values = []
    for factor in (1, 0.5, 0.25, 0.1):
        small = cv2.resize(portrait, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        values.append(quality_of(small, replace(face, box=face.box.scaled(factor))))

    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.3


def test_a_doubtful_detection_is_of_lower_quality(portrait, face):
    values = [quality_of(portrait, replace(face, score=score)) for score in (2.0, 1.0, 0.5, 0.0, -0.5, -2.0)]

    assert values == sorted(values, reverse=True)
    assert values[0] == values[1]
    assert values[-1] == 0


def test_a_face_cut_by_the_edge_is_of_lower_quality(portrait, face):
    whole = quality_of(portrait, face)
    left = round(face.box.x + face.box.w / 2)
    half = portrait[:, left:]
    box = BoundingBox(face.box.x - left, face.box.y, face.box.w, face.box.h)

    assert quality_of(half, replace(face, box=box)) < 0.7 * whole


def test_a_blank_crop_has_no_quality(face):
    assert quality_of(np.full((300, 500), 128, np.uint8), face) == 0
