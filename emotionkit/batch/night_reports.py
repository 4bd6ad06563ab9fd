"""Which lessons' reports are due in a night, and the making of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from emotionkit.batch.night_memory import NIGHTS_UNTIL_SET_ASIDE, NightMemory, Rendered, failed_again
from emotionkit.errors import EmotionkitError
from emotionkit.project import ProjectSettings
from emotionkit.reports.lesson import render_lesson_report
from emotionkit.reports.making import PAGE
from emotionkit.warehouse import open_warehouse

Render = Callable[..., Path]

_LESSON = """
SELECT lessons.*, count(track_id), count(student_id), sum(observations),
    (SELECT list(segments ORDER BY start_s) FROM segments WHERE segments.lesson_id = lessons.lesson_id)
FROM lessons LEFT JOIN tracks USING (lesson_id) WHERE lesson_id = ? GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class ReportDue:
    """A report that is to be made, and what its lesson is like."""

    lesson_id: str
    fingerprint: str


class NightReports:
    """The reports of one night."""

    def __init__(
        self, warehouse: Path, out: Path, memory: NightMemory, project: ProjectSettings, today: date, *, retry: bool
    ) -> None:
        self._warehouse, self._out, self._memory = warehouse, out, memory
        self._project, self._today, self._retry = project, today, retry

    def due(self, lesson_id: str) -> ReportDue | None:
        """Return a lesson's report if it has to be made: its lesson has changed since, or its page is missing.

        A page that retention removed, or would remove at once, is not missing. One that failed three nights is not
        tried again before its lesson changes.

        Raises:
            WarehouseError: The warehouse cannot be read.
        """
        due = ReportDue(lesson_id, self._fingerprint(lesson_id))
        rendered = self._memory.rendered(lesson_id)
        if rendered is None or rendered.fingerprint != due.fingerprint:
            return due
        if rendered.setback is not None:
            return due if self._retry or rendered.setback.nights < NIGHTS_UNTIL_SET_ASIDE else None
        if (self._out / lesson_id / PAGE).is_file():
            return None
        days = self._project.retention.reports
        return due if days is None or rendered.day > self._today - timedelta(days=days) else None

    def make(self, due: ReportDue) -> None:
        """Make a report and remember that it is made, or that it failed.

        Raises:
            EmotionkitError: It failed; an earlier page is as before.
        """
        rendered = self._memory.rendered(due.lesson_id)
        before = rendered.setback if rendered and rendered.fingerprint == due.fingerprint else None
        try:
            render_lesson_report(
                self._warehouse,
                due.lesson_id,
                self._out,
                min_group=self._project.policy.min_group,
                language=self._project.reports.language,
            )
        except EmotionkitError:
            setback = failed_again(before, "report", self._today)
            self._remember(due, Rendered(fingerprint=due.fingerprint, day=self._today, setback=setback))
            raise
        self._remember(due, Rendered(fingerprint=due.fingerprint, day=self._today))

    def nights_failed(self, lesson_id: str) -> int:
        """Return on how many nights in a row the report of a lesson failed."""
        rendered = self._memory.rendered(lesson_id)
        return rendered.setback.nights if rendered and rendered.setback else 0

    def _remember(self, due: ReportDue, rendered: Rendered) -> None:
        self._memory.render(due.lesson_id, rendered)
        self._memory.save()

    def _fingerprint(self, lesson_id: str) -> str:
        rows = open_warehouse(self._warehouse).sql(_LESSON, [lesson_id]).fetchall()
        shown_in = (self._project.reports.language, self._project.recordings.time_zone)
        text = " ".join([f"{rows} {self._project.policy.min_group}", *filter(None, shown_in)])
        return hashlib.sha256(text.encode()).hexdigest()
