"""Lessons reduced to sums over short bins of time, so that any stretch of hundreds of them is there at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis import AnalysisSettings
from emotionkit.records import EMOTIONS
from emotionkit.warehouse import open_warehouse
from emotionkit.warehouse.consents import CONSENTED_SQL, consented
from emotionkit.widgets.selection import Selection, with_lessons
from emotionkit.widgets.steps import Steps

STEP_S = 0.3
"""Seconds that a step should take at most, so that progress is seen and another choice takes over soon."""
_BINS_S = ((300, 1.0), (7200, 15.0), (float("inf"), 60.0))

_SUMS = ", ".join(f"sum({emotion} * weight_s) AS {emotion}" for emotion in EMOTIONS)
_FACES_SQL = f"""
SELECT lesson_id, CASE WHEN agreed.student_id IS NOT NULL THEN 'student ' || agreed.student_id
        ELSE 'track ' || track_id END AS person, any_value(agreed.student_id) AS student_id,
    floor(pts_s / $bin_s)::INTEGER AS bin, {_SUMS}, sum(weight_s) AS seconds
FROM (FROM faces WHERE lesson_id IN ($lessons) AND quality >= $minimum_quality)
JOIN (FROM frames WHERE lesson_id IN ($lessons) AND weight_s > 0) USING (lesson_id, pts_s)
LEFT JOIN ({CONSENTED_SQL}) agreed USING (lesson_id, student_id)
GROUP BY ALL ORDER BY lesson_id, person, bin
"""  # noqa: S608 - names of columns, and a query within a query
_FRAMES_SQL = """
SELECT lesson_id, floor(pts_s / $bin_s)::INTEGER AS bin, sum(weight_s) AS seconds
FROM frames WHERE lesson_id IN ($lessons) GROUP BY ALL
"""


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """A lesson in bins.

    Attributes:
        people: ``student ID`` of those who agreed, else ``track N``, as in ``student_means``.
        students: Their ids, None where they have none.
        running: float64 (people, bins + 1, 8): sums up to each bin of seconds times probabilities, and of seconds.
        sampled: float64 (bins + 1,): the same of the time looked at.
    """

    people: list[str]
    students: list[str | None]
    running: NDArray[np.float64]
    sampled: NDArray[np.float64]


class Reductions:
    """Lessons of a warehouse as they are asked for, each read once.

    Attributes:
        bin_s: Width of the bins in seconds; stretches of time begin and end at multiples of it.
    """

    def __init__(self, warehouse: Path, longest_s: float, settings: AnalysisSettings) -> None:
        self.bin_s = next(width for length, width in _BINS_S if longest_s <= length)
        self._warehouse = warehouse
        self._settings = settings
        self._lessons: dict[str, Reduced] = {}

    def steps(self, lessons: Sequence[str], tell: Callable[[float], None]) -> Steps:
        """Read the lessons that are missing, some at a time, and tell the share that is done after each."""
        missing = [lesson for lesson in lessons if lesson not in self._lessons]
        done, at_once = 0, 1
        while done < len(missing):
            started = time.perf_counter()
            some = missing[done : done + at_once]
            self._lessons.update((yield partial(self._read, some)))
            done += len(some)
            took = time.perf_counter() - started
            at_once = max(1, min(2 * at_once, int(at_once * STEP_S / max(took, 1e-3))))
            tell(done / len(missing))

    def means(self, selection: Selection) -> pd.DataFrame:
        """Return :func:`emotionkit.analysis.student_means` of the selected lessons within the selected time."""
        tables = [self._means(lesson, selection) for lesson in selection.lessons]
        people = np.concatenate([table[0] for table in tables])
        sums = np.concatenate([table[1] for table in tables])
        found = pd.DataFrame(sums[:, :7] / sums[:, 7:], columns=list(EMOTIONS))
        found["lesson_id"], found["person"], found["student_id"] = people[:, 0], people[:, 1], people[:, 2]
        found["weight"] = np.concatenate([table[2] for table in tables])
        return found

    def _means(
        self, lesson: str, selection: Selection
    ) -> tuple[NDArray[np.object_], NDArray[np.float64], NDArray[np.float64]]:
        reduced = self._lessons[lesson]
        last = len(reduced.sampled) - 1
        start, end = (
            int(min(last, round(at / self.bin_s, 6))) for at in (selection.start_s, min(selection.end_s, 1e9))
        )
        sums = reduced.running[:, end] - reduced.running[:, start]
        seen = sums[:, 7] > 0
        full = self._settings.full_presence * (reduced.sampled[end] - reduced.sampled[start])
        names = [(lesson, person, student) for person, student in zip(reduced.people, reduced.students, strict=True)]
        people = np.array(names, dtype=object).reshape(-1, 3)[seen]
        return people, sums[seen], np.minimum(1.0, sums[seen, 7] / full)

    def _read(self, lessons: list[str]) -> dict[str, Reduced]:
        (of_faces, named), (of_frames, _) = with_lessons(_FACES_SQL, lessons), with_lessons(_FRAMES_SQL, lessons)
        values = {"bin_s": self.bin_s, **named}
        with open_warehouse(self._warehouse) as rows:
            chosen = {"minimum_quality": self._settings.minimum_quality, **consented(rows.sql, lessons)}
            faces = rows.sql(of_faces, values | chosen).to_arrow_table().to_pandas()
            frames = rows.sql(of_frames, values).to_arrow_table().to_pandas()
        by_lesson = dict(iter(faces.groupby("lesson_id", sort=False)))
        sampled = dict(iter(frames.groupby("lesson_id", sort=False)))
        return {
            lesson: _reduced(by_lesson.get(lesson, faces.iloc[:0]), sampled.get(lesson, frames.iloc[:0]))
            for lesson in lessons
        }


def _reduced(faces: pd.DataFrame, frames: pd.DataFrame) -> Reduced:
    bins = int(frames["bin"].max()) + 1 if len(frames) else 0
    person, people = pd.factorize(faces["person"])
    students = faces.drop_duplicates("person")["student_id"].astype(object)
    sums = np.zeros((len(people), bins + 1, 8))
    sums[person, faces["bin"].to_numpy() + 1] = faces[[*EMOTIONS, "seconds"]].to_numpy(np.float64)
    sampled = np.zeros(bins + 1)
    sampled[frames["bin"].to_numpy() + 1] = frames["seconds"].to_numpy(np.float64)
    named = students.where(students.notna(), None).tolist()
    return Reduced(list(people), named, sums.cumsum(axis=1), sampled.cumsum())
