"""What the correction for confusion mends, and how often its intervals hold the truth.

python benchmarks/prevalence_coverage.py [REPETITIONS]

The network is right in 50 to 88 % of an expression's faces and was tested on 3,565 of them, 55 with disgust. Students
are those of comparison_coverage.py; each is read 120 times.
"""

from __future__ import annotations

import sys

import numpy as np
from comparison_coverage import COVER, POOL, POPULATIONS, cover, holds, rows_of

from emotionkit.analysis import AnalysisSettings, corrected_prevalence
from emotionkit.records import EMOTIONS

RIGHT = np.array([0.65, 0.6, 0.5, 0.88, 0.75, 0.6, 0.8])
TAKEN_FOR = np.array(
    [
        [0, 2, 2, 1, 5, 4, 1],
        [4, 0, 1, 1, 2, 2, 0.5],
        [2, 1, 0, 1, 3, 4, 4],
        [0.5, 0.2, 0.5, 0, 3, 0.5, 1],
        [1, 0.3, 1, 2, 0, 4, 1],
        [2, 0.5, 2, 1, 5, 0, 0.5],
        [0.7, 0.2, 3, 1, 1, 0.3, 0],
    ]
)
RATES = np.diag(RIGHT) + TAKEN_FOR / TAKEN_FOR.sum(axis=1, keepdims=True) * (1 - RIGHT)[:, None]
TESTED = (490, 55, 520, 880, 620, 590, 410)
NEUTRAL = EMOTIONS.index("neutral")


def main(repetitions: int) -> None:
    """Measure and print one table."""
    print(
        "Cover: nominal 95 % intervals of the corrected shares that hold the truth, mean of seven and range, in %; mean"
    )
    print("error of the share of neutral, as read and corrected, in percentage points.\n")
    print(f"{'population':11}{'students':>9}{COVER}{'read':>7}{'corrected':>11}")
    random = np.random.default_rng(0)
    for population in POPULATIONS:
        pool = population.means(random, POOL, 1)[:, 0]
        truth = pool.mean(axis=0)
        for students in (5, 9, 25):
            held, errors = [], []
            for _ in range(repetitions):
                people = pool[random.integers(POOL, size=students)]
                read = np.stack([random.multinomial(120, shares @ RATES) / 120 for shares in people])
                confusion = np.stack([random.multinomial(size, row) for size, row in zip(TESTED, RATES, strict=True)])
                means = rows_of("one", read, known=False)
                table = corrected_prevalence(means, confusion, AnalysisSettings(resamples=400)).table
                held.append(holds(table, truth))
                errors.append(table.loc["neutral", ["read", "corrected"]].to_numpy(float) - truth[NEUTRAL])
            bias = 100 * np.mean(errors, axis=0)
            print(
                f"{population.name:11}{students:>9}{cover(np.array(held))}{bias[0]:>7.1f}{bias[1]:>11.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
