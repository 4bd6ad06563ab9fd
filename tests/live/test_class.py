"""A class becomes a lesson like any other, whatever cuts it short."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from emotionkit.batch.begun_classes import complete_begun
from emotionkit.batch.pipeline import process_recording
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier
from emotionkit.live.beginning import claim, plan_class
from emotionkit.live.lesson import LiveLesson
from emotionkit.policy import Policy, Purpose
from emotionkit.project import RecordingsSettings
from emotionkit.reports import render_lesson_report
from emotionkit.video.live_pictures import live_pictures
from emotionkit.video.live_sampler import LiveSampler
from emotionkit.video.live_source import opened_live, parse_live_source
from emotionkit.warehouse import begun_lessons, open_warehouse

LESSON = "2026-09-28_physics-101_short"


def rows(warehouse: Path, lesson_id: str = LESSON):
    """Frames and faces of a lesson, and what its settings tell of losses."""
    opened = open_warehouse(warehouse)
    frames, faces = opened.frames(lesson_id), opened.faces(lesson_id)
    lost = json.loads(opened.run(lesson_id).settings).get("live", {"dropped_frames": 0, "gaps": []})
    return frames.drop(columns="lesson_id"), faces.drop(columns="lesson_id"), lost


def assert_same_but_for_dropped_frames(live, processed):
    """The rows of a class are those of its recording; frames for which there was no time are missing, and counted."""
    frames, faces, lost = live
    all_frames, all_faces, _ = processed
    assert len(frames) + lost["dropped_frames"] == len(all_frames)
    assert set(frames["pts_s"]) <= set(all_frames["pts_s"])
    assert frames["weight_s"].sum() == pytest.approx(all_frames["weight_s"].sum())
    if not lost["dropped_frames"]:
        assert frames.equals(all_frames)
        assert faces.equals(all_faces)
    else:
        # What is seen in a frame depends a little on which frames came before.
        both = faces.merge(all_faces, on=["pts_s", "track_id"])
        assert len(both) >= 0.9 * len(faces)
        assert (both["emotion_x"] == both["emotion_y"]).mean() >= 0.9


def read_live(recording: Path, warehouse: Path, settings: ProcessingSettings, *, is_cut_off: bool = False):
    """Read a recording as a class, without a clock, so that no machine is too slow; return who was shown when."""
    classifier, source = LazyClassifier(threads=1), parse_live_source(str(recording))
    policy = Policy(Purpose.DEMONSTRATION, "US")
    plan = plan_class(
        source, warehouse, settings, lesson_id="it", policy=policy, min_group=5, naming=RecordingsSettings()
    )
    sampler, numbers = LiveSampler(settings.sample_fps), set()
    undertaking = plan.undertaking((1280, 720), 25.0, classifier.sha256)
    with opened_live(source) as opened, undertaking.parts.kept_from_others():
        claim(undertaking)
        lesson = LiveLesson(undertaking, classifier, has_key_frames=True)
        for picture in live_pictures(source, opened, lambda _: None):
            if sample := sampler.sample(picture, Fraction(0)):
                numbers |= {(float(sample.frame.pts), face.track_id) for face in lesson.read(sample).faces}
        if is_cut_off:
            lesson.store(0, [])
        else:
            lesson.finish(picture.end, 0, [])
    return numbers


def assert_same_lesson(live: Path, recorded: Path):
    frames, faces, lost = rows(live, "it")
    all_frames, all_faces, _ = rows(recorded, "it")
    assert lost == {"dropped_frames": 0, "gaps": []}
    assert frames.equals(all_frames)
    assert faces.equals(all_faces)
    assert open_warehouse(live).tracks("it").equals(open_warehouse(recorded).tracks("it"))


@pytest.mark.slow
def test_where_nothing_is_dropped_rows_and_report_are_those_of_the_recording(sample_class, tmp_path):
    """Bit by bit, over three pieces."""
    recording, settings = sample_class / "2026-09-14_physics-101_waves.mp4", ProcessingSettings()
    process_recording(recording, tmp_path / "recorded", LazyClassifier(threads=1), settings, lesson_id="it")
    numbers = read_live(recording, tmp_path / "live", settings)
    assert_same_lesson(tmp_path / "live", tmp_path / "recorded")
    pages = [render_lesson_report(tmp_path / way, "it", tmp_path / f"{way} reports") for way in ("live", "recorded")]
    assert pages[0].read_text() == pages[1].read_text()
    # The numbers that were shown meanwhile are those that stay, until tiles change places: at second 100 two people
    # look so much alike, in the boxes of whole scans too, that one gets a new number, and the end tells who it was.
    _, faces, _ = rows(tmp_path / "live", "it")
    assert len(numbers) == len(faces)
    stored = set(zip(faces["pts_s"], faces["track_id"], strict=True))
    assert {shown for shown in numbers if shown[0] < 100} == {one for one in stored if one[0] < 100}
    assert {number for _, number in numbers - stored} <= {10}


def test_people_who_move_are_told_apart_as_in_the_recording(moving_tiles, tmp_path, monkeypatch):
    """The faces that have to be looked at again were kept; of a class that was cut off they are gone."""
    settings = ProcessingSettings(sample_fps=1, piece_s=5)
    process_recording(moving_tiles, tmp_path / "recorded", LazyClassifier(threads=1), settings, lesson_id="it")
    read_live(moving_tiles, tmp_path / "live", settings)
    assert_same_lesson(tmp_path / "live", tmp_path / "recorded")
    assert len(open_warehouse(tmp_path / "live").tracks("it")) == 9

    read_live(moving_tiles, tmp_path / "cut", settings, is_cut_off=True)
    monkeypatch.setattr("emotionkit.live.lesson.FaceEmbedder", lambda: pytest.fail("a face was looked at again"))
    (outcome,) = complete_begun(begun_lessons(tmp_path / "cut"), tmp_path / "cut")
    assert outcome.faces == len(rows(tmp_path / "live", "it")[1])
    assert len(open_warehouse(tmp_path / "cut").tracks("it")) > 9


def test_a_class_has_the_day_of_its_own_clocks(machine_in):
    machine_in("Pacific/Midway")
    for time_zone, hours in ((None, -11), ("Pacific/Kiritimati", 14)):
        plan = plan_class(
            parse_live_source("udp://@:5000"),
            Path("warehouse"),
            ProcessingSettings(),
            lesson_id=None,
            policy=Policy(Purpose.DEMONSTRATION, "US"),
            min_group=5,
            naming=RecordingsSettings(time_zone=time_zone),
        )
        assert plan.started_at.utcoffset() == timedelta(hours=hours)
        assert plan.lesson_id == f"live-{plan.started_at:%Y-%m-%d-%H%M%S}"


def test_a_file_played_at_its_own_speed_gives_what_processing_it_gives(live, short_lesson, processed):
    command = live(short_lesson)
    stored = command.wait_for("stored")
    assert command.process.wait(30) == 0
    assert stored["lesson_id"] == LESSON
    assert_same_but_for_dropped_frames(rows(Path("warehouse")), rows(processed))
    lesson, recorded = open_warehouse("warehouse").lesson(LESSON), open_warehouse(processed).lesson(LESSON)
    assert lesson == recorded
    assert not Path("warehouse", "parts").exists()
    figures = [event for event in command.events if event["event"] == "figures"]
    assert [event["second"] for event in figures] == sorted(event["second"] for event in figures)
    assert max(event["faces"] for event in figures) == 7


@pytest.mark.stress
def test_a_stream_gives_what_processing_its_recording_gives(live, short_lesson, processed, serving, free_port):
    with serving(short_lesson, free_port):
        command = live(f"http://127.0.0.1:{free_port}/class.mkv", "--lesson-id", "net", "--patience", 1)
        command.wait_for("lost")
        command.wait_for("stored")
    assert command.process.wait(30) == 0
    frames, faces, lost = rows(Path("warehouse"), "net")
    all_frames, all_faces, _ = rows(processed)
    # The stream tells no end: its last picture ends with itself.
    assert lost["gaps"] == []
    frames.loc[frames.index[-1], "weight_s"] = all_frames["weight_s"].iloc[-1]
    assert_same_but_for_dropped_frames((frames, faces, lost), (all_frames, all_faces, {}))
    lesson = open_warehouse("warehouse").lesson("net")
    assert lesson.recording == f"http://127.0.0.1:{free_port}/class.mkv"
    assert lesson.started_at is not None


def test_a_class_that_is_killed_loses_seconds_and_is_stored_later(live, short_lesson):
    command = live(short_lesson, "--lesson-id", "killed")
    # What comes up to second 5 is written then.
    wait_until_something_is_on_the_disk()
    assert command.end(signal.SIGKILL) == -signal.SIGKILL
    assert not Path("warehouse", "emotionkit.duckdb").exists()

    again = live(short_lesson, "--lesson-id", "killed")
    assert again.process.wait(30) == 1
    assert "`emotionkit live --resume` stores one that was cut off" in again.complaints()

    resume = [sys.executable, "-m", "emotionkit", "live", "--resume"]
    done = subprocess.run(resume, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("killed is stored: ")
    assert done.stderr == ""
    frames, faces, _ = rows(Path("warehouse"), "killed")
    assert frames["pts_s"].iloc[-1] >= 5
    assert len(faces) == 7 * len(frames)
    assert open_warehouse("warehouse").lesson("killed").duration_s >= 5
    assert not Path("warehouse", "parts").exists()
    assert subprocess.run(resume, capture_output=True, text=True, check=True).stdout == "No class was cut off.\n"


def wait_until(is_so):
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def wait_until_something_is_on_the_disk():
    wait_until(lambda: list(Path("warehouse").glob("parts/*/*/*.parquet")))


def test_ctrl_c_ends_a_class_that_nobody_else_may_store(live, short_lesson):
    command = live(short_lesson, "--lesson-id", "mine")
    wait_until_something_is_on_the_disk()
    resume = [sys.executable, "-m", "emotionkit", "live", "--resume"]
    done = subprocess.run(resume, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is getting lesson 'mine' from another process" in done.stderr
    assert command.end() == 0
    assert command.events[-1]["event"] == "stored"
    frames, faces, _ = rows(Path("warehouse"), "mine")
    assert frames["pts_s"].iloc[-1] >= 5
    assert len(faces) == 7 * len(frames)
    assert open_warehouse("warehouse").lesson("mine").duration_s == pytest.approx(
        (frames["pts_s"] + frames["weight_s"]).max()
    )


def test_a_class_goes_on_when_nobody_listens_any_more(short_lesson):
    command = [sys.executable, "-m", "emotionkit", "live", short_lesson, "--lesson-id", "unheard", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert '"started"' in running.stdout.readline()
        running.stdout.close()
        wait_until_something_is_on_the_disk()
        running.send_signal(signal.SIGINT)
        complaints = running.stderr.read()
    assert running.returncode == 0
    assert complaints == "The output cannot be written (broken pipe); the class goes on without it.\n"
    assert rows(Path("warehouse"), "unheard")[0]["pts_s"].iloc[-1] >= 5


def test_a_class_goes_on_while_somebody_listens_and_reads_nothing(short_lesson):
    """As a pager that shows its first page; at the end it has heard how the class ended."""
    command = [sys.executable, "-m", "emotionkit", "live", short_lesson, "--lesson-id", "unread", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        fcntl.fcntl(running.stdout, fcntl.F_SETPIPE_SZ, 4096)
        assert running.stderr.readline().startswith("Nobody reads the output at present; the class goes on")
        wait_until_something_is_on_the_disk()
        running.send_signal(signal.SIGINT)
        wait_until(lambda: not Path("warehouse", "parts").exists())
        said = [json.loads(line)["event"] for line in running.stdout]
        assert running.stderr.read() == ""
    assert running.returncode == 0
    assert said[0] == "started"
    assert said[-2:] == ["ended", "stored"]


def test_events_are_json_wherever_they_go(live, short_lesson, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    command = live(short_lesson, "--lesson-id", "数学")
    assert command.wait_for("started")["lesson_id"] == "数学"


@pytest.mark.skipif(not shutil.which("setsid"), reason="nothing gives a process a terminal of its own")
def test_closing_the_terminal_ends_a_class_and_stores_it(short_lesson):
    ours, theirs = os.openpty()
    command = ["setsid", "--ctty", sys.executable, "-m", "emotionkit", "live", short_lesson, "--lesson-id", "closed"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        wait_until_something_is_on_the_disk()
        os.close(ours)
        # The shell says so too.
        running.send_signal(signal.SIGHUP)
    assert running.returncode == 0
    assert rows(Path("warehouse"), "closed")[0]["pts_s"].iloc[-1] >= 5


def test_closing_the_terminal_ends_no_class_that_is_to_outlive_it(short_lesson):
    command = ["nohup", sys.executable, "-m", "emotionkit", "live", short_lesson, "--lesson-id", "left", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        figures = (line for line in running.stdout if '"figures"' in line)
        assert next(figures)
        running.send_signal(signal.SIGHUP)
        assert all(next(figures) for _ in range(3))
        running.send_signal(signal.SIGTERM)
        assert '"stored"' in list(running.stdout)[-1]
    assert running.returncode == 0


@pytest.mark.stress
def test_a_lost_stream_is_found_again_and_the_gap_stays_a_gap(live, short_lesson, serving, free_port):
    with serving(short_lesson, free_port):
        command = live(f"http://127.0.0.1:{free_port}/class.mkv", "--lesson-id", "gap")
        command.wait_for("figures", second=lambda second: second > 2)
    lost = command.wait_for("lost")
    with serving(short_lesson, free_port):
        command.wait_for("figures", second=lambda second: second > lost["second"] + 3)
    assert command.end() == 0
    frames, _, losses = rows(Path("warehouse"), "gap")
    ((start, end),) = losses["gaps"]
    assert end > start + 0.4
    ends = frames["pts_s"] + frames["weight_s"]
    # Nothing stands for the time of the gap.
    assert not ((frames["pts_s"] < end - 0.01) & (ends > start + 0.01)).any()
    assert (np.diff(frames["pts_s"]) > 0).all()


@pytest.mark.stress
def test_a_machine_that_slept_has_a_gap(live, short_lesson, serving, free_port):
    with serving(short_lesson, free_port, "-stream_loop", "-1"):
        command = live(f"http://127.0.0.1:{free_port}/class.mkv", "--lesson-id", "slept", "--patience", 1)
        command.wait_for("figures", second=lambda second: second > 1)
        command.process.send_signal(signal.SIGSTOP)
        with pytest.raises(subprocess.TimeoutExpired):
            command.process.wait(7)
        command.process.send_signal(signal.SIGCONT)
        lost = command.wait_for("lost")
    assert lost["reason"].startswith("gave no picture for ")
    command.wait_for("stored")
    assert command.process.wait(30) == 0
