"""Pages in a real browser, where Chromium is installed: on a phone and a desk, light and dark, and printed."""

from __future__ import annotations

import base64
import dataclasses
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from chromium import Tab, browsing, violations
from in_process import page_of

from emotionkit.records import LessonSegment
from emotionkit.reports import write_index
from emotionkit.reports.night import FailedRecording, Night, NightStatus, write_night
from emotionkit.warehouse import open_warehouse
from emotionkit.warehouse.register import Consent, Sighting, Student
from emotionkit.warehouse.students import changing_register

HOSTILE = "</title><script>document.title = 'taken'</script><b onclick=x>{{ 7*7 }} \u202e"
PARTS = (LessonSegment(0, 100, "Introduction"), LessonSegment(100, 200, HOSTILE), LessonSegment(200, 300, "Questions"))
PHONE, DESK = (390, 844), (1280, 900)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Tab:
    with browsing(tmp_path_factory.mktemp("chromium") / "profile") as tab:
        yield tab


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, stored, waves) -> dict[str, Path]:
    """A page of each kind, of a course of three lessons in which one of nine students agreed."""
    folder, reports = tmp_path_factory.mktemp("warehouse"), tmp_path_factory.mktemp("reports")
    common = {"warehouse": str(folder)}
    for week in range(3):
        start = waves.started_at + timedelta(weeks=week)
        stored(folder, dataclasses.replace(waves, lesson_id=f"week-{week}", started_at=start, segments=PARTS), 9 - week)
    stored(folder, dataclasses.replace(waves, lesson_id="empty", title=HOSTILE, course=None, duration_s=20.0), 0)
    enrol(folder)
    for lesson_id, name in (("week-2", "Waves"), ("empty", HOSTILE)):
        (reports / lesson_id).mkdir()
        page_of("lesson_report.ipynb", name, reports / lesson_id / "index.html", lesson_id=lesson_id, **common)
    page_of("lesson_report.ipynb", "Wellen", reports / "german.html", "de", lesson_id="week-2", **common)
    page_of("course_report.ipynb", "Physics 101", reports / "course.html", course="Physics 101", **common)
    page_of("student_report.ipynb", "Ada", reports / "student.html", student_id="s-00000001", **common)
    now = datetime(2026, 9, 15, 2, tzinfo=UTC)
    failed = FailedRecording(recording="a.mp4", lesson_id=None, kind="crashed", reason="It is no video.", nights=3)
    write_night(
        reports, Night(date=now.date(), started_at=now, ended_at=now, status=NightStatus.SOME_FAILED, failed=(failed,))
    )
    named = {name: reports / f"{name}.html" for name in ("german", "course", "student")}
    lessons = {"lesson": reports / "week-2" / "index.html", "empty": reports / "empty" / "index.html"}
    return lessons | named | {"index": write_index(reports, folder)}


def enrol(folder: Path) -> None:
    with changing_register(folder) as register:
        student = Student(
            "s-00000001", "Ada <b>L.</b>", datetime(2026, 9, 1).date(), [Consent(datetime(2026, 9, 1).date())]
        )
        for lesson in open_warehouse(folder).lessons().to_dict("records"):
            if lesson["lesson_id"] != "empty":
                student.sightings.append(
                    Sighting(lesson["lesson_id"], lesson["run_id"], 2, lesson["started_at"].date())
                )
        register.students.append(student)


KINDS = pytest.mark.parametrize("kind", ["lesson", "empty", "german", "course", "student", "index"])


@KINDS
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_it_renders_in_silence_and_asks_for_nothing(tab, pages, kind, size):
    tab.said.clear()
    tab.asked.clear()
    tab.open(pages[kind].as_uri(), *size)
    assert tab.said == []
    assert {address for address in tab.asked if not address.startswith("data:")} == {pages[kind].as_uri()}
    assert tab.value("document.documentElement.scrollWidth") <= size[0]
    assert tab.value("document.title") != "taken"
    assert tab.value("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


@KINDS
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(tab, pages, kind, dark):
    tab.open(pages[kind].as_uri(), *PHONE, dark=dark)
    tab.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(tab) == []


def test_axe_would_find_something(tab, pages):
    tab.open(pages["lesson"].as_uri(), *PHONE)
    tab.value("document.querySelectorAll('figure img').forEach(image => image.removeAttribute('alt'))")
    assert [rule for rule, _ in violations(tab)] == ["image-alt"]


def test_the_first_screen_of_a_phone_says_it_all(tab, pages):
    tab.open(pages["lesson"].as_uri(), *PHONE)
    bottom = "document.querySelector('#expressions ~ figure img.narrow.light').getBoundingClientRect().bottom"
    assert tab.value(bottom) > 0
    assert tab.value(bottom) <= PHONE[1]
    above = tab.value("document.querySelector('.summary').innerText")
    assert "7 people seen" in above
    assert "2 earlier lessons" in above


@KINDS
@pytest.mark.parametrize(("size", "dark"), [(DESK, False), (PHONE, True)], ids=["from a desk", "from a dark phone"])
def test_it_prints_on_three_pages_of_a4_at_most(tab, pages, kind, size, dark):
    tab.open(pages[kind].as_uri(), *size, dark=dark)
    printed = tab.printed()
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 3
    heights = [float(size) for size in re.findall(rb"/MediaBox \[0 0 [\d.]+ ([\d.]+)\]", printed)]
    assert heights == pytest.approx([841.9] * len(heights), abs=1)
    assert heights


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_one_form_of_each_figure_is_shown_and_paper_has_the_wide_light_one(tab, pages, size, dark):
    """Sources of a <picture> stay those of the window when it is printed: pale words on white paper."""
    shown = "[...document.querySelectorAll('figure img')].filter(one => one.offsetParent).map(one => one.className)"
    tab.open(pages["lesson"].as_uri(), *size, dark=dark)
    form = f"{'narrow' if size == PHONE else 'wide'} {'dark' if dark else 'light'}"
    assert set(tab.value(shown)) == {form}
    of_students = "[...document.querySelectorAll('.multiples img')].filter(one => one.offsetParent)"
    assert tab.value(f"{of_students}.every(one => one.className === '{form.split()[1]}')")
    figures = tab.value("document.querySelectorAll('figure').length")
    assert len(tab.value(shown)) == figures
    tab.call("Emulation.setEmulatedMedia", media="print")
    assert tab.value(shown) == ["wide light"] * figures
    tab.call("Emulation.setEmulatedMedia", media="")


def test_the_index_finds_lessons_by_word_and_follows_to_them(tab, pages):
    tab.open(pages["index"].as_uri(), *DESK)
    shown = "[...document.querySelectorAll('.lessons li')].filter(line => line.offsetParent).length"
    assert tab.value(shown) == 4
    typed = "input = document.querySelector('#words'); input.value = '{}'; input.dispatchEvent(new Event('input'))"
    tab.value(typed.format("PHYSICS 28 september"))
    assert tab.value(shown) == 1
    assert tab.value("document.querySelector('#found').innerText") == "1 of 4 lessons"
    tab.value(typed.format("algebra"))
    assert tab.value(shown) == 0
    assert "It is no video. (for 3 nights)" in tab.value("document.querySelector('.night').innerText")
    tab.value("document.querySelectorAll('.lessons a').forEach(one => one.href.includes('week-2') && one.click())")
    tab.wait_for("document.title === 'Waves'")


def test_a_style_or_script_that_slipped_in_would_be_refused(tab, pages, tmp_path):
    slipped = '<p style="color:red">x</p><script>document.title = "taken"</script></main>'
    page = tmp_path / "index.html"
    page.write_text(pages["lesson"].read_text("utf-8").replace("</main>", slipped), "utf-8")
    tab.said.clear()
    tab.open(page.as_uri(), *DESK)
    assert tab.value("document.title") == "Waves"
    assert len(tab.said) == 2


def test_the_german_page_is_german(tab, pages):
    tab.open(pages["german"].as_uri(), *PHONE)
    assert tab.value("document.documentElement.lang") == "de"
    words = tab.value("document.body.innerText")
    assert "Gesichter wirkten" in words
    assert not re.search(r"\b(the|and|students|lesson)\b", words.replace("Ada", ""))


def test_figures_are_drawn_for_the_width_of_a_phone(pages):
    narrow = 'class="narrow light" hidden src="data:image/svg+xml;base64,'
    drawing = pages["lesson"].read_text("utf-8").split(narrow)[1].split('"')[0]
    assert 'width="267pt"' in base64.b64decode(drawing).decode()
