"""What the correction for confusion mends, and how often its intervals hold the truth.

python benchmarks/prevalence_coverage.py [REPETITIONS]

The network confuses expressions as it did on the faces that it was tested on, and is each time tested anew on as many:
2,854, of them 13 with disgust. Students are those of comparison_coverage.py; each is read 120 times.
"""

from __future__ import annotations

import sys

import numpy as np
from comparison_coverage import COVER, POOL, POPULATIONS, cover, holds, rows_of

from emotionkit.analysis import AnalysisSettings, corrected_prevalence
from emotionkit.emotions.assessment import read_assessment
from emotionkit.errors import InvalidInputError
from emotionkit.records import EMOTIONS

CONFUSION = np.array(read_assessment().plain.confusion)
TESTED = CONFUSION.sum(axis=1)
RATES = CONFUSION / TESTED[:, None]
NEUTRAL = EMOTIONS.index("neutral")


def main(repetitions: int) -> None:
    """Measure and print one table."""
    print("Cover: nominal 95 % intervals of the corrected shares that hold the truth, mean of seven and range, in %;")
    print("none: times that the test was too small for any, in %; mean error of the share of neutral, as read and")
    print("corrected, in percentage points.\n")
    print(f"{'population':11}{'students':>9}{COVER}{'none':>7}{'read':>7}{'corrected':>11}")
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
                try:
                    table = corrected_prevalence(means, confusion, AnalysisSettings(resamples=400)).table
                except InvalidInputError:  # with so few faces of disgust, they may happen to be read as others' are
                    continue
                if table["low"].notna().any():
                    held.append(holds(table, truth))
                errors.append(table.loc["neutral", ["read", "corrected"]].to_numpy(float) - truth[NEUTRAL])
            bias = 100 * np.mean(errors, axis=0)
            none = 100 * (1 - len(held) / repetitions)
            print(
                f"{population.name:11}{students:>9}{cover(np.array(held))}{none:>7.1f}{bias[0]:>7.1f}{bias[1]:>11.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
