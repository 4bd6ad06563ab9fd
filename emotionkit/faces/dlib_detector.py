"""dlib's frontal face detector: the whole picture, or the surroundings of a known face."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import cv2
import numpy as np

from emotionkit.config import DetectionSettings
from emotionkit.faces.detector import Luma, check_luma, suppress_overlaps
from emotionkit.faces.dlib_levels import frontal_detector
from emotionkit.faces.pyramid import PART_SIDE, Rectangle, ScanPyramid
from emotionkit.records import BoundingBox, Detection

DLIB_WINDOW = 80
"""Side in pixels of the smallest face that dlib finds."""
KNOWN_FACE_SIDE = 96
"""Side in pixels to which a known face is scaled: a pyramid step of 6/5 above the smallest that dlib finds."""
KNOWN_FACE_LENIENCE = 0.3
"""By how much the score may fall below the threshold where a face was just now. Among some 60 scans of clips and sample
lessons whose faces had been blurred away no score was above -0.57; frontal faces there began at 0.19."""
FELL_BY = 0.2
"""Loss of score since the last picture from which a known face is also looked for a step smaller and larger."""
SAME_PERSON = 0.2
"""Intersection over union with the last box from which a face is taken for the one that was there."""
LARGEST_SCAN = 1280 * 720 * 4
"""Pixels of a full scan. It allows 720p to be doubled, which finds faces of 40 px; in a larger picture of the same
class the faces are larger by as much, so 1080p is enlarged to the same size and finds faces of 60 px."""


class DlibDetector:
    """Histograms of oriented gradients in a sliding window (Dalal and Triggs 2005; King 2015, arXiv:1502.00046).

    Every picture is scanned whole and stands for itself, so this is the reference that faster ways are compared with.
    Cost: about 60 ms for each 1280×720 pixels scanned, which is 240 ms for a picture at the limit.
    """

    def __init__(self, settings: DetectionSettings) -> None:
        self._settings = settings
        self._detector = frontal_detector()
        self._on_one_level = frontal_detector(1)

    def detect(self, luma: Luma, *, lenience: float = 0.0) -> list[Detection]:
        """Return the faces of the whole picture, ordered by falling score.

        Args:
            luma: uint8 (h, w), brightness.
            lenience: By how much scores may lie below the threshold.

        Raises:
            InvalidInputError: ``luma`` has another form.
        """
        check_luma(luma)
        return self._scan(luma, self._scale(luma), self._settings.score_threshold - lenience)

    def detect_large(self, luma: Luma) -> list[Detection]:
        """Return the faces of about 80 px or more, at a quarter of the cost in a picture that ``detect`` doubles."""
        check_luma(luma)
        return self._scan(luma, min(1.0, self._scale(luma)), self._settings.score_threshold)

    def detect_again(self, luma: Luma, last: Sequence[Detection], *, thoroughly: bool = True) -> list[Detection | None]:
        """Return each of some faces that were seen in the last picture as a scan would find it now, or None.

        Args:
            luma: uint8 (h, w), the whole picture.
            last: What was found in the last one. ``KNOWN_FACE_LENIENCE`` less is asked for than of a new face.
            thoroughly: Whether to look for every face a step smaller and a step larger, too.

        A face is looked for at its last size, and, if it has become much less clear, at the next smaller and the next
        larger one. Whatever size wins, the box is one of those that a scan gives.
        """
        pyramid = ScanPyramid(luma.shape[0], luma.shape[1], self._scale(luma))
        levels = [pyramid.level_of(face.box) for face in last]
        steps = (-1, 0, 1) if thoroughly else (0,)
        best = self._best(luma, pyramid, last, levels, [steps] * len(last))
        if thoroughly:
            return best
        others = [
            () if found and found.score >= face.score - FELL_BY else (-1, 1)
            for face, found in zip(last, best, strict=True)
        ]
        return [_better(*pair) for pair in zip(best, self._best(luma, pyramid, last, levels, others), strict=True)]

    def _best(
        self,
        luma: Luma,
        pyramid: ScanPyramid,
        last: Sequence[Detection],
        levels: Sequence[int],
        steps: Sequence[Sequence[int]],
    ) -> list[Detection | None]:
        """Return what is best of each face at some steps from its level; all are looked for in one strip."""
        best: list[Detection | None] = [None] * len(last)
        wanted = [
            (index, part)
            for index, (face, level) in enumerate(zip(last, levels, strict=True))
            for step in steps[index]
            if level + step >= 0 and (part := pyramid.part(luma, face.box, level + step))
        ]
        if not wanted:
            return best
        threshold = self._settings.score_threshold - KNOWN_FACE_LENIENCE
        strip = np.hstack([part.luma for _, part in wanted])
        rectangles, scores, _ = self._on_one_level.run(strip, 0, threshold)
        for found, score in zip(rectangles, scores, strict=True):
            at = found.center().x // PART_SIDE
            if not 0 <= at < len(wanted):
                continue
            index, part = wanted[at]
            left, right = found.left() - at * PART_SIDE, found.right() - at * PART_SIDE
            place = pyramid.box(part, Rectangle(left, found.top(), right, found.bottom()))
            if place.iou(last[index].box) > SAME_PERSON:
                best[index] = _better(best[index], Detection(place, float(score)))
        return best

    def _scale(self, luma: Luma) -> float:
        return min(DLIB_WINDOW / self._settings.smallest_face, sqrt(LARGEST_SCAN / luma.size))

    def detect_near(self, luma: Luma, box: BoundingBox, *, reach: float) -> list[Detection]:
        """Return the faces in the surroundings of a box, in coordinates of the picture.

        Args:
            luma: uint8 (h, w), the whole picture.
            box: Where a face was.
            reach: Side of the square searched, in sides of the box.

        The surroundings are scaled so that a face of the size of the box fits dlib's second size, which leaves room
        for a face that has become smaller. As a face was there just now, ``KNOWN_FACE_LENIENCE`` less is asked for.
        """
        size = sqrt(box.area)
        center_x, center_y = box.center
        half = size * reach / 2
        height, width = luma.shape
        left, right = (int(np.clip(round(edge), 0, width)) for edge in (center_x - half, center_x + half))
        top, bottom = (int(np.clip(round(edge), 0, height)) for edge in (center_y - half, center_y + half))
        if right <= left or bottom <= top:
            return []
        threshold = self._settings.score_threshold - KNOWN_FACE_LENIENCE
        found = self._scan(luma[top:bottom, left:right], KNOWN_FACE_SIDE / size, threshold)
        return [_moved(detection, left, top) for detection in found]

    def _scan(self, luma: Luma, scale: float, threshold: float) -> list[Detection]:
        height, width = luma.shape
        size = max(1, round(width * scale)), max(1, round(height * scale))
        # Area averaging when shrinking: interpolation would alias, and edges are all that the detector sees.
        scaled = cv2.resize(luma, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        rectangles, scores, _ = self._detector.run(np.ascontiguousarray(scaled), 0, threshold)
        return suppress_overlaps(
            Detection(
                BoundingBox(found.left(), found.top(), found.width(), found.height()).scaled(1 / scale), float(score)
            )
            for found, score in zip(rectangles, scores, strict=True)
        )


def _better(one: Detection | None, other: Detection | None) -> Detection | None:
    """Return the one of the higher score, the first of equals; None if there is neither."""
    return max((found for found in (one, other) if found), key=lambda found: found.score, default=None)


def _moved(detection: Detection, x: float, y: float) -> Detection:
    box = detection.box
    return Detection(BoundingBox(box.x + x, box.y + y, box.w, box.h), detection.score)
