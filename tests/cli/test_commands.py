"""The commands as a person meets them: what they print, where, and with which status."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lessons import WAVES, store

from emotionkit.batch.undertaking import begin
from emotionkit.config import ProcessingSettings


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory, short_lesson):
    """A warehouse made by the real command in a process of its own."""
    folder = tmp_path_factory.mktemp("commands")
    process = [sys.executable, "-m", "emotionkit", "process", str(short_lesson), "--warehouse", str(folder / "w")]
    finished = subprocess.run(process, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("2026-09-28_physics-101_short: 140 faces in 20 frames, 0:10")
    assert finished.stderr == ""
    return folder / "w"


def test_help_names_every_command(emotionkit):
    status, out, _ = emotionkit("--help")
    assert status == 0
    for command in ("process", "report", "lessons", "doctor", "evaluate", "train"):
        assert command in out
    assert max(map(len, out.splitlines())) <= 80


def test_version(emotionkit):
    assert emotionkit("--version") == (0, "emotionkit 0.1.0\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["process"],
        ["process", "a.mp4", "b.mp4", "--lesson-id", "one"],
        ["process", "a.mp4", "--sample-fps", "often"],
        ["process", "a.mp4", "--sample-fps", "0"],
        ["process", "a.mp4", "--workers", "0"],
        ["report"],
        ["lessons", "--colour"],
    ],
)
def test_wrong_usage(emotionkit, arguments):
    status, out, err = emotionkit(*arguments)
    assert status == 2
    assert out == ""
    assert "Traceback" not in err
    assert err


def test_lessons(emotionkit, warehouse):
    status, out, err = emotionkit("lessons", "--warehouse", warehouse)
    assert (status, err) == (0, "")
    assert out.splitlines()[0].split() == ["lesson", "course", "date", "length"]
    assert out.splitlines()[1].split() == ["2026-09-28_physics-101_short", "physics-101", "2026-09-28", "0:10"]


@pytest.mark.parametrize(("machine", "time_zone"), [("Europe/Berlin", None), ("UTC", "Europe/Berlin")])
def test_lessons_have_the_day_of_their_own_clocks(emotionkit, machine_in, machine, time_zone):
    machine_in(machine)
    if time_zone:
        Path("emotionkit.toml").write_text(f'[recordings]\ntime_zone = "{time_zone}"\n')
    midnight = datetime(2026, 9, 13, 22, tzinfo=UTC)
    store(Path("warehouse"), replace(WAVES, started_at=midnight, duration_s=2.0), 1)
    store(Path("warehouse"), replace(WAVES, lesson_id="some-day", started_at=None, duration_s=2.0), 1)
    _, out, _ = emotionkit("lessons")
    assert [line.split()[-2] for line in out.splitlines()[1:]] == ["2026-09-14", "101"]


def test_lessons_for_programs(emotionkit, warehouse):
    _, out, _ = emotionkit("lessons", "--warehouse", warehouse, "--json")
    (lesson,) = json.loads(out)
    assert lesson["course"] == "physics-101"
    assert lesson["teacher"] is None


def test_process_for_programs(emotionkit, warehouse, short_lesson):
    status, out, _ = emotionkit("process", short_lesson, "--warehouse", warehouse, "--json")
    assert status == 0
    assert json.loads(out)["done"][0]["changed"] is False


def test_the_same_again_says_that_there_is_nothing_to_do(emotionkit, warehouse, short_lesson):
    status, out, _ = emotionkit("process", short_lesson, "--warehouse", warehouse)
    assert status == 0
    assert "nothing to do" in out


def test_doctor_finds_all_well(emotionkit, warehouse):
    status, out, _ = emotionkit("doctor", "--warehouse", warehouse)
    assert status == 0, out
    assert "holds 1 lesson" in out


def test_doctor_says_of_a_folder_and_of_a_register_that_they_cannot_be_read(emotionkit, tmp_path):
    status, out, _ = emotionkit("doctor", "--warehouse", tmp_path / ("x" * 300))
    assert status == 1
    assert "xxx cannot be read: File name too long." in out
    (tmp_path / "students.json").write_text("{")
    status, out, _ = emotionkit("doctor", "--warehouse", tmp_path)
    assert status == 1
    assert "FAILED  people     " in out


def test_doctor_names_what_is_wrong(emotionkit, tmp_path):
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "emotionkit.duckdb").write_text("not a database")
    status, out, _ = emotionkit("doctor", "--json")
    assert status == 1
    assert [check["check"] for check in json.loads(out) if not check["ok"]] == ["warehouse"]


def test_doctor_names_a_database_that_is_lost(emotionkit, warehouse, tmp_path):
    shutil.copytree(warehouse, tmp_path / "copy")
    (tmp_path / "copy" / "emotionkit.duckdb").unlink()
    status, out, _ = emotionkit("doctor", "--warehouse", tmp_path / "copy", "--json")
    assert status == 1
    assert [check["check"] for check in json.loads(out) if not check["ok"]] == ["warehouse"]
    assert "makes it anew from the segments" in out
    status, _, err = emotionkit("lessons", "--warehouse", tmp_path / "copy")
    assert status == 1
    assert "has lost its database" in err


def test_doctor_names_classes_that_wait_to_be_stored(emotionkit, short_lesson):
    begun = begin(short_lesson, Path("warehouse"), "0" * 64, ProcessingSettings(), lesson_id="cut-off")
    begun.parts.remember(begun.lesson, begun.run)
    status, out, _ = emotionkit("doctor", "--json")
    assert status == 1
    (finding,) = [check["finding"] for check in json.loads(out) if not check["ok"]]
    assert finding.startswith("Begun live, cut off and not stored: cut-off; `emotionkit live --resume` stores")


def test_report(emotionkit, warehouse, tmp_path):
    status, out, err = emotionkit("report", "2026-09-28_physics-101_short", "nothing", "--warehouse", warehouse)
    assert status == 3
    assert out == "reports/2026-09-28_physics-101_short/index.html\n"
    assert err.startswith("There is no lesson 'nothing'.")
    assert (tmp_path / "reports" / "2026-09-28_physics-101_short" / "index.html").stat().st_size > 10_000


def test_some_failed_and_the_rest_are_done(emotionkit, warehouse, short_lesson):
    status, out, err = emotionkit("process", short_lesson, "missing.mp4", "--workers", 1, "--warehouse", warehouse)
    assert status == 3
    assert "nothing to do" in out
    assert err.count("\n") == 1
    assert "missing.mp4" in err


def test_evaluate_names_a_missing_file(emotionkit):
    status, _, err = emotionkit("evaluate", "missing.npz")
    assert status == 1
    assert err.startswith("missing.npz is not a FER2013 archive")


@pytest.mark.parametrize("backend", ["openvino", "tensorflow"])
def test_training_says_what_it_needs(emotionkit, monkeypatch, backend):
    monkeypatch.setenv("KERAS_BACKEND", backend)
    status, _, err = emotionkit("train", "nowhere")
    assert status == 2
    assert "cannot train" in err or "emotionkit[train]" in err


def _bad_recordings(folder, short_lesson, copy_start):
    copy_start(short_lesson, folder / "whole.mkv", seconds=10)
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("This is no video.\n" * 100)
    (folder / "truncated.mp4").write_bytes(short_lesson.read_bytes()[:100_000])
    (folder / "truncated.mkv").write_bytes((folder / "whole.mkv").read_bytes()[:150_000])
    (folder / "folder.mp4").mkdir()
    return ["empty.mp4", "text.mp4", "truncated.mp4", "truncated.mkv", "folder.mp4", "missing.mp4"]


def test_bad_input_is_one_sentence_and_touches_nothing(emotionkit, tmp_path, short_lesson, copy_start):
    for name in _bad_recordings(tmp_path, short_lesson, copy_start):
        status, out, err = emotionkit("process", name)
        assert (status, out) == (1, ""), name
        assert err.count("\n") == 1, err
        assert name in err
        assert err.rstrip().endswith(".")
        assert not (tmp_path / "warehouse").exists(), name


def test_a_warehouse_that_is_a_file(emotionkit, tmp_path, short_lesson):
    (tmp_path / "warehouse").write_text("mine")
    status, _, err = emotionkit("process", short_lesson)
    assert status == 1
    assert err.count("\n") == 1
    assert (tmp_path / "warehouse").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder(emotionkit, tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0)
    status, _, err = emotionkit("process", folder / "lesson.mp4")
    assert status == 1
    assert "lesson.mp4" in err


@pytest.mark.parametrize("encoding", ["utf-8:strict", "latin-1:strict"])
def test_a_name_that_is_no_text_can_be_said(tmp_path, encoding):
    (tmp_path / os.fsdecode(b"\xff.mp4")).write_text("no video")
    (tmp_path / "warehouse").mkdir()
    environment = os.environ | {"PYTHONIOENCODING": encoding}

    def said(*arguments):
        command = [sys.executable, "-m", "emotionkit", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)

    refused = said("process", b"\xff.mp4", "\u5b66\U0001f600.mp4", "--json")
    assert refused.returncode == 1
    assert b"Traceback" not in refused.stderr
    failed = json.loads(refused.stdout.decode(encoding.partition(":")[0]))["failed"]
    assert {one["recording"] for one in failed} == {"\udcff.mp4", "\u5b66\U0001f600.mp4"}

    readmitted = said("erase", "--readmit", b"\xff.mp4")
    assert (readmitted.returncode, readmitted.stdout) == (0, b"\\udcff.mp4 was not erased\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_output_that_cannot_be_written_is_one_sentence():
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "emotionkit", "--version"]
        told = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert (told.returncode, told.stderr) == (1, "The output cannot be written: No space left on device.\n")
        assert subprocess.run(command, stdout=full, stderr=full, check=False).returncode == 1


def test_ctrl_c_leaves_a_sentence_and_no_rubbish(tmp_path, sample_class):
    recordings = sorted(str(path) for path in sample_class.glob("*.mp4"))
    command = [sys.executable, "-m", "emotionkit", "process", *recordings, "--warehouse", str(tmp_path / "w")]
    # Ctrl-C reaches the whole group, as from a terminal.
    running = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("w/parts/*/*")) and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(running.pid, signal.SIGINT)
    try:
        _, err = running.communicate(timeout=100)
    finally:
        running.kill()
    assert running.returncode == 130
    assert "Traceback" not in err, err
    assert err.strip().startswith("Stopped.")
    assert not [path for path in tmp_path.rglob("w/**/.*") if path.is_file() and path.suffix != ".lock"]
