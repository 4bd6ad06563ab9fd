"""``emotionkit report``: a lesson's rows into a page for its teacher."""

from __future__ import annotations

from pathlib import Path

import click

from emotionkit.cli.output import FilePath, complain, json_option, print_json, status, warehouse_option
from emotionkit.errors import EmotionkitError
from emotionkit.project import load_project_settings


@click.command()
@click.argument("lesson_ids", metavar="LESSON_ID...", nargs=-1, required=True)
@warehouse_option
@click.option("--out", type=FilePath, metavar="DIR", default="reports", help="Where the reports go.")
@json_option
def report(lesson_ids: tuple[str, ...], warehouse: Path, out: Path, as_json: bool) -> int:
    """Write the page of a lesson.

    It goes to DIR/LESSON_ID/index.html, with the notebook that made it.
    """
    from emotionkit.reports import render_lesson_report

    min_group = load_project_settings().policy.min_group
    pages: dict[str, str] = {}
    failures: dict[str, str] = {}
    for lesson_id in dict.fromkeys(lesson_ids):
        try:
            pages[lesson_id] = str(render_lesson_report(warehouse, lesson_id, out, min_group=min_group))
        except EmotionkitError as error:
            failures[lesson_id] = str(error)
            complain(str(error))
        else:
            if not as_json:
                click.echo(pages[lesson_id])
    if as_json:
        print_json({"done": pages, "failed": failures})
    return status(len(pages), len(failures))
