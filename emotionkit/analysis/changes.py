"""Moments at which the faces of a class change together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis.bootstrap import TINY
from emotionkit.analysis.comparison import FEWEST_COMPARED
from emotionkit.analysis.contrast import Sample, contrast
from emotionkit.analysis.readings import student_readings, student_sums, student_weights
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.records import EMOTIONS

SPANS_S = (5, 20, 60, 180)
"""Seconds before and after a moment that are compared: short ones find a smile, long ones a change of mood."""
MOST_BINS = 2400
SHUFFLES = 400
LEVEL = 0.05
LEAST = 0.02
"""Changes of the class's share that are smaller are no news, however sure."""
COLUMNS = (
    "moment",
    "time_s",
    "early_s",
    "late_s",
    "emotion",
    "before",
    "after",
    "difference",
    "low",
    "high",
    "p",
    "students",
)


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Moments of change, by time.

    Attributes:
        table: A row per moment and expression that changed: ``moment`` (a number from 1; what changes within five
            seconds is one moment), ``time_s`` and its interval ``early_s`` to ``late_s``, ``emotion``, ``before`` and
            ``after`` (shares over the students seen on both sides), ``difference`` (after less before) and its interval
            ``low`` to ``high``, ``p`` (chance that a lesson without common changes shows one so large anywhere),
            ``students`` (how many were seen on both sides). As the largest changes are chosen, their sizes are
            somewhat too large.
        bin_s: Seconds to which time is told.
        students: People seen with a usable face.
        looked: Whether there was enough to look at: three people, and fifteen seconds.
        settings: The settings that made it.
    """

    table: pd.DataFrame
    bin_s: float
    students: int
    looked: bool
    settings: AnalysisSettings


class _Scan(NamedTuple):
    """Changes of students over one span.

    Attributes:
        span: Bins before and after.
        change: float64 (students, bins, 7): mean after less mean before; 0 where not seen on both sides.
        seen: float64 (students, bins): the student's weight where seen on both sides, else 0.
        scale: float64 (7,): root mean square of the changes.
    """

    span: int
    change: NDArray[np.float64]
    seen: NDArray[np.float64]
    scale: NDArray[np.float64]

    @property
    def parts(self) -> NDArray[np.float64]:
        """float64 (students, bins, 9): weighted changes, weight, and its square."""
        weighted = self.seen[..., None] * self.change
        return np.concatenate([weighted, self.seen[..., None], self.seen[..., None] ** 2], axis=2)


def lesson_changes(frames: pd.DataFrame, faces: pd.DataFrame, settings: AnalysisSettings | None = None) -> Changes:
    """Return the moments at which the class's mean of an expression changes, and how sure they are.

    Each student's mean after a moment is compared with the one before, over 5, 20, 60 and 180 seconds, and summed over
    students (moving sums: Eichinger and Kirch, A MOSUM procedure for the estimation of multiple random change points,
    Bernoulli 24, 2018). How large such a sum becomes by chance is seen when every student's changes are shifted by a
    random time, round the end: students keep their own ups and downs and lose what they have in common. What exceeds
    the largest sum, over all moments, spans and expressions, in 95 of 100 such shuffles is a change: in a lesson
    without one, a false alarm comes at most 5 times in 100. The time's interval resamples students; that of the size is
    :func:`emotionkit.analysis.contrast.contrast`.

    Args:
        frames: Rows of the table ``frames`` of one lesson.
        faces: Its rows of the table ``faces``.
        settings: Defaults where not given.

    Raises:
        InvalidInputError: A column is missing, or a face belongs to no frame.
    """
    settings = settings or AnalysisSettings()
    students = student_readings(frames, faces, settings)
    length_s = float((frames["pts_s"] + frames["weight_s"]).max()) if len(frames) else 0.0
    bin_s = max(1.0, length_s / MOST_BINS)
    spans = [round(span / bin_s) for span in SPANS_S if span >= 2 * bin_s and 3 * span <= length_s]
    sums = student_sums(students, int(np.ceil(length_s / bin_s)), bin_s)
    scans = [_scan(sums, student_weights(students), span) for span in spans] if len(students) > 2 else []
    found = _found(scans, np.random.default_rng(settings.seed))
    rows = [_row(scans[k], sums, moment, emotion, settings) | {"p": p} for k, moment, emotion, p in found]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table[["time_s", "early_s", "late_s"]] *= bin_s
    if len(table):
        _between_pictures(table, np.sort(frames["pts_s"].to_numpy(dtype=np.float64)))
    table = table.loc[table["difference"].abs() >= LEAST].sort_values(["time_s", "p"], kind="stable", ignore_index=True)
    table["moment"] = (table["time_s"].diff() > SPANS_S[0]).cumsum() + 1
    return Changes(table, bin_s, len(students), bool(scans), settings)


def _between_pictures(table: pd.DataFrame, pts_s: NDArray[np.float64]) -> None:
    """Let each time's interval begin and end with a picture: what lies between two is not known."""
    before = np.searchsorted(pts_s, table["early_s"].to_numpy(dtype=np.float64), side="right") - 1
    after = np.searchsorted(pts_s, table["late_s"].to_numpy(dtype=np.float64))
    last = len(pts_s) - 1
    table["early_s"] = np.minimum(table["early_s"], pts_s[np.maximum(before, 0)])
    table["late_s"] = np.maximum(table["late_s"], pts_s[np.minimum(after, last)])


def _scan(sums: NDArray[np.float64], weights: NDArray[np.float64], span: int) -> _Scan:
    running = np.concatenate([np.zeros((len(sums), 1, 8)), sums.cumsum(axis=1)], axis=1)
    windows = running[:, span:] - running[:, :-span]
    before, after = windows[:, :-span], windows[:, span:]
    usual = np.median(windows[..., 7][windows[..., 7] > 0]) if (windows[..., 7] > 0).any() else 1.0
    both = (before[..., 7] >= usual / 2) & (after[..., 7] >= usual / 2)
    change = np.zeros((len(sums), sums.shape[1], 7))
    seen = np.zeros(change.shape[:2])
    inside = slice(span, span + before.shape[1])
    seconds = [np.where(both, window[..., 7], 1)[..., None] for window in (before, after)]
    change[:, inside] = (after[..., :7] / seconds[1] - before[..., :7] / seconds[0]) * both[..., None]
    seen[:, inside] = weights[:, None] * both
    scale = np.sqrt((change**2).sum(axis=(0, 1)) / max(1, np.count_nonzero(seen)))
    return _Scan(span, change, seen, np.maximum(scale, TINY))


def _found(scans: list[_Scan], random: np.random.Generator) -> list[tuple[int, int, int, float]]:
    """Return scan, bin, expression and p of every change, the surest first of those that tell of the same."""
    if not scans:
        return []
    # Spans beside each other, so that a student's changes over all of them are shifted at once.
    parts = np.concatenate([scan.parts for scan in scans], axis=2)
    students, bins = parts.shape[:2]
    peaks = np.array(
        [np.abs(_statistic(parts, random.integers(0, bins, (students,)), scans)).max(axis=1) for _ in range(SHUFFLES)]
    )
    # Expressions and spans are put on one scale, lest the one with the heaviest tail sets the bar for all.
    usual = np.maximum(np.quantile(peaks, 1 - LEVEL, axis=0), TINY)
    largest = (peaks / usual).max(axis=(1, 2))
    observed = _statistic(parts, np.zeros(students, np.int64), scans) / usual[:, None]
    over = np.argwhere(np.abs(observed) > np.quantile(largest, 1 - LEVEL, method="higher"))
    found: list[tuple[int, int, int, float]] = []
    for k, moment, emotion in sorted(over.tolist(), key=lambda at: -abs(observed[*at])):
        same = (
            abs(moment - m) < max(scans[k].span, scans[j].span) and observed[k, moment, e] * observed[j, m, e] > 0
            for j, m, e, _ in found
            if e == emotion
        )
        if not any(same):
            chance = np.count_nonzero(largest >= abs(observed[k, moment, emotion]))
            found.append((k, moment, emotion, (1 + chance) / (1 + SHUFFLES)))
    return found


def _statistic(parts: NDArray[np.float64], offsets: NDArray[np.int64], scans: list[_Scan]) -> NDArray[np.float64]:
    """Return float64 (scans, bins, 7): the students' changes, each shifted, summed in units of chance."""
    total = np.zeros(parts.shape[1:])
    for part, offset in zip(parts, offsets, strict=True):
        total[offset:] += part[: len(part) - offset]
        total[:offset] += part[len(part) - offset :]
    sums = total.reshape(len(total), len(scans), 9).transpose(1, 0, 2)
    squares = np.where(sums[..., 7] ** 2 >= FEWEST_COMPARED * sums[..., 8], sums[..., 8], np.inf)
    spread = np.sqrt(np.where(squares > TINY, squares, np.inf))
    return sums[..., :7] / spread[..., None] / np.array([scan.scale for scan in scans])[:, None]


def _row(
    scan: _Scan, sums: NDArray[np.float64], moment: int, emotion: int, settings: AnalysisSettings
) -> dict[str, object]:
    """Return a row of the table, its times in bins."""
    there = scan.seen[:, moment] > 0
    sample = Sample(scan.change[there, moment], scan.seen[there, moment])
    size = contrast((sample,), settings)
    earlier = sums[there, moment - scan.span : moment].sum(axis=1)
    before = float(sample.weights @ (earlier[:, emotion] / earlier[:, 7]) / sample.weights.sum())
    early, late = _when(scan, moment, emotion, settings)
    difference = float(size.estimate[emotion])
    return {
        "time_s": float(moment),
        "early_s": early,
        "late_s": late,
        "emotion": EMOTIONS[emotion],
        "before": before,
        "after": before + difference,
        "difference": difference,
        "low": max(float(size.low[emotion]), -1.0),
        "high": min(float(size.high[emotion]), 1.0),
        "students": int(there.sum()),
    }


def _when(scan: _Scan, moment: int, emotion: int, settings: AnalysisSettings) -> tuple[float, float]:
    """Return the interval of a moment in bins: where classes of as many students, drawn from this one, change most."""
    first, last = max(0, moment - scan.span), moment + scan.span + 1
    seen, change = scan.seen[:, first:last], scan.change[:, first:last, emotion]
    direction = np.sign(scan.seen[:, moment] @ scan.change[:, moment, emotion])
    random = np.random.default_rng(settings.seed)
    drawn = random.multinomial(len(seen), np.full(len(seen), 1 / len(seen)), settings.resamples)
    spread = np.sqrt(drawn @ seen**2)
    total = direction * (drawn @ (seen * change))
    heights = np.divide(total, spread, out=np.full_like(total, -np.inf), where=spread > TINY)
    tail = (1 - settings.confidence) / 2
    low, high = np.quantile(np.argmax(heights, axis=1) + first, [tail, 1 - tail])
    return float(min(low, moment)) - 0.5, float(max(high, moment)) + 0.5
