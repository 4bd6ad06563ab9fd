"""How often intervals of lessons compared hold the truth, and how often a difference is claimed where there is none.

python benchmarks/comparison_coverage.py [REPETITIONS]

Students are drawn from two invented populations whose true shares are known: in "ordinary" the rarest expression has a
share of 3 %, in "rare" 0.6 %, with a skewness between students of 4 and 9. A student's logits have a level of the
student, one of the day, and an autocorrelated part within the lesson. Chance of the simulation itself with 1000
repetitions: about 0.5 percentage points in coverage (a mean over seven correlated expressions), 0.7 in false alarms.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis import AnalysisSettings, class_histogram, course_trend, lesson_difference
from emotionkit.analysis.comparison import LessonDifference
from emotionkit.records import EMOTIONS

Array = NDArray[np.float64]
HAPPY, NEUTRAL = EMOTIONS.index("happy"), EMOTIONS.index("neutral")
MOVED = 0.2
READINGS = 120
MEMORY = 0.95
POOL = 20_000


@dataclass(frozen=True)
class Population:
    """Logits of the seven expressions, and standard deviations between students, of days and within a lesson."""

    name: str
    level: tuple[float, ...]
    between: float
    day: float
    within: float

    def means(self, random: np.random.Generator, students: int, lessons: int, common: float = 0.0) -> Array:
        """Return (students, lessons, 7): means over a lesson's readings; ``common`` moves whole lessons."""
        shape = (students, lessons, 7)
        logits = np.array(self.level) + self.between * random.standard_normal((students, 1, 7))
        logits = logits + self.day * random.standard_normal(shape) + common * random.standard_normal((1, lessons, 7))
        state, total = random.standard_normal(shape), np.zeros(shape)
        for _ in range(READINGS):
            state = MEMORY * state + np.sqrt(1 - MEMORY**2) * random.standard_normal(shape)
            shares = np.exp(logits + self.within * state)
            total += shares / shares.sum(axis=-1, keepdims=True)
        return total / READINGS


POPULATIONS = (
    Population("ordinary", (-1.0, -1.5, -1.5, 1.0, 2.0, 0.0, -0.5), 0.8, 0.5, 0.8),
    Population("rare", (-2.5, -4.0, -3.5, 0.5, 2.5, -1.0, -2.0), 1.2, 0.7, 1.0),
)


def rows_of(lesson_id: str, shares: Array, known: Array | None = None) -> pd.DataFrame:
    """Return a lesson's table of student means; ``known`` numbers the students who have an id."""
    names = [f"S{number}" for number in known] if known is not None else [f"track {k}" for k in range(len(shares))]
    rows = pd.DataFrame(shares, columns=list(EMOTIONS))
    return rows.assign(lesson_id=lesson_id, person=names, student_id=names if known is not None else None, weight=1.0)


def with_happier(shares: Array) -> Array:
    """Return shares of which a fifth of what was neutral is happy."""
    moved = shares.copy()
    moved[..., HAPPY] += MOVED * shares[..., NEUTRAL]
    moved[..., NEUTRAL] *= 1 - MOVED
    return moved


def differences(repetitions: int) -> None:
    """Print coverage, false alarms and power of two lessons compared."""
    settings = AnalysisSettings()
    print("\nDifference of two lessons: coverage of nominal 95 % intervals, in %, mean over the seven expressions and its")
    print("range; false alarms of the Holm test, in %, with no difference and with two true ones; power for one of")
    print(f"happy (a fifth of what was neutral); coverage of the effect's interval, happy.\n")
    print(f"{'population':11}{'design':13}{'students':>9}{'cover':>8}{'range':>14}{'alarms':>8}{'partly':>8}{'power':>7}{'effect':>8}")
    for population in POPULATIONS:
        random = np.random.default_rng(1)
        pool = population.means(random, POOL, 2)
        for design, sizes in (("paired", ((5, 5), (9, 9), (15, 15), (25, 25))), ("independent", ((5, 5), (9, 9), (15, 15), (25, 25), (9, 15), (5, 25)))):
            for here, there in sizes:
                one = [_compare(pool, design, (here, there), random, settings) for _ in range(repetitions)]
                _print_difference(population, design, f"{here} v {there}", one, pool)


def _compare(pool: Array, design: str, sizes: tuple[int, int], random: np.random.Generator, settings: AnalysisSettings) -> tuple[LessonDifference, LessonDifference]:
    """Return a comparison without a true difference and one with."""
    who = random.integers(len(pool), size=sizes[0])
    others = who if design == "paired" else random.integers(len(pool), size=sizes[1])
    known = (np.arange(len(who)), np.arange(len(others))) if design == "paired" else (None, None)
    there = rows_of("there", pool[others, 1], known[1])
    same, moved = (
        lesson_difference(pd.concat([rows_of("here", shares, known[0]), there]), "here", ["there"], settings)
        for shares in (pool[who, 0], with_happier(pool[who, 0]))
    )
    return same, moved


def _print_difference(population: Population, design: str, sizes: str, pairs: list[tuple[LessonDifference, LessonDifference]], pool: Array) -> None:
    truth = with_happier(pool[:, 0]).mean(axis=0) - pool[:, 1].mean(axis=0)
    null = pool[:, 0].mean(axis=0) - pool[:, 1].mean(axis=0)
    held = np.array([_held(same, null) for same, _ in pairs] + [_held(moved, truth) for _, moved in pairs]).mean(axis=0)
    alarms = np.mean([(same.table["p_holm"] <= 0.05).any() for same, _ in pairs])
    untouched = [emotion for emotion in EMOTIONS if emotion not in {"happy", "neutral"}]
    partly = np.mean([(moved.table.loc[untouched, "p_holm"] <= 0.05).any() for _, moved in pairs])
    power = np.mean([moved.table.loc["happy", "p_holm"] <= 0.05 for _, moved in pairs])
    spread = np.sqrt((with_happier(pool[:, 0]).var(axis=0) + pool[:, 1].var(axis=0)) / 2)
    effect = truth[HAPPY] / spread[HAPPY]
    rows = [moved.table.loc["happy"] for _, moved in pairs]
    sized = np.mean([row["effect_low"] <= effect <= row["effect_high"] for row in rows])
    span = f"{100 * held.min():.1f} to {100 * held.max():.1f}"
    print(
        f"{population.name:11}{design:13}{sizes:>9}{100 * held.mean():>8.1f}{span:>14}{100 * alarms:>8.1f}"
        f"{100 * partly:>8.1f}{100 * power:>7.1f}{100 * sized:>8.1f}",
        flush=True,
    )


def _held(difference: LessonDifference, truth: Array) -> Array:
    return ((difference.table["low"] <= truth) & (truth <= difference.table["high"])).to_numpy()


def trends(repetitions: int) -> None:
    """Print coverage and false alarms of course trends without a true trend."""
    settings = AnalysisSettings()
    print("\nCourse trend, none true: coverage of nominal 95 % intervals and false alarms, in %. Lessons move together by")
    print("a standard deviation of 0, or half of that between students' days.\n")
    print(f"{'population':11}{'design':13}{'lessons':>8}{'students':>9}{'together':>9}{'cover':>8}{'range':>14}{'alarms':>8}")
    for population in POPULATIONS:
        random = np.random.default_rng(2)
        for design in ("paired", "independent"):
            for lessons in (6, 8, 12, 24):
                for students in (5, 9, 25):
                    for together in (0.0, population.day / 2):
                        _print_trend(population, design, lessons, students, together, repetitions, random, settings)


def _print_trend(population: Population, design: str, lessons: int, students: int, together: float, repetitions: int, random: np.random.Generator, settings: AnalysisSettings) -> None:
    held, alarms = [], []
    for _ in range(repetitions):
        known = np.arange(students) if design == "paired" else None
        if design == "paired":
            shares = population.means(random, students, lessons, together)
        else:
            moved = together * random.standard_normal((lessons, 7))
            shares = _strangers(population, random, students, moved)
        rows = pd.concat([rows_of(f"{k:02d}", shares[:, k], known) for k in range(lessons)])
        trend = course_trend(rows, {f"{k:02d}": float(k) for k in range(lessons)}, settings)
        held.append(((trend.table["low"] <= 0) & (trend.table["high"] >= 0)).to_numpy())
        alarms.append((trend.table["p_holm"] <= 0.05).any())
    cover = 100 * np.mean(held, axis=0)
    span = f"{cover.min():.1f} to {cover.max():.1f}"
    print(f"{population.name:11}{design:13}{lessons:>8}{students:>9}{together:>9.2f}{cover.mean():>8.1f}{span:>14}{100 * np.mean(alarms):>8.1f}", flush=True)


def _strangers(population: Population, random: np.random.Generator, students: int, moved: Array) -> Array:
    """Return (students, lessons, 7) of students who each come once."""
    lessons = len(moved)
    alike = Population("", tuple(np.zeros(7)), 0, float(np.hypot(population.between, population.day)), population.within)
    shifted = np.array(population.level) + moved
    state = random.standard_normal((students, lessons, 7))
    logits = shifted + alike.day * random.standard_normal((students, lessons, 7))
    total = np.zeros_like(logits)
    for _ in range(READINGS):
        state = MEMORY * state + np.sqrt(1 - MEMORY**2) * random.standard_normal(logits.shape)
        shares = np.exp(logits + population.within * state)
        total += shares / shares.sum(axis=-1, keepdims=True)
    return total / READINGS
