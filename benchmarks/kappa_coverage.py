"""How often the interval of Cohen's kappa holds the kappa of the population that invented students come from.

Each student shows expressions of a few seconds, more or less often than others; two observers see each with an accuracy
that differs between students. `python benchmarks/kappa_coverage.py`: a row per number of students.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from emotionkit.analysis import AnalysisSettings, cohen_kappas

WINDOWS = 120
RUN = 5
CATEGORIES = 4
POPULATION = 4000


def invented(students: int, random: np.random.Generator) -> pd.DataFrame:
    """Return the ratings of two observers of some invented students, a row per student and window."""
    runs = (students, WINDOWS // RUN)
    active = random.beta(1.5, 4, students)[:, None]
    shown = np.where(random.random(runs) < active, random.integers(1, CATEGORIES, runs), 0)
    accuracy = random.beta(8, 2, students)[:, None]
    seen = [np.where(random.random(runs) < accuracy, shown, random.integers(0, CATEGORIES, runs)) for _ in range(2)]
    index = pd.MultiIndex.from_product([range(students), range(WINDOWS)], names=["student", "start_s"])
    return pd.DataFrame(
        {name: np.repeat(one, RUN, axis=1).ravel() for name, one in zip("ab", seen, strict=True)}, index
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=600)
    repetitions = parser.parse_args().repetitions
    random = np.random.default_rng(0)
    truth = float(cohen_kappas(invented(POPULATION, random), AnalysisSettings(resamples=100))["kappa"].iloc[0])
    print(f"kappa of {POPULATION} students: {truth:.3f}\n\nstudents  holds it, %  mean width")
    for students in (3, 5, 7, 10, 15, 25, 50):
        tables = [cohen_kappas(invented(students, random)).iloc[0] for _ in range(repetitions)]
        held = np.mean([row["low"] <= truth <= row["high"] for row in tables])
        width = np.mean([row["high"] - row["low"] for row in tables])
        print(f"{students:8}  {100 * held:11.1f}  {width:10.2f}")


if __name__ == "__main__":
    main()
