"""Nights: what is due is done, once; what fails stops nothing and is remembered; the record tells."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

import emotionkit as ek
from emotionkit.batch import erasing, finding, night_reports
from emotionkit.batch.night_lock import LOCK, OWNER, night_lock
from emotionkit.batch.night_memory import NightMemory
from emotionkit.batch.night_selection import Selection
from emotionkit.batch.night_settings import NightSettings, Places
from emotionkit.batch.nightly import preview_night, run_night
from emotionkit.batch.undertaking import begin
from emotionkit.config import ProcessingSettings
from emotionkit.errors import InvalidInputError, ReportError, WarehouseError
from emotionkit.policy import Policy, Purpose
from emotionkit.project import ProjectSettings, RecordingsSettings, RetentionSettings
from emotionkit.records import FrameReading
from emotionkit.reports.night import NightStatus, read_nights
from emotionkit.warehouse import Part, PartsFolder, begin_erasure, plan_erasure, read_tombstones
from emotionkit.warehouse.tombstones import keyed

SETTINGS = NightSettings(
    ProcessingSettings(sample_fps=1),
    ProjectSettings(),
    Policy(Purpose.DEMONSTRATION, "US"),
    watch_s=0,
)
WEEK_AGO = time.time() - 7 * 86_400


@pytest.fixture(scope="module")
def clip(tmp_path_factory, sample_class, copy_start):
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    copy_start(sample_class / "2026-09-28_physics-101_exam-review.mp4", path, seconds=2)
    return path


@pytest.fixture(scope="module")
def other_clip(tmp_path_factory, sample_class, copy_start):
    path = tmp_path_factory.mktemp("clip") / "other.mp4"
    copy_start(sample_class / "2026-09-14_physics-101_waves.mp4", path, seconds=2)
    return path


@pytest.fixture
def places(tmp_path):
    (tmp_path / "recordings").mkdir()
    return Places(tmp_path / "recordings", tmp_path / "warehouse", tmp_path / "reports")


@pytest.fixture
def quick_reports(monkeypatch):
    """Pages without a notebook behind them, which takes ten seconds; returns the lessons for which one was made."""
    made = []

    def render(warehouse, lesson_id, out, **settings):
        if lesson_id.startswith("unreportable"):
            raise ReportError(lesson_id, "its kernel did not answer.")
        (out / lesson_id).mkdir(parents=True, exist_ok=True)
        page = out / lesson_id / "index.html"
        page.write_text(lesson_id)
        made.append(lesson_id)
        return page

    monkeypatch.setattr(night_reports, "render_lesson_report", render)
    return made


def put(source: Path, target: Path, *, written_at: float = WEEK_AGO) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
    os.utime(target, (written_at, written_at))
    return target


@pytest.fixture
def invented_class(clip):
    """``invented_class(warehouse, lesson_id)``: a class begun live and cut off after ten seconds without a face."""

    def begin_class(warehouse, lesson_id):
        begun = begin(clip, warehouse, "0" * 64, SETTINGS.processing, lesson_id=lesson_id)
        lesson = replace(begun.lesson, recording="camera 0", recording_sha256="11" * 32, duration_s=10.0)
        class_ = replace(begun, lesson=lesson)
        with class_.parts.kept_from_others():
            class_.parts.remember(lesson, class_.run)
            seconds = [FrameReading(Fraction(second), Fraction(1), ()) for second in range(10)]
            class_.parts.write("piece-00000", Part.of(seconds, []))
        return class_

    return begin_class


def another_day(monkeypatch, days: int) -> None:
    """Let nights begin so many days later."""

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=days)

    monkeypatch.setattr("emotionkit.batch.nightly.datetime", Later)


def lessons(places) -> list[str]:
    return sorted(ek.open_warehouse(places.warehouse).lessons().lesson_id)


def test_new_recordings_are_done_and_old_ones_cost_nothing(places, clip, quick_reports, monkeypatch):
    put(clip, places.recordings / "physics" / "2026-09-28_physics-101_review.mp4")
    night = run_night(places, SETTINGS)
    assert night.status is NightStatus.ALL_WELL
    (done,) = night.done
    assert (done.recording, done.lesson_id) == (
        "physics/2026-09-28_physics-101_review.mp4",
        "2026-09-28_physics-101_review",
    )
    assert (done.processed, done.reported, done.frames, done.is_short) == (True, True, 2, False)
    assert done.decoded_s == pytest.approx(done.duration_s, abs=0.1)
    assert night.summary.endswith("all well: 1 recording processed, 1 report made.")

    for read in ("night_plan", "undertaking"):
        monkeypatch.setattr(f"emotionkit.batch.{read}.content_sha256", lambda path: pytest.fail(f"{path} was read"))
    again = run_night(places, SETTINGS)
    assert (again.done, again.failed, again.unchanged) == ((), (), 1)
    assert again.summary.endswith("all well: 1 recording unchanged.")
    assert quick_reports == ["2026-09-28_physics-101_review"]
    (record,) = read_nights(places.reports)
    assert [one.lesson_id for one in record.done] == ["2026-09-28_physics-101_review"], "a day has one record"


def test_what_changed_is_done_again_and_what_moved_keeps_its_lesson(places, clip, other_clip, quick_reports):
    put(clip, places.recordings / "a.mp4")
    moved = put(other_clip, places.recordings / "b.mp4")
    run_night(places, SETTINGS)
    changed = places.recordings / "a.mp4"
    changed.write_bytes(clip.read_bytes() + b"\0\0\0\x08free")
    (places.recordings / "later").mkdir()
    moved.rename(places.recordings / "later" / "renamed.mp4")
    night = run_night(places, SETTINGS)
    assert {one.recording: one.lesson_id for one in night.done} == {"a.mp4": "a", "later/renamed.mp4": "b"}
    assert lessons(places) == ["a", "b"]
    assert run_night(places, SETTINGS).unchanged == 2


def test_the_facts_beside_a_recording_count(places, clip, quick_reports):
    put(clip, places.recordings / "a.mp4")
    run_night(places, SETTINGS)
    (places.recordings / "a.yml").write_text("title: Waves & light\n")
    (done,) = run_night(places, SETTINGS).done
    assert done.reported
    assert ek.open_warehouse(places.warehouse).lesson("a").title == "Waves & light"
    assert run_night(places, SETTINGS).done == ()


def test_pages_are_made_anew_for_another_time_zone(places, clip, quick_reports):
    put(clip, places.recordings / "a.mp4")
    run_night(places, SETTINGS)
    elsewhere = ProjectSettings(recordings=RecordingsSettings(time_zone="Asia/Tokyo"))
    (done,) = run_night(places, dataclasses.replace(SETTINGS, project=elsewhere)).done
    assert (done.processed, done.reported) == (False, True)
    assert run_night(places, dataclasses.replace(SETTINGS, project=elsewhere)).done == ()


def test_a_failure_stops_nothing_and_is_set_aside_after_three_nights(places, clip, quick_reports, monkeypatch):
    put(clip, places.recordings / "good.mp4")
    (places.recordings / "bad.mp4").write_text("no video")
    os.utime(places.recordings / "bad.mp4", (WEEK_AGO, WEEK_AGO))
    night = run_night(places, SETTINGS)
    assert night.status is NightStatus.SOME_FAILED
    assert [one.lesson_id for one in night.done] == ["good"]
    assert [(one.recording, one.kind, one.nights) for one in night.failed] == [("bad.mp4", "recording", 1)]
    assert run_night(places, SETTINGS).failed[0].nights == 1, "the same night"
    for days in (1, 2):
        another_day(monkeypatch, days)
        (failed,) = run_night(places, SETTINGS).failed
        assert (failed.nights, failed.set_aside) == (days + 1, False)
    another_day(monkeypatch, 3)
    night = run_night(places, SETTINGS)
    (failed,) = night.failed
    assert failed.set_aside
    assert failed.reason.startswith("bad.mp4 ")
    assert night.status is NightStatus.ALL_WELL, "what is set aside was told three times"
    assert night.summary.endswith("1 recording unchanged, 1 set aside.")
    (failed,) = run_night(places, SETTINGS, Selection(retry_failed=True)).failed
    assert (failed.set_aside, failed.nights) == (False, 4)
    put(clip, places.recordings / "bad.mp4", written_at=WEEK_AGO + 1)
    night = run_night(places, SETTINGS)
    assert night.left[0].reason.endswith("good.mp4."), "another content is another chance"


def test_mended_facts_are_another_chance(places, clip, quick_reports, monkeypatch):
    put(clip, places.recordings / "a.mp4")
    facts = places.recordings / "a.yml"
    facts.write_text("start: soon\n")
    for days in (0, 1, 2, 3):
        another_day(monkeypatch, days)
        (failed,) = run_night(places, SETTINGS).failed
    assert failed.set_aside
    facts.write_text("start: some day\n")
    (failed,) = run_night(places, SETTINGS).failed
    assert (failed.set_aside, failed.nights) == (False, 1)
    facts.write_text("title: Waves\n")
    (done,) = run_night(places, SETTINGS).done
    assert done.lesson_id == "a"


@pytest.mark.parametrize(
    ("file", "text", "quoted"),
    [
        ("woodcuts.yml", "title: Xylography\nstart: soon\n", "soon"),
        ("roster.csv", "recording,title\nwoodcuts.mp4,Xylography\nwoodcuts.mp4,Xylography\n", "twice"),
    ],
)
def test_what_is_remembered_of_a_failure_names_nothing(places, clip, quick_reports, monkeypatch, file, text, quoted):
    put(clip, places.recordings / "woodcuts.mp4")
    run_night(places, SETTINGS)
    (places.recordings / file).write_text(text)
    (failed,) = run_night(places, SETTINGS).failed
    assert failed.kind == "input"
    assert quoted in failed.reason
    memory = (places.warehouse / "nightly.json").read_text()
    assert "woodcuts" not in memory
    assert quoted not in memory
    for days in (1, 2, 3):
        another_day(monkeypatch, days)
        (failed,) = run_night(places, SETTINGS).failed
    assert failed.set_aside
    assert failed.reason == "woodcuts.mp4 cannot be processed; `emotionkit nightly --retry-failed` says why."
    receipt = erasing.erase(places.warehouse, places.reports, erasing.plan(places.warehouse, lessons=["woodcuts"]))
    assert receipt.left == []


def test_names_that_an_earlier_version_remembered_are_forgotten(places, quick_reports):
    places.warehouse.mkdir()
    setback = {"nights": 3, "kind": "input", "reason": "woodcuts.yml, line 2: start 'soon'", "day": "2026-09-28"}
    seen = {"stamp": "", "content": "", "setback": setback}
    memory = NightMemory(places.warehouse, keyed(places.warehouse))
    stored = {"files": {memory.hashed("a.mp4"): seen}, "reports": {}}
    (places.warehouse / "nightly.json").write_text(json.dumps(stored))
    memory = NightMemory(places.warehouse, keyed(places.warehouse))
    memory.save()
    assert memory.seen("a.mp4").setback.nights == 3
    assert "woodcuts" not in (places.warehouse / "nightly.json").read_text()


def test_a_report_that_fails_is_told_and_tried_again(places, clip, other_clip, quick_reports):
    put(clip, places.recordings / "unreportable.mp4")
    put(other_clip, places.recordings / "z.mp4")
    night = run_night(places, SETTINGS)
    assert night.status is NightStatus.SOME_FAILED
    assert [one.lesson_id for one in night.failed] == ["unreportable"]
    assert quick_reports == ["z"]
    assert [one.kind for one in run_night(places, SETTINGS).failed] == ["report"]


def test_files_being_written_are_left_for_next_time(places, clip, quick_reports, monkeypatch):
    young = put(clip, places.recordings / "young.mp4", written_at=time.time() + 3600)

    def write_on(seconds):
        with young.open("ab") as file:
            file.write(b"more")

    monkeypatch.setattr(finding.time, "sleep", write_on)
    night = run_night(places, SETTINGS)
    assert [(one.recording, one.reason) for one in night.left] == [("young.mp4", "is still being written.")]
    assert night.status is NightStatus.ALL_WELL


def test_a_file_of_a_clock_that_was_wrong_fails_as_any_other(places, clip, quick_reports):
    """It would be young for years."""
    future = places.recordings / "future.mp4"
    future.write_bytes(clip.read_bytes()[:50_000])
    os.utime(future, (time.time() + 10**8, time.time() + 10**8))
    (failed,) = run_night(places, SETTINGS).failed
    assert failed.recording == "future.mp4"


def test_a_young_file_that_is_cut_off_is_not_counted_as_failed(places, clip, quick_reports):
    (places.recordings / "young.mp4").write_bytes(clip.read_bytes()[:50_000])
    night = run_night(places, SETTINGS)
    assert (night.failed, night.status) == ((), NightStatus.ALL_WELL)
    assert "is cut off" in night.left[0].reason
    assert night.left[0].reason.endswith("tried again next time.")


def test_time_that_runs_out_leaves_the_rest_for_tomorrow(places, clip, other_clip, quick_reports):
    put(clip, places.recordings / "a.mp4")
    put(other_clip, places.recordings / "b.mp4")
    short = NightSettings(SETTINGS.processing, SETTINGS.project, SETTINGS.policy, longest_s=0.001, watch_s=0)
    night = run_night(places, short)
    assert night.status is NightStatus.ALL_WELL
    assert [one.recording for one in night.left] == ["a.mp4", "b.mp4"]
    assert len(run_night(places, SETTINGS).done) == 2


def test_names_of_every_kind_become_lessons_of_their_own(places, clip, other_clip, quick_reports, tmp_path):
    long = "学" * 83 + "ж.mp4"
    assert len(long.encode()) == 255
    third = tmp_path / "third.mp4"
    third.write_bytes(clip.read_bytes() + b"\0\0\0\x08free")
    fourth = tmp_path / "fourth.mp4"
    fourth.write_bytes(clip.read_bytes() + b"\0\0\0\x08free" * 2)
    put(clip, places.recordings / "physics" / "week 1.mp4")
    put(other_clip, places.recordings / "chemistry" / "week 1.mp4")
    put(third, places.recordings / "new\nline\x1b[2J.MP4")
    put(fourth, places.recordings / long)
    night = run_night(places, SETTINGS)
    assert [one.reason for one in night.failed] == []
    ids = {one.recording: one.lesson_id for one in night.done}
    assert ids["chemistry/week 1.mp4"] == "week-1"
    assert ids["physics/week 1.mp4"] == "physics-week-1"
    assert ids[long].startswith("学学学")
    assert len(ids) == len(set(ids.values())) == 4
    assert run_night(places, SETTINGS).unchanged == 4


def contents(places) -> dict[str, str]:
    """Which lesson holds which content."""
    rows = ek.open_warehouse(places.warehouse).lessons()
    return dict(zip(rows["lesson_id"], rows["recording_sha256"], strict=True))


def rename(places, old: str, new: str) -> None:
    (places.recordings / old).rename(places.recordings / new)


def test_renumbered_recordings_stay_what_they_hold(places, clip, other_clip, quick_reports):
    put(clip, places.recordings / "week-1.mp4")
    put(other_clip, places.recordings / "week-2.mp4")
    run_night(places, SETTINGS)
    before = contents(places)
    rename(places, "week-2.mp4", "week-3.mp4")
    rename(places, "week-1.mp4", "week-2.mp4")
    night = run_night(places, SETTINGS)
    assert (night.failed, night.left) == ((), ())
    assert contents(places) == before
    assert ek.open_warehouse(places.warehouse).lesson("week-1").title == "week 2"
    assert run_night(places, SETTINGS).done == ()

    new = put(clip, places.recordings / "week-1.mp4")
    new.write_bytes(clip.read_bytes() + b"\0\0\0\x08free")
    os.utime(new, (WEEK_AGO, WEEK_AGO))
    (done,) = run_night(places, SETTINGS).done
    assert done.lesson_id.startswith("week-1-")
    assert contents(places).items() > before.items()


def test_a_run_that_takes_a_few_does_not_mistake_a_renumbered_one(places, clip, other_clip, quick_reports):
    put(clip, places.recordings / "class-1.mp4")
    run_night(places, SETTINGS)
    before = contents(places)
    rename(places, "class-1.mp4", "class-2.mp4")
    put(other_clip, places.recordings / "class-1.mp4")
    (done,) = run_night(places, SETTINGS, Selection(only=("class-1*",))).done
    assert done.lesson_id.startswith("class-1-")
    assert contents(places).items() > before.items()


def test_a_recording_has_the_name_of_the_class_that_was_played_from_it(places, clip, quick_reports):
    recording = put(clip, places.recordings / "waves.mp4")
    begun = begin(recording, places.warehouse, "0" * 64, SETTINGS.processing)
    parts = PartsFolder(places.warehouse, "waves", "class")
    with parts.kept_from_others():
        parts.remember(begun.lesson, replace(begun.run, run_id="class"))
        parts.write("piece-00000", Part.of([FrameReading(Fraction(0), Fraction(1), ())], []))
    assert [one.lesson_id for one in run_night(places, SETTINGS).done] == ["waves"]
    assert parts.names() == {"piece-00000"}
    run_night(places, SETTINGS)
    assert not parts.names()
    assert ek.open_warehouse(places.warehouse).lesson("waves").duration_s == pytest.approx(2, abs=0.1)


def test_recordings_that_swapped_their_names_are_no_copies_of_each_other(places, clip, other_clip, quick_reports):
    put(clip, places.recordings / "a.mp4")
    put(other_clip, places.recordings / "b.mp4")
    run_night(places, SETTINGS)
    before = contents(places)
    for old, new in (("a", "c"), ("b", "a"), ("c", "b")):
        rename(places, f"{old}.mp4", f"{new}.mp4")
    night = run_night(places, SETTINGS)
    assert (night.failed, night.left) == ((), ())
    assert contents(places) == before
    assert ek.open_warehouse(places.warehouse).lesson("a").title == "b"
    assert run_night(places, SETTINGS).done == ()


def test_a_lesson_is_chosen_by_the_name_it_has(places, clip, other_clip, quick_reports):
    put(clip, places.recordings / "a" / "x.mp4")
    put(other_clip, places.recordings / "b" / "x.mp4")
    run_night(places, SETTINGS)
    assert lessons(places) == ["b-x", "x"]
    shutil.rmtree(places.reports / "b-x")
    (done,) = run_night(places, SETTINGS, Selection(only=("b-x",))).done
    assert (done.lesson_id, done.reported) == ("b-x", True)


def test_the_name_of_a_class_that_is_not_finished_is_taken(places, clip, quick_reports):
    put(clip, places.recordings / "week 1.mp4")
    begun = begin(clip, places.warehouse, "0" * 64, SETTINGS.processing, lesson_id="week-1")
    live = replace(begun.lesson, recording="camera 0", recording_sha256="11" * 32)
    PartsFolder(places.warehouse, "week-1", "class").remember(live, begun.run)
    (done,) = run_night(places, SETTINGS).done
    assert done.lesson_id.startswith("week-1-")
    assert run_night(places, SETTINGS).unchanged == 1


def test_a_class_that_was_cut_off_is_stored_and_reported(places, quick_reports, invented_class):
    """Unless it runs."""
    class_ = invented_class(places.warehouse, "yesterday")
    with class_.parts.kept_from_others():
        assert preview_night(places, SETTINGS).classes == []
        night = run_night(places, SETTINGS)
    assert (night.done, night.problems) == ((), ())

    assert preview_night(places, SETTINGS).classes == ["yesterday"]
    assert run_night(places, SETTINGS, Selection(only=("physics-*",))).done == ()
    (done,) = run_night(places, SETTINGS).done
    assert (done.lesson_id, done.recording, done.processed, done.reported) == ("yesterday", "camera 0", True, True)
    assert quick_reports == ["yesterday"]
    assert preview_night(places, SETTINGS).classes == []


def test_a_class_of_which_nothing_can_be_read_is_a_problem_and_stops_no_night(
    places, clip, quick_reports, invented_class
):
    put(clip, places.recordings / "week 1.mp4")
    (invented_class(places.warehouse, "yesterday").parts.path / "piece-00000.parquet").write_bytes(b"PAR1")
    night = run_night(places, SETTINGS)
    assert [one.lesson_id for one in night.done] == ["week-1"]
    assert "has nothing of class 'yesterday' that can be read" in night.problems[0]


def test_a_name_that_is_no_text_is_one_sentence(places, clip, quick_reports):
    put(clip, Path(os.fsdecode(bytes(places.recordings) + b"/\xff.mp4")))
    night = run_night(places, SETTINGS)
    assert [one.recording for one in night.failed] == ["\\xff.mp4"]
    assert "\\xff.mp4" in night.failed[0].reason
    night.model_dump_json()


def test_links_are_not_followed(places, clip, quick_reports, tmp_path):
    outside = put(clip, tmp_path / "outside" / "secret.mp4")
    (places.recordings / "link.mp4").symlink_to(outside)
    (places.recordings / "away").symlink_to(outside.parent)
    (places.recordings / "loop").symlink_to(places.recordings)
    (places.recordings / "itself").symlink_to("itself")
    (places.recordings / ".hidden.mp4").write_text("")
    os.mkfifo(places.recordings / "pipe.mp4")
    night = run_night(places, SETTINGS)
    assert {one.recording for one in night.left} == {"link.mp4", "away", "loop", "itself", "pipe.mp4"}
    assert (night.done, night.failed) == ((), ())


def test_a_selection_looks_at_nothing_else(places, clip, other_clip, quick_reports):
    put(clip, places.recordings / "physics" / "a.mp4")
    put(other_clip, places.recordings / "chemistry" / "b.mp4", written_at=WEEK_AGO - 30 * 86_400)
    assert run_night(places, SETTINGS, Selection(only=("nothing*",))).done == ()
    night = run_night(places, SETTINGS, Selection(since=date.fromtimestamp(WEEK_AGO)))
    assert [one.recording for one in night.done] == ["physics/a.mp4"]
    night = run_night(places, SETTINGS, Selection(only=("chemistry/*",)))
    assert [one.recording for one in night.done] == ["chemistry/b.mp4"]


def test_a_preview_touches_nothing(places, clip, quick_reports):
    put(clip, places.recordings / "a.mp4")
    plan = preview_night(places, SETTINGS)
    assert [(due.lesson_id, due.why) for due in plan.due] == [("a", "new")]
    assert not places.warehouse.exists()
    assert not places.reports.exists()


def test_two_at_once_are_told_who_is_at_work(places, quick_reports):
    with night_lock(places.warehouse) as crashed:
        assert crashed is None
        with pytest.raises(WarehouseError, match=rf"nightly run of \S+ on \S+ \(process {os.getpid()}, since "):
            run_night(places, SETTINGS)
    assert not (places.warehouse / OWNER).exists()


def test_what_a_crashed_run_left_is_recognised(places, clip, quick_reports, caplog):
    put(clip, places.recordings / "a.mp4")
    places.warehouse.mkdir()
    owner = {"user": "night", "host": "archive", "pid": 1, "since": "2026-09-14 02:00+00:00"}
    (places.warehouse / OWNER).write_text(json.dumps(owner))
    (places.warehouse / LOCK).touch()
    for leftover in (".emotionkit.duckdb.new", ".audit.jsonl.0123abcd.tmp", "segments/a/.0123.89ab.tmp"):
        (places.warehouse / leftover).parent.mkdir(parents=True, exist_ok=True)
        (places.warehouse / leftover).write_text("half")
    (places.reports / "a").mkdir(parents=True)
    (places.reports / "a" / ".index.html.4194305.tmp").write_text("half")
    night = run_night(places, SETTINGS)
    assert night.status is NightStatus.ALL_WELL
    assert "The nightly run of night on archive (process 1" in caplog.text
    assert not [path for path in places.warehouse.parent.rglob("*") if path.suffix in {".tmp", ".new"}]


def half_noise(database: Path) -> None:
    content = bytearray(database.read_bytes())
    content[len(content) // 2 :] = os.urandom(len(content) - len(content) // 2)
    database.write_bytes(content)


def no_database(database: Path) -> None:
    database.write_bytes(b"not a database" * 1000)


@pytest.mark.parametrize("damage", [half_noise, no_database])
def test_a_damaged_database_is_made_anew(places, clip, quick_reports, damage):
    put(clip, places.recordings / "a.mp4")
    run_night(places, SETTINGS)
    before = ek.open_warehouse(places.warehouse).faces("a")
    damage(places.warehouse / "emotionkit.duckdb")
    night = run_night(places, SETTINGS)
    assert night.problems == ("The database was damaged; it was made anew from the segments, 1 lessons.",)
    assert ek.open_warehouse(places.warehouse).faces("a").equals(before)
    assert run_night(places, SETTINGS).problems == ()


def test_a_database_that_was_deleted_is_made_anew_before_anything_is_planned(places, clip, other_clip, quick_reports):
    put(clip, places.recordings / "a.mp4")
    run_night(places, SETTINGS)
    (places.warehouse / "emotionkit.duckdb").unlink()
    put(other_clip, places.recordings / "elsewhere" / "a.mp4")
    night = run_night(places, SETTINGS)
    assert (night.problems, night.failed, night.unchanged) == ((), (), 1)
    assert lessons(places) == ["a", "elsewhere-a"]


def test_a_damaged_log_of_the_database_loses_no_row(places, clip, other_clip, quick_reports):
    put(clip, places.recordings / "a.mp4")
    run_night(places, SETTINGS)
    before = ek.open_warehouse(places.warehouse).faces("a")
    (places.warehouse / "emotionkit.duckdb.wal").write_bytes(os.urandom(10_000))
    put(other_clip, places.recordings / "b.mp4")
    night = run_night(places, SETTINGS)
    assert [one.lesson_id for one in night.done] == ["b"]
    assert ek.open_warehouse(places.warehouse).faces("a").equals(before)


def test_what_a_killed_load_left_in_the_log_comes_into_the_file_though_nothing_is_due(places, clip, quick_reports):
    """Found by killing nights at random moments: one, between a load's commit and its checkpoint."""
    put(clip, places.recordings / "a.mp4")
    run_night(places, SETTINGS)
    database = places.warehouse / "emotionkit.duckdb"
    script = f"""
import duckdb, os
held = duckdb.connect({str(database)!r})
held.execute("INSERT INTO students VALUES ('s-1', 'Ada', NULL)")
os._exit(9)
"""
    subprocess.run([sys.executable, "-c", script], check=False)
    log = database.with_name("emotionkit.duckdb.wal")
    assert log.exists()
    assert run_night(places, SETTINGS).problems == ()
    assert not log.exists()
    assert ek.open_warehouse(places.warehouse).sql("SELECT name FROM students").fetchall() == [("Ada",)]


def test_an_erasure_is_completed_and_stays(places, clip, quick_reports):
    put(clip, places.recordings / "a.mp4")
    run_night(places, SETTINGS)
    begin_erasure(places.warehouse, plan_erasure(places.warehouse, lessons=["a"]))
    night = run_night(places, SETTINGS)
    assert night.erased
    assert lessons(places) == []
    assert (night.done, night.failed) == ((), ())
    assert not (places.reports / "a").exists()
    assert read_tombstones(places.warehouse).stones
    mentions = [path for path in places.warehouse.rglob("*") if path.is_file() and b"a.mp4" in path.read_bytes()]
    assert mentions == []


def test_a_recording_erased_before_it_was_read_to_its_end_is_not_begun_again(places, clip, quick_reports):
    recording = put(clip, places.recordings / "a.mp4")
    (places.warehouse / "parts" / "a" / "run-1").mkdir(parents=True)
    erasing.erase(places.warehouse, places.reports, erasing.plan(places.warehouse, recordings=[recording]))
    night = run_night(places, SETTINGS)
    assert (night.done, night.failed, night.left) == ((), (), ())
    assert not (places.warehouse / "emotionkit.duckdb").exists()


def test_retention_is_enforced_and_pages_it_removed_stay_away(places, clip, quick_reports, monkeypatch):
    put(clip, places.recordings / "a.mp4")
    project = ProjectSettings(retention=RetentionSettings(reports=30))
    settings = NightSettings(SETTINGS.processing, project, SETTINGS.policy, watch_s=0)
    run_night(places, settings)
    long_ago = time.time() - 60 * 86_400
    os.utime(places.reports / "a" / "index.html", (long_ago, long_ago))
    another_day(monkeypatch, 40)
    assert run_night(places, settings).removed == {"reports": 3}, "the page, and record and page of a night"
    another_day(monkeypatch, 41)
    night = run_night(places, settings)
    assert night.done == ()
    assert not (places.reports / "a").exists()


def test_a_page_that_went_missing_is_made_again(places, clip, quick_reports):
    put(clip, places.recordings / "a.mp4")
    run_night(places, SETTINGS)
    shutil.rmtree(places.reports / "a")
    (done,) = run_night(places, SETTINGS).done
    assert (done.processed, done.reported) == (False, True)


def test_what_makes_all_impossible_is_one_sentence_before_any_work(places, clip, tmp_path):
    put(clip, places.recordings / "a.mp4")
    nowhere = Places(tmp_path / "nowhere", places.warehouse, places.reports)
    with pytest.raises(InvalidInputError, match="does not exist"):
        run_night(nowhere, SETTINGS)
    (tmp_path / "file").write_text("")
    with pytest.raises(WarehouseError, match="cannot be written"):
        run_night(Places(places.recordings, tmp_path / "file", places.reports), SETTINGS)
    with pytest.raises(InvalidInputError, match="cannot be written"):
        run_night(Places(places.recordings, places.warehouse, tmp_path / "file"), SETTINGS)
    assert not (places.warehouse / "parts").exists()


def test_nights_by_their_own_clock(places, clip, quick_reports, monkeypatch):
    put(clip, places.recordings / "a.mp4")
    another_day(monkeypatch, 3)
    run_night(places, SETTINGS)
    another_day(monkeypatch, 0)
    night = run_night(places, SETTINGS)
    assert night.unchanged == 1
    assert night.ended_at >= night.started_at
    assert [one.date for one in read_nights(places.reports)] == sorted(
        (one.date for one in read_nights(places.reports)), reverse=True
    )
    assert datetime.now(UTC) - night.started_at < timedelta(minutes=5)
