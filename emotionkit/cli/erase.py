"""``emotionkit erase``: take people, lessons and recordings out of everything that emotionkit keeps."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emotionkit import clocks
from emotionkit.cli.output import (
    ALL_WELL,
    FAILED,
    complain,
    json_option,
    print_json,
    reports_option,
    warehouse_option,
)
from emotionkit.storage import located

if TYPE_CHECKING:
    from emotionkit.batch.erasing import Receipt
    from emotionkit.warehouse import Erasure


@click.command()
@click.option("--student", "students", multiple=True, metavar="ID", help="A person, by id or name.")
@click.option("--lesson", "lessons", multiple=True, metavar="ID", help="A lesson, whole.")
@click.option("--recording", "recordings", multiple=True, type=located, metavar="FILE", help="Its lessons, whole.")
@click.option("--expired", is_flag=True, help="What is kept longer than emotionkit.toml allows.")
@click.option("--readmit", type=located, metavar="FILE", help="Let an erased recording be processed again.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and touch nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@warehouse_option
@reports_option
@json_option
def erase(
    students: tuple[str, ...],
    lessons: tuple[str, ...],
    recordings: tuple[Path, ...],
    expired: bool,
    readmit: Path | None,
    dry_run: bool,
    yes: bool,
    warehouse: Path,
    reports: Path,
    as_json: bool,
) -> int:
    """Erase people, lessons or recordings.

    From the database, segments and reports, beyond recovery, with a receipt that names nobody. The recording itself
    stays where it is, and is not read again. With nothing named, an erasure that was cut short is completed.
    """
    named = bool(students or lessons or recordings)
    if sum((named, expired, readmit is not None)) > 1:
        raise click.UsageError("Name people, lessons and recordings, or give --expired, or --readmit.")
    if readmit is not None:
        return _readmit(warehouse, readmit, as_json)
    if expired:
        return _expired(warehouse, reports, dry_run, yes, as_json)

    from emotionkit.batch import erasing

    if not named:
        receipt = erasing.complete(warehouse, reports)
        if receipt is None:
            raise click.UsageError("Name what to erase: --student, --lesson or --recording. No erasure was cut short.")
        return _show(receipt, as_json)
    erasure = erasing.plan(warehouse, students=students, lessons=lessons, recordings=recordings)
    if dry_run:
        _show_plan(erasure, erasing.preview(warehouse, reports, erasure), as_json)
        return ALL_WELL
    if not yes:
        _ask(f"Erase {_told(erasure)} from {warehouse} and {reports}, beyond recovery?")
    return _show(erasing.erase(warehouse, reports, erasure), as_json)


def _show(receipt: Receipt, as_json: bool) -> int:
    if as_json:
        print_json(asdict(receipt))
    else:
        click.echo(f"Receipt {receipt.number}")
        for kind, count in {"students": receipt.students, "lessons": receipt.lessons, **receipt.removed}.items():
            click.echo(f"{kind:<24}{count:>8}")
    for path in receipt.left:
        complain(f"{path} still mentions what was erased, and is not emotionkit's to remove.")
    return FAILED if receipt.left else ALL_WELL


def _show_plan(erasure: Erasure, paths: list[Path], as_json: bool) -> None:
    if as_json:
        changed = {"lessons_changed": sorted(erasure.tracks)}
        print_json({"students": erasure.students, "lessons": erasure.lessons, **changed, "paths": paths})
        return
    click.echo(f"Would erase {_told(erasure)}, and touch")
    for path in paths:
        click.echo(f"  {path}")
    click.echo("  the database, which is made anew")


def _readmit(warehouse: Path, recording: Path, as_json: bool) -> int:
    from emotionkit.batch.erasing import readmit

    changed = readmit(warehouse, recording)
    if as_json:
        print_json({"readmitted": changed})
    else:
        click.echo(f"{recording} {'may be processed again' if changed else 'was not erased'}")
    return ALL_WELL


def _expired(warehouse: Path, reports: Path, dry_run: bool, yes: bool, as_json: bool) -> int:
    from emotionkit.batch.retention import enforce_retention, look_up_overdue
    from emotionkit.project import load_project_settings

    project = load_project_settings()
    clocks.use(project.recordings.time_zone)
    settings = project.retention
    found = look_up_overdue(warehouse, reports, settings)
    overdue = {kept.kind: kept.overdue for kept in found if kept.overdue}
    if not dry_run:
        if overdue and not yes:
            kinds = ", ".join(f"{count} of {kind}" for kind, count in overdue.items())
            _ask(f"Erase what is overdue ({kinds}), beyond recovery?")
        found = enforce_retention(warehouse, reports, settings)
    if as_json:
        print_json([asdict(kept) for kept in found])
    else:
        for kept in found:
            days = f"kept {kept.days} days" if kept.days else "kept"
            click.echo(f"{kept.kind:<12}{days:<18}{kept.overdue:>6} {'overdue' if dry_run else 'removed'}")
    return ALL_WELL


def _ask(question: str) -> None:
    try:
        click.confirm(question, abort=True, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError("Nobody agreed; give --yes.") from None


def _told(erasure: Erasure) -> str:
    counts = {"student": len(erasure.students), "lesson": len(erasure.lessons)}
    return " and ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items() if count)
