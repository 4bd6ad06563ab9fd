"""How fast and how thorough emotionkit is beside `fer` with its Haar cascade, on the same sampled frames.

    python benchmarks/peer_speed.py --fer PYTHON [RECORDING] [--seconds 30]

PYTHON is an interpreter of another environment that has ``fer`` 25.10, for its dependencies do not go with ours.
Without it that row is left out. What each takes per frame is compared, decoding included; start-up counts for
emotionkit and not for ``fer``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from measuring import measure, processing
from videos import gallery_of_nine

import emotionkit as ek

_FER = """
import json, sys, time
import cv2
from fer.fer import FER
detector = FER(mtcnn=False)
video = cv2.VideoCapture(sys.argv[1])
every = video.get(cv2.CAP_PROP_FPS) / 2
frames = faces = 0
started = time.perf_counter()
number = 0
while True:
    if not video.grab():
        break
    if number >= round(frames * every):
        frames += 1
        faces += len(detector.detect_emotions(video.retrieve()[1]))
    number += 1
print(json.dumps({"frames": frames, "faces": faces, "seconds": time.perf_counter() - started}))
"""


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", nargs="?", type=Path)
    parser.add_argument("--fer", type=Path, metavar="PYTHON")
    parser.add_argument("--seconds", type=int, default=30)
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recording = wishes.recording or gallery_of_nine(folder / "gallery.mp4", wishes.seconds)
        measure(processing(gallery_of_nine(folder / "warm-up.mp4", 2), folder / "warm-up"))
        cost = measure(processing(recording, folder / "warehouse"), memory=False)
        counts = "select count(*), sum(faces) from frames"
        frames, faces = ek.open_warehouse(folder / "warehouse").sql(counts).fetchall()[0]
        print(f"{'':<12}{'frames':>8}{'faces':>8}{'s':>8}{'ms a frame':>12}")
        ours = cost.wall_s / frames
        print(f"{'emotionkit':<12}{frames:>8}{int(faces):>8}{cost.wall_s:>8.1f}{1000 * ours:>12.1f}")
        if wishes.fer is None:
            print("fer          left out: --fer PYTHON names an interpreter that has it")
            return
        done = subprocess.run([wishes.fer, "-c", _FER, recording], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"fer failed: {done.stderr.strip().splitlines()[-1]}")
        peer = json.loads(done.stdout.splitlines()[-1])
        theirs = peer["seconds"] / peer["frames"]
        print(f"{'fer':<12}{peer['frames']:>8}{peer['faces']:>8}{peer['seconds']:>8.1f}{1000 * theirs:>12.1f}")
        print(
            f"emotionkit is {theirs / ours:.1f} times as fast, with {faces / max(1, peer['faces']):.2f} times the faces"
        )


if __name__ == "__main__":
    main()
