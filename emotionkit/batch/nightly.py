"""The nightly run: everything that can be done in a night, whatever fails, and what it came to in the morning."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from emotionkit import clocks
from emotionkit.batch.begun_classes import complete_begun, is_recorded
from emotionkit.batch.budget import Budget
from emotionkit.batch.erasing import complete
from emotionkit.batch.executor import Failure, Job, process_all
from emotionkit.batch.night_ledger import Ledger
from emotionkit.batch.night_lock import night_lock
from emotionkit.batch.night_memory import NightMemory
from emotionkit.batch.night_plan import Plan, Planner, known_lessons, selected_lessons
from emotionkit.batch.night_reports import NightReports
from emotionkit.batch.night_selection import Selection
from emotionkit.batch.night_settings import NightSettings, Places
from emotionkit.batch.retention import enforce_retention
from emotionkit.batch.undertaking import Outcome
from emotionkit.batch.workers import Workers
from emotionkit.emotions.weights import verified_weights
from emotionkit.errors import ClusterError, EmotionkitError, InvalidInputError
from emotionkit.reports.night import Night, write_night
from emotionkit.reports.night_page import write_night_page
from emotionkit.reports.night_summary import added_up
from emotionkit.reports.removal import remove_unfinished
from emotionkit.warehouse import cut_off_lessons, lacks_database, mend, read_tombstones, tidy, writers_lock
from emotionkit.warehouse.tombstones import keyed

_log = logging.getLogger(__name__)

OnNightProgress = Callable[[str, float, float], None]
"""Called with the name of a recording, the seconds of it that are done, and its length in seconds."""


def run_night(
    places: Places,
    settings: NightSettings,
    selection: Selection | None = None,
    *,
    on_progress: OnNightProgress | None = None,
    team: AbstractContextManager[Workers] | None = None,
) -> Night:
    """Do all that is due: process, load, report, enforce retention; put it on record, and return what was done.

    What fails is in the record, and the rest goes on. Only what makes all of it impossible is raised, before any work.

    Raises:
        InvalidInputError: There is no folder of recordings, or it cannot be read.
        WarehouseError: Another nightly run is at work, or the warehouse cannot be read or written.
        ModelError: The shipped weights cannot be used.
        NightRecordError: The record could not be written; what was done is done.
    """
    with night_lock(places.warehouse) as crashed:
        run = _Run(places, settings, selection or Selection(), on_progress, team)
        if crashed:
            _log.warning("The nightly run of %s did not come to its end; this one goes on from there.", crashed)
        return run.all()


def preview_night(places: Places, settings: NightSettings, selection: Selection | None = None) -> Plan:
    """Return what a nightly run would do with the recordings; nothing is written, not even what was seen of them.

    Raises:
        InvalidInputError: There is no folder of recordings, or it cannot be read.
        WarehouseError: The warehouse cannot be read.
        ModelError: The shipped weights cannot be used.
    """
    tombstones = read_tombstones(places.warehouse)
    _, manifest = verified_weights()
    memory = NightMemory(places.warehouse, tombstones)
    planner = Planner(places.warehouse, memory, tombstones, settings.processing, manifest.sha256)
    selection = selection or Selection()
    plan = planner.plan(places.recordings, selection, watch_s=settings.watch_s)
    if selection.is_all:
        begun = [lesson for lesson, _ in cut_off_lessons(places.warehouse)]
        plan.classes = [lesson.lesson_id for lesson in begun if not is_recorded(lesson)]
    if lacks_database(places.warehouse):
        plan.problems.append(
            f"The database of {places.warehouse} is missing: a night makes it anew first, and leaves out the "
            "recordings whose lessons are stored."
        )
    return plan


class _Run:
    """One nightly run, under its lock."""

    def __init__(
        self,
        places: Places,
        settings: NightSettings,
        selection: Selection,
        on_progress: OnNightProgress | None,
        team: AbstractContextManager[Workers] | None,
    ) -> None:
        self._places, self._settings, self._selection = places, settings, selection
        self._on_progress, self._team = on_progress, team
        self._deadline = None if settings.longest_s is None else time.monotonic() + settings.longest_s
        self._started_at = clocks.local(datetime.now(UTC))
        _, self._manifest = verified_weights()
        _check_writable(places.reports)
        with writers_lock(places.warehouse):
            self._memory = NightMemory(places.warehouse, keyed(places.warehouse))
        self._ledger = Ledger(self._memory, self._started_at, settings.project.policy.min_group)
        self._reports = NightReports(
            places.warehouse,
            places.reports,
            self._memory,
            settings.project,
            self._started_at.date(),
            retry=selection.retry_failed,
        )

    def all(self) -> Night:
        """Go through the stages of the night."""
        self._prepare()
        if self._selection.is_all:
            self._store_classes()
        plan = self._plan()
        self._process(plan)
        self._report_the_rest(plan)
        self._enforce_retention()
        return self._conclude(plan)

    def _prepare(self) -> None:
        warehouse, reports = self._places.warehouse, self._places.reports
        with self._going_on():
            tidy(warehouse)
            remove_unfinished(reports)
        with self._going_on():
            if complete(warehouse, reports):
                self._ledger.erased = True
        lessons = mend(warehouse)
        if lessons is not None:
            self._ledger.problem(f"The database was damaged; it was made anew from the segments, {lessons} lessons.")

    def _store_classes(self) -> None:
        """Make lessons of the classes begun live that a crash cut off: nobody else may think of them."""
        warehouse = self._places.warehouse
        for result in complete_begun(cut_off_lessons(warehouse), warehouse, leave_recorded=True):
            if isinstance(result, EmotionkitError):
                self._ledger.problem(str(result))
            else:
                self._ledger.class_stored(result)
                self._report(result.lesson_id)

    def _plan(self) -> Plan:
        places = self._places
        planner = Planner(
            places.warehouse,
            self._memory,
            read_tombstones(places.warehouse),
            self._settings.processing,
            self._manifest.sha256,
        )
        plan = planner.plan(places.recordings, self._selection, watch_s=self._settings.watch_s)
        self._ledger.planned(plan)
        self._memory.save()
        return plan

    def _process(self, plan: Plan) -> None:
        settings = self._settings
        jobs = [
            Job(
                due.found.path,
                self._places.warehouse,
                settings.processing,
                due.lesson_id,
                settings.policy,
                settings.project.recordings,
            )
            for due in plan.due
        ]
        left_s = None if self._deadline is None else max(0.001, self._deadline - time.monotonic())
        results = process_all(
            jobs,
            workers=settings.workers,
            on_progress=lambda index, done, length: self._tell(plan.due[index].found.name, done, length),
            budget=Budget(seconds=left_s),
            team=self._team,
        )
        try:
            for result in results if jobs else ():
                self._processed(plan, result)
        except ClusterError as error:
            # The workers were not there: all else that is due in a night is done all the same.
            self._ledger.problem(str(error))
            for job in jobs:
                self._processed(plan, Failure(job.recording, f"{job.recording} has to wait.", is_left=True))

    def _processed(self, plan: Plan, result: Outcome | Failure) -> None:
        lesson_id = self._ledger.processed(plan, result)
        with self._going_on():
            self._memory.save()
        if lesson_id is not None:
            self._report(lesson_id)

    def _report_the_rest(self, plan: Plan) -> None:
        """Make the reports that earlier nights or erasures left to be made."""
        with self._going_on():
            for lesson_id in selected_lessons(known_lessons(self._places.warehouse), plan, self._selection):
                if lesson_id not in self._ledger.reported:
                    self._report(lesson_id)

    def _report(self, lesson_id: str) -> None:
        try:
            due = self._reports.due(lesson_id)
            if due is None:
                return
            if self._deadline is not None and time.monotonic() >= self._deadline:
                self._ledger.report_left(lesson_id)
                return
            self._reports.make(due)
        except EmotionkitError as error:
            self._ledger.report_failed(lesson_id, error, max(1, self._reports.nights_failed(lesson_id)))
        else:
            self._ledger.report_made(self._places.warehouse, lesson_id)

    def _enforce_retention(self) -> None:
        with self._going_on():
            kept = enforce_retention(
                self._places.warehouse, self._places.reports, self._settings.project.retention, self._started_at
            )
            self._ledger.removed = {one.kind: one.overdue for one in kept if one.overdue}

    def _conclude(self, plan: Plan) -> Night:
        from emotionkit.reports.index import write_index  # noqa: PLC0415  pandas and what the page needs, once

        if self._selection.is_all:
            lesson_ids = {lesson.lesson_id for lesson in known_lessons(self._places.warehouse)}
            self._memory.forget_all_but(plan.names, lesson_ids)
        with self._going_on():
            self._memory.save()
        reports = self._places.reports
        record = added_up(reports, self._ledger.night())
        write_night(reports, record)
        language = self._settings.project.reports.language
        write_night_page(reports, record, language)
        try:
            write_index(reports, self._places.warehouse, language=language)
        except (OSError, EmotionkitError) as error:
            self._ledger.problem(f"The index of the reports could not be written: {error}")
            write_night(reports, added_up(reports, self._ledger.night()))
        return self._ledger.night()

    def _tell(self, name: str, done_s: float, length_s: float) -> None:
        if self._on_progress:
            self._on_progress(name, done_s, length_s)

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        """Note what fails in the block as a problem, and go on after it."""
        try:
            yield
        except EmotionkitError as error:
            self._ledger.problem(str(error))


def _check_writable(reports: Path) -> None:
    probe = reports / ".writable"
    try:
        reports.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InvalidInputError(
            f"The folder of reports {reports} cannot be written: {error.strerror or error}."
        ) from error
