"""Reports over many lessons, the index, and the commands that make them."""

from __future__ import annotations

import dataclasses
import html
import importlib
import json
import re
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from in_process import page_of, sections_of

from emotionkit.analysis import class_histogram, course_figures, lesson_student_means
from emotionkit.cli import main
from emotionkit.errors import ConsentError, ReportError, SettingsError, UnknownCourseError, UnknownStudentError
from emotionkit.policy import Purpose
from emotionkit.records import LessonSegment
from emotionkit.reports import formatting, render_course_report, render_student_report, texts, write_index
from emotionkit.reports.live_page import notice_page
from emotionkit.reports.overview import course_folder
from emotionkit.warehouse import open_warehouse
from emotionkit.warehouse.mentions import is_marked
from emotionkit.warehouse.register import Consent, Sighting, Student
from emotionkit.warehouse.students import changing_register

COURSE = "Physics 101"
ZOE, BO = "s-0000000a", "s-0000000b"


def words(sections: list[str]) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", " ".join(sections))).split())


def enrol(folder: Path, student_id: str, name: str, track: int, consent: Consent, lessons: list[str]) -> None:
    known = open_warehouse(folder).lessons().set_index("lesson_id")
    with changing_register(folder) as register:
        student = Student(student_id, name, date(2026, 9, 1), [consent])
        for lesson_id in lessons:
            day = known["started_at"][lesson_id].date()
            student.sightings.append(Sighting(lesson_id, known["run_id"][lesson_id], track, day))
        register.students.append(student)


@pytest.fixture(scope="module")
def course(tmp_path_factory, stored, waves) -> Path:
    """Eight weekly lessons of nine and one of three; Zoe agreed for one lesson, Bo took the consent back."""
    folder = tmp_path_factory.mktemp("warehouse")
    parts = (LessonSegment(0, 20, "Intro"), LessonSegment(20, 40, "Group work"))
    for week in range(5):
        start = waves.started_at + timedelta(weeks=week)
        few = 3 if week == 2 else 9
        lesson = dataclasses.replace(
            waves, lesson_id=f"week-{week}", started_at=start, duration_s=40.0, title=f"Week {week}", segments=parts
        )
        stored(folder, lesson, few)
    all_lessons = [f"week-{week}" for week in range(5)]
    first_week = Consent(date(2026, 9, 1), ends=date(2026, 9, 15))
    enrol(folder, ZOE, "Zoe", 2, first_week, all_lessons)
    enrol(folder, BO, "Bo", 3, Consent(date(2026, 9, 1), withdrawn=date(2026, 10, 30)), all_lessons)
    return folder


def test_a_course_has_a_histogram_for_each_lesson_and_leaves_out_the_small_one(course):
    said = words(sections_of("course_report.ipynb", warehouse=str(course), course=COURSE))
    assert said.startswith("Physics 101 Lessons 5 From 14 September 2026")
    assert "That is the average over 4 lessons" in said
    row = re.search(r"3 Week 2 (\d+ September 2026, \d+:\d\d) (– ){7}", said)
    assert row
    figures = course_figures(lesson_student_means(open_warehouse(course), ["week-0", "week-2"]), 5)
    assert figures.lessons["week-2"].withheld
    expected = class_histogram(open_warehouse(course).frames("week-0"), open_warehouse(course).faces("week-0"))
    shares = ["mean", "low", "high"]
    assert np.allclose(figures.lessons["week-0"].table[shares], expected.table[shares], atol=1e-6)


def test_a_lesson_without_a_face_is_listed_as_one_of_too_few(stored, waves, tmp_path):
    for week, students in enumerate((9, 0, 9)):
        start = waves.started_at + timedelta(weeks=week)
        lesson = dataclasses.replace(
            waves, lesson_id=f"week-{week}", started_at=start, duration_s=20.0, title=f"Week {week}"
        )
        stored(tmp_path, lesson, students)
    said = words(sections_of("course_report.ipynb", warehouse=str(tmp_path), course=COURSE))
    assert said.startswith("Physics 101 Lessons 3 From 14 September 2026")
    assert re.search(r"2 Week 1 (\d+ September 2026, \d+:\d\d) (– ){7}3 Week 2", said)
    assert "That is the average over 2 lessons" in said


def test_a_course_of_small_lessons_says_so(course):
    said = words(sections_of("course_report.ipynb", warehouse=str(course), course=COURSE, min_group=20))
    assert texts.COURSE_WITHHELD in said
    assert "nan" not in said.lower()
    assert "%" not in said.split(texts.GUIDE)[0]


def test_a_student_is_shown_in_the_lessons_that_the_consent_covers(course):
    said = words(sections_of("student_report.ipynb", warehouse=str(course), student_id=ZOE))
    assert said.startswith("Zoe Lessons 1")
    assert "over one lesson that a consent covers" in said
    assert texts.STUDENT_CAUTION in said


def test_lessons_in_which_the_others_would_be_too_few_are_left_out(course):
    said = words(sections_of("student_report.ipynb", warehouse=str(course), student_id=ZOE, min_group=9))
    assert texts.STUDENT_LEFT_OUT.format(lessons="one lesson", group=9) in said
    assert "%" not in said.split(texts.GUIDE)[0]


def test_pages_have_the_times_of_the_time_zone(course, machine_in):
    machine_in("UTC")
    for time_zone, start in ((None, "14 September 2026, 9:00"), ("Asia/Tokyo", "14 September 2026, 18:00")):
        of_zoe, of_course, of_lesson = (
            words(sections_of(f"{kind}_report.ipynb", warehouse=str(course), time_zone=time_zone, **of))
            for kind, of in (
                ("student", {"student_id": ZOE}),
                ("course", {"course": COURSE}),
                ("lesson", {"lesson_id": "week-0"}),
            )
        )
        assert all(start in said for said in (of_zoe, of_course, of_lesson))


def test_without_a_consent_there_is_no_report(course, tmp_path):
    with pytest.raises(ConsentError, match=r"There is no report of 'Bo': no consent that stands"):
        render_student_report(course, "bo", tmp_path)
    with pytest.raises(UnknownStudentError, match="Nobody called 'Eve' is enrolled"):
        render_student_report(course, "Eve", tmp_path)
    with pytest.raises(UnknownCourseError, match=r"There is no course 'Chemistry'\. Known courses: 'Physics 101'"):
        render_course_report(course, "Chemistry", tmp_path)
    with pytest.raises(SettingsError, match="not written in 'fr'; there are de, en"):
        render_course_report(course, COURSE, tmp_path, language="fr")
    assert list(tmp_path.iterdir()) == []


def test_a_lesson_shows_its_parts_and_who_agreed(course):
    said = words(sections_of("lesson_report.ipynb", warehouse=str(course), lesson_id="week-0"))
    assert "1 Intro 0:00–0:20; neutral" in said
    assert f"{texts.STUDENTS_SHOWN} {texts.STUDENTS_CAPTION}" in said
    assert "Zoe" in said
    assert "Bo " not in said
    assert texts.STUDENTS_SHOWN not in words(
        sections_of("lesson_report.ipynb", warehouse=str(course), lesson_id="week-1")
    )


def test_who_agreed_is_left_out_where_the_others_would_be_too_few(course):
    said = words(sections_of("lesson_report.ipynb", warehouse=str(course), lesson_id="week-0", min_group=9))
    assert texts.STUDENTS_WITHHELD.format(group=9) in said
    assert "Zoe" not in said


def test_commands_write_pages_and_the_index(course, tmp_path, monkeypatch, capsys, machine_in):
    machine_in("UTC")
    monkeypatch.chdir(tmp_path)
    settings = '[recordings]\ntime_zone = "Asia/Tokyo"\n[reports]\nlanguage = "de"\n'
    (tmp_path / "emotionkit.toml").write_text(settings)
    arguments = [
        "report",
        "--course",
        COURSE,
        "--student",
        "Zoe",
        "--student",
        "Bo",
        "--warehouse",
        str(course),
        "--json",
    ]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 3
    answer = json.loads(capsys.readouterr().out)
    assert list(answer["done"]) == [COURSE, "Zoe"]
    assert list(answer["failed"]) == ["Bo"]
    page = (tmp_path / "reports" / course_folder(COURSE) / "index.html").read_text("utf-8")
    assert '<html lang="de">' in page
    assert "Stunde für Stunde" in page
    assert "14. September 2026, 18:00" in page
    for report, lessons in (
        (course_folder(COURSE), [f"week-{week}" for week in range(5)]),
        (f"student-{ZOE}", ["week-0"]),
    ):
        for path in (tmp_path / "reports" / report).iterdir():
            assert is_marked(path)
            assert set(re.findall("lesson:([^;]+);", path.read_text("utf-8"))) == set(lessons), path
    index = (tmp_path / "reports" / "index.html").read_text("utf-8")
    assert f'href="./{course_folder(COURSE)}/index.html"' in index
    assert "noch kein Bericht" in index
    assert "14. September 2026, 18:00" in index
    assert "student-" not in index
    assert "Zoe" not in index


def test_nothing_to_report_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["report"])
    assert ended.value.code == 2
    assert "Name a lesson, --course or --student." in capsys.readouterr().err


def test_an_index_without_a_warehouse_and_one_that_cannot_be_written(tmp_path):
    page = write_index(tmp_path / "reports", tmp_path / "warehouse")
    assert texts.INDEX_EMPTY in page.read_text("utf-8")
    assert texts.NIGHT_NONE in page.read_text("utf-8")
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="cannot be written"):
        write_index(tmp_path / "file", tmp_path / "warehouse")


DEGENERATE = {
    "no face": (0, 60.0, 0.8, texts.NO_FACE),
    "no clear face": (3, 60.0, 0.01, texts.NO_USABLE_FACE),
    "one student": (1, 60.0, 0.8, texts.WITHHELD),
    "one second": (7, 1.0, 0.8, "Faces looked"),
    "one minute": (7, 60.0, 0.8, "Faces looked"),
    "six hours": (6, 6 * 3600.0, 0.8, "Faces looked"),
}


@pytest.mark.parametrize(("students", "seconds", "quality", "said"), DEGENERATE.values(), ids=DEGENERATE)
def test_lessons_of_every_kind_give_a_page_worth_reading(stored, waves, tmp_path, students, seconds, quality, said):
    parts = (LessonSegment(0, seconds / 2, "First"), LessonSegment(seconds / 2, seconds, "Second"))
    lesson = dataclasses.replace(waves, duration_s=seconds, segments=parts)
    fps = 1 if seconds > 3600 else 2
    lesson_id = stored(tmp_path, lesson, students, quality=quality, fps=fps)
    page = page_of("lesson_report.ipynb", "Waves", tmp_path / "page.html", warehouse=str(tmp_path), lesson_id=lesson_id)
    text = page.read_text("utf-8")
    shown = words([text.split("<main>")[1]])
    assert said in shown
    assert texts.GUIDE in shown
    assert not re.search(r"\b(nan|None|inf)\b", shown)
    assert len(text.encode()) < 1_500_000


@pytest.mark.parametrize("language", set(texts.FILES) - {"en"})
def test_every_language_says_the_same(language):
    folder = Path(texts.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} == {
        "__init__",
        *chain(*texts.FILES.values(), *texts.LIVE_FILES.values()),
    }
    files = [(*texts.FILES[code], *texts.LIVE_FILES[code]) for code in ("en", language)]
    for ours, theirs in zip(*files, strict=True):
        words, others = (importlib.import_module(f"{texts.__name__}.{file}") for file in (ours, theirs))
        names = [name for name in vars(words) if name.isupper()]
        assert names == [name for name in vars(others) if name.isupper()]
        for name in names:
            assert shape(getattr(words, name)) == shape(getattr(others, name)), name


@pytest.mark.parametrize(("where", "files"), [("texts", texts.FILES), ("live_texts", texts.LIVE_FILES)])
def test_every_text_that_is_used_is_there(where, files):
    names = {name for file in files["en"] for name in vars(importlib.import_module(f"{texts.__name__}.{file}"))}
    package = Path(texts.__file__).parents[2]
    used = {
        name
        for path in (*package.rglob("*.py"), *package.rglob("*.j2"))
        for name in re.findall(rf"(?<![_\w]){where}\.([A-Z][A-Z_]+)", path.read_text("utf-8"))
    } - {"FILES", "LIVE_FILES"}
    assert used
    assert used <= names
    with pytest.raises(AttributeError, match="There is no text 'NOTHING_OF_THE_KIND'"):
        texts.looked_up("NOTHING_OF_THE_KIND", files)


def shape(value: object) -> object:
    """What a text must have in common with that of another language: keys, counts and what is filled in."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [shape(one) for one in value]
    return sorted(set(re.findall(r"{\w*}", str(value))))


def test_a_running_class_is_told_in_the_language_in_use():
    for purpose in Purpose:
        with texts.spoken("de"):
            page = notice_page("running", purpose.value, "US", 5)
        assert '<html lang="de">' in page
        assert "Die Auswertung läuft" in page
        assert not re.search(r"Analysis|program|teacher|research|feedback", page)
        assert purpose.value in notice_page("running", purpose.value, "US", 5)


def test_numbers_are_written_as_the_language_has_them():
    with texts.spoken("de"):
        assert formatting.number(12345.6) == "12.345,6"
        assert formatting.exact_percent(0.1234) == "12,3\u00a0%"
    assert formatting.number(12345.6) == "12,345.6"
