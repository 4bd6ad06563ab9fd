"""How fast recordings become rows, from file to DuckDB, against decoding them with ffmpeg on the same cores.

    python benchmarks/lesson_speed.py [RECORDING...] [--seconds 300] [--repeat 1]

Without recordings, it makes three of its own from the sample class. Each command runs in processes of its own, as a
user would start it, so that start-up counts. Seconds depend on the machine and on what else it does; the ratios of one
run are what compares. The network is converted before the clock runs: that happens once for each new model.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path

from measuring import Cost, decoding, measure, processing
from videos import gallery_of_25, gallery_of_nine, speaker_view

MAKERS = {
    "gallery of 9, 720p": gallery_of_nine,
    "gallery of 25, 720p": gallery_of_25,
    "speaker view, 1080p": speaker_view,
}


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", nargs="*", type=Path)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--repeat", type=int, default=1)
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure(processing(gallery_of_nine(folder / "warm-up.mp4", 2), folder / "warm-up"))
        recordings = {path.name: path for path in wishes.recordings} or {
            title: make(folder / f"{make.__name__}.mp4", wishes.seconds) for title, make in MAKERS.items()
        }
        print(f"{len(os.sched_getaffinity(0))} cores, sampled at 2 fps, against {decoding(folder)[0]}")
        print(f"{'':<24}{'decode s':>10}{'process s':>11}{'ratio':>7}{'cpu s':>7}{'first row s':>13}{'peak MiB':>10}")
        for title, recording in recordings.items():
            rounds = [_round(recording, folder / f"{recording.stem}-{number}") for number in range(wishes.repeat)]
            ratio = statistics.median(process.wall_s / decode.wall_s for decode, process in rounds)
            decode, process = rounds[-1]
            peak_mib = measure(processing(recording, folder / f"{recording.stem}-memory")).peak_mib
            print(
                f"{title:<24}{decode.wall_s:>10.1f}{process.wall_s:>11.1f}{ratio:>7.2f}{process.cpu_s:>7.1f}"
                f"{process.first_row_s:>13.1f}{peak_mib:>10.0f}",
                flush=True,
            )


def _round(recording: Path, warehouse: Path) -> tuple[Cost, Cost]:
    decode = measure(decoding(recording)[1], memory=False)
    return decode, measure(processing(recording, warehouse), warehouse, memory=False)


if __name__ == "__main__":
    main()
