"""``emotionkit process``: recordings into the warehouse."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emotionkit import clocks
from emotionkit.batch.budget import Budget
from emotionkit.batch.dask_address import DaskAddress
from emotionkit.cli.budget import budget_option
from emotionkit.cli.dask import dask_option, dask_team, refuse_workers_beside
from emotionkit.cli.options import sample_fps_option, workers_option
from emotionkit.cli.output import json_option, one_line, print_json, status, warehouse_option
from emotionkit.cli.progress import RecordingsProgress
from emotionkit.config import ProcessingSettings
from emotionkit.policy import declared_policy
from emotionkit.project import load_project_settings
from emotionkit.reports.formatting import clock
from emotionkit.storage import located

if TYPE_CHECKING:
    from emotionkit.batch.undertaking import Outcome


@click.command()
@click.argument("recordings", metavar="RECORDING...", nargs=-1, required=True, type=located)
@warehouse_option
@click.option("--lesson-id", metavar="ID", help="The lesson's name; otherwise that of the file.")
@sample_fps_option
@workers_option
@dask_option
@budget_option
@json_option
def process(
    recordings: tuple[Path, ...],
    warehouse: Path,
    lesson_id: str | None,
    sample_fps: float,
    workers: int,
    dask: DaskAddress | None,
    budget: Budget | None,
    as_json: bool,
) -> int:
    """Read recordings into the warehouse."""
    if lesson_id is not None and len(recordings) > 1:
        raise click.BadParameter("names one lesson, but several recordings were given.", param_hint="--lesson-id")
    refuse_workers_beside(dask)
    settings = ProcessingSettings.checked(sample_fps=sample_fps)
    project = load_project_settings()
    policy = declared_policy(project.policy)
    clocks.use(project.recordings.time_zone)

    from emotionkit.batch.enrolment import forget_lapsed
    from emotionkit.batch.executor import Failure, Job, process_all

    jobs = [Job(path, warehouse, settings, lesson_id, policy, project.recordings) for path in recordings]
    results: list[Outcome | Failure] = []
    with RecordingsProgress(recordings) as progress:
        team = dask_team(dask, lambda sentence: progress.echo(one_line(sentence), err=True))
        for result in process_all(jobs, workers=workers, on_progress=progress.update, budget=budget, team=team):
            results.append(result)
            if isinstance(result, Failure):
                progress.echo(one_line(result.reason), err=True)
            elif not as_json:
                progress.echo(_line(result))
    failed = [asdict(result) for result in results if isinstance(result, Failure)]
    done = [asdict(result) for result in results if not isinstance(result, Failure)]
    if as_json:
        print_json({"done": done, "failed": failed})
    if not failed:
        forget_lapsed(warehouse, clocks.local(datetime.now(UTC)).date())
    return status(len(done), len(failed))


def _line(outcome: Outcome) -> str:
    if not outcome.changed:
        return f"{outcome.lesson_id}: nothing to do, the warehouse holds this already"
    return (
        f"{outcome.lesson_id}: {outcome.faces} faces in {outcome.frames} frames, {clock(outcome.duration_s)} of class"
    )
