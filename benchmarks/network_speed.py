"""How many faces a second the shipped network reads, by batch, and what it costs to load.

python benchmarks/network_speed.py
"""

from __future__ import annotations

import os
import time

import numpy as np

BATCHES = (1, 9, 25, 64, 256)
SECONDS = 2.0


def main() -> None:
    """Measure and print one table."""
    started = time.perf_counter()
    from emotionkit.emotions.classifier import EmotionClassifier

    classifier = EmotionClassifier.load()
    loading_s = time.perf_counter() - started
    print(f"{len(os.sched_getaffinity(0))} cores, {classifier.parameters:,} parameters, ", end="")
    print(f"{classifier.multiply_adds / 1e6:.1f} M multiply-adds, loaded in {loading_s:.1f} s")
    print(f"{'batch':>6}{'faces/s':>10}{'ms/batch':>10}")
    rng = np.random.default_rng(0)
    for batch in BATCHES:
        crops = list(rng.integers(0, 256, (batch, 96, 96), dtype=np.uint8))
        classifier.predict(crops)
        rounds, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            classifier.predict(crops)
            rounds += 1
        spent = time.perf_counter() - started
        print(f"{batch:>6}{rounds * batch / spent:>10.0f}{spent / rounds * 1e3:>10.1f}")


if __name__ == "__main__":
    main()
