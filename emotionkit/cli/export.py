"""``emotionkit export``: tables for other programs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Literal

import click

from emotionkit import clocks
from emotionkit.cli.output import FilePath, json_option, print_json, warehouse_option
from emotionkit.project import load_project_settings


@click.command()
@click.argument("lesson_ids", metavar="[LESSON_ID]...", nargs=-1)
@warehouse_option
@click.option("--out", type=FilePath, metavar="DIR", default="export", help="The new folder to write.")
@click.option("--format", "file_format", type=click.Choice(["parquet", "csv"]), default="parquet", help="Of the files.")
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Only this table; may be repeated.")
@click.option("--student-ids", is_flag=True, help="Tell students apart across lessons, where there is consent.")
@json_option
def export(
    lesson_ids: tuple[str, ...],
    warehouse: Path,
    out: Path,
    file_format: Literal["parquet", "csv"],
    tables: tuple[str, ...],
    student_ids: bool,
    as_json: bool,
) -> None:
    """Write tables as files.

    Of all lessons or those named, with a data dictionary, columns.csv. Never with a student's name.
    """
    from emotionkit.warehouse.dictionary import EXPORTED
    from emotionkit.warehouse.exporting import export as write

    clocks.use(load_project_settings().recordings.time_zone)
    chosen = tuple(dict.fromkeys(tables)) or EXPORTED
    result = write(warehouse, out, lessons=lesson_ids, tables=chosen, file_format=file_format, student_ids=student_ids)
    if as_json:
        print_json(asdict(result))
        return
    for table, rows in result.rows.items():
        click.echo(f"{out / table}.{file_format}: {rows} rows")
