"""dlib's frontal face detector: the whole picture, or the surroundings of a known face."""

from __future__ import annotations

from math import sqrt

import cv2
import numpy as np

from emotionkit.config import DetectionSettings
from emotionkit.faces.detector import Luma, check_luma, suppress_overlaps
from emotionkit.faces.dlib_levels import frontal_detector
from emotionkit.faces.pyramid import Rectangle, ScanPyramid
from emotionkit.records import BoundingBox, Detection

DLIB_WINDOW = 80
"""Side in pixels of the smallest face that dlib finds."""
KNOWN_FACE_SIDE = 96
"""Side in pixels to which a known face is scaled: a pyramid step of 6/5 above the smallest that dlib finds."""
KNOWN_FACE_LENIENCE = 0.3
"""By how much the score may fall below the threshold where a face was just now. Among some 60 scans of clips and sample
lessons whose faces had been blurred away no score was above -0.57; frontal faces there began at 0.19."""
FELL_BY = 0.3
"""Loss of score since the last picture from which a known face is also looked for a step smaller."""
GREW_BY = 1.1
"""Ratio of sides to the last picture from which a known face is looked for again at its new size."""
LEVELS_AROUND = 2
"""Sizes of a face that are looked at around its last place: that which it had, and a step larger."""
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
        self._on_few = frontal_detector(LEVELS_AROUND)

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

    def detect_again(self, luma: Luma, last: Detection) -> Detection | None:
        """Return a face that was seen in the last picture as a scan would find it now, or None.

        Args:
            luma: uint8 (h, w), the whole picture.
            last: What was found in the last one. ``KNOWN_FACE_LENIENCE`` less is asked for than of a new face.

        It is looked for at its last size, where dlib sees larger ones too, and at the next smaller one if it has
        become much less clear. Whatever size wins, the box is one of those that a scan gives.
        """
        pyramid = ScanPyramid(luma.shape[0], luma.shape[1], self._scale(luma))
        level = pyramid.level_of(last.box)
        best = self._on_level(luma, pyramid, last.box, level)
        if level > 0 and (best is None or best.score < last.score - FELL_BY):
            smaller = self._on_level(luma, pyramid, last.box, level - 1)
            best = max((found for found in (best, smaller) if found), key=lambda found: found.score, default=None)
        if best is not None and best.box.w > GREW_BY * last.box.w:
            best = self._on_level(luma, pyramid, best.box, pyramid.level_of(best.box)) or best
        return best

    def _on_level(self, luma: Luma, pyramid: ScanPyramid, box: BoundingBox, level: int) -> Detection | None:
        part = pyramid.part(luma, box, level)
        if part is None:
            return None
        threshold = self._settings.score_threshold - KNOWN_FACE_LENIENCE
        rectangles, scores, _ = self._on_few.run(part.luma, 0, threshold)
        for found, score in sorted(zip(rectangles, scores, strict=True), key=lambda pair: -pair[1]):
            place = pyramid.box(part, Rectangle(found.left(), found.top(), found.right(), found.bottom()))
            if place.iou(box) > SAME_PERSON:
                return Detection(place, float(score))
        return None

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


def _moved(detection: Detection, x: float, y: float) -> Detection:
    box = detection.box
    return Detection(BoundingBox(box.x + x, box.y + y, box.w, box.h), detection.score)
