"""What a reading must be like to become a row."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

import numpy as np

from emotionkit.errors import InvalidInputError
from emotionkit.records import EMOTIONS, FaceReading, FrameReading, Lesson, Run

# float32 probabilities of seven classes, summed; far above rounding and far below any mistake.
_SUM_TOLERANCE = 1e-3


def check_frame(reading: FrameReading, previous_pts_s: float) -> None:
    """Refuse a frame that no recording can give.

    Args:
        reading: The frame with its faces.
        previous_pts_s: Seconds at which the frame before it was shown; minus infinity for the first.

    Raises:
        InvalidInputError: The sentence names the time and what was expected.
    """
    pts_s, weight_s = float(reading.pts), float(reading.weight)
    check_time(pts_s, previous_pts_s)
    if weight_s < 0:
        raise InvalidInputError(f"The frame at {pts_s} s stands for {weight_s} s; a weight cannot be negative.")
    tracks = [face.track_id for face in reading.faces]
    if len(set(tracks)) < len(tracks):
        raise InvalidInputError(f"The frame at {pts_s} s has two faces of one track: {sorted(tracks)}.")
    for face in reading.faces:
        complaint = _complaint(face)
        if complaint:
            raise InvalidInputError(f"The face of track {face.track_id} at {pts_s} s {complaint}.")


def check_time(pts_s: float, previous_pts_s: float) -> None:
    """Refuse a frame that is not later than the one before.

    Raises:
        InvalidInputError: The sentence names both times.
    """
    if pts_s <= previous_pts_s:
        raise InvalidInputError(
            f"The frame at {pts_s} s comes after the one at {previous_pts_s} s; time must increase."
        )


def check_instants(lesson: Lesson, run: Run) -> None:
    """Refuse times of day that do not say where on earth.

    Raises:
        InvalidInputError: An instant has no time zone.
    """
    instants: dict[str, datetime | None] = {
        "The lesson's start": lesson.started_at,
        "The run's start": run.started_at,
        "The run's end": run.ended_at,
    }
    for name, instant in instants.items():
        if instant is not None and instant.utcoffset() is None:
            raise InvalidInputError(f"{name}, {instant}, needs a time zone.")


def _complaint(face: FaceReading) -> str | None:
    box, probabilities = face.box, face.probabilities
    if face.track_id < 1:
        return "has a track number below 1"
    if not (_finite(box.x, box.y, box.w, box.h, face.detection_score) and box.w > 0 and box.h > 0):
        return f"has no proper box and score: {box}, {face.detection_score}"
    if not 0 <= face.quality <= 1:
        return f"has quality {face.quality}; it lies between 0 and 1"
    if probabilities.shape != (len(EMOTIONS),):
        return f"has probabilities of shape {probabilities.shape}; ({len(EMOTIONS)},) was expected"
    if not (probabilities.min() >= 0 and abs(float(probabilities.sum(dtype=np.float64)) - 1) <= _SUM_TOLERANCE):
        return f"has probabilities that are no distribution: {probabilities.tolist()}"
    return None


def _finite(*values: float) -> bool:
    finite: Callable[[float], bool] = math.isfinite
    return all(map(finite, values))
