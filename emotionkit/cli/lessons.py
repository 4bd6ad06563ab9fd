"""``emotionkit lessons``: what the warehouse holds."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from emotionkit import clocks
from emotionkit.cli.output import json_option, print_json, warehouse_option
from emotionkit.project import load_project_settings
from emotionkit.reports.formatting import clock


@click.command()
@warehouse_option
@json_option
def lessons(warehouse: Path, as_json: bool) -> None:
    """List the lessons in the warehouse."""
    from emotionkit.warehouse import open_warehouse

    clocks.use(load_project_settings().recordings.time_zone)
    with open_warehouse(warehouse) as opened:
        table = opened.lessons()
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("The warehouse holds no lessons yet.")
    else:
        Console(highlight=False).print(_table(rows))


def _table(rows: Iterable[Mapping[Hashable, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("lesson", "course", "date"):
        table.add_column(heading, overflow="fold")
    table.add_column("length", justify="right")
    for row in rows:
        start = row["started_at"]
        day = clocks.local(start.to_pydatetime()).date().isoformat() if start else ""
        table.add_row(Text(row["lesson_id"]), Text(row["course"] or ""), day, clock(row["duration_s"]))
    return table
