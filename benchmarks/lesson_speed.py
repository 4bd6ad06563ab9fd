"""How fast a recording becomes rows, against real time and against decoding alone.

    python benchmarks/lesson_speed.py [RECORDING]

Each way runs in a process of its own, as a user would start it, so that start-up and memory count. Seconds depend on
the machine and on what else it does; the ratios of one run are what compares.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

SAMPLE = Path(__file__).resolve().parents[1] / "recordings" / "sample" / "2026-09-14_physics-101_waves.mp4"

DECODE_ALL = """
import av, sys
with av.open(sys.argv[1]) as container:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    for _ in container.decode(stream):
        pass
"""
SAMPLE_FRAMES = """
import sys
from pathlib import Path
from emotionkit.video import sampled_frames
for _ in sampled_frames(Path(sys.argv[1]), 2):
    pass
"""


class Cost(NamedTuple):
    """What one process took: wall and processor seconds, peak memory in MiB."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def measure(command: list[str]) -> Cost:
    """Run a command to its end and return what it took; its own children count too."""
    started = time.perf_counter()
    declared = {"EMOTIONKIT_PURPOSE": "demonstration", "EMOTIONKIT_JURISDICTION": "US"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | declared)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} failed with status {status}")
    return Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", nargs="?", type=Path, default=SAMPLE)
    recording = parser.parse_args().recording

    from emotionkit.video import probe

    length_s = float(probe(recording).duration)
    python = [sys.executable, "-W", "ignore", "-c"]
    with tempfile.TemporaryDirectory() as folder:
        process = [sys.executable, "-m", "emotionkit", "process", str(recording), "--warehouse"]
        ways = {
            "decode every frame": [*python, DECODE_ALL, str(recording)],
            "sampled frames": [*python, SAMPLE_FRAMES, str(recording)],
            "process, first time": [*process, f"{folder}/first"],
            "process, nothing to do": [*process, f"{folder}/first"],
        }
        costs = {name: measure(command) for name, command in ways.items()}
    decoding = costs["decode every frame"]
    print(f"{recording.name}, {length_s:.0f} s, {len(os.sched_getaffinity(0))} cores, sampled at 2 fps")
    print(f"{'':<24}{'wall s':>8}{'cpu s':>8}{'× real time':>13}{'× decoding':>12}{'peak MiB':>10}")
    for name, cost in costs.items():
        speed, ratio = length_s / cost.wall_s, cost.wall_s / decoding.wall_s
        print(f"{name:<24}{cost.wall_s:>8.1f}{cost.cpu_s:>8.1f}{speed:>13.1f}{ratio:>12.2f}{cost.peak_mib:>10.0f}")


if __name__ == "__main__":
    main()
