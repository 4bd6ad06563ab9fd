"""``emotionkit process``: recordings into the warehouse."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotionkit.cli.output import JsonOption, WarehouseOption, clock, complain, print_json, status
from emotionkit.cli.progress import RecordingsProgress
from emotionkit.config import ProcessingSettings

if TYPE_CHECKING:
    from emotionkit.batch.pipeline import Outcome


def process(
    recordings: Annotated[list[Path], typer.Argument(metavar="RECORDING...", help="Recordings to read.")],
    warehouse: WarehouseOption = "warehouse",
    lesson_id: Annotated[
        str | None, typer.Option(metavar="ID", help="The lesson's name; otherwise that of the file.")
    ] = None,
    sample_fps: Annotated[float, typer.Option(metavar="N", help="Frames to look at per second.")] = 2.0,
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, help="Recordings to read at once; 0: as many as there are cores.")
    ] = 0,
    json: JsonOption = False,
) -> None:
    """Read recordings into the warehouse: faces, tracks and apparent expressions."""
    if lesson_id is not None and len(recordings) > 1:
        raise typer.BadParameter("names one lesson, but several recordings were given.", param_hint="--lesson-id")
    settings = ProcessingSettings.checked(sample_fps=sample_fps)

    from emotionkit.batch.executor import Failure, Job, process_all

    jobs = [Job(path, Path(warehouse), settings, lesson_id) for path in recordings]
    outcomes, failures = [], []
    with RecordingsProgress(recordings) as progress:
        for result in process_all(jobs, workers=workers or os.cpu_count() or 1, on_progress=progress.update):
            if isinstance(result, Failure):
                failures.append(result)
                complain(result.reason)
            else:
                outcomes.append(result)
                if not json:
                    typer.echo(_line(result))
    if json:
        print_json({"done": [asdict(o) for o in outcomes], "failed": [asdict(f) for f in failures]})
    raise typer.Exit(status(len(outcomes), len(failures)))


def _line(outcome: Outcome) -> str:
    if not outcome.changed:
        return f"{outcome.lesson_id}: nothing to do, the warehouse holds this already"
    return (
        f"{outcome.lesson_id}: {outcome.faces} faces in {outcome.frames} frames, {clock(outcome.duration_s)} of class"
    )
