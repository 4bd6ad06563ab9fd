"""The figures of a class while it runs: the last minute, the lesson so far, the timeline, and what just changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis.changes import LEAST
from emotionkit.analysis.comparison import FEWEST_COMPARED
from emotionkit.analysis.contrast import Sample, contrast, holm
from emotionkit.analysis.histogram import ClassHistogram, histogram_of
from emotionkit.analysis.readings import StudentReadings
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.analysis.timeline import BIN_WIDTHS_S, Timeline, bin_width, timeline_of
from emotionkit.records import EMOTIONS

MINUTE_S = 60.0
BIN_S = float(BIN_WIDTHS_S[0])
"""Seconds to which what is past is summed up; every wider bin of a timeline is made of whole ones."""
LEVEL = 0.001
"""Chance of a false hint at one look. A class is looked at all the time, so it is far below that of a single test."""
LEAST_BEFORE_S = 60.0
"""Seconds of the lesson before the last minute that it takes for a comparison."""
LEAST_SEEN = 1 / 3
"""Share of the minute, and of the least time before it, for which a student must be seen to be compared."""


@dataclass(frozen=True, slots=True, eq=False)
class RecentChange:
    """How students looked in the last minute against the same students before.

    Attributes:
        table: A row per emotion with ``difference`` (minute less before), its interval ``low`` to ``high``, ``p``, and
            ``p_holm`` (adjusted for all seven). NaN where nothing can be compared.
        students: People seen in both.
    """

    table: pd.DataFrame
    students: int

    def larger_than_chance(self) -> pd.DataFrame:
        """Return the rows of what changed by more than its uncertainty, the surest first."""
        sure = (self.table["p_holm"] < LEVEL) & (self.table["low"] * self.table["high"] > 0)
        return self.table.loc[sure & (self.table["difference"].abs() >= LEAST)].sort_values("p", kind="stable")


class _Recent(NamedTuple):
    """A frame of the last minute: its second, the seconds it stands for, and float64 (n, 7) by person."""

    pts_s: float
    weight_s: float
    people: NDArray[np.int64]
    probabilities: NDArray[np.float64]


class RunningClass:
    """Sums up a class frame by frame; what a question costs grows with its people and minutes, not with its frames.

    Frames with fewer usable faces than ``min_group`` are left out of every figure of expressions. So each figure, and
    any difference of figures of two moments, speaks of so many people or more.
    """

    def __init__(self, min_group: int, settings: AnalysisSettings | None = None) -> None:
        self.settings = settings or AnalysisSettings()
        self.min_group = min_group
        self.left_out = 0
        self._people: dict[int, int] = {}
        self._sums = np.zeros((16, 64, 8))
        self._bins = np.zeros((64, 3))
        self._minute: deque[_Recent] = deque()
        self._last: tuple[float, float, NDArray[np.int64], NDArray[np.float64]] | None = None
        self._end_s = 0.0
        self._faces = 0

    def add(self, pts_s: float, weight_s: float, tracks: Sequence[int], probabilities: NDArray[np.float64]) -> None:
        """Add the next frame.

        Args:
            pts_s: Its second, larger than those before.
            weight_s: Seconds that it stands for; :meth:`settle_at` may put that right until the next frame.
            tracks: Numbers of the people whose faces could be used.
            probabilities: float64 (n, 7), a row per face.
        """
        counted = len(tracks) >= self.min_group
        self.left_out += 0 < len(tracks) < self.min_group
        people = np.array([self._person(track) for track in tracks] if counted else [], np.int64)
        self._last = pts_s, 0.0, people, np.zeros((0, 7)) if not counted else probabilities
        self._faces = len(tracks)
        self._minute.append(_Recent(pts_s, 0.0, people, self._last[3]))
        self.settle_at(pts_s + weight_s)
        while self._minute[0].pts_s <= pts_s - MINUTE_S:
            self._minute.popleft()

    def settle_at(self, end_s: float) -> None:
        """Say until which second the last frame stands, if there is one."""
        if self._last is None:
            return
        pts_s, counted_s, people, probabilities = self._last
        weight_s = max(0.0, end_s - pts_s)
        place, more = int(pts_s // BIN_S), weight_s - counted_s
        self._make_room(place)
        self._sums[people, place] += more * np.column_stack([probabilities, np.ones(len(people))])
        self._bins[place] += more, more * self._faces, more * (len(people) > 0)
        self._last = pts_s, weight_s, people, probabilities
        self._minute[-1] = _Recent(pts_s, weight_s, people, probabilities)
        self._end_s = pts_s + weight_s

    @property
    def faces(self) -> int:
        """Usable faces in the last frame."""
        return self._faces

    def minute(self) -> ClassHistogram:
        """Return the class histogram of the last minute."""
        sums = self._minute_sums()
        looked_s = sum(frame.weight_s for frame in self._minute if len(frame.people))
        return histogram_of(
            _in_order(self._student(row[None], np.zeros(1), looked_s) for row in sums if row[7] > 0), self.settings
        )

    def so_far(self) -> ClassHistogram:
        """Return the class histogram of the lesson so far."""
        return histogram_of(self._students(), self.settings)

    def timeline(self) -> Timeline:
        """Return the timeline of the lesson so far; a bin in which nothing was counted is a gap."""
        width = bin_width(self._end_s)
        narrow = round(width / BIN_S)
        bins = -(-self._used // narrow)
        whole = np.zeros((bins * narrow, 3))
        whole[: self._used] = self._bins[: self._used]
        sampled, faces, _ = whole.reshape(bins, narrow, 3).sum(axis=1).T
        return timeline_of(self._students(), faces, sampled, width, self.settings)

    def change(self) -> RecentChange:
        """Return the last minute against the lesson before it, over the students seen in both.

        Each student's mean in the minute less the same student's mean before is one value, so a student's own level
        does not count; over students, :func:`emotionkit.analysis.contrast.contrast` tells what is more than chance.
        """
        minute = self._minute_sums()
        before = self._sums[: len(self._people)].sum(axis=1) - minute
        seen = (minute[:, 7] >= LEAST_SEEN * MINUTE_S) & (before[:, 7] >= LEAST_SEEN * LEAST_BEFORE_S)
        columns = ["difference", "low", "high", "p", "p_holm"]
        table = pd.DataFrame(np.nan, index=pd.Index(EMOTIONS, name="emotion"), columns=columns)
        counted = self._bins[: self._used, 2].sum() if self._last else 0.0
        students = int(np.count_nonzero(seen))
        if counted < MINUTE_S + LEAST_BEFORE_S or students < self.min_group:
            return RecentChange(table, students)
        values = minute[seen, :7] / minute[seen, 7:] - before[seen, :7] / before[seen, 7:]
        sample = Sample(values, np.minimum(1.0, minute[seen, 7] / MINUTE_S))
        if sample.number < FEWEST_COMPARED:
            return RecentChange(table, students)
        result = contrast((sample,), self.settings)
        table["difference"], table["low"], table["high"] = result.estimate, result.low, result.high
        table["p"], table["p_holm"] = result.p, holm(result.p)
        return RecentChange(table, students)

    @property
    def _used(self) -> int:
        return int(self._last[0] // BIN_S) + 1 if self._last else 0

    def _person(self, track: int) -> int:
        return self._people.setdefault(track, len(self._people))

    def _make_room(self, place: int) -> None:
        people, bins, _ = self._sums.shape
        if place >= bins:
            self._sums = np.pad(self._sums, ((0, 0), (0, bins), (0, 0)))
            self._bins = np.pad(self._bins, ((0, bins), (0, 0)))
            # Behind a long gap there may be more to make room for.
            self._make_room(place)
        if len(self._people) > people:
            self._sums = np.pad(self._sums, ((0, len(self._people)), (0, 0), (0, 0)))

    def _minute_sums(self) -> NDArray[np.float64]:
        """Return float64 (people, 8): seconds times probabilities in the last minute, and seconds."""
        sums = np.zeros((len(self._people), 8))
        for frame in self._minute:
            sums[frame.people] += frame.weight_s * np.column_stack([frame.probabilities, np.ones(len(frame.people))])
        return sums

    def _students(self) -> tuple[StudentReadings, ...]:
        looked_s = float(self._bins[: self._used, 2].sum()) if self._last else 0.0
        starts = np.arange(self._used) * BIN_S
        sums = self._sums[: len(self._people), : self._used]
        return _in_order(
            self._student(row[seen], starts[seen], looked_s) for row in sums if (seen := row[:, 7] > 0).any()
        )

    def _student(self, sums: NDArray[np.float64], pts_s: NDArray[np.float64], looked_s: float) -> StudentReadings:
        seconds = sums[:, 7]
        weight = min(1.0, float(seconds.sum()) / (self.settings.full_presence * looked_s))
        return StudentReadings(pts_s, seconds, sums[:, :7] / seconds[:, None], weight)


def _in_order(students: Iterable[StudentReadings]) -> tuple[StudentReadings, ...]:
    """Return students in an order that depends on what was read alone, as that of ``student_readings`` does."""
    return tuple(sorted(students, key=lambda student: (student.pts_s[0], len(student.pts_s), *student.mean)))
