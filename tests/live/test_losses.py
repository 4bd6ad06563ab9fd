"""What happens to a class when the disk, or the machine, fails."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from emotionkit.batch import begun_classes
from emotionkit.batch import undertaking as undertaking_module
from emotionkit.batch.begun_classes import complete_begun, store_class, with_losses
from emotionkit.batch.pipeline import process_recording
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier
from emotionkit.errors import InvalidInputError, WarehouseError
from emotionkit.live.beginning import claim, plan_class
from emotionkit.policy import Policy, Purpose
from emotionkit.project import RecordingsSettings
from emotionkit.records import FrameReading
from emotionkit.video.live_source import parse_live_source
from emotionkit.warehouse import Part, begun_lessons, cut_off_lessons, open_warehouse

WAREHOUSE = Path("warehouse")


def fill_disk_of(process, *, is_full=True):
    """Let a process write no byte to any file, as on a full disk, or lift that."""
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0 if is_full else hard, hard))


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="nothing limits another process here")
class TestAFullDisk:
    def test_for_a_while_costs_nothing(self, live, short_lesson):
        command = live(short_lesson, "--lesson-id", "full")
        command.wait_for("figures")
        fill_disk_of(command.process)
        unwritten = command.wait_for("unwritten")
        assert unwritten["reason"].startswith("The warehouse warehouse cannot be written: ")
        fill_disk_of(command.process, is_full=False)
        command.wait_for("written")
        command.wait_for("stored")
        assert command.process.wait(30) == 0
        assert [event["event"] for event in command.events].count("unwritten") == 1
        frames = open_warehouse(WAREHOUSE).frames("full")
        lost = json.loads(open_warehouse(WAREHOUSE).run("full").settings).get("live", {"dropped_frames": 0})
        assert len(frames) + lost["dropped_frames"] == 20
        assert frames["weight_s"].sum() == pytest.approx(10)

    def test_at_the_end_is_waited_for(self, live, short_lesson):
        command = live(short_lesson, "--lesson-id", "full")
        command.wait_for("figures")
        fill_disk_of(command.process)
        command.process.send_signal(signal.SIGINT)
        command.wait_for("waiting")
        assert command.process.poll() is None
        fill_disk_of(command.process, is_full=False)
        stored = command.wait_for("stored")
        assert stored["decoded_s"] == pytest.approx(stored["duration_s"])

    def test_is_waited_for_until_somebody_gives_up(self, live, short_lesson):
        command = live(short_lesson, "--lesson-id", "full")
        command.wait_for("figures", second=lambda second: second > 6)
        fill_disk_of(command.process)
        command.wait_for("waiting")
        assert command.end() == 1
        assert len(cut_off_lessons(WAREHOUSE)) == 1

    def test_that_stays_full_leaves_what_was_written_to_be_stored(self, live, short_lesson):
        command = live(short_lesson, "--lesson-id", "full", "--patience", 0)
        command.wait_for("figures", second=lambda second: second > 6)
        fill_disk_of(command.process)
        assert command.process.wait(60) == 1
        (outcome,) = complete_begun(begun_lessons(WAREHOUSE), WAREHOUSE)
        assert 5 <= outcome.decoded_s < 10


def planned(recording):
    plan = plan_class(
        parse_live_source(str(recording)),
        WAREHOUSE,
        ProcessingSettings(),
        lesson_id="cut",
        policy=Policy(Purpose.DEMONSTRATION, "US"),
        min_group=5,
        naming=RecordingsSettings(),
    )
    return plan.undertaking((1280, 720), 25.0, "0" * 64)


def begin(recording, *pieces):
    """Begin a class and leave it with parts of some pieces, ten seconds each, in which nobody is seen."""
    undertaking = planned(recording)
    with undertaking.parts.kept_from_others():
        claim(undertaking)
        for number in pieces:
            times = (Fraction(half, 2) for half in range(20 * number, 20 * number + 20))
            part = Part.of([FrameReading(time, Fraction(1, 2), ()) for time in times], [])
            undertaking.parts.write(f"piece-{number:05d}", part)
    return undertaking


def damage(undertaking, number):
    path = undertaking.parts.path / f"piece-{number:05d}.parquet"
    path.write_bytes(path.read_bytes()[:-9])


def resumed():
    return list(complete_begun(begun_lessons(WAREHOUSE), WAREHOUSE))


def test_a_class_that_is_erased_while_it_runs_ends(live, short_lesson):
    command = live(short_lesson, "--lesson-id", "unwanted")
    command.wait_for("figures")
    erase = [sys.executable, "-m", "emotionkit", "erase", "--lesson", "unwanted", "--yes"]
    subprocess.run(erase, check=True, capture_output=True)
    assert command.process.wait(60) == 1
    assert "it was erased" in command.complaints()
    assert not WAREHOUSE.joinpath("parts").exists()
    assert [event["event"] for event in command.events if event["event"] == "unwritten"] == []


@pytest.mark.parametrize("age_days", [1, 4])
def test_a_part_that_the_disk_does_not_give_is_waited_for_some_days(short_lesson, age_days):
    undertaking = begin(short_lesson, 0, 1)
    run = replace(undertaking.run, started_at=undertaking.run.started_at - timedelta(days=age_days))
    undertaking.parts.remember(undertaking.lesson, run)
    (undertaking.parts.path / "piece-00000.parquet").unlink()
    (undertaking.parts.path / "piece-00000.parquet").mkdir()
    (result,) = resumed()
    if age_days < 3:
        assert "holds a part of class cut, piece-00000, that cannot be read: Is a directory." in str(result)
        assert begun_lessons(WAREHOUSE)
    else:
        assert result.decoded_s == 10


def test_a_part_that_is_gone_is_a_gap(short_lesson):
    undertaking = begin(short_lesson, 0, 1, 2)
    undertaking.parts.discard("piece-00001")
    (outcome,) = resumed()
    assert outcome.decoded_s == 20
    assert json.loads(open_warehouse(WAREHOUSE).run("cut").settings)["live"]["gaps"] == [[10, 20]]


def test_a_class_does_not_replace_the_lesson_of_its_recording(short_lesson):
    begin(short_lesson, 0)
    process_recording(short_lesson, WAREHOUSE, LazyClassifier(threads=1), ProcessingSettings(), lesson_id="cut")
    assert resumed() == []
    assert len(open_warehouse(WAREHOUSE).frames("cut")) == 20
    assert not begun_lessons(WAREHOUSE)


def test_a_class_whose_recording_is_there_can_be_left(short_lesson, tmp_path):
    recording = shutil.copy(short_lesson, tmp_path / "class.mp4")
    begin(recording, 0)
    assert list(complete_begun(begun_lessons(WAREHOUSE), WAREHOUSE, leave_recorded=True)) == []
    assert begun_lessons(WAREHOUSE)
    recording.unlink()
    assert len(list(complete_begun(begun_lessons(WAREHOUSE), WAREHOUSE, leave_recorded=True))) == 1


@pytest.mark.parametrize(
    ("damaged", "gaps"),
    [([0], [[0, 10]]), ([1, 2], [[10, 30]]), ([0, 2], [[0, 10], [20, 30]]), ([3], [])],
)
def test_a_damaged_part_is_a_gap(short_lesson, damaged, gaps):
    undertaking = begin(short_lesson, 0, 1, 2, 3)
    for number in damaged:
        damage(undertaking, number)
    (outcome,) = resumed()
    assert outcome.decoded_s == 40 - 10 * len(damaged)
    lost = json.loads(open_warehouse(WAREHOUSE).run("cut").settings).get("live", {"gaps": []})
    assert lost["gaps"] == gaps
    assert not Path("warehouse", "parts").exists()


def test_the_time_of_a_damaged_part_that_was_the_last_is_a_gap_where_it_is_known(short_lesson):
    """And it joins the gap that the source left in it."""
    undertaking = begin(short_lesson, 0, 1)
    damage(undertaking, 1)
    run = with_losses(undertaking.run, 3, [(2.0, 4.0), (15.0, 25.0)])
    undertaking.parts.remember(replace(undertaking.lesson, duration_s=20.0), run)
    (outcome,) = resumed()
    assert (outcome.duration_s, outcome.decoded_s) == (20, 10)
    lost = json.loads(open_warehouse(WAREHOUSE).run("cut").settings)["live"]
    assert lost == {"dropped_frames": 3, "gaps": [[2, 4], [10, 25]]}


def test_a_class_of_which_nothing_can_be_read_stays_until_somebody_erases_it(short_lesson):
    damage(begin(short_lesson, 0), 0)
    (error,) = resumed()
    assert "has nothing of class 'cut' that can be read; `emotionkit erase --lesson cut`" in str(error)
    assert begun_lessons(WAREHOUSE)


def test_a_class_that_was_cut_off_before_its_first_part_leaves_nothing(short_lesson):
    begin(short_lesson)
    assert resumed() == []
    assert not WAREHOUSE.joinpath("parts").exists()
    begin(short_lesson)


def test_what_is_joined_already_is_only_loaded(short_lesson, monkeypatch):
    """By somebody who could look at the faces again, as whoever resumes cannot."""
    undertaking = begin(short_lesson, 0, 1)
    with monkeypatch.context() as full:
        full.setattr(undertaking_module, "load_segment", failing)
        with pytest.raises(WarehouseError):
            store_class(undertaking, None)
    monkeypatch.setattr(begun_classes, "complete_unrecorded", lambda *_: pytest.fail("it was joined anew"))
    (outcome,) = resumed()
    assert outcome.decoded_s == 20
    assert resumed() == []


def failing(*_):
    raise WarehouseError(WAREHOUSE, "cannot be written: the disk is full.")


def test_of_two_classes_under_one_name_only_one_begins(short_lesson):
    """Both are planned before either has a picture."""
    first, second = planned(short_lesson), planned(short_lesson)
    with first.parts.kept_from_others():
        claim(first)
        with pytest.raises(InvalidInputError, match="has begun and is not finished"), second.parts.kept_from_others():
            claim(second)
    ((_, run),) = begun_lessons(WAREHOUSE)
    assert run.run_id == first.run.run_id


def test_a_class_that_runs_was_not_cut_off(short_lesson):
    undertaking = begin(short_lesson, 0)
    assert [lesson.lesson_id for lesson, _ in cut_off_lessons(WAREHOUSE)] == ["cut"]
    with undertaking.parts.kept_from_others():
        assert cut_off_lessons(WAREHOUSE) == []
        (error,) = resumed()
        assert "from another process" in str(error)
    assert len(cut_off_lessons(WAREHOUSE)) == 1
