"""A detector that rarely scans whole pictures and looks for known faces where they were: the same faces, cheaper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emotionkit.config import DetectionSettings
from emotionkit.faces.change import ChangeDetector
from emotionkit.faces.detector import Luma, check_luma, same_faces, suppress_overlaps
from emotionkit.faces.dlib_detector import KNOWN_FACE_LENIENCE, DlibDetector
from emotionkit.records import Detection

WIDE = 3.0
"""Side of the square searched for a known face that has just been lost at its place, in sides of its box."""
CHANGED_SHARE = 0.025
"""Share of the picture that must change, away from known faces, for an early scan: most of a tile in a class of 25."""
LOST_SHARE = 0.5
"""Share of the known faces that must be lost at once for an early scan: a new layout, not a few heads turning."""
LONGEST_SEARCH = 48
"""Pictures in which a lost face is still looked for at its old place: until after the next scan for large faces."""
THOROUGH_EVERY = 16
"""One in so many pictures is searched for known faces that have slowly become smaller or larger."""
CREDIT_PER_PICTURE, LARGEST_CREDIT = 1 / 6, 3.0
"""Early scans that each picture earns and that can be saved up: a film shown in class may not cost a scan a picture."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A face of the recent past: how it was last found, and the number of pictures since.

    One that never reached the threshold is only suspected: it is looked for like a lost one until it does.
    """

    last: Detection
    misses: int = 0
    suspected: bool = False


class FollowingDetector:
    """Follows known faces from picture to picture, and scans the whole picture to learn of new ones.

    A scan takes place in the first picture, and early when much of the picture changed or many faces were lost at
    once; ``full_scan_every`` pictures after any scan, one for large faces. Between scans a face costs about 1 ms. The
    pictures of one recording must come in order; the same pictures always give the same faces.
    """

    def __init__(self, settings: DetectionSettings) -> None:
        self._settings = settings
        self._detector = DlibDetector(settings)
        self._change = ChangeDetector()
        self._known: list[_Known] = []
        self._pictures_since_scan: int | None = None
        self._credit = LARGEST_CREDIT
        self._pictures = 0

    def detect(self, luma: Luma) -> list[Detection]:
        """Return the faces of the next picture of the recording, ordered by falling score.

        Args:
            luma: uint8 (h, w), brightness.

        Raises:
            InvalidInputError: ``luma`` has another form.
        """
        check_luma(luma)
        changed = self._change.share_changed(luma, (face.last.box for face in self._known))
        self._credit = min(LARGEST_CREDIT, self._credit + CREDIT_PER_PICTURE)
        scanned = self._scanned(luma) if self._scan_is_due(changed) else None
        found, lost = self._follow(luma, scanned or [])
        if scanned is None and self._many(lost) and self._spend_credit():
            scanned = self._scanned(luma)
            found = suppress_overlaps([*found, *self._certain(scanned)])
            lost = _apart(lost, found)
        if scanned is None:
            found = self._with_large(luma, found)
        self._remember(found, lost, scanned or [])
        return found

    def _scan_is_due(self, changed: float) -> bool:
        if self._pictures_since_scan is None:
            return True
        self._pictures_since_scan += 1
        return changed >= CHANGED_SHARE and self._spend_credit()

    def _scanned(self, luma: Luma) -> list[Detection]:
        self._pictures_since_scan = 0
        return self._detector.detect(luma, lenience=KNOWN_FACE_LENIENCE)

    def _certain(self, scanned: list[Detection]) -> list[Detection]:
        return [detection for detection in scanned if detection.score > self._settings.score_threshold]

    def _spend_credit(self) -> bool:
        if self._credit < 1:
            return False
        self._credit -= 1
        return True

    def _follow(self, luma: Luma, scanned: list[Detection]) -> tuple[list[Detection], list[_Known]]:
        """Return what a scan is sure of, if there was one, with the known faces that it did not find; and the lost."""
        found = self._certain(scanned)
        found += self._again(luma, _apart(self._known, found))
        lost: list[_Known] = []
        for face in _apart(self._known, found):
            if _is_among(face.last, found):
                # Beside another one that was lost.
                continue
            is_new = face.misses == 0 and not face.suspected
            wide = self._detector.detect_near(luma, face.last.box, reach=WIDE) if is_new else []
            moved = [detection for detection in wide if not _is_among(detection, found)]
            found += moved
            if not moved:
                lost.append(face)
        return suppress_overlaps(found), lost

    def _again(self, luma: Luma, sought: Sequence[_Known]) -> list[Detection]:
        """Return known faces that are where they were; one that was only suspected has to reach the threshold."""
        self._pictures += 1
        thoroughly = self._pictures % THOROUGH_EVERY == 0
        again = self._detector.detect_again(luma, [face.last for face in sought], thoroughly=thoroughly)
        return [
            found
            for face, found in zip(sought, again, strict=True)
            if found and not (face.suspected and found.score <= self._settings.score_threshold)
        ]

    def _with_large(self, luma: Luma, found: list[Detection]) -> list[Detection]:
        """Look for new large faces from time to time, and settle where they are as a scan would."""
        if self._pictures_since_scan is None or self._pictures_since_scan < self._settings.full_scan_every:
            return found
        self._pictures_since_scan = 0
        new = [large for large in self._detector.detect_large(luma) if not _is_among(large, found)]
        again = self._detector.detect_again(luma, new)
        return suppress_overlaps([*found, *(settled or large for settled, large in zip(again, new, strict=True))])

    def _remember(self, found: list[Detection], lost: list[_Known], scanned: list[Detection]) -> None:
        missed = [_Known(face.last, face.misses + 1, face.suspected) for face in lost if face.misses < LONGEST_SEARCH]
        taken = [*found, *(face.last for face in missed)]
        suspects = [_Known(weak, 1, suspected=True) for weak in scanned if not _is_among(weak, taken)]
        self._known = [_Known(detection) for detection in found] + missed + suspects

    def _many(self, lost: list[_Known]) -> bool:
        """Say whether a large share of the faces of the last picture is among the lost."""
        before = sum(face.misses == 0 for face in self._known)
        now = sum(face.misses == 0 for face in lost)
        return now > 0 and now >= LOST_SHARE * before


def _is_among(face: Detection, found: Sequence[Detection]) -> bool:
    return bool(same_faces([face.box], [detection.box for detection in found]).any())


def _apart(faces: Sequence[_Known], found: Sequence[Detection]) -> list[_Known]:
    """Return the faces that are not among some detections."""
    are_same = same_faces([face.last.box for face in faces], [detection.box for detection in found])
    return [face for face, same in zip(faces, are_same, strict=True) if not same.any()]
