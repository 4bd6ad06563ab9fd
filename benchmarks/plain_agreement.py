"""Whether the fast path gives the rows of the plain one, which searches every sampled frame whole.

    python benchmarks/plain_agreement.py [RECORDING...] [--seconds 60]

A face counts as found where the fast path has one that overlaps by half (intersection over union); of those found, the
emotions are compared.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from lesson_speed import MAKERS

import emotionkit as ek
from emotionkit.batch.pipeline import process_recording
from emotionkit.config import DetectionSettings, ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier
from emotionkit.records import BoundingBox

_FACES = "select pts_s, x, y, w, h, emotion from faces order by pts_s, track_id"


def main() -> None:
    """Read every recording both ways and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", nargs="*", type=Path)
    parser.add_argument("--seconds", type=int, default=60)
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recordings = {path.name: path for path in wishes.recordings} or {
            title: make(folder / f"{make.__name__}.mp4", wishes.seconds) for title, make in MAKERS.items()
        }
        print(f"{'':<24}{'plain':>8}{'fast':>8}{'found %':>10}{'same box %':>12}{'emotions agree %':>18}")
        for title, recording in recordings.items():
            plain = _faces(recording, folder / f"{recording.stem}-plain", DetectionSettings(full_scan_every=1))
            fast = _faces(recording, folder / f"{recording.stem}-fast", DetectionSettings())
            found, same, agree = compared(plain, fast)
            total = sum(map(len, plain.values()))
            print(
                f"{title:<24}{total:>8}{sum(map(len, fast.values())):>8}{100 * found / total:>10.2f}"
                f"{100 * same / total:>12.1f}{100 * agree / max(1, found):>18.2f}",
                flush=True,
            )


Faces = dict[float, list[tuple[BoundingBox, str]]]


def compared(plain: Faces, fast: Faces) -> tuple[int, int, int]:
    """Return how many faces were found, how many of them with the very same box, and how many with the same emotion."""
    found = same = agree = 0
    for pts, faces in plain.items():
        for box, emotion in faces:
            best = max(fast.get(pts, []), key=lambda other: box.iou(other[0]), default=None)
            if best is not None and box.iou(best[0]) >= 0.5:
                found += 1
                same += box == best[0]
                agree += emotion == best[1]
    return found, same, agree


def _faces(recording: Path, warehouse: Path, detection: DetectionSettings) -> Faces:
    process_recording(recording, warehouse, LazyClassifier(), ProcessingSettings(detection=detection))
    faces: Faces = {}
    for pts, x, y, w, h, emotion in ek.open_warehouse(warehouse).sql(_FACES).fetchall():
        faces.setdefault(pts, []).append((BoundingBox(x, y, w, h), emotion))
    return faces


if __name__ == "__main__":
    main()
