"""The frozen record types that the stages hand on, from a decoded frame to a row of the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
"""The seven apparent expressions, in the order of every array, column and legend."""


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """A rectangle in pixels of the frame as displayed; it may reach past the frame's edge."""

    x: float
    y: float
    w: float
    h: float

    @property
    def area(self) -> float:
        """Area in square pixels."""
        return self.w * self.h

    @property
    def center(self) -> tuple[float, float]:
        """Centre (x, y) in pixels."""
        return self.x + self.w / 2, self.y + self.h / 2

    def overlap(self, other: BoundingBox) -> float:
        """Return the area in square pixels that this box shares with another."""
        # Most pairs of boxes lie apart, which these comparisons tell without arithmetic.
        if (
            self.x >= other.x + other.w
            or other.x >= self.x + self.w
            or self.y >= other.y + other.h
            or other.y >= self.y + self.h
        ):
            return 0.0
        width = min(self.x + self.w, other.x + other.w) - max(self.x, other.x)
        height = min(self.y + self.h, other.y + other.h) - max(self.y, other.y)
        return width * height

    def iou(self, other: BoundingBox) -> float:
        """Return the intersection over union with another box, 0 to 1."""
        overlap = self.overlap(other)
        return overlap / (self.area + other.area - overlap) if overlap else 0.0

    def scaled(self, factor: float) -> BoundingBox:
        """Return the box in a picture resized by ``factor``."""
        return BoundingBox(self.x * factor, self.y * factor, self.w * factor, self.h * factor)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A sampled picture of the recording.

    Attributes:
        pts: Presentation time in seconds since the start of the recording, exact (``pts × time_base``).
        weight: Seconds that this sample stands for, up to the next sample or the end of the recording.
        luma: uint8 (height, width), brightness as displayed, rotation applied.
    """

    pts: Fraction
    weight: Fraction
    luma: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Detection:
    """A face found in one frame.

    Attributes:
        box: Where.
        score: The detector's score; dlib's is above 0 for a face and about 1 for a clear one.
        view: Which of the detector's views of a face found it, from 0; dlib's first is the front.
    """

    box: BoundingBox
    score: float
    view: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A detected face that belongs to a track.

    Attributes:
        track_id: Number of the person within the lesson, from 1.
        box: Where the detector found the face.
        detection_score: The detector's score.
        quality: 0 to 1, how usable the crop is for reading an expression.
        crop: uint8 (h, w), the face with the margin the emotion network expects.
    """

    track_id: int
    box: BoundingBox
    detection_score: float
    quality: float
    crop: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class FaceReading:
    """A face with what the network read from it: one row of the table ``faces``.

    Attributes:
        track_id: Number of the person within the lesson, from 1.
        box: Where the detector found the face.
        detection_score: The detector's score.
        quality: 0 to 1, how usable the crop was, by its picture and by what the network says of it.
        probabilities: float32 (7,), in the order of ``EMOTIONS``, sums to 1.
    """

    track_id: int
    box: BoundingBox
    detection_score: float
    quality: float
    probabilities: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FrameReading:
    """A sampled frame with its faces, none or many: one row of the table ``frames``.

    Attributes:
        pts: Presentation time in seconds since the start of the recording.
        weight: Seconds that the sample stands for.
        faces: What was read from it.
    """

    pts: Fraction
    weight: Fraction
    faces: tuple[FaceReading, ...]


@dataclass(frozen=True, slots=True)
class LessonSegment:
    """A part of a lesson that somebody named, in seconds since its start: one row of the table ``segments``."""

    start_s: float
    end_s: float
    title: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is known of a lesson apart from its frames: one row of the table ``lessons``, without ``run_id``.

    Its segments are in the order of time and do not overlap; they are rows of the table ``segments``.
    """

    lesson_id: str
    course: str | None
    title: str
    teacher: str | None
    started_at: datetime | None
    duration_s: float
    recording: str
    recording_sha256: str
    width: int
    height: int
    frame_rate: float
    segments: tuple[LessonSegment, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What made a lesson's rows: one row of the table ``runs``.

    ``run_id`` is derived from the lesson's id, the recording's content, the settings and the model, so that the same
    work done twice has the same name. ``settings`` is JSON, ``fingerprint`` its SHA-256. ``purpose`` and
    ``jurisdiction`` were declared when it was made; None of runs before they were asked for.
    """

    run_id: str
    software_version: str
    model_sha256: str
    settings: str
    fingerprint: str
    started_at: datetime
    ended_at: datetime
    status: str
    purpose: str | None = None
    jurisdiction: str | None = None
