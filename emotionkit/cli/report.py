"""``emotionkit report``: a lesson's rows into a page for its teacher."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotionkit.cli.output import JsonOption, WarehouseOption, complain, print_json, status
from emotionkit.errors import EmotionkitError


def report(
    lesson_ids: Annotated[list[str], typer.Argument(metavar="LESSON_ID...", help="Lessons to report on.")],
    warehouse: WarehouseOption = "warehouse",
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Where the reports go.")] = "reports",
    json: JsonOption = False,
) -> None:
    """Write a lesson's report: DIR/LESSON_ID/index.html and the notebook that made it."""
    from emotionkit.reports import render_lesson_report

    pages: dict[str, str] = {}
    failures: dict[str, str] = {}
    for lesson_id in dict.fromkeys(lesson_ids):
        try:
            pages[lesson_id] = str(render_lesson_report(Path(warehouse), lesson_id, Path(out)))
        except EmotionkitError as error:
            failures[lesson_id] = str(error)
            complain(str(error))
        else:
            if not json:
                typer.echo(pages[lesson_id])
    if json:
        print_json({"done": pages, "failed": failures})
    raise typer.Exit(status(len(pages), len(failures)))
