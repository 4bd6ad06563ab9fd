"""dlib's detector limited to some sizes and views says of them what the whole detector says."""

from __future__ import annotations

import cv2
import dlib
import pytest

from emotionkit.faces import dlib_limits
from emotionkit.faces.dlib_limits import frontal_detector, stored_detector

VIEWS = 5


def found(detector, luma):
    rectangles, scores, views = detector.run(luma, 1, -0.5)
    return {
        (view, box.left(), box.top(), box.width()): score
        for box, score, view in zip(rectangles, scores, views, strict=True)
    }


def test_without_limits_it_is_dlibs_own(exam_review):
    luma = exam_review[0].frame.luma
    assert found(frontal_detector(), luma) == found(dlib.get_frontal_face_detector(), luma)


def test_of_a_view_it_says_what_the_whole_detector_does(exam_review):
    luma = exam_review[0].frame.luma
    height, width = luma.shape
    seen = set()
    # Tilted, so that more than one view has something to say.
    for degrees in (-30, 0, 30):
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        picture = cv2.warpAffine(luma, turn, (width, height))
        alone = [found(frontal_detector(view=view), picture) for view in range(VIEWS)]
        for (view, *place), score in found(frontal_detector(), picture).items():
            assert alone[view][0, *place] == pytest.approx(score, abs=1e-6)
            seen.add(view)
    assert len(seen) > 1


def test_with_one_size_it_finds_the_smallest_faces_alone(exam_review):
    luma = exam_review[0].frame.luma
    whole, small = found(frontal_detector(), luma), found(frontal_detector(levels=1), luma)
    assert {place: score for place, score in whole.items() if place[3] < 80 / 2} == small
    assert len(small) < len(whole)


@pytest.mark.parametrize("view", [0, VIEWS - 1])
def test_one_that_is_stored_in_another_way_stays_whole(view):
    stored = stored_detector()
    for other in (stored[:-1], stored + b"\1\1", b"\1\2" * 40, b""):
        assert dlib_limits._with_view(other, view) == other
        assert dlib_limits._with_limit(other[8:], 1) == other[8:]
    assert dlib_limits._with_view(stored, VIEWS) == stored


def test_each_is_made_once():
    assert frontal_detector(levels=1, view=0) is frontal_detector(levels=1, view=0)
    assert frontal_detector(levels=1, view=0) is not frontal_detector(levels=1)
