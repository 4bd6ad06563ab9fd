"""How often the live page hints at a change where there is none, and how often and how soon it finds a planted one.

python benchmarks/live_hints.py [REPETITIONS]

Invented classes of twenty minutes as in ``change_detection.py``: students of their own level, with their own drift.
Planted in the middle, to stay: two thirds of what was neutral in some share of the class becomes sad. The page is
looked at every five seconds.
"""

from __future__ import annotations

import sys

import numpy as np
from change_detection import LEVEL, NEUTRAL, SAD
from numpy.typing import NDArray

from emotionkit.analysis import AnalysisSettings, RunningClass
from emotionkit.records import EMOTIONS

Array = NDArray[np.float64]
MINUTES, LOOK_EVERY_S = 20, 5
PLANTED_S = 60 * MINUTES // 2
SETTINGS = AnalysisSettings(resamples=400)


def main(repetitions: int) -> None:
    """Measure and print one table."""
    print(
        "In %: classes with a false hint; classes in which the planted change was hinted at, and seconds until then.\n"
    )
    print(f"{'students':>8}{'memory':>8}{'moved':>7}{'false':>8}{'found':>8}{'after':>8}")
    random = np.random.default_rng(0)
    for students, memory in ((5, 0.95), (9, 0.95), (25, 0.95), (25, 0.99)):
        for moved in (0.0, 0.5, 1.0):
            classes = [hints(random, students, memory, moved) for _ in range(repetitions)]
            false = np.mean([any(is_false for _, is_false in one) for one in classes])
            waits = [
                min(times) for one in classes if (times := [at - PLANTED_S for at, is_false in one if not is_false])
            ]
            line = f"{students:>8}{memory:>8.2f}{moved:>7.0%}{100 * false:>8.1f}"
            found = f"{100 * len(waits) / repetitions:>8.0f}" + (f"{np.median(waits):>6.0f} s" if waits else "")
            print(line + (found if moved else ""), flush=True)


def hints(random: np.random.Generator, students: int, memory: float, moved: float) -> list[tuple[int, bool]]:
    """Return the hints of one class: at which second, and whether it was a false one."""
    shares = lesson(random, students, memory, moved)
    running = RunningClass(min_group=5, settings=SETTINGS)
    found: list[tuple[int, bool]] = []
    for second in range(60 * MINUTES):
        running.add(second, 1, range(students), shares[:, second])
        if second % LOOK_EVERY_S == 0:
            # Moving away from neutral moves every other share a little.
            wanted = {"sad", "neutral"} if moved and second >= PLANTED_S else set()
            found += [(second, emotion not in wanted) for emotion in running.change().larger_than_chance().index]
    return found


def lesson(random: np.random.Generator, students: int, memory: float, moved: float) -> Array:
    """Return float64 (students, seconds, 7): what is read of an invented class at one reading a second."""
    state, logits = random.standard_normal((students, 7)), np.empty((students, 60 * MINUTES, 7))
    level = LEVEL + random.standard_normal((students, 7))
    for second in range(60 * MINUTES):
        state = memory * state + np.sqrt(1 - memory**2) * random.standard_normal((students, 7))
        logits[:, second] = level + state
    shares = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    who = random.permutation(students)[: round(moved * students)]
    shares[who, PLANTED_S:, SAD] += 2 / 3 * shares[who, PLANTED_S:, NEUTRAL]
    shares[who, PLANTED_S:, NEUTRAL] /= 3
    assert shares.shape[2] == len(EMOTIONS)
    return shares


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
