"""How often intervals of lessons compared hold the truth, and how often a difference is claimed where there is none.

python benchmarks/comparison_coverage.py [REPETITIONS]

Students are drawn from two invented populations whose true shares are known: in "ordinary" the rarest expression has a
share of 3 %, in "rare" 0.6 %, with a skewness between students of 4 and 9. A student's logits have a level of the
student, one of the day, and an autocorrelated part within the lesson. What chance adds to a coverage, a mean over
seven correlated expressions, stands beside it as a standard error: 0.2 to 0.3 points with 1000 repetitions; for false
alarms it is 0.7 at most.
"""

from __future__ import annotations

import itertools
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis import class_histogram, course_trend, lesson_difference
from emotionkit.analysis.comparison import LessonDifference
from emotionkit.records import EMOTIONS

Array = NDArray[np.float64]
HAPPY, NEUTRAL = EMOTIONS.index("happy"), EMOTIONS.index("neutral")
MOVED = 0.2
READINGS = 120
SIZES = (
    *(("paired", (size, size)) for size in (5, 9, 15, 25)),
    ("paired", (9, 9, 9, 9, 9)),
    *(("independent", (size, size)) for size in (5, 9, 15, 25)),
    *(("independent", sizes) for sizes in ((9, 15), (5, 25), (7, 7, 7, 7, 7), (25, 25, 25, 25, 25))),
)
"""Students in a lesson and in each of those it is compared with."""
LESSONS = max(len(sizes) for _, sizes in SIZES)
MEMORY = 0.95
POOL = 20_000
COVER = f"{'cover':>7}{'error':>7}{'range':>15}"
"""Heading of what :func:`cover` returns."""


@dataclass(frozen=True)
class Population:
    """Logits of the seven expressions, and standard deviations between students, of days and within a lesson."""

    name: str
    level: Array
    between: float
    day: float
    within: float

    def means(
        self, random: np.random.Generator, students: int, lessons: int, *, together: float = 0, strangers: bool = False
    ) -> Array:
        """Return (students, lessons, 7): means over a lesson's readings.

        ``together`` is how far whole lessons move; ``strangers`` are other students in each lesson.
        """
        shape = (students, lessons, 7)
        logits = self.level + self.between * random.standard_normal(shape if strangers else (students, 1, 7))
        logits = logits + self.day * random.standard_normal(shape) + together * random.standard_normal((1, lessons, 7))
        state, total = random.standard_normal(shape), np.zeros(shape)
        for _ in range(READINGS):
            state = MEMORY * state + np.sqrt(1 - MEMORY**2) * random.standard_normal(shape)
            shares = np.exp(logits + self.within * state)
            total += shares / shares.sum(axis=-1, keepdims=True)
        return total / READINGS


POPULATIONS = (
    Population("ordinary", np.array([-1.0, -1.5, -1.5, 1.0, 2.0, 0.0, -0.5]), 0.8, 0.5, 0.8),
    Population("rare", np.array([-2.5, -4.0, -3.5, 0.5, 2.5, -1.0, -2.0]), 1.2, 0.7, 1.0),
)


def differences(repetitions: int) -> None:
    """Print coverage, false alarms and power of two lessons compared."""
    print("\nTwo lessons compared. Cover: nominal 95 % intervals that hold the truth, mean of seven and range;")
    print(
        "alarms: any difference claimed where none is true, and (partly) among the five that stay alike while happy and"
    )
    print(
        "neutral differ; power: happy, raised by a fifth of what was neutral; effect: cover of both sizes. All in %.\n"
    )
    print(f"{'population':11}{'design':12}{'students':>9}{COVER}{'alarms':>8}{'partly':>8}{'power':>7}{'effect':>8}")
    for population in POPULATIONS:
        random = np.random.default_rng(1)
        pool = population.means(random, POOL, LESSONS)
        for design, sizes in SIZES:
            pairs = [compared(pool, design, sizes, random) for _ in range(repetitions)]
            row = differences_row(pairs, pool, len(sizes))
            print(f"{population.name:11}{design:12}{shown(sizes):>9}{row}", flush=True)


def shown(sizes: tuple[int, ...]) -> str:
    """Return sizes as ``9 v 15``, or ``9 v 4x9`` for several lessons."""
    times = f"{len(sizes) - 1}x" if len(sizes) > 2 else ""
    return f"{sizes[0]} v {times}{sizes[1]}"


def compared(
    pool: Array, design: str, sizes: tuple[int, ...], random: np.random.Generator
) -> tuple[LessonDifference, LessonDifference]:
    """Return a comparison without a true difference and one with."""
    known = design == "paired"
    who = [random.integers(len(pool), size=size) for size in sizes]
    others = [
        rows_of(f"{lesson}", pool[who[0] if known else who[lesson], lesson], known=known)
        for lesson in range(1, len(sizes))
    ]
    against = [f"{lesson}" for lesson in range(1, len(sizes))]
    same, moved = (
        lesson_difference(pd.concat([rows_of("0", shares, known=known), *others]), "0", against)
        for shares in (pool[who[0], 0], happier(pool[who[0], 0]))
    )
    return same, moved


def differences_row(pairs: list[tuple[LessonDifference, LessonDifference]], pool: Array, lessons: int) -> str:
    """Return the figures of one line of the table."""
    before, after, there = pool[:, 0], happier(pool[:, 0]), pool[:, 1:lessons]
    common = there.mean(axis=(0, 1))
    null, truth = before.mean(axis=0) - common, after.mean(axis=0) - common
    held = np.array([[holds(same.table, null), holds(moved.table, truth)] for same, moved in pairs])
    found = np.array([[table["p_holm"] <= 0.05 for table in (same.table, moved.table)] for same, moved in pairs])
    alike = [index for index in range(7) if index not in {HAPPY, NEUTRAL}]
    own = there.mean(axis=1) if pairs[0][0].design == "paired" else there.reshape(-1, 7)
    effect = truth / np.sqrt((after.var(axis=0) + own.var(axis=0)) / 2)
    sized = [
        [table["effect_low"].iloc[k] <= effect[k] <= table["effect_high"].iloc[k] for k in (HAPPY, NEUTRAL)]
        for table in (moved.table for _, moved in pairs)
    ]
    return (
        cover(held)
        + f"{100 * found[:, 0].any(axis=1).mean():>8.1f}{100 * found[:, 1][:, alike].any(axis=1).mean():>8.1f}"
        + f"{100 * found[:, 1, HAPPY].mean():>7.1f}{100 * np.mean(sized):>8.1f}"
    )


def trends(repetitions: int) -> None:
    """Print coverage and false alarms of course trends without a true trend."""
    print("\nThe trend of a course in which there is none; whole lessons move by a standard deviation of logits of")
    print("0 or half that of a student's days. All in %.\n")
    print(f"{'population':11}{'design':12}{'students':>9}{'lessons':>8}{'together':>9}{COVER}{'alarms':>8}")
    for population in POPULATIONS:
        random = np.random.default_rng(2)
        courses = itertools.product(("paired", "independent"), (5, 15), (6, 12, 24), (0.0, population.day / 2))
        for design, students, lessons, together in courses:
            held, alarms = [], []
            for _ in range(repetitions):
                strangers = design == "independent"
                shares = population.means(random, students, lessons, together=together, strangers=strangers)
                rows = pd.concat([rows_of(f"{k}", shares[:, k], known=not strangers) for k in range(lessons)])
                table = course_trend(rows, {f"{k}": float(k) for k in range(lessons)}).table
                held.append(holds(table, np.zeros(7)))
                alarms.append((table["p_holm"] <= 0.05).any())
            print(f"{population.name:11}{design:12}{students:>9}{lessons:>8}{together:>9.2f}", end="")
            print(f"{cover(np.array(held))}{100 * np.mean(alarms):>8.1f}", flush=True)


def histograms(repetitions: int) -> None:
    """Print coverage of the class histogram."""
    print("\nThe class histogram of one lesson of two minutes. All in %.\n")
    print(f"{'population':11}{'students':>9}{COVER}")
    for population in POPULATIONS:
        random = np.random.default_rng(3)
        pool = population.means(random, POOL, 1)[:, 0]
        frames = pd.DataFrame({"pts_s": [0.0], "weight_s": [1.0]})
        for students in (3, 5, 9, 15, 25):
            held = []
            for _ in range(repetitions):
                rows = rows_of("one", pool[random.integers(POOL, size=students)], known=False)
                faces = rows.assign(pts_s=0.0, track_id=range(students), quality=1.0)
                held.append(holds(class_histogram(frames, faces).table, pool.mean(axis=0)))
            print(f"{population.name:11}{students:>9}{cover(np.array(held))}", flush=True)


def rows_of(lesson_id: str, shares: Array, *, known: bool) -> pd.DataFrame:
    """Return a lesson's table of student means, of students with an id or without."""
    names = [f"S{number}" for number in range(len(shares))]
    rows = pd.DataFrame(shares, columns=list(EMOTIONS))
    return rows.assign(lesson_id=lesson_id, person=names, student_id=names if known else None, weight=1.0)


def happier(shares: Array) -> Array:
    """Return shares of which a fifth of what was neutral is happy."""
    moved = shares.copy()
    moved[..., HAPPY] += MOVED * shares[..., NEUTRAL]
    moved[..., NEUTRAL] *= 1 - MOVED
    return moved


def holds(table: pd.DataFrame, truth: Array) -> NDArray[np.bool_]:
    """Return for each expression whether its interval holds the truth."""
    return ((table["low"] <= truth) & (truth <= table["high"])).to_numpy()


def cover(held: NDArray[np.bool_]) -> str:
    """Return, in per cent, the mean coverage, its standard error and the range of the expressions.

    Args:
        held: bool (repetitions, ..., 7): whether each interval held the truth.
    """
    repetitions = 100 * held.reshape(len(held), -1).mean(axis=1)
    expressions = 100 * held.reshape(-1, held.shape[-1]).mean(axis=0)
    span = f"{expressions.min():.1f} to {expressions.max():.1f}"
    return f"{repetitions.mean():>7.1f}{repetitions.std() / np.sqrt(len(held)):>7.2f} {span:>14}"


if __name__ == "__main__":
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    differences(times)
    trends(times)
    histograms(times)
