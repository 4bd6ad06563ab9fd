"""Names of lessons, courses, teachers, parts and students are data: no page takes them for markup, code or a path."""

from __future__ import annotations

import dataclasses
import html
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from in_process import page_of

from emotionkit.records import LessonSegment
from emotionkit.reports import drawing, write_index
from emotionkit.reports.night import FailedRecording, Night, NightStatus, write_night
from emotionkit.reports.overview import course_folder
from emotionkit.warehouse import open_warehouse
from emotionkit.warehouse.register import Consent, Sighting, Student
from emotionkit.warehouse.students import changing_register

PAYLOADS = {
    "script": "</title></style><script>window.taken = 1</script>",
    "handler": "\"><img src=x onerror='window.taken = 1'>",
    "attribute": "' onmouseover='window.taken = 1' \" autofocus onfocus=\"window.taken = 1",
    "template": "{{ 7*7 }}{% raw %}{0}{lessons}${7*7}{shown}",
    "markdown": "# heading\n\n**bold** [link](javascript:window.taken=1) <!-- `code` $\\frac{1}{2}$ $x^2$ _y_",
    "python": '"""); import os; os.system("echo taken"); ("""\\',
    "bidi": "\u202egnp.exe\u2066 \u200f\u05d0 \u202d",
    "long": "x" * 10_000,
    "path": "../../../etc/passwd\x00/..\\..\\",
    "other scripts": "時間 und Wärme 🙂 \u0301\u0301\u0301",
    "entities": "&lt;script&gt;&amp;#x3c;&nbsp;",
    "blank": " \t ",
}
QUICK = {"script", "template", "python", "long"}
"""Those that ``make test`` puts on every page; ``make stress`` does it with all."""


class Elements(HTMLParser):
    """Which elements a page has, with which attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.shown: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(sorted(name for name, _ in attrs))))

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def fill(folder: Path, stored, waves, name: str) -> str:
    """Put a lesson into a warehouse with one name in every field, and a student of that name who agreed."""
    parts = (LessonSegment(0, 30, name), LessonSegment(30, 60, name))
    lesson = dataclasses.replace(
        waves, title=name, course=name, teacher=name, recording=f"{name}.mp4", duration_s=60.0, segments=parts
    )
    lesson_id = stored(folder, lesson, 7)
    run_id = open_warehouse(folder).run(lesson_id).run_id
    with changing_register(folder) as register:
        student = Student("s-00000001", name, date(2026, 9, 1), [Consent(date(2026, 9, 1))])
        student.sightings.append(Sighting(lesson_id, run_id, 3, date(2026, 9, 14)))
        register.students.append(student)
    return lesson_id


def pages(tmp_path: Path, stored, waves, name: str) -> dict[str, str]:
    """Return the text of the four kinds of pages."""
    folder, reports = tmp_path / "warehouse", tmp_path / "reports"
    lesson_id = fill(folder, stored, waves, name)
    (reports / lesson_id).mkdir(parents=True)
    common = {"warehouse": str(folder)}
    page_of("lesson_report.ipynb", name, reports / lesson_id / "index.html", lesson_id=lesson_id, **common)
    page_of("course_report.ipynb", name, tmp_path / "course.html", course=name, **common)
    page_of("student_report.ipynb", name, tmp_path / "student.html", student_id="s-00000001", **common)
    now = datetime(2026, 9, 15, 2, tzinfo=UTC)
    failed = FailedRecording(recording=name, lesson_id=name, kind="crashed", reason=name, nights=3)
    night = Night(date=now.date(), started_at=now, ended_at=now, status=NightStatus.SOME_FAILED, failed=(failed,))
    write_night(reports, night)
    index = write_index(reports, folder)
    files = {"lesson": reports / lesson_id / "index.html", "course": tmp_path / "course.html"}
    files |= {"student": tmp_path / "student.html", "index": index}
    return {kind: path.read_text("utf-8") for kind, path in files.items()}


@pytest.fixture(scope="module", autouse=True)
def _no_drawing():
    """Figures are given numbers and fixed words, never a name; drawing them would take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "_drawn", lambda draw, width_px: "<svg/>")
        yield


@pytest.fixture(scope="module")
def harmless(tmp_path_factory, stored, waves) -> dict[str, Elements]:
    return {
        kind: Elements(text) for kind, text in pages(tmp_path_factory.mktemp("plain"), stored, waves, "Waves").items()
    }


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(payload, id=name, marks=[] if name in QUICK else pytest.mark.stress)
        for name, payload in PAYLOADS.items()
    ],
)
def test_a_name_changes_no_element_of_any_page(payload, harmless, tmp_path, stored, waves):
    for kind, text in pages(tmp_path, stored, waves, payload).items():
        page = Elements(text)
        if payload.strip():  # what has no name is not listed, so there are fewer elements
            assert page.found == harmless[kind].found, kind
        assert "49" not in [word.strip() for word in page.shown]
        assert len(text) < 1_500_000
        assert "x" * 501 not in text
        assert "\x00" not in text
        shown = " ".join(" ".join(page.shown).split())
        words = re.sub(r"[\x00-\x1f]", "", " ".join(payload.split()))[:200]
        assert words in shown, kind
    assert not (tmp_path / "etc").exists()


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_the_folder_of_a_course_is_a_plain_name(payload):
    assert re.fullmatch(r"course(-[a-z0-9]+)*-[0-9a-f]{8}", course_folder(payload))


def test_the_corpus_would_do_harm_unescaped():
    assert Elements(f"<p>{PAYLOADS['script']}</p>").found != Elements(f"<p>{html.escape(PAYLOADS['script'])}</p>").found
