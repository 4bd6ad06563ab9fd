"""``emotionkit nightly``: everything that is due, to be scheduled once."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emotionkit import clocks
from emotionkit.batch.dask_address import DaskAddress
from emotionkit.cli.dask import dask_option, dask_team, refuse_workers_beside
from emotionkit.cli.night_log import logging_to
from emotionkit.cli.options import NumberRange, checked, sample_fps_option, workers_option
from emotionkit.cli.output import (
    ALL_WELL,
    FAILED,
    SOME_FAILED,
    FilePath,
    complain,
    json_option,
    one_line,
    print_json,
    reports_option,
    warehouse_option,
)
from emotionkit.cli.progress import NightProgress
from emotionkit.config import ProcessingSettings
from emotionkit.errors import EmotionkitError
from emotionkit.policy import declared_policy
from emotionkit.project import ProjectSettings, load_project_settings
from emotionkit.storage import located

if TYPE_CHECKING:
    from emotionkit.batch.night_notice import Notice
    from emotionkit.batch.night_plan import Plan
    from emotionkit.reports.night import Night


@click.command()
@click.option("--recordings", type=located, metavar="DIR", default="recordings", help="The recordings.")
@warehouse_option
@reports_option
@click.option("--dry-run", is_flag=True, help="Say what would be done, and touch nothing.")
@click.option("--since", callback=checked(date.fromisoformat), metavar="DAY", help="Written on that day or later.")
@click.option("--only", multiple=True, metavar="PATTERN", help="Files or lessons of such names, as 'physics-*'.")
@click.option(
    "--max-hours", type=NumberRange(min=0, min_open=True), metavar="H", help="End after that; go on next time."
)
@click.option("--retry-failed", is_flag=True, help="Try again what was set aside.")
@sample_fps_option
@workers_option
@dask_option
@click.option("--log", type=FilePath, metavar="FILE", help="Add what happens, a line of JSON each.")
@json_option
def nightly(
    recordings: Path,
    warehouse: Path,
    reports: Path,
    dry_run: bool,
    since: date | None,
    only: tuple[str, ...],
    max_hours: float | None,
    retry_failed: bool,
    sample_fps: float,
    workers: int,
    dask: DaskAddress | None,
    log: Path | None,
    as_json: bool,
) -> int:
    """Do everything that is due.

    Stores classes that were cut off, finds new and changed recordings, processes them, writes reports and index,
    removes what is kept too long, and says in one line what happened. What fails is tried again the next two nights,
    and never stops the rest.
    """
    refuse_workers_beside(dask)
    settings = ProcessingSettings.checked(sample_fps=sample_fps)
    project = load_project_settings()
    policy = declared_policy(project.policy)
    clocks.use(project.recordings.time_zone)

    from emotionkit.batch.night_notice import Notice, notice_of
    from emotionkit.batch.night_selection import Selection
    from emotionkit.batch.night_settings import NightSettings, Places
    from emotionkit.batch.nightly import preview_night, run_night

    places = Places(recordings, warehouse, reports)
    night_settings = NightSettings(settings, project, policy, workers, max_hours and max_hours * 3600)
    selection = Selection(only, since, retry_failed)
    if dry_run:
        return _preview(preview_night(places, night_settings, selection), as_json)
    with logging_to(log):
        try:
            with NightProgress() as progress:
                team = dask_team(dask, progress.echo)
                night = run_night(places, night_settings, selection, on_progress=progress.update, team=team)
        except EmotionkitError as error:
            _notify(project, Notice("failed", one_line(str(error)), clocks.today().isoformat()))
            raise
        told = _notify(project, notice_of(night))
    status = _tell(night, as_json)
    return status if told or status != ALL_WELL else SOME_FAILED


def _notify(project: ProjectSettings, notice: Notice) -> bool:
    """Tell whoever the settings name, and return whether all could be told."""
    from emotionkit.batch.night_notice import tell

    problems = tell(project.nightly, notice)
    for sentence in problems:
        logging.getLogger(__name__).error("%s", sentence)
        complain(sentence)
    return not problems


def _tell(night: Night, as_json: bool) -> int:
    failed = [one for one in night.failed if not one.set_aside]
    for sentence in [*night.problems, *(one.reason for one in failed)]:
        complain(sentence)
    if as_json:
        print_json(night.model_dump(mode="json"))
    else:
        click.echo(one_line(night.summary))
    return exit_status(night)


def exit_status(night: Night) -> int:
    """Return the exit status that a night's own stands for."""
    return {"all well": ALL_WELL, "some failed": SOME_FAILED, "failed": FAILED}[night.status]


def _preview(plan: Plan, as_json: bool) -> int:
    due = [{"recording": one.found.name, "lesson_id": one.lesson_id, "why": one.why} for one in plan.due]
    left = [one.model_dump() for one in plan.left]
    set_aside = [one.model_dump() for one in plan.set_aside]
    failed = [{"recording": found.name, "reason": str(error)} for found, error in plan.failed]
    if as_json:
        rest = {"classes": plan.classes, "problems": plan.problems}
        print_json({"due": due, "left": left, "set_aside": set_aside, "failed": failed, **rest})
        return ALL_WELL
    for sentence in plan.problems:
        complain(sentence)
    for lesson_id in plan.classes:
        click.echo(one_line(f"would store class {lesson_id}, which was cut off"))
    for one in due:
        click.echo(one_line(f"would process {one['recording']} as {one['lesson_id']} ({one['why']})"))
    for name, reason in [(one["recording"], one["reason"]) for one in [*left, *set_aside, *failed]]:
        click.echo(one_line(f"would leave {name}: {reason}"))
    click.echo(f"{len(due)} to process, {len(plan.unchanged)} unchanged")
    return ALL_WELL
