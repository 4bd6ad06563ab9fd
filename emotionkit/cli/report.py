"""``emotionkit report``: a lesson's rows into a page for its teacher."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from emotionkit import clocks
from emotionkit.cli.output import FilePath, complain, json_option, print_json, status, warehouse_option
from emotionkit.errors import EmotionkitError
from emotionkit.project import load_project_settings

Render = Callable[[str], Path]


@click.command()
@click.argument("lesson_ids", metavar="[LESSON_ID]...", nargs=-1)
@click.option("--course", "courses", metavar="NAME", multiple=True, help="A course over all its lessons.")
@click.option("--student", "students", metavar="ID", multiple=True, help="A student who agreed, by id or name.")
@warehouse_option
@click.option("--out", type=FilePath, metavar="DIR", default="reports", help="Where the reports go.")
@click.option("--language", metavar="CODE", help="en or de.  [default: that of emotionkit.toml, else en]")
@json_option
def report(
    lesson_ids: tuple[str, ...],
    courses: tuple[str, ...],
    students: tuple[str, ...],
    warehouse: Path,
    out: Path,
    language: str | None,
    as_json: bool,
) -> int:
    """Write pages of lessons, courses and students.

    That of a lesson goes to DIR/LESSON_ID/index.html, with the notebook that made it. DIR/index.html lists them all.
    """
    if not (lesson_ids or courses or students):
        raise click.UsageError("Name a lesson, --course or --student.")
    settings = load_project_settings()
    clocks.use(settings.recordings.time_zone)
    tongue = language or settings.reports.language
    pages: dict[str, str] = {}
    failures: dict[str, str] = {}
    for name, render in _asked(lesson_ids, courses, students, warehouse, out, settings.policy.min_group, tongue):
        try:
            pages[name] = str(render(name))
        except EmotionkitError as error:
            failures[name] = str(error)
            complain(str(error))
        else:
            if not as_json:
                click.echo(pages[name])
    if pages:
        from emotionkit.reports import write_index

        write_index(out, warehouse, language=tongue)
    if as_json:
        print_json({"done": pages, "failed": failures})
    return status(len(pages), len(failures))


def _asked(
    lesson_ids: tuple[str, ...],
    courses: tuple[str, ...],
    students: tuple[str, ...],
    warehouse: Path,
    out: Path,
    min_group: int,
    language: str,
) -> list[tuple[str, Render]]:
    """Return each thing asked for once, with what makes its report."""
    from emotionkit.reports import render_course_report, render_lesson_report, render_student_report

    def lesson(name: str) -> Path:
        return render_lesson_report(warehouse, name, out, min_group=min_group, language=language)

    def course(name: str) -> Path:
        return render_course_report(warehouse, name, out, min_group=min_group, language=language)

    def student(name: str) -> Path:
        return render_student_report(warehouse, name, out, min_group=min_group, language=language)

    kinds = ((lesson_ids, lesson), (courses, course), (students, student))
    return [(name, render) for names, render in kinds for name in dict.fromkeys(names)]
