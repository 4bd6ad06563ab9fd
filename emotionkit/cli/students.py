"""``emotionkit students``: who may be told apart, and who no longer."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from emotionkit import clocks
from emotionkit.cli.options import checked
from emotionkit.cli.output import FilePath, json_option, print_json, warehouse_option
from emotionkit.policy import declared_policy
from emotionkit.project import load_project_settings

if TYPE_CHECKING:
    from emotionkit.warehouse.register import Consent, Student


@click.group()
def students() -> None:
    """Enrol students who agreed, and withdraw."""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("give a day like 2026-09-01") from None


def _name(text: str) -> str:
    from emotionkit.batch.facts import parse_name

    return parse_name(text)


@students.command()
@click.argument("name", callback=checked(_name))
@click.option("--photo", "photos", type=FilePath, metavar="FILE", multiple=True, help="Of the student alone; several.")
@click.option("--consent", "given", callback=checked(_day), metavar="DAY", required=True, help="When it was given.")
@click.option("--course", callback=checked(_name), metavar="COURSE", help="It holds for lessons of this course.")
@click.option("--whole", is_flag=True, help="It holds for all lessons.")
@click.option("--until", callback=checked(_day), metavar="DAY", help="The last day on which it holds.")
@warehouse_option
@json_option
def enroll(
    name: str,
    photos: tuple[Path, ...],
    given: date,
    course: str | None,
    whole: bool,
    until: date | None,
    warehouse: Path,
    as_json: bool,
) -> None:
    """Enrol a student by name or pseudonym.

    Photos are looked at, not kept. Enrolling somebody again adds a consent and photos.
    """
    if (course is None) == (not whole):
        raise click.UsageError("Say what the consent covers: either --course COURSE or --whole.")
    project = load_project_settings()
    declared_policy(project.policy)
    clocks.use(project.recordings.time_zone)

    from emotionkit.batch.enrolment import enroll as enroll_student
    from emotionkit.faces.photo import PhotoEmbedder
    from emotionkit.warehouse.register import Consent

    student = enroll_student(
        warehouse,
        name,
        photos,
        Consent(given, course, until),
        embed_photo=PhotoEmbedder().embedding,
        today=clocks.today(),
    )
    _say(student, as_json, f"{student.name} is enrolled as {student.student_id}")


@students.command("list")
@warehouse_option
@json_option
def list_students(warehouse: Path, as_json: bool) -> None:
    """List who is enrolled, with each consent."""
    clocks.use(load_project_settings().recordings.time_zone)
    from emotionkit.warehouse.register import load_register

    enrolled = load_register(warehouse).students
    if as_json:
        print_json([_facts(student) for student in enrolled])
    elif not enrolled:
        click.echo("Nobody is enrolled.")
    else:
        Console(highlight=False).print(_table(enrolled))


@students.command()
@click.argument("student", metavar="NAME_OR_ID")
@click.option("--on", "day", callback=checked(_day), metavar="DAY", help="The first day without; today if not given.")
@warehouse_option
@json_option
def withdraw(student: str, day: date | None, warehouse: Path, as_json: bool) -> None:
    """Take back all consents of a student.

    Lessons from that day on do not know the student. What was named before stays until it is erased.
    """
    clocks.use(load_project_settings().recordings.time_zone)
    from emotionkit.batch.enrolment import withdraw as withdraw_student

    if day is not None and day > clocks.today():
        raise click.BadParameter("lies in the future.", param_hint="--on")
    withdrawn = withdraw_student(warehouse, student, day or clocks.today())
    _say(withdrawn, as_json, f"{withdrawn.name} is no longer recognised from {day or clocks.today()} on")


def _say(student: Student, as_json: bool, sentence: str) -> None:
    if as_json:
        print_json(_facts(student))
    else:
        click.echo(sentence)


def _facts(student: Student) -> dict[str, object]:
    return {
        "student_id": student.student_id,
        "name": student.name,
        "enrolled": student.enrolled,
        "photos": len(student.embeddings),
        "tracks": len(student.sightings),
        "consents": [
            {
                "scope": "whole" if consent.course is None else "course",
                "course": consent.course,
                "given": consent.given,
                "ends": consent.ends,
                "withdrawn": consent.withdrawn,
                "holds": not consent.is_over(clocks.today()),
            }
            for consent in student.consents
        ],
    }


def _table(enrolled: list[Student]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("student", "name", "consent for", "given", "holds"):
        table.add_column(heading, overflow="fold")
    for student in enrolled:
        for consent in student.consents:
            scope = "all lessons" if consent.course is None else consent.course
            table.add_row(
                Text(student.student_id), Text(student.name), Text(scope), str(consent.given), _holds(consent)
            )
    return table


def _holds(consent: Consent) -> str:
    if consent.withdrawn:
        return f"withdrawn {consent.withdrawn}"
    if consent.ends is None:
        return "yes"
    return f"{'ended' if consent.is_over(clocks.today()) else 'until'} {consent.ends}"
