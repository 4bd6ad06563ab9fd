"""Hold the faces that dlib's frontal detector finds in the recordings against their truth.

python -m sample_class.check_faces FOLDER

Prints, for each student, in how many sampled frames the face is found and how well the boxes agree. Nothing is
upsampled, except the tile of a student whose face is too small for the detector.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import dlib
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.records import BoundingBox

SAME_FACE = 0.3
"""Intersection over union from which two boxes are the same face."""
TOO_SMALL = 60
"""Width in pixels below which a face is looked for in its upsampled tile."""
TRUTH_STEPS_PER_SECOND = 5


def main() -> None:
    """Check the recordings of the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rate", type=float, default=2, help="frames looked at per second")
    arguments = parser.parse_args()
    for recording in sorted(arguments.folder.glob("*.mp4")):
        truth = pd.read_csv(recording.with_suffix(".truth.csv"))
        matches, false_boxes = check(recording, truth, arguments.rate)
        print(f"{recording.stem}\n{summary(matches)}\n  boxes without a face: {false_boxes}\n", flush=True)


def check(recording: Path, truth: pd.DataFrame, rate: float) -> tuple[pd.DataFrame, int]:
    """Return the best overlap for each visible face in each sampled frame, and how many boxes match no face.

    The table has the columns ``student``, ``expression`` and ``overlap``, 0 to 1.
    """
    detector = dlib.get_frontal_face_detector()
    visible = truth.dropna(subset="face_w")
    steps = dict(tuple(visible.groupby((visible["pts_s"] * TRUTH_STEPS_PER_SECOND).round().astype(int))))
    matches, false_boxes = [], 0
    for t, picture in sampled(recording, rate):
        rows = steps[int(t * TRUTH_STEPS_PER_SECOND + 1e-6)]
        faces = [_box(row, "face") for _, row in rows.iterrows()]
        found = detect(detector, picture)
        for _, row in rows[rows["face_w"] < TOO_SMALL].iterrows():
            found += _detect_in_tile(detector, picture, _box(row, "tile"))
        overlaps = [max((face.iou(box) for box in found), default=0.0) for face in faces]
        matches.append(rows[["student", "expression"]].assign(overlap=overlaps))
        false_boxes += sum(all(box.iou(face) < SAME_FACE for face in faces) for box in found)
    return pd.concat(matches, ignore_index=True), false_boxes


def sampled(recording: Path, rate: float) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield time in seconds and picture (h, w, 3), RGB, of the first frame at or after each sampling instant."""
    video, due = cv2.VideoCapture(str(recording)), 0.0
    while video.grab():
        t = video.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if t + 1e-3 >= due:
            yield t, cv2.cvtColor(video.retrieve()[1], cv2.COLOR_BGR2RGB)
            due = (int(t * rate + 1e-6) + 1) / rate


def detect(detector: dlib.fhog_object_detector, picture: NDArray[np.uint8], upsample: int = 0) -> list[BoundingBox]:
    """Return the faces that the detector finds in a picture upsampled so many times."""
    return [BoundingBox(box.left(), box.top(), box.width(), box.height()) for box in detector(picture, upsample)]


def summary(matches: pd.DataFrame) -> str:
    """Return a table with the share of frames in which each student is found and the median overlap there."""
    same = matches["overlap"] >= SAME_FACE
    by_student = matches.assign(found=100.0 * same, overlap=matches["overlap"].where(same)).groupby("student")
    table = by_student.agg(frames=("found", "size"), found=("found", "mean"), overlap=("overlap", "median"))
    return table.rename(columns={"found": "found, %"}).round(2).to_string()


def _detect_in_tile(
    detector: dlib.fhog_object_detector, picture: NDArray[np.uint8], tile: BoundingBox
) -> list[BoundingBox]:
    x, y, w, h = int(tile.x), int(tile.y), int(tile.w), int(tile.h)
    within = detect(detector, np.ascontiguousarray(picture[y : y + h, x : x + w]), upsample=1)
    return [BoundingBox(x + box.x, y + box.y, box.w, box.h) for box in within]


def _box(row: pd.Series[float], kind: str) -> BoundingBox:
    return BoundingBox(*(float(row[f"{kind}_{side}"]) for side in "xywh"))


if __name__ == "__main__":
    main()
