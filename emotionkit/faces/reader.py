"""From a frame to its faces: detect, track, crop, judge."""

from __future__ import annotations

from emotionkit.config import DetectionSettings, TrackingSettings
from emotionkit.faces.crop import crop_box, cut
from emotionkit.faces.detector import FaceDetector
from emotionkit.faces.dlib_detector import DlibDetector
from emotionkit.faces.following_detector import FollowingDetector
from emotionkit.faces.quality import judge
from emotionkit.faces.tracker import Tracker
from emotionkit.faces.tracklet import Tracklet
from emotionkit.records import Face, Frame


class FaceReader:
    """Reads the faces of one recording or piece, frame after frame; another one needs a new reader."""

    def __init__(self, detection: DetectionSettings, tracking: TrackingSettings) -> None:
        self._detector = make_detector(detection)
        self._tracker = Tracker(tracking)

    def read(self, frame: Frame) -> list[Face]:
        """Return the faces of the next frame in the order of their tracks, each in a track of its own.

        Args:
            frame: A frame later than those before.

        Raises:
            InvalidInputError: The frame's picture is not uint8 (h, w).
        """
        detections = self._detector.detect(frame.luma)
        faces: list[Face] = []
        for detection, track_id in zip(detections, self._tracker.update(frame, detections), strict=True):
            crop = cut(frame.luma, crop_box(detection.box))
            quality = judge(frame.luma, detection, crop)
            faces.append(Face(track_id, detection.box, detection.score, quality, crop))
        return sorted(faces, key=lambda face: face.track_id)

    def tracklets(self) -> list[Tracklet]:
        """Return what is remembered of everybody seen so far, to be found again in another piece of the recording."""
        return self._tracker.tracklets()


def make_detector(settings: DetectionSettings) -> FaceDetector:
    """Return a detector for one recording: the one that scans every picture if so set, else the one that follows."""
    return DlibDetector(settings) if settings.full_scan_every == 1 else FollowingDetector(settings)
