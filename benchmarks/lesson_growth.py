"""Whether time grows with a lesson's length and memory does not.

    python benchmarks/lesson_growth.py [--unit 30] [--lengths 1 10 100]

The marginal time, from each length to the next, is what has to stay the same: start-up is paid once.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from measuring import measure, processing
from videos import gallery_of_nine


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unit", type=int, default=30, help="seconds of the shortest lesson")
    parser.add_argument("--lengths", type=int, nargs="+", default=[1, 10, 100])
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure(processing(gallery_of_nine(folder / "warm-up.mp4", 2), folder / "warm-up"))
        print(
            f"{'lesson s':>9}{'wall s':>9}{'cpu s':>8}{'more wall s per unit':>22}{'more cpu s per unit':>21}{'MiB':>7}"
        )
        before = None
        for length in wishes.lengths:
            recording = gallery_of_nine(folder / f"{length}.mp4", wishes.unit * length)
            cost = measure(processing(recording, folder / str(length)))
            recording.unlink()
            more = ("", "")
            if before is not None:
                units, last = length - before[0], before[1]
                more = f"{(cost.wall_s - last.wall_s) / units:.3f}", f"{(cost.cpu_s - last.cpu_s) / units:.3f}"
            print(
                f"{wishes.unit * length:>9}{cost.wall_s:>9.1f}{cost.cpu_s:>8.1f}{more[0]:>22}{more[1]:>21}"
                f"{cost.peak_mib:>7.0f}",
                flush=True,
            )
            before = length, cost


if __name__ == "__main__":
    main()
