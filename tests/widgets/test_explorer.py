"""An explorer driven as a person drives it: by the values of its widgets."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import re
import resource
from datetime import date, timedelta
from pathlib import Path

import av
import ipywidgets
import numpy as np
import pandas as pd
import pytest

from emotionkit import clocks
from emotionkit.analysis import (
    AnalysisSettings,
    class_histogram,
    course_histogram,
    lesson_student_means,
    lesson_timeline,
)
from emotionkit.errors import InvalidInputError, SettingsError, WarehouseError
from emotionkit.records import EMOTIONS
from emotionkit.reports import texts
from emotionkit.warehouse import locking, open_warehouse, rebuild, writers_lock
from emotionkit.warehouse.register import Consent, Sighting, Student
from emotionkit.warehouse.students import changing_register
from emotionkit.widgets import Explorer, Selection

NAME = "<img src=x onerror=alert(1)>"


def film(path: Path, seconds: int) -> None:
    """Write a recording whose picture grows brighter every second."""
    with av.open(path, "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for index in range(5 * seconds):
            picture = np.full((360, 640, 3), 4 * (index // 5), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, stored, waves) -> Path:
    """Four lessons: nine, eight and seven students of whom one agreed, then two alone."""
    folder = tmp_path_factory.mktemp("warehouse")
    recording = folder / "lesson.mp4"
    film(recording, 60)
    for week, students in enumerate((9, 8, 7, 2)):
        lesson = dataclasses.replace(
            waves,
            lesson_id=f"week-{week}",
            title=NAME,
            started_at=waves.started_at + timedelta(weeks=week),
            duration_s=60.0,
            recording=str(recording),
        )
        stored(folder, lesson, students)
    with changing_register(folder) as register:
        student = Student("s-00000001", NAME, date(2026, 9, 1), [Consent(date(2026, 9, 14))])
        for lesson in open_warehouse(folder).lessons().to_dict("records")[:3]:
            student.sightings.append(Sighting(lesson["lesson_id"], lesson["run_id"], 2, lesson["started_at"].date()))
        register.students.append(student)
    return folder


@pytest.fixture
def explorer(course) -> Explorer:
    explorer = Explorer(course)
    explorer.controls.lessons.value = ("week-0",)
    return explorer


def test_it_opens_on_the_last_lesson_and_withholds_what_speaks_of_two(course):
    explorer = Explorer(course)
    assert explorer.selection.lessons == ("week-3",)
    assert explorer.histogram.withheld
    assert explorer.controls.charts.rows[0]["mean"] is None
    assert "Fewer than 5 students" in explorer.controls.said.value


def test_one_lesson_has_the_numbers_of_its_report(explorer, course):
    rows = open_warehouse(course)
    tables = rows.frames("week-0"), rows.faces("week-0")
    expected = class_histogram(*tables).table
    shares = ["mean", "low", "high"]
    assert np.allclose(explorer.histogram.table[shares], expected[shares], atol=1e-12)
    shown = explorer.controls.charts.rows
    assert [row["emotion"] for row in shown] == list(EMOTIONS)
    means = lesson_timeline(*tables).expressions.query("emotion == 'happy'")["mean"]
    assert shown[3]["means"] == pytest.approx(list(means), abs=1e-5)


def test_several_lessons_have_the_numbers_of_the_course(explorer, course):
    explorer.controls.lessons.value = ("week-0", "week-1", "week-2")
    means = lesson_student_means(open_warehouse(course), ["week-0", "week-1", "week-2"])
    expected = course_histogram(means, 5)
    pd.testing.assert_frame_equal(explorer.histogram.table, expected.table)
    assert explorer.controls.focus.options[1] == (NAME, "week-1")


def test_choices_narrow_what_is_shown(explorer):
    explorer.controls.time.value = (10.0, 30.0)
    explorer.controls.emotions.value = ("happy", "sad")
    explorer.controls.smoothing.value = 10.0
    charts = explorer.controls.charts
    assert charts.times == [15.0, 25.0]
    assert [row["emotion"] for row in charts.rows] == ["happy", "sad"]
    assert charts.span == [10.0, 30.0]
    assert charts.at == 10.0


def test_bins_that_reach_into_the_stretch_are_shown_where_it_holds_no_middle(explorer):
    charts = explorer.controls.charts
    explorer.controls.smoothing.value = 300.0
    assert [row["emotion"] for row in charts.rows] == list(EMOTIONS)
    assert charts.times == [30.0]
    assert charts.rows[3]["means"] == pytest.approx([explorer.histogram.table["mean"]["happy"]], abs=0.05)
    explorer.controls.smoothing.value = 30.0
    explorer.controls.time.value = (25.0, 32.0)
    assert charts.times == [27.5, 31.0]
    assert [len(row["means"]) for row in charts.rows] == [2] * len(EMOTIONS)


def test_a_stretch_behind_the_end_of_the_lesson_in_focus_leaves_the_histogram(tmp_path, stored, waves):
    for title, duration_s in (("short", 20.0), ("long", 60.0)):
        lesson = dataclasses.replace(waves, lesson_id=title, title=title, duration_s=duration_s)
        stored(tmp_path, lesson, 6)
    explorer = Explorer(tmp_path)
    explorer.controls.lessons.value = ("short", "long")
    explorer.controls.focus.value = "short"
    explorer.controls.time.value = (30.0, 50.0)
    charts = explorer.controls.charts
    assert (charts.span, charts.times) == ([30.0, 30.0], [])
    assert [(row["mean"] is not None, row["means"]) for row in charts.rows] == [(True, [])] * len(EMOTIONS)


def test_a_student_who_agreed_can_be_chosen_and_nobody_else(explorer):
    assert explorer.controls.students.options == ((NAME, "s-00000001"),)
    explorer.controls.lessons.value = ("week-0", "week-1")
    explorer.controls.students.value = ("s-00000001",)
    assert explorer.histogram.students == 2
    assert explorer.histogram.interval_over == "lessons"
    rows = explorer.rows()
    assert set(rows["track_id"]) == {2}
    assert set(rows["student_id"]) == {"s-00000001"}


def test_a_student_whom_the_lesson_in_focus_does_not_know_is_no_longer_shown(explorer):
    explorer.controls.students.value = ("s-00000001",)
    assert explorer.histogram.students == 1
    explorer.controls.lessons.value = ("week-3",)
    assert explorer.controls.students.value == ()
    assert explorer.histogram.students == 2
    assert explorer.histogram.withheld
    assert "Fewer than 5 students" in explorer.controls.said.value
    explorer.controls.lessons.value = ("week-0", "week-3")
    explorer.controls.focus.value = "week-0"
    explorer.controls.students.value = ("s-00000001",)
    explorer.controls.focus.value = "week-3"
    assert explorer.selection.students == ()
    assert explorer.histogram.students == 9


def test_nobody_is_counted_again_for_every_lesson(explorer):
    said = explorer.controls.said
    assert said.value == "one lesson, 9 people; intervals over students."
    explorer.controls.lessons.value = ("week-0", "week-1", "week-2")
    assert said.value == "3 lessons; intervals over lessons."
    explorer.controls.students.value = ("s-00000001",)
    assert said.value == "3 lessons, one person; intervals over lessons."


def test_people_are_counted_over_lessons_where_all_have_names(tmp_path, stored, waves):
    for week in range(2):
        stored(tmp_path, dataclasses.replace(waves, lesson_id=f"week-{week}", duration_s=20.0), 6)
    with changing_register(tmp_path) as register:
        lessons = open_warehouse(tmp_path).lessons().to_dict("records")
        for track in range(1, 7):
            student = Student(f"s-0000000{track}", f"Student {track}", date(2026, 9, 1), [Consent(date(2026, 9, 14))])
            student.sightings = [Sighting(row["lesson_id"], row["run_id"], track, date(2026, 9, 14)) for row in lessons]
            register.students.append(student)
    explorer = Explorer(tmp_path)
    explorer.controls.lessons.value = ("week-0", "week-1")
    assert explorer.controls.said.value.startswith("2 lessons, 6 people; intervals over students.")
    explorer.controls.students.value = ("s-00000001", "s-00000002")
    assert explorer.controls.said.value.startswith("2 lessons, 2 people;")


def test_a_lesson_without_a_course_is_offered_by_its_title(tmp_path, stored, waves):
    stored(tmp_path, dataclasses.replace(waves, course=None, duration_s=20.0), 6)
    explorer = Explorer(tmp_path)
    assert [line for line, _ in explorer.controls.lessons.options] == [
        f"Waves, 14 September 2026, 9:00 [{waves.lesson_id}]"
    ]
    assert explorer.histogram.students == 6


def test_days_are_those_of_the_time_zone_that_is_asked_for(course, machine_in):
    """The lesson of 14 September, 9:00 UTC, is of the day before at Midway, too early for the consent."""
    machine_in("UTC")
    for time_zone, line, students in ((None, "14 September 2026, 9:00", 1), ("Pacific/Midway", "13 September", 0)):
        explorer = Explorer(course, time_zone=time_zone)
        explorer.controls.lessons.value = ("week-0",)
        assert any(line in said for said, _ in explorer.controls.lessons.options)
        assert explorer.rows()["student_id"].nunique() == students
        assert len(explorer.controls.students.options) == students
        code, names = explorer.code(), {}
        clocks.use(None)
        exec(code, names)
        assert names["rows"]["student_id"].nunique() == students


@pytest.mark.parametrize("students", [(), ("s-00000001",)], ids=["class", "student"])
def test_the_code_gives_the_same_again(explorer, students):
    explorer.controls.lessons.value = ("week-0", "week-2")
    explorer.controls.students.value = students
    explorer.controls.time.value = (5.0, 45.0)
    names: dict[str, pd.DataFrame] = {}
    exec(explorer.code(), names)
    pd.testing.assert_frame_equal(names["rows"], explorer.rows())
    assert np.allclose(names["histogram"]["mean"], explorer.histogram.table["mean"], atol=1e-9)
    assert names["rows"]["pts_s"].between(5, 45, inclusive="left").all()


def test_the_code_gives_the_same_again_with_its_settings_and_smallest_group(course):
    explorer = Explorer(course, min_group=2, settings=AnalysisSettings(confidence=0.8, seed=3))
    assert not explorer.histogram.withheld
    names: dict[str, pd.DataFrame] = {}
    exec(explorer.code(), names)
    pd.testing.assert_frame_equal(names["histogram"], explorer.histogram.table)
    assert "min_group" not in Explorer(course).code()
    assert "AnalysisSettings" not in Explorer(course).code()


def test_a_warehouse_without_lessons_is_said_and_its_selection_is_of_nobody(tmp_path):
    rebuild(tmp_path)
    explorer = Explorer(tmp_path)
    assert "holds no lessons yet" in explorer.controls.said.value
    assert explorer.rows().empty
    names: dict[str, pd.DataFrame] = {}
    exec(explorer.code(), names)
    assert names["histogram"]["mean"].isna().all()
    assert explorer.selection.histogram(tmp_path).students == 0


@pytest.mark.parametrize("students", [(), ("s-00000001",)], ids=["class", "student"])
def test_a_stretch_in_which_nobody_is_seen_has_the_histogram_of_nobody(course, students):
    histogram = Selection(("week-0", "week-1"), students, start_s=90, end_s=95).histogram(course)
    assert histogram.students == 0
    assert not histogram.withheld
    assert histogram.table["mean"].isna().all()


def pixels(jpeg: bytes) -> np.ndarray:
    with av.open(io.BytesIO(jpeg)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def test_the_picture_is_that_of_the_moment_with_boxes(explorer):
    explorer.go_to(20.2)
    first = pixels(explorer.controls.picture.value)
    explorer.go_to(50.2)
    later = pixels(explorer.controls.picture.value)
    assert first[500, 900].mean() == pytest.approx(4 * 20, abs=4)
    assert later[500, 900].mean() == pytest.approx(4 * 50, abs=4)
    assert first[15:140, 15:700].std() > later[400:, 700:].std() + 5  # boxes of 80 px in a row at the top


def test_readings_are_told_of_those_who_agreed_unless_everybody_may_be_known(course):
    told = {}
    for everybody in (False, True):
        explorer = Explorer(course, everybody=everybody)
        explorer.controls.lessons.value = ("week-1",)
        told[everybody] = explorer._focus.told
    assert told == {False: {2}, True: set(range(1, 9))}


def test_a_recording_that_is_gone_is_said_and_the_rest_is_there(tmp_path, stored, waves):
    stored(tmp_path, dataclasses.replace(waves, duration_s=20.0, recording="gone.mp4"), 6)
    explorer = Explorer(tmp_path)
    assert "No picture: gone.mp4" in explorer.controls.said.value
    assert explorer.controls.picture.layout.display == "none"
    assert explorer.histogram.students == 6


def test_a_moment_may_be_gone_to_before_the_figures_are_there(tmp_path, stored, waves):
    stored(tmp_path, dataclasses.replace(waves, duration_s=20.0, recording="gone.mp4"), 6)

    async def go_early() -> Explorer:
        explorer = Explorer(tmp_path)
        while explorer._focus is None:
            await asyncio.sleep(0)
        assert explorer.histogram is None
        explorer.go_to(1.0)
        while explorer.busy:
            await asyncio.sleep(0.01)
        assert explorer._pictures._task.exception() is None
        return explorer

    said = asyncio.run(go_early()).controls.said.value
    assert said.startswith("one lesson, 6 people")
    assert "No picture: gone.mp4" in said


def test_search_narrows_the_list_and_keeps_what_is_chosen(explorer):
    explorer.controls.search.value = "21 september"
    assert [lesson for _, lesson in explorer.controls.lessons.options] == ["week-1", "week-0"]
    assert explorer.selection.lessons == ("week-0",)


def test_search_keeps_focus_and_student(explorer):
    explorer.controls.lessons.value = ("week-0", "week-1")
    explorer.controls.focus.value = "week-1"
    explorer.controls.students.value = ("s-00000001",)
    shown = explorer.histogram
    explorer.controls.search.value = "w"
    assert explorer.controls.focus.value == "week-1"
    assert set(explorer.selection.lessons) == {"week-0", "week-1"}
    assert explorer.selection.students == ("s-00000001",)
    assert explorer.histogram is shown


def test_names_are_never_markup(explorer):
    explorer.controls.say(NAME)
    assert explorer.controls.said.value == "&lt;img src=x onerror=alert(1)&gt;"


def test_rows_are_saved_once_and_noted(explorer, course, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    explorer.controls.save_button.click()
    assert "1050 rows are in selection.parquet" in explorer.controls.said.value
    pd.testing.assert_frame_equal(pd.read_parquet("selection.parquet"), explorer.rows())
    explorer.controls.save_button.click()
    assert "exists already" in explorer.controls.said.value
    assert "exported" in (course / "audit.jsonl").read_text().splitlines()[-1]


def test_a_file_at_home_is_not_replaced_either(course, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    selection = Selection(("2026-09-14_physics-101_waves",))
    assert selection.save(course, "~/rows.parquet") == len(pd.read_parquet(tmp_path / "rows.parquet"))
    with pytest.raises(InvalidInputError, match="exists already"):
        selection.save(course, "~/rows.parquet")


def test_no_rows_leave_of_which_the_log_does_not_tell(course, tmp_path, monkeypatch):
    selection = Selection(("2026-09-14_physics-101_waves",))
    before = (course / "audit.jsonl").read_text()
    with monkeypatch.context() as busy, writers_lock(course):
        busy.setattr(locking, "PATIENCE_S", 0.1)
        with pytest.raises(WarehouseError, match="is being written by another process"):
            selection.save(course, tmp_path / "rows.parquet")
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(InvalidInputError, match="cannot be written"):
            selection.save(course, tmp_path / "rows.parquet")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert not (tmp_path / "rows.parquet").exists()
    assert (course / "audit.jsonl").read_text() == before


def test_moments_are_buttons(stored, waves, tmp_path):
    stored(tmp_path, waves, 9)
    explorer = Explorer(tmp_path)
    button = explorer.controls.moments.children[0]
    button.click()
    minutes, seconds = button.description.split()[0].split(":")
    assert explorer.controls.charts.at == pytest.approx(60 * int(minutes) + int(seconds), abs=1)


def test_in_a_kernel_it_works_beside_and_a_new_choice_takes_over(course):
    async def choose() -> Explorer:
        explorer = Explorer(course)
        explorer.controls.lessons.value = ("week-0", "week-1")
        explorer.controls.lessons.value = ("week-2",)
        assert explorer.busy
        while explorer.busy:
            await asyncio.sleep(0.01)
        return explorer

    explorer = asyncio.run(choose())
    assert explorer.histogram.students == 7
    assert explorer.controls.picture.value


def test_moments_are_those_of_the_lesson_in_focus_after_a_choice_that_was_dropped(tmp_path, stored, waves):
    """The changes of a lesson are not there yet when the stretch of time is chosen."""
    for title, students in (("first", 9), ("second", 8)):
        stored(tmp_path, dataclasses.replace(waves, lesson_id=title, title=title), students)
    explorer = Explorer(tmp_path)
    explorer.controls.lessons.value = ("first",)
    expected = [button.description for button in explorer.controls.moments.children]
    assert expected

    async def choose_twice() -> list[str]:
        explorer = Explorer(tmp_path)
        while explorer.busy:
            await asyncio.sleep(0.01)
        earlier = [button.description for button in explorer.controls.moments.children]
        assert earlier != expected
        explorer.controls.lessons.value = ("first",)
        while explorer._focus.lesson_id != "first" and explorer.busy:
            await asyncio.sleep(0)
        explorer.controls.time.value = (0.0, 290.0)
        while explorer.busy:
            await asyncio.sleep(0.01)
        return [button.description for button in explorer.controls.moments.children]

    assert asyncio.run(choose_twice()) == expected


def test_what_cannot_be_chosen_is_refused(course, tmp_path):
    with pytest.raises(InvalidInputError, match="no emotion 'joy'"):
        Selection(("week-0",), emotions=("joy",))
    with pytest.raises(InvalidInputError, match="no stretch of time"):
        Selection(("week-0",), start_s=5, end_s=5)
    with pytest.raises(WarehouseError):
        Explorer(tmp_path / "nowhere")


def labels(widget: ipywidgets.Widget) -> str:
    """What a widget and those in it say."""
    said = [str(getattr(widget, name, "")) for name in ("value", "description", "placeholder")]
    return " ".join([*said, *map(labels, getattr(widget, "children", ()))])


def test_it_speaks_the_language_that_is_asked_for(course):
    with texts.spoken("en"):
        explorer = Explorer(course, language="de")
        explorer.controls.lessons.value = ("week-0",)
        said = labels(explorer.widget)
        assert all(
            word in said for word in ("Glättung des Verlaufs", "9 Personen; Bereiche über Personen", "Als Parquet")
        )
        assert not re.search(r"Smoothing|Lessons|Expressions|people|search|Save", said)
        assert explorer.controls.charts.words == {"top": "bis {share}", "moment": "Augenblick der Stunde"}
        assert explorer.controls.charts.rows[3]["word"] == texts.EMOTIONS["happy"]
    with texts.spoken("en"), pytest.raises(SettingsError):
        Explorer(course, language="xx")
