"""How often moments of change are claimed where there are none, and how well planted ones are found.

python benchmarks/change_detection.py [REPETITIONS]

Students of an invented class have levels of their own and drift (an autocorrelation of 0.95 a second, or 0.99). Planted
are a smile of two thirds of the class for five seconds, or a mood in which two thirds of what was neutral in half of
the class is sad from the middle on.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis import AnalysisSettings, lesson_changes
from emotionkit.analysis.changes import Changes
from emotionkit.records import EMOTIONS

Array = NDArray[np.float64]
HAPPY, NEUTRAL, SAD = (EMOTIONS.index(name) for name in ("happy", "neutral", "sad"))
LEVEL = np.array([-2.5, -4.0, -3.5, 0.5, 2.5, -1.0, -2.0])
SETTINGS = AnalysisSettings(resamples=400)


def main(repetitions: int) -> None:
    """Measure and print one table."""
    print(
        "In %: lessons with any change claimed; planted changes found within 10 s, and the interval of time that holds"
    )
    print("them; interval of size that holds the true one.\n")
    print(f"{'students':>8}{'minutes':>8}{'memory':>7}{'planted':>9}{'claimed':>9}{'found':>7}{'time':>6}{'size':>6}")
    random = np.random.default_rng(0)
    for students, seconds, memory in ((5, 120, 0.95), (9, 120, 0.95), (9, 600, 0.95), (25, 600, 0.95), (9, 600, 0.99)):
        for planted in ("nothing", "smile", "mood"):
            one = [lesson(random, students, seconds, memory, planted) for _ in range(repetitions)]
            claimed = np.mean([len(changes.table) > 0 for changes, _, _ in one])
            line = f"{students:>8}{seconds / 60:>8.0f}{memory:>7.2f}{planted:>9}{100 * claimed:>9.1f}"
            print(line + ("" if planted == "nothing" else found(one, planted)), flush=True)


def lesson(
    random: np.random.Generator, students: int, seconds: int, memory: float, planted: str
) -> tuple[Changes, float, float]:
    """Return the changes of a simulated lesson at one reading a second, and time and true size of the planted one."""
    level = LEVEL + random.standard_normal((students, 7))
    state, logits = random.standard_normal((students, 7)), np.empty((students, seconds, 7))
    for second in range(seconds):
        state = memory * state + np.sqrt(1 - memory**2) * random.standard_normal((students, 7))
        logits[:, second] = level + state
    shares = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    before = shares.copy()
    at = int(random.integers(seconds // 4, 3 * seconds // 4)) if planted == "smile" else seconds // 2
    who = random.permutation(students)[: -(-students * (4 if planted == "smile" else 3) // 6)]
    if planted == "smile":
        shares[who, at : at + 5] = 0.2 * shares[who, at : at + 5] + 0.8 * np.eye(7)[HAPPY]
    if planted == "mood":
        shares[who, at:, SAD] += 2 / 3 * shares[who, at:, NEUTRAL]
        shares[who, at:, NEUTRAL] /= 3
    after = slice(at, at + 5)
    size = float((shares - before)[:, after].mean(axis=(0, 1))[HAPPY if planted == "smile" else SAD])
    frames = pd.DataFrame({"pts_s": np.arange(float(seconds)), "weight_s": 1.0})
    people = [
        pd.DataFrame(one, columns=list(EMOTIONS)).assign(pts_s=frames["pts_s"], track_id=k, quality=1.0)
        for k, one in enumerate(shares)
    ]
    return lesson_changes(frames, pd.concat(people, ignore_index=True), SETTINGS), float(at), size


def found(lessons: list[tuple[Changes, float, float]], planted: str) -> str:
    """Return how many planted changes were found, and how often the intervals held."""
    near, timed, sized = [], [], []
    for changes, at, size in lessons:
        rows = changes.table.loc[(changes.table["emotion"] == ("happy" if planted == "smile" else "sad"))]
        rows = rows.loc[((rows["time_s"] - at).abs() <= 10) & (rows["difference"] > 0)]
        near.append(len(rows) > 0)
        if len(rows):
            row = rows.iloc[0]
            timed.append(row["early_s"] <= at <= row["late_s"])
            sized.append(row["low"] <= size <= row["high"])
    return f"{100 * np.mean(near):>7.1f}" + "".join(
        f"{100 * np.mean(x):>6.1f}" if x else f"{'–':>6}" for x in (timed, sized)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
