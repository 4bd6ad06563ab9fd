"""dlib's frontal face detector: the whole picture, or the surroundings of a known face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import sqrt

import cv2
import numpy as np

from emotionkit.config import DetectionSettings
from emotionkit.faces.detector import Luma, check_luma, suppress_overlaps
from emotionkit.faces.dlib_limits import frontal_detector
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
"""Loss of score since the last picture from which a known face is also looked for a step smaller and larger, and in
other views."""
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

        A face is looked for at its last size and in its last view, and, if it has become much less clear, in all views
        at the next smaller and the next larger size. Whatever wins, the box is one of those that a scan gives.
        """
        pyramid = ScanPyramid(luma.shape[0], luma.shape[1], self._scale(luma))
        sought = dict(enumerate(last))
        if thoroughly:
            best = self._best(luma, pyramid, sought, (-1, 0, 1))
        else:
            best = {}
            for view in {face.view for face in last}:
                own = {index: face for index, face in sought.items() if face.view == view}
                best |= self._best(luma, pyramid, own, (0,), view)
            fell = {index: face for index, face in sought.items() if _fell(face, best.get(index))}
            for index, found in self._best(luma, pyramid, fell, (-1, 1)).items():
                best[index] = _better(best.get(index), found)
        return [best.get(index) for index in sought]

    def _best(
        self,
        luma: Luma,
        pyramid: ScanPyramid,
        sought: Mapping[int, Detection],
        steps: Sequence[int],
        view: int | None = None,
    ) -> dict[int, Detection]:
        """Return the best of each face that is there, at some steps from its size, in one view or all.

        All of them are looked for in one strip.
        """
        best: dict[int, Detection] = {}
        wanted = [
            (index, part)
            for index, face in sought.items()
            for level in (pyramid.level_of(face.box) + step for step in steps)
            if level >= 0 and (part := pyramid.part(luma, face.box, level))
        ]
        if not wanted:
            return best
        threshold = self._settings.score_threshold - KNOWN_FACE_LENIENCE
        strip = np.hstack([part.luma for _, part in wanted])
        rectangles, scores, views = frontal_detector(levels=1, view=view).run(strip, 0, threshold)
        for found, score, seen in zip(rectangles, scores, views, strict=True):
            at = found.center().x // PART_SIDE
            if not 0 <= at < len(wanted):
                continue
            index, part = wanted[at]
            left, right = found.left() - at * PART_SIDE, found.right() - at * PART_SIDE
            place = pyramid.box(part, Rectangle(left, found.top(), right, found.bottom()))
            if place.iou(sought[index].box) > SAME_PERSON:
                # Of a single view, the detector says that it is its first.
                detection = Detection(place, float(score), int(seen) if view is None else view)
                best[index] = _better(best.get(index), detection)
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
        rectangles, scores, views = frontal_detector().run(np.ascontiguousarray(scaled), 0, threshold)
        return suppress_overlaps(
            Detection(
                BoundingBox(found.left(), found.top(), found.width(), found.height()).scaled(1 / scale),
                float(score),
                int(view),
            )
            for found, score, view in zip(rectangles, scores, views, strict=True)
        )


def _fell(face: Detection, found: Detection | None) -> bool:
    """Say whether a face is much less clear than it was, or not there at all."""
    return found is None or found.score < face.score - FELL_BY


def _better(one: Detection | None, other: Detection) -> Detection:
    """Return the one of the higher score, the first of equals."""
    return one if one and one.score >= other.score else other


def _moved(detection: Detection, x: float, y: float) -> Detection:
    box = detection.box
    return replace(detection, box=BoundingBox(box.x + x, box.y + y, box.w, box.h))
