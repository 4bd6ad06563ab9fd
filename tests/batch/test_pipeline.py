"""The main job on a real recording: real decoder, dlib, network and DuckDB."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import emotionkit as ek
from emotionkit.batch.lesson_joining import complete
from emotionkit.batch.piecework import perform
from emotionkit.batch.pipeline import process_recording
from emotionkit.batch.undertaking import begin
from emotionkit.config import ProcessingSettings
from emotionkit.errors import InvalidInputError, RecordingError
from emotionkit.policy import Policy, Purpose
from emotionkit.warehouse import Part, PartsFolder, rebuild

LESSON = "2026-09-28_physics-101_short"


def _tables(warehouse):
    with ek.open_warehouse(warehouse) as opened:
        return {
            name: opened.sql(f"select * from {name} order by all").df()
            for name in ("lessons", "frames", "faces", "tracks", "runs")
        }


def _assert_same_rows(one, other, *, but=()):
    for name in one:
        pd.testing.assert_frame_equal(
            one[name].drop(columns=list(but), errors="ignore"), other[name].drop(columns=list(but), errors="ignore")
        )


def test_every_sampled_frame_has_a_row(processed):
    frames = _tables(processed)["frames"]
    assert len(frames) == 20
    assert frames.weight_s.sum() == pytest.approx(10, abs=0.1)
    assert (frames.faces == 7).mean() >= 0.9


def test_every_face_has_its_probabilities(processed):
    faces = _tables(processed)["faces"]
    probabilities = faces[list(ek.EMOTIONS)].to_numpy()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-3)
    largest = [ek.EMOTIONS[index] for index in probabilities.argmax(axis=1)]
    assert faces.emotion.tolist() == largest
    assert faces.student_id.isna().all()
    assert faces.quality.between(0, 1).all()


def test_seven_students_keep_seven_tracks(processed):
    tables = _tables(processed)
    assert len(tables["tracks"]) == 7
    assert (tables["tracks"].last_s - tables["tracks"].first_s).min() > 8


def test_the_run_says_what_made_the_rows(processed, classifier):
    tables = _tables(processed)
    run = tables["runs"].iloc[0]
    assert run.model_sha256 == classifier.sha256
    assert run.fingerprint == ProcessingSettings().fingerprint
    assert run.status == "done"
    assert tables["lessons"].iloc[0].run_id == run.run_id


@pytest.fixture
def own_warehouse(tmp_path, processed):
    """A copy of the processed warehouse that a test may change."""
    return shutil.copytree(processed, tmp_path / "warehouse")


def test_the_same_again_changes_nothing(own_warehouse, short_lesson, classifier):
    before = _tables(own_warehouse)
    outcome = process_recording(short_lesson, own_warehouse, classifier, ProcessingSettings())
    assert not outcome.changed
    _assert_same_rows(before, _tables(own_warehouse))


def test_the_same_work_elsewhere_gives_the_same_rows(tmp_path, processed, short_lesson, classifier):
    process_recording(short_lesson, tmp_path / "other", classifier, ProcessingSettings())
    _assert_same_rows(_tables(processed), _tables(tmp_path / "other"), but=("started_at", "ended_at"))


def test_another_setting_replaces_the_lesson(own_warehouse, short_lesson, classifier):
    before = _tables(own_warehouse)
    outcome = process_recording(short_lesson, own_warehouse, classifier, ProcessingSettings(sample_fps=1))
    after = _tables(own_warehouse)
    assert outcome.changed
    assert len(after["frames"]) == 10
    assert len(after["lessons"]) == len(after["runs"]) == 1
    assert after["lessons"].run_id[0] != before["lessons"].run_id[0]


def test_the_database_can_be_rebuilt(own_warehouse):
    before = _tables(own_warehouse)
    (own_warehouse / "emotionkit.duckdb").unlink()
    assert rebuild(own_warehouse) == 1
    _assert_same_rows(before, _tables(own_warehouse))


def test_a_moved_recording_is_still_the_same(tmp_path, own_warehouse, short_lesson, classifier):
    moved = shutil.copy(short_lesson, tmp_path / short_lesson.name)
    assert not process_recording(tmp_path / moved, own_warehouse, classifier, ProcessingSettings()).changed


def test_changed_facts_are_stored_without_reading_the_recording_again(
    tmp_path, own_warehouse, short_lesson, classifier, monkeypatch
):
    recording = tmp_path / short_lesson.name
    recording.symlink_to(short_lesson)
    recording.with_suffix(".yml").write_text("title: Waves\nsegments: [0:00 intro, 0:05 end]\n")
    before = _tables(own_warehouse)
    monkeypatch.setattr("emotionkit.batch.piecework.piece_frames", None)
    assert process_recording(recording, own_warehouse, classifier, ProcessingSettings()).changed
    assert not process_recording(recording, own_warehouse, classifier, ProcessingSettings()).changed
    after = _tables(own_warehouse)
    assert after["lessons"].title.tolist() == ["Waves"]
    _assert_same_rows(before, after, but=["title"])
    with ek.open_warehouse(own_warehouse) as opened:
        assert opened.segments("2026-09-28_physics-101_short").title.tolist() == ["intro", "end"]


def test_a_wrong_fact_stops_before_the_recording_is_read(tmp_path, short_lesson, classifier, monkeypatch):
    recording = tmp_path / short_lesson.name
    recording.symlink_to(short_lesson)
    recording.with_suffix(".yml").write_text("start: soon\n")
    monkeypatch.setattr("emotionkit.batch.piecework.piece_frames", None)
    with pytest.raises(InvalidInputError, match=r"short\.yml, line 1: start = 'soon' cannot be used"):
        process_recording(recording, tmp_path / "warehouse", classifier, ProcessingSettings())
    assert not (tmp_path / "warehouse").exists()


def test_the_policy_is_recorded_and_changes_nothing(tmp_path, own_warehouse, short_lesson, classifier):
    research, demonstration = Policy(Purpose.RESEARCH, "DE"), Policy(Purpose.DEMONSTRATION, "US")
    assert not process_recording(
        short_lesson, own_warehouse, classifier, ProcessingSettings(), policy=demonstration
    ).changed
    settings = ProcessingSettings(sample_fps=1)
    process_recording(short_lesson, own_warehouse, classifier, settings, policy=research)
    run = _tables(own_warehouse)["runs"].iloc[0]
    assert (run.purpose, run.jurisdiction, run.fingerprint) == ("research", "DE", settings.fingerprint)
    assert not process_recording(short_lesson, own_warehouse, classifier, settings, policy=demonstration).changed
    rebuild(own_warehouse)
    assert _tables(own_warehouse)["runs"].iloc[0].purpose == "research"


def test_another_recording_of_the_same_name_is_refused(tmp_path, own_warehouse, short_lesson, classifier, copy_start):
    other = tmp_path / short_lesson.name
    copy_start(short_lesson, other, seconds=5)
    before = _tables(own_warehouse)
    with pytest.raises(
        RecordingError, match="would replace lesson '2026-09-28_physics-101_short', which was read from"
    ):
        process_recording(other, own_warehouse, classifier, ProcessingSettings())
    _assert_same_rows(before, _tables(own_warehouse))
    assert (
        process_recording(other, own_warehouse, classifier, ProcessingSettings(), lesson_id="other").lesson_id
        == "other"
    )


def test_of_two_recordings_of_a_name_read_at_once_the_first_to_be_loaded_stays(
    tmp_path, short_lesson, classifier, copy_start, leftovers
):
    warehouse, settings = tmp_path / "warehouse", ProcessingSettings(sample_fps=1)
    theirs, mine = tmp_path / "theirs" / "week1.mp4", tmp_path / "mine" / "week1.mp4"
    for seconds, path in enumerate((theirs, mine), start=2):
        path.parent.mkdir()
        copy_start(short_lesson, path, seconds=seconds)
    undertaking = begin(mine, warehouse, classifier.sha256, settings)
    with undertaking.parts.kept_from_others():
        process_recording(theirs, warehouse, classifier, settings)
        before = _tables(warehouse)
        names = [name for task in undertaking.tasks() for name in perform(task, classifier, lambda _: None)]
        with pytest.raises(RecordingError, match="would replace lesson 'week1', which was read from"):
            complete(undertaking, names)
    _assert_same_rows(before, _tables(warehouse))
    assert rebuild(warehouse) == 1
    _assert_same_rows(before, _tables(warehouse))


def test_a_recording_leaves_a_class_of_its_name_alone(tmp_path, short_lesson, classifier):
    warehouse, settings = tmp_path / "warehouse", ProcessingSettings(sample_fps=1)
    begun = begin(short_lesson, warehouse, classifier.sha256, settings)
    live = replace(begun.lesson, recording="camera 0", recording_sha256="11" * 32)
    parts = PartsFolder(warehouse, live.lesson_id, "class")
    with parts.kept_from_others():
        parts.write("piece-00000", Part.of([], []))
        parts.remember(live, replace(begun.run, run_id="class"))
    with pytest.raises(RecordingError, match="which was begun live and is not finished; choose another name"):
        process_recording(short_lesson, warehouse, classifier, settings)
    assert parts.names() == {"piece-00000"}


@pytest.mark.parametrize("lesson_id", ["../outside", "a/b", ".hidden"])
def test_an_id_that_could_leave_the_warehouse_is_refused(tmp_path, short_lesson, classifier, lesson_id):
    with pytest.raises(InvalidInputError):
        process_recording(short_lesson, tmp_path / "warehouse", classifier, ProcessingSettings(), lesson_id=lesson_id)
    assert not (tmp_path / "warehouse").exists()


def test_progress_runs_from_start_to_end(tmp_path, short_lesson, classifier):
    seen = []
    process_recording(
        short_lesson,
        tmp_path / "warehouse",
        classifier,
        ProcessingSettings(sample_fps=1),
        on_progress=lambda done_s, length_s: seen.append((done_s, length_s)),
    )
    done = [done_s for done_s, _ in seen]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(seen[-1][1], abs=0.05)


def test_a_truncated_recording_leaves_no_trace(tmp_path, short_lesson, classifier, copy_start):
    # With the index in front, a player opens what is left and just stops early.
    fragment = tmp_path / "fragment.mkv"
    whole = tmp_path / "whole.mkv"
    copy_start(short_lesson, whole, seconds=10)
    fragment.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(RecordingError):
        process_recording(fragment, tmp_path / "warehouse", classifier, ProcessingSettings())
    assert not (tmp_path / "warehouse").exists()
