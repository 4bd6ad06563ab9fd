"""``emotionkit lessons``: what the warehouse holds."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from emotionkit.cli.output import clock, json_option, print_json, warehouse_option


@click.command()
@warehouse_option
@json_option
def lessons(warehouse: Path, as_json: bool) -> None:
    """List the lessons in the warehouse."""
    from emotionkit.warehouse import open_warehouse

    with open_warehouse(warehouse) as opened:
        table = opened.lessons()
    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        print_json(rows)
        return
    if table.empty:
        click.echo("The warehouse holds no lessons yet.")
        return
    shown = Table(box=None, pad_edge=False)
    for heading, side in (("lesson", "left"), ("course", "left"), ("date", "left"), ("length", "right")):
        shown.add_column(heading, justify=side, overflow="fold")
    for row in table.itertuples():
        day = (
            row.started_at.date().isoformat() if row.started_at is not None and row.started_at == row.started_at else ""
        )
        shown.add_row(row.lesson_id, row.course or "", day, clock(row.duration_s))
    Console(highlight=False).print(shown)
