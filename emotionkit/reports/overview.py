"""The reports over many lessons: of a course, and of a student who agreed."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from emotionkit.errors import ConsentError, UnknownCourseError, quoted
from emotionkit.policy import DEFAULT_MIN_GROUP
from emotionkit.reports.making import make_report, notebooks_folder
from emotionkit.reports.texts import check_language
from emotionkit.warehouse import open_warehouse

COURSE_NOTEBOOK = "course_report.ipynb"
STUDENT_NOTEBOOK = "student_report.ipynb"

_LONGEST_SLUG = 40
_SOME = 5


def render_course_report(
    warehouse: Path, course: str, out: Path, *, min_group: int = DEFAULT_MIN_GROUP, language: str = "en"
) -> Path:
    """Make the report of a course over all its lessons and return its page, in a folder of its own in ``out``.

    Arguments as for :func:`emotionkit.reports.render_lesson_report`; ``course`` is the name as the lessons have it.

    Raises:
        UnknownCourseError: No lesson is of that course.
        SettingsError: Reports are not written in that language.
        WarehouseError: The warehouse cannot be read.
        ReportError: The notebook failed, or the report cannot be written.
    """
    check_language(language)
    lessons = open_warehouse(warehouse).lessons()
    courses = lessons["course"].dropna().unique()
    if course not in courses:
        raise UnknownCourseError(course, tuple(sorted(courses)[:_SOME]))
    return make_report(
        notebooks_folder() / COURSE_NOTEBOOK,
        out / course_folder(course),
        {"warehouse": str(warehouse.resolve()), "course": course, "min_group": min_group},
        title=course,
        subject=("course", course),
        lessons=lessons.loc[lessons["course"] == course, "lesson_id"],
        language=language,
    )


def render_student_report(
    warehouse: Path, student: str, out: Path, *, min_group: int = DEFAULT_MIN_GROUP, language: str = "en"
) -> Path:
    """Make the report of a student who agreed and return its page, in a folder of its own in ``out``.

    Args:
        warehouse: Folder of the warehouse.
        student: Name or id.
        out: Folder of the reports; made if need be.
        min_group: Others of whom the figures of a class speak once the student is known, at least; lessons of fewer are
            left out.
        language: Code of the language of the page.

    Raises:
        UnknownStudentError: Nobody of that name or id is enrolled.
        ConsentError: No consent that stands covers a lesson in which the student was seen.
        SettingsError: Reports are not written in that language.
        WarehouseError: The warehouse cannot be read.
        ReportError: The notebook failed, or the report cannot be written.
    """
    check_language(language)
    with open_warehouse(warehouse) as rows:
        student_id, name = rows.student(student)
        covered = rows.lessons_of(student_id)["lesson_id"]
    if not len(covered):
        raise ConsentError(
            f"There is no report of {quoted(name)}: no consent that stands covers a lesson with that student in it."
        )
    return make_report(
        notebooks_folder() / STUDENT_NOTEBOOK,
        out / f"student-{student_id}",
        {"warehouse": str(warehouse.resolve()), "student_id": student_id, "min_group": min_group},
        title=name,
        subject=("student", student_id),
        lessons=covered,
        language=language,
    )


def course_folder(course: str) -> str:
    """Return the name of the folder of a course's report: readable, safe on any system, and the course's alone.

    >>> course_folder("Physics 101"), course_folder("../数学")
    ('course-physics-101-37f46646', 'course-21b858ae')
    """
    slug = re.sub(r"[^a-z0-9]+", "-", course.lower())[:_LONGEST_SLUG].strip("-")
    digest = hashlib.sha256(course.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "-".join(part for part in ("course", slug, digest) if part)
