"""The lesson over time: the class mean of each expression in bins of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis.bootstrap import drawn_students, interval, resampled_over_students, standard_error
from emotionkit.analysis.histogram import FEWEST_STUDENTS
from emotionkit.analysis.readings import (
    StudentReadings,
    effective_number,
    student_sums,
    student_weights,
    students_of,
    usable_faces,
)
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.records import EMOTIONS

BIN_WIDTHS_S = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200)
MOST_BINS = 120


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Class means of the seven expressions in bins of equal width.

    Attributes:
        expressions: A row per bin and emotion: ``start_s``, ``middle_s``, ``emotion``, ``mean``, ``low``, ``high``.
            A bin without a usable face is a gap: NaN. ``low`` and ``high`` are NaN where fewer than two students in
            effect were seen.
        faces: A row per bin: ``start_s``, ``middle_s``, ``faces`` (mean number of usable faces per sampled frame; NaN
            where no frame was sampled).
        bin_s: Width of the bins in seconds.
        seen: bool (students, bins), whether a student was seen with a usable face in a bin.
        effective_students: float64 (bins,), how many students of equal weight say as much as those seen in a bin.
        settings: The settings that made it.
        min_group: Where figures of fewer students are withheld, how many it takes; None where nothing is.
        withheld_bins: Bins that are NaN for that reason.
    """

    expressions: pd.DataFrame
    faces: pd.DataFrame
    bin_s: float
    seen: NDArray[np.bool_]
    effective_students: NDArray[np.float64]
    settings: AnalysisSettings
    min_group: int | None = None
    withheld_bins: int = 0


def lesson_timeline(
    frames: pd.DataFrame,
    faces: pd.DataFrame,
    settings: AnalysisSettings | None = None,
    *,
    bin_s: float | None = None,
) -> Timeline:
    """Return the timeline of a lesson in at most 120 bins of 5 s or more, or in bins of a width that is asked for.

    Within a bin a student's mean counts by the student's weight in the histogram and by the time present in the bin.
    Intervals resample the students seen in the bin (Efron, Bootstrap methods: another look at the jackknife, Annals of
    Statistics 7, 1979); each bin is judged alone, so with many bins some will lie apart by chance.

    Args:
        frames: Rows of the table ``frames`` of one lesson.
        faces: Its rows of the table ``faces``.
        settings: Defaults where not given.
        bin_s: Width of the bins in seconds, above 0.

    Raises:
        InvalidInputError: A column is missing, or a face belongs to no frame.
    """
    settings = settings or AnalysisSettings()
    usable = usable_faces(frames, faces, settings)
    width = bin_s or bin_width(float((frames["pts_s"] + frames["weight_s"]).max()) if len(frames) else 0.0)
    count = _bin_of(frames["pts_s"], width).max() + 1 if len(frames) else 0
    seconds = [_seconds(rows, width, count) for rows in (usable, frames)]
    return timeline_of(students_of(usable, frames, settings), seconds[0], seconds[1], width, settings)


def timeline_of(
    students: tuple[StudentReadings, ...],
    face_s: NDArray[np.float64],
    sampled_s: NDArray[np.float64],
    width: float,
    settings: AnalysisSettings,
) -> Timeline:
    """Return the timeline of students in bins of ``width`` seconds.

    Args:
        students: Their readings; none may lie behind the last bin.
        face_s: float64 (bins,), seconds of usable faces in each bin, added up over the faces.
        sampled_s: float64 (bins,), seconds that the sampled frames stand for in each bin.
        width: Seconds.
        settings: For the intervals.
    """
    starts = np.arange(len(sampled_s), dtype=np.float64) * width
    totals = student_sums(students, len(starts), width)
    weights = student_weights(students)
    faces = np.divide(face_s, sampled_s, out=np.full(len(starts), np.nan), where=sampled_s > 0)
    return Timeline(
        expressions=_expressions(totals, weights, starts, width, settings),
        faces=pd.DataFrame({"start_s": starts, "middle_s": starts + width / 2, "faces": faces}),
        bin_s=width,
        seen=totals[:, :, 7] > 0,
        effective_students=np.array([effective_number(weights * seconds) for seconds in totals[:, :, 7].T]),
        settings=settings,
    )


def bin_width(duration_s: float) -> float:
    """Return the width in seconds of the bins of a lesson of this length.

    >>> [bin_width(minutes * 60) for minutes in (1, 45, 180)]
    [5.0, 30.0, 90.0]
    """
    fitting = (width for width in BIN_WIDTHS_S if duration_s / width <= MOST_BINS)
    return float(next(fitting, duration_s / MOST_BINS))


def _bin_of(pts_s: pd.Series[float] | NDArray[np.float64], width: float) -> NDArray[np.int64]:
    return np.floor_divide(np.asarray(pts_s, dtype=np.float64), width).astype(np.int64)


def _seconds(rows: pd.DataFrame, width: float, bins: int) -> NDArray[np.float64]:
    weights = rows["weight_s"].to_numpy(dtype=np.float64)
    return np.bincount(_bin_of(rows["pts_s"], width), weights, bins).astype(np.float64)


def _expressions(
    totals: NDArray[np.float64],
    weights: NDArray[np.float64],
    starts: NDArray[np.float64],
    width: float,
    settings: AnalysisSettings,
) -> pd.DataFrame:
    random = np.random.default_rng(settings.seed)
    # Each bin is judged alone, so those of as many students may share what chance brings: most of the work is that.
    draws = cache(lambda count: drawn_students(count, settings.resamples, random))
    bins = [_one_bin(totals[:, index], weights, settings, draws) for index in range(len(starts))]
    values = np.concatenate(bins) if bins else np.empty((0, 3))
    at = np.repeat(starts, len(EMOTIONS))
    return pd.DataFrame(
        {"start_s": at, "middle_s": at + width / 2, "emotion": np.tile(EMOTIONS, len(starts))}
        | {name: values[:, column] for column, name in enumerate(("mean", "low", "high"))}
    )


def _one_bin(
    totals: NDArray[np.float64],
    student_weight: NDArray[np.float64],
    settings: AnalysisSettings,
    draws: Callable[[int], NDArray[np.int64]],
) -> NDArray[np.float64]:
    """Return float64 (7, 3): mean, low and high of one bin from float64 (students, 8) sums over it."""
    result = np.full((7, 3), np.nan)
    seen = totals[:, 7] > 0
    if not seen.any():
        return result
    seconds = totals[seen, 7]
    means, weights = totals[seen, :7] / seconds[:, None], student_weight[seen] * seconds
    result[:, 0] = weights @ means / weights.sum()
    units = effective_number(weights)
    if units >= FEWEST_STUDENTS:
        resampled = resampled_over_students(means, weights, draws(len(means)))
        result[:, 1], result[:, 2] = interval(
            result[:, 0], standard_error(resampled, units), units, settings.confidence
        )
    return result
