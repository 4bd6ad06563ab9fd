"""After an erasure no byte under the folders tells of what was erased, whenever it was cut short."""

from __future__ import annotations

import hashlib
import html
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from markupsafe import escape

from emotionkit.batch import erasing
from emotionkit.errors import (
    ErasedError,
    ErasureError,
    InvalidInputError,
    UnknownLessonError,
    UnknownStudentError,
)
from emotionkit.records import EMOTIONS, BoundingBox, FaceReading, FrameReading, Lesson, Run
from emotionkit.warehouse import (
    PartsFolder,
    SegmentWriter,
    Words,
    find_run,
    find_segment,
    lesson_mark,
    load_segment,
    open_warehouse,
    pending_erasure,
    rebuild,
    verify_audit,
)
from emotionkit.warehouse.register import Consent, Register, Sighting, Student, load_register, save_register
from emotionkit.warehouse.segments import read_segment

NAME, STUDENT = "Wilhelmine Überschär", "student-4711-quux"
LESSON, TITLE, RECORDING = "2026-09-14_xylography_woodcuts", "Holzschnitt & Druck", "woodcuts-original.mp4"
OTHER = "2026-09-21_xylography_engraving"


def write(folder: Path, lesson_id: str, run_id: str = "run-1", *, tracks: int = 3, of: str | None = None) -> Path:
    """A segment of 40 frames, faces noisy so that blocks are full, read from the recording of its lesson or another."""
    noise = np.random.default_rng(len(lesson_id))
    with SegmentWriter(folder, lesson_id, run_id) as writer:
        for index in range(40):
            faces = tuple(
                FaceReading(
                    track,
                    BoundingBox(*noise.uniform(0, 500, 2), 80, 80),
                    1.0,
                    0.5,
                    noise.dirichlet(np.ones(len(EMOTIONS))).astype(np.float32),
                )
                for track in range(1, tracks + 1)
            )
            writer.add(FrameReading(Fraction(index, 2), Fraction(1, 2), faces))
        of = of or lesson_id
        title, recording = (TITLE, RECORDING) if of == LESSON else ("Gravur", f"{of}.mp4")
        lesson = Lesson(
            lesson_id,
            "Xylography",
            title,
            None,
            None,
            20.0,
            f"/recordings/{recording}",
            f"{of}-sha",
            1,
            1,
            25,
        )
        now = datetime(2026, 9, 30, tzinfo=UTC)
        return writer.finish(lesson, Run(run_id, "0.1.0", "ab", "{}", "cd", now, now, "done"))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A warehouse of two lessons with a student in both, rubbish of killed processes, and reports."""
    warehouse, reports = tmp_path / "warehouse", tmp_path / "reports"
    day = date(2026, 9, 1)
    seen = [Sighting(lesson_id, f"run-{lesson_id}", 2, day) for lesson_id in (LESSON, OTHER)]
    others = [Sighting(LESSON, f"run-{LESSON}", 1, day)]
    face = [[0.25] * 128]
    students = [
        Student(STUDENT, NAME, day, [Consent(day)], face, seen),
        Student("student-0815", "Ada", day, [Consent(day)], face, others),
    ]
    warehouse.mkdir()
    save_register(warehouse, Register(students=students))
    for lesson_id in (LESSON, OTHER):
        load_segment(warehouse, write(warehouse, lesson_id, f"run-{lesson_id}"))
    rebuild(warehouse)
    leave_a_log(warehouse)
    for lesson_id, title in ((LESSON, TITLE), (OTHER, "Gravur")):
        write_report(reports / lesson_id, lesson_id, title)
        begun = warehouse / "segments" / lesson_id
        begun.mkdir(parents=True, exist_ok=True)
        (begun / ".run-7.3f.tmp").write_text(f"{lesson_id} {STUDENT}")
        piece = warehouse / "parts" / lesson_id / "run-8" / "piece-00003.parquet"
        piece.parent.mkdir(parents=True)
        piece.write_text(f"{lesson_id} {STUDENT}")
    write_report(reports / "course", f"{LESSON} and {OTHER}", "both")
    write_report(reports / "unrelated", "algebra", "Algebra")
    return warehouse, reports


def leave_a_log(warehouse: Path) -> None:
    script = f"""
import duckdb, os
held = duckdb.connect({str(warehouse / "emotionkit.duckdb")!r})
held.execute("INSERT INTO consents VALUES ({STUDENT!r}, 'course', 'Xylography', now(), NULL, NULL)")
held.execute("INSERT INTO segments VALUES ({LESSON!r}, 0, 1, {TITLE!r})")
os._exit(9)
"""
    subprocess.run([sys.executable, "-c", script], check=False)
    assert (warehouse / "emotionkit.duckdb.wal").stat().st_size


def write_report(folder: Path, lesson_id: str, title: str) -> None:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(f"<h1>{title.replace('&', '&amp;')}</h1>")
    notebook = {"metadata": {"papermill": {"parameters": {"lesson_id": lesson_id}}}, "cells": []}
    (folder / "lesson_report.ipynb").write_text(json.dumps(notebook))


def write_marked_report(folder: Path, lessons: list[str], title: str) -> None:
    """As reports of courses and students are: they show titles, and are marked with the ids."""
    write_report(folder, "none", title)
    marks = " ".join(map(lesson_mark, lessons))
    (folder / "index.html").write_text(f'<meta name="emotionkit-lessons" content="{escape(marks)}"><h1>{title}</h1>')


def files_with(folders: tuple[Path, Path], *words: str) -> set[str]:
    """Every file whose name or any of whose bytes has one of the words, as UTF-8, in JSON, in HTML or as UTF-16."""
    forms = {
        form
        for word in words
        for form in (
            word.encode(),
            json.dumps(word)[1:-1].encode(),
            word.replace("&", "&amp;").encode(),
            word.encode("utf-16-le"),
        )
    }
    return {
        str(path)
        for folder in folders
        for path in folder.rglob("*")
        if any(form in str(path).encode() or (path.is_file() and form in path.read_bytes()) for form in forms)
    }


def tracks_of(warehouse: Path, lesson_id: str) -> list[int]:
    return list(open_warehouse(warehouse).tracks(lesson_id).track_id)


def test_a_lesson_is_gone_to_the_last_byte(folders: tuple[Path, Path]) -> None:
    words = (LESSON, TITLE, RECORDING)
    assert len(files_with(folders, *words)) > 5
    receipt = erasing.erase(*folders, erasing.plan(folders[0], lessons=[LESSON]))

    assert files_with(folders, *words) == set()
    assert receipt.lessons == 1
    assert receipt.left == []
    assert receipt.removed["segments removed"] == 1
    assert receipt.removed["reports"] == 2
    # Frames, faces, tracks; the lesson, its key, its segment and its run.
    assert receipt.removed["database rows"] == 40 + 3 * 40 + 3 + 4
    assert receipt.removed["entries of the register"] == 2
    assert {path.name for path in folders[1].iterdir()} == {OTHER, "unrelated"}
    assert list(open_warehouse(folders[0]).lessons().lesson_id) == [OTHER]
    assert len(open_warehouse(folders[0]).faces(OTHER)) == 120
    assert not (folders[0] / "emotionkit.duckdb.wal").exists()


def test_a_student_is_gone_to_the_last_byte_and_the_others_stay(folders: tuple[Path, Path]) -> None:
    before = open_warehouse(folders[0]).faces(LESSON)
    assert len(files_with(folders, NAME, STUDENT)) >= 3
    receipt = erasing.erase(*folders, erasing.plan(folders[0], students=[STUDENT]))

    assert files_with(folders, NAME, STUDENT) == set()
    assert receipt.students == 1
    assert receipt.removed["segments rewritten"] == 2
    assert {path.name for path in folders[1].iterdir()} == {"unrelated"}
    warehouse = open_warehouse(folders[0])
    assert warehouse.sql("SELECT student_id FROM students").fetchall() == [("student-0815",)]
    assert warehouse.sql("SELECT student_id FROM consents").fetchall() == [("student-0815",)]
    assert [student.name for student in load_register(folders[0]).students] == ["Ada"]
    left = before[before.track_id != 2].reset_index(drop=True)
    assert warehouse.faces(LESSON).equals(left)
    assert list(warehouse.tracks(LESSON).track_id) == [1, 3]
    assert set(warehouse.frames(LESSON).faces) == {2}

    rebuild(folders[0])
    assert warehouse.faces(LESSON).equals(left)
    for path in folders[0].glob("segments/**/*.parquet"):
        tracks = {face["track_id"] for row in pq.read_table(path).to_pylist() for face in row["faces"]}
        assert tracks == {1, 3}


def test_a_student_goes_though_the_database_is_missing(folders: tuple[Path, Path]) -> None:
    warehouse, _ = folders
    (warehouse / "emotionkit.duckdb").unlink()
    (warehouse / "emotionkit.duckdb.wal").unlink()
    receipt = erasing.erase(*folders, erasing.plan(warehouse, students=[STUDENT]))
    assert receipt.removed["segments rewritten"] == 2
    assert rebuild(warehouse) == 2
    assert tracks_of(warehouse, LESSON) == tracks_of(warehouse, OTHER) == [1, 3]


def test_a_student_goes_though_the_database_has_not_heard_of_the_register(folders: tuple[Path, Path]) -> None:
    warehouse, _ = folders
    register = load_register(warehouse)
    save_register(warehouse, Register())
    rebuild(warehouse)
    # As where the register was lost, and then put back from its backup.
    save_register(warehouse, register)
    erasing.erase(*folders, erasing.plan(warehouse, students=[STUDENT]))
    assert tracks_of(warehouse, LESSON) == [1, 3]
    assert set(open_warehouse(warehouse).faces(LESSON).track_id) == {1, 3}
    assert set(open_warehouse(warehouse).frames(LESSON).faces) == {2}


def test_a_student_goes_from_a_lesson_read_anew_and_not_yet_loaded(folders: tuple[Path, Path]) -> None:
    warehouse, _ = folders
    write(warehouse, LESSON, "run-again", tracks=4)
    register = load_register(warehouse)
    person = register.find(STUDENT)
    assert person is not None
    person.sightings[0] = Sighting(LESSON, "run-again", 4, date(2026, 9, 1))
    save_register(warehouse, register)
    erasing.erase(*folders, erasing.plan(warehouse, students=[STUDENT]))
    assert find_run(warehouse, LESSON) == "run-again"
    assert tracks_of(warehouse, LESSON) == [1, 2, 3]
    assert find_segment(warehouse, LESSON, f"run-{LESSON}") is None
    assert rebuild(warehouse) == 2
    assert tracks_of(warehouse, LESSON) == [1, 2, 3]
    assert verify_audit(warehouse).lines == 4, "the run that the erasure loaded is told too"


def test_what_was_erased_does_not_come_back(folders: tuple[Path, Path], tmp_path: Path) -> None:
    warehouse, _ = folders
    place, other = find_segment(warehouse, LESSON, f"run-{LESSON}"), find_segment(warehouse, OTHER, f"run-{OTHER}")
    assert place is not None
    assert other is not None
    backup, other_backup = place.read_bytes(), other.read_bytes()
    erasing.erase(*folders, erasing.plan(warehouse, lessons=[LESSON], students=[STUDENT]))

    place.parent.mkdir(parents=True)
    place.write_bytes(backup)
    with pytest.raises(ErasedError, match="its rows were erased"):
        load_segment(warehouse, place)
    assert rebuild(warehouse) == 1
    # Of the lesson that stays, the segment from before the student was erased.
    other.write_bytes(other_backup)
    assert rebuild(warehouse) == 0
    with pytest.raises(ErasedError):
        load_segment(warehouse, write(warehouse, "another-name", of=LESSON))


@pytest.mark.parametrize("named", [{"lessons": ["trial"]}, {"lessons": ["trial"], "students": [STUDENT]}])
def test_another_lesson_of_the_recording_stays(folders: tuple[Path, Path], named: dict[str, list[str]]) -> None:
    warehouse, _ = folders
    trial = write(warehouse, "trial", "run-trial", of=LESSON)
    backup = trial.read_bytes()
    load_segment(warehouse, trial)
    receipt = erasing.erase(*folders, erasing.plan(warehouse, **named))

    assert receipt.left == []
    assert (folders[1] / LESSON).exists() == ("students" not in named)
    assert rebuild(warehouse) == 2
    assert set(open_warehouse(warehouse).lessons().lesson_id) == {LESSON, OTHER}
    own = find_segment(warehouse, LESSON, f"run-{LESSON}")
    assert own is not None
    assert not load_segment(warehouse, own), "it is there already, and may be"
    trial.parent.mkdir(parents=True)
    trial.write_bytes(backup)
    with pytest.raises(ErasedError):
        load_segment(warehouse, trial)
    with pytest.raises(ErasedError):
        load_segment(warehouse, write(warehouse, "under-another-name", of=LESSON))
    # Named later, it goes like any other.
    own_backup = own.read_bytes()
    erasing.erase(*folders, erasing.plan(warehouse, lessons=[LESSON]))
    own.parent.mkdir(parents=True)
    own.write_bytes(own_backup)
    assert rebuild(warehouse) == 1


def test_a_lesson_named_as_the_recording_of_another_goes_with_its_report(folders: tuple[Path, Path]) -> None:
    warehouse, reports = folders
    load_segment(warehouse, write(warehouse, "trial", "run-trial", of=OTHER))
    receipt = erasing.erase(*folders, erasing.plan(warehouse, lessons=[OTHER]))
    assert receipt.left == []
    assert not (reports / OTHER).exists()
    assert set(open_warehouse(warehouse).lessons().lesson_id) == {LESSON, "trial"}


def test_a_student_erased_from_one_lesson_of_a_recording_leaves_the_other(folders: tuple[Path, Path]) -> None:
    warehouse, _ = folders
    load_segment(warehouse, write(warehouse, "trial", "run-trial", of=LESSON))
    erasing.erase(*folders, erasing.plan(warehouse, students=[STUDENT]))
    assert rebuild(warehouse) == 3
    assert tracks_of(warehouse, "trial") == [1, 2, 3]
    assert tracks_of(warehouse, LESSON) == [1, 3]


def test_tombstones_of_earlier_versions_hold(folders: tuple[Path, Path]) -> None:
    warehouse, _ = folders
    erasing.erase(*folders, erasing.plan(warehouse, lessons=[LESSON]))
    path = warehouse / "erased.json"
    stored = json.loads(path.read_text())
    for stone in stored["stones"]:
        del stone["spared"]
    path.write_text(json.dumps(stored))
    with pytest.raises(ErasedError):
        load_segment(warehouse, write(warehouse, LESSON))


def test_the_audit_log_names_nobody(folders: tuple[Path, Path]) -> None:
    receipt = erasing.erase(*folders, erasing.plan(folders[0], lessons=[LESSON], students=[STUDENT]))
    log = (folders[0] / "audit.jsonl").read_text()
    assert receipt.number in log
    assert [json.loads(line)["did"] for line in log.splitlines()] == ["processed", "processed", "erased"]
    assert verify_audit(folders[0]).lines == 3


STEPS = [
    "emotionkit.warehouse.erasing._bury",
    "emotionkit.warehouse.erasing._remove_lesson",
    "emotionkit.warehouse.erasing._remove_people",
    "emotionkit.warehouse.erasing._forget",
    "emotionkit.warehouse.erasing._copy_kept",
    "emotionkit.warehouse.erasing._remake_database",
    "emotionkit.batch.erasing.erase_reports",
    "emotionkit.batch.erasing.append_audit",
]


@pytest.mark.parametrize("step", STEPS)
def test_killed_in_the_middle_the_next_call_completes_it(folders: tuple[Path, Path], step: str) -> None:
    module, name = step.rsplit(".", 1)
    warehouse, reports = folders
    # Killed in the moment the step is done; its other half is the next step's beginning.
    script = f"""
import os, signal
from pathlib import Path
import {module} as module
from emotionkit.batch import erasing
step = module.{name}
def killed(*arguments, **named):
    step(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)
module.{name} = killed
warehouse, reports = Path({str(warehouse)!r}), Path({str(reports)!r})
erasing.erase(warehouse, reports, erasing.plan(warehouse, lessons=[{LESSON!r}], students=[{STUDENT!r}]))
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -signal.SIGKILL
    assert pending_erasure(warehouse)
    if step.endswith("_remove_lesson"):
        rebuild(warehouse)

    receipt = erasing.complete(warehouse, reports)
    assert receipt is not None
    assert receipt.left == []
    assert files_with(folders, NAME, STUDENT, LESSON, TITLE, RECORDING) == set()
    assert list(open_warehouse(warehouse).tracks(OTHER).track_id) == [1, 3]
    assert pending_erasure(warehouse) is None
    assert erasing.complete(warehouse, reports) is None


def test_a_recording_is_found_by_its_content_its_path_or_work_on_it(folders: tuple[Path, Path], tmp_path: Path) -> None:
    warehouse, _ = folders
    assert erasing.plan(warehouse, recordings=[Path("/recordings", RECORDING)]).lessons == (LESSON,)
    (warehouse / "segments" / "begun").mkdir()
    (warehouse / "segments" / "begun" / ".piece.tmp").write_text("half")
    (warehouse / "parts" / "read").mkdir()
    (warehouse / "parts" / "read" / "piece-00000.parquet").write_text("half")
    for work in ("begun", "read"):
        assert erasing.plan(warehouse, recordings=[tmp_path / f"{work}.mp4"]).lessons == (work,)
    with pytest.raises(InvalidInputError, match=r"holds nothing of .*never\.mp4\.$"):
        erasing.plan(warehouse, recordings=[tmp_path / "never.mp4"])


def test_of_a_lesson_that_is_only_begun_the_recording_has_to_be_named(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    warehouse, _ = folders
    recording = tmp_path / "recorded.mp4"
    recording.write_bytes(b"a class")
    for begun in ("trial", "recorded"):
        (warehouse / "parts" / begun / "run-9").mkdir(parents=True)
    with pytest.raises(InvalidInputError, match=r"'trial' is only begun.* --recording FILE\.$"):
        erasing.plan(warehouse, lessons=["trial"])
    assert erasing.plan(warehouse, recordings=[recording]).lessons == ("recorded",)
    (warehouse / "parts" / "recorded" / "run-9").rmdir()
    (warehouse / "parts" / "recorded").rmdir()
    erasure = erasing.plan(warehouse, lessons=["trial"], recordings=[recording])
    assert (erasure.lessons, erasure.recordings) == (("trial",), (hashlib.sha256(b"a class").hexdigest(),))
    erasing.erase(*folders, erasure)
    assert not (warehouse / "parts" / "trial").exists()
    assert erasing.readmit(warehouse, recording)


def test_work_begun_beside_a_lesson_of_the_same_recording_goes_when_both_are_named(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    (folders[0] / "parts" / "trial" / "run-9").mkdir(parents=True)
    erasure = erasing.plan(folders[0], lessons=["trial"], recordings=[Path("/recordings", RECORDING)])
    assert set(erasure.lessons) == {"trial", LESSON}


def test_a_recording_that_was_edited_since_is_not_read_again_either(folders: tuple[Path, Path], tmp_path: Path) -> None:
    recording = tmp_path / "edited.mp4"
    recording.write_bytes(b"a class, cut")
    lesson = replace(read_segment(folders[0], write(folders[0], "edited")).lesson, recording=str(recording))
    with SegmentWriter(folders[0], "edited", "run-2") as writer:
        now = datetime(2026, 9, 30, tzinfo=UTC)
        load_segment(folders[0], writer.finish(lesson, Run("run-2", "0.1.0", "ab", "{}", "cd", now, now, "done")))
    erasure = erasing.plan(folders[0], recordings=[recording])
    assert set(erasure.recordings) == {"edited-sha", hashlib.sha256(b"a class, cut").hexdigest()}


def test_a_class_that_was_cut_off_goes_by_its_name(folders: tuple[Path, Path]) -> None:
    warehouse, _ = folders
    segment = read_segment(warehouse, write(warehouse, "live"))
    segment.path.unlink()
    PartsFolder(warehouse, "live", "run-1").remember(segment.lesson, segment.run)
    assert erasing.plan(warehouse, lessons=["live"]).recordings == ("live-sha",)


def test_nothing_changes_before_everything_named_is_found(folders: tuple[Path, Path]) -> None:
    warehouse, _ = folders
    with pytest.raises(UnknownLessonError, match="no lesson 'latin'"):
        erasing.plan(warehouse, lessons=[LESSON, "latin"])
    with pytest.raises(UnknownStudentError, match="Nobody called 'nobody'"):
        erasing.plan(warehouse, students=[STUDENT, "nobody"])
    assert pending_erasure(warehouse) is None


def test_a_report_goes_by_its_marks_whatever_it_shows(folders: tuple[Path, Path]) -> None:
    """Its title may have changed since, or be that of another lesson too."""
    warehouse, reports = folders
    write_marked_report(reports / "course-of-both", [LESSON, OTHER], "An earlier title")
    write_marked_report(reports / "course-of-other", [OTHER, "algebra"], TITLE)
    gone = erasing.preview(*folders, erasing.plan(warehouse, lessons=[LESSON]))
    assert reports / "course-of-both" in gone
    assert reports / "course-of-other" not in gone
    assert reports / "course-of-other" in erasing.preview(*folders, erasing.plan(warehouse, students=[STUDENT]))
    erasing.erase(*folders, erasing.plan(warehouse, lessons=[LESSON]))
    assert not (reports / "course-of-both").exists()
    assert (reports / "course-of-other").exists()


def test_the_reports_of_other_lessons_stay_where_one_of_a_short_name_goes(folders: tuple[Path, Path]) -> None:
    warehouse, reports = folders
    load_segment(warehouse, write(warehouse, "1"))
    write_marked_report(reports / "1", ["1"], "Lesson 1")
    write_marked_report(reports / "11", ["11", "1-1"], "1 of 11 lessons: 1 %")
    gone = erasing.preview(*folders, erasing.plan(warehouse, lessons=["1"]))
    assert reports / "1" in gone
    assert reports / "11" not in gone


def test_what_only_mentions_the_mark_is_not_marked(folders: tuple[Path, Path]) -> None:
    """As a path in it may do."""
    warehouse, reports = folders
    night = reports / "nightly" / "2026-09-14.json"
    night.parent.mkdir()
    night.write_text(json.dumps({"reason": "/srv/emotionkit-lessons/x.mp4 is broken.", "done": LESSON}))
    write_marked_report(reports / "both", ["algebra"], "Algebra")
    (reports / "both" / "notes.html").write_text(f"<p>{LESSON}</p>")
    gone = erasing.preview(*folders, erasing.plan(warehouse, lessons=[LESSON]))
    assert {night, reports / "both"} <= set(gone)


def test_a_recording_that_took_the_place_of_another_is_not_that(folders: tuple[Path, Path], tmp_path: Path) -> None:
    warehouse, _ = folders
    place = tmp_path / "class.mp4"
    place.write_bytes(b"another class")
    sha256 = hashlib.sha256(place.read_bytes()).hexdigest()
    for lesson_id, content in (("moved", "moved-sha"), ("here", sha256)):
        lesson = replace(read_segment(warehouse, write(warehouse, lesson_id)).lesson, recording=str(place))
        with SegmentWriter(warehouse, lesson_id, "run-2") as writer:
            now = datetime(2026, 9, 30, tzinfo=UTC)
            run = Run("run-2", "0.1.0", "ab", "{}", "cd", now, now, "done")
            load_segment(warehouse, writer.finish(replace(lesson, recording_sha256=content), run))
    assert erasing.plan(warehouse, recordings=[place]).lessons == ("here",)
    place.unlink()
    assert set(erasing.plan(warehouse, recordings=[place]).lessons) == {"here", "moved"}


def test_a_name_in_a_marked_report_is_found(folders: tuple[Path, Path]) -> None:
    warehouse, reports = folders
    write_marked_report(reports / "talk", ["algebra"], f"A talk by {NAME}")
    assert reports / "talk" in erasing.preview(*folders, erasing.plan(warehouse, students=[STUDENT]))


@pytest.mark.parametrize("title", ["Newton's laws", 'A "wave" & more'])
def test_a_title_is_found_as_pages_write_it(title: str) -> None:
    for written in (str(escape(title)), html.escape(title), json.dumps(title)):
        assert Words([title]).within(written.encode())


def test_a_reader_goes_on_and_the_file_it_reads_is_nowhere_under_the_folder(folders: tuple[Path, Path]) -> None:
    warehouse, _ = folders
    with open_warehouse(warehouse) as reading:
        erasing.erase(*folders, erasing.plan(warehouse, lessons=[LESSON]))
        assert LESSON in set(reading.lessons().lesson_id)
        assert files_with(folders, LESSON) == set()
    assert LESSON not in set(open_warehouse(warehouse).lessons().lesson_id)


def test_a_ruined_database_is_made_anew_without_the_lesson(folders: tuple[Path, Path]) -> None:
    warehouse, _ = folders
    erasure = erasing.plan(warehouse, lessons=[LESSON])
    (warehouse / "emotionkit.duckdb").write_bytes(b"rubbish" * 1000)
    erasing.erase(*folders, erasure)
    assert list(open_warehouse(warehouse).lessons().lesson_id) == [OTHER]


def test_a_file_that_is_not_ours_is_named_and_stays(folders: tuple[Path, Path]) -> None:
    notes = folders[0] / "notes.txt"
    notes.write_text(f"{NAME} was ill")
    receipt = erasing.erase(*folders, erasing.plan(folders[0], students=[STUDENT]))
    assert receipt.left == [notes]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may remove everything")
def test_a_report_that_cannot_be_removed_is_named(folders: tuple[Path, Path]) -> None:
    (folders[1] / LESSON).chmod(0o555)
    with pytest.raises(ErasureError, match=r"cannot be read or removed"):
        erasing.erase(*folders, erasing.plan(folders[0], lessons=[LESSON]))
    (folders[1] / LESSON).chmod(0o755)
    assert erasing.complete(*folders) is not None
