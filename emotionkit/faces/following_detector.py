"""A detector that rarely scans whole pictures and looks for known faces where they were: the same faces, cheaper."""

from __future__ import annotations

from dataclasses import dataclass

from emotionkit.config import DetectionSettings
from emotionkit.faces.change import ChangeDetector
from emotionkit.faces.detector import Luma, check_luma, same_face, suppress_overlaps
from emotionkit.faces.dlib_detector import DlibDetector
from emotionkit.records import BoundingBox, Detection

NEAR, WIDE = 1.6, 3.0
"""Side of the square searched for a known face, in sides of its box: first the near one, then, if it has just been lost
there, the wide one."""
CHANGED_SHARE = 0.025
"""Share of the picture that must change, away from known faces, for an early scan: most of a tile in a class of 25."""
LOST_SHARE = 0.5
"""Share of the known faces that must be lost at once for an early scan: a new layout, not a few heads turning."""
LONGEST_SEARCH = 12
"""Pictures in which a lost face is still looked for at its old place."""
CREDIT_PER_PICTURE, LARGEST_CREDIT = 1 / 6, 3.0
"""Early scans that each picture earns and that can be saved up: a film shown in class may not cost a scan a picture."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A face of the recent past: its last box and the number of pictures since."""

    box: BoundingBox
    misses: int = 0


class FollowingDetector:
    """Follows known faces from picture to picture, and scans the whole picture to learn of new ones.

    A scan takes place in the first picture, ``full_scan_every`` pictures after the last scan, and early when much of
    the picture changed or many faces were lost at once. Between scans a face costs 2 to 3 ms. The pictures of one
    recording must come in order; the same pictures always give the same faces.
    """

    def __init__(self, settings: DetectionSettings) -> None:
        self._settings = settings
        self._detector = DlibDetector(settings)
        self._change = ChangeDetector()
        self._known: list[_Known] = []
        self._pictures_since_scan = settings.full_scan_every
        self._credit = LARGEST_CREDIT

    def detect(self, luma: Luma) -> list[Detection]:
        """Return the faces of the next picture of the recording, ordered by falling score.

        Args:
            luma: uint8 (h, w), brightness.

        Raises:
            InvalidInputError: ``luma`` has another form.
        """
        check_luma(luma)
        changed = self._change.share_changed(luma, (face.box for face in self._known))
        scanning = self._scan_is_due(changed)
        found, lost = self._follow(luma, self._detector.detect(luma) if scanning else [])
        if not scanning and self._many(lost) and self._spend_credit():
            found = suppress_overlaps([*found, *self._detector.detect(luma)])
            lost = [face for face in lost if not _is_among(face.box, found)]
            self._pictures_since_scan = 0
        missed = [_Known(face.box, face.misses + 1) for face in lost if face.misses < LONGEST_SEARCH]
        self._known = [_Known(detection.box) for detection in found] + missed
        return found

    def _scan_is_due(self, changed: float) -> bool:
        self._credit = min(LARGEST_CREDIT, self._credit + CREDIT_PER_PICTURE)
        self._pictures_since_scan += 1
        due = self._pictures_since_scan >= self._settings.full_scan_every
        if due or (changed >= CHANGED_SHARE and self._spend_credit()):
            self._pictures_since_scan = 0
            return True
        return False

    def _spend_credit(self) -> bool:
        if self._credit < 1:
            return False
        self._credit -= 1
        return True

    def _follow(self, luma: Luma, scanned: list[Detection]) -> tuple[list[Detection], list[_Known]]:
        """Return what a scan found, if there was one, with the known faces that it did not find; and those now lost."""
        found = list(scanned)
        for face in self._known:
            if not _is_among(face.box, found):
                found += self._detector.detect_near(luma, face.box, reach=NEAR)
        lost: list[_Known] = []
        for face in self._known:
            if _is_among(face.box, found):
                continue
            wide = self._detector.detect_near(luma, face.box, reach=WIDE) if face.misses == 0 else []
            moved = [detection for detection in wide if not _is_among(detection.box, found)]
            found += moved
            if not moved:
                lost.append(face)
        return suppress_overlaps(found), lost

    def _many(self, lost: list[_Known]) -> bool:
        """Say whether a large share of the faces of the last picture is among the lost."""
        before = sum(face.misses == 0 for face in self._known)
        now = sum(face.misses == 0 for face in lost)
        return now > 0 and now >= LOST_SHARE * before


def _is_among(box: BoundingBox, found: list[Detection]) -> bool:
    return any(same_face(box, detection.box) for detection in found)
