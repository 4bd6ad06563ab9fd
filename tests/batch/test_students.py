"""From a photo and a consent to a named track, and back: real photos, dlib, a real recording and DuckDB."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, time, timedelta

import cv2
import numpy as np
import pytest

import emotionkit as ek
from emotionkit.batch.enrolment import enroll, forget_lapsed, withdraw
from emotionkit.batch.erasing import erase, plan, readmit
from emotionkit.batch.pipeline import process_recording
from emotionkit.batch.retention import enforce_retention
from emotionkit.config import ProcessingSettings
from emotionkit.errors import InvalidFileError, InvalidInputError, RecordingError, UnknownStudentError
from emotionkit.faces.photo import PhotoEmbedder
from emotionkit.project import RetentionSettings
from emotionkit.video import sampled_frames
from emotionkit.warehouse.register import REGISTER, Consent, load_register
from emotionkit.warehouse.students import changing_register

TODAY = date(2026, 11, 25)
TERM = Consent(date(2026, 9, 1), "physics-101", date(2099, 7, 31))
LESSON = "2026-09-28_physics-101_short"
ONCE = ProcessingSettings(sample_fps=1)


@pytest.fixture(scope="session")
def photos(tmp_path_factory, sample_class):
    """Photos of the students in the top row of another lesson, by column."""
    folder = tmp_path_factory.mktemp("photos")
    frame = next(iter(sampled_frames(sample_class / "2026-09-21_physics-101_interference.mp4", 1)))
    paths = []
    for column in range(3):
        path = folder / f"{column}.png"
        cv2.imwrite(str(path), frame.luma[0:240, 427 * column : 427 * (column + 1)])
        paths.append(path)
    return paths


@pytest.fixture(scope="session")
def embed_photo():
    return PhotoEmbedder().embedding


@pytest.fixture
def enroll_student(tmp_path, photos, embed_photo):
    """Enrol the student of the first photo unless told otherwise."""

    def do(name="Ada", consent=TERM, pictures=None, warehouse=tmp_path / "warehouse"):
        return enroll(
            warehouse, name, photos[:1] if pictures is None else pictures, consent, embed_photo=embed_photo, today=TODAY
        )

    return do


def names(warehouse):
    with ek.open_warehouse(warehouse) as opened:
        return set(opened.sql("select student_id from faces where student_id is not null").fetchall())


def tracks(warehouse):
    return len(ek.open_warehouse(warehouse).tracks(LESSON))


def test_a_student_with_consent_gets_a_name_and_nobody_else(tmp_path, short_lesson, classifier, enroll_student):
    warehouse = tmp_path / "warehouse"
    student = enroll_student()
    process_recording(short_lesson, warehouse, classifier, ONCE)
    assert names(warehouse) == {(student.student_id,)}
    with ek.open_warehouse(warehouse) as opened:
        named = opened.sql("select track_id, observations from tracks where student_id is not null").fetchall()
        assert len(named) == 1
        assert opened.sql("select count(*) from tracks").fetchall() == [(7,)]
    # Nothing of the others is kept: one embedding, that of the photo.
    assert [len(kept.embeddings) for kept in load_register(warehouse).students] == [1]
    assert not process_recording(short_lesson, warehouse, classifier, ONCE).changed

    withdraw(warehouse, "ada", date(2026, 9, 29))
    assert names(warehouse) == {(student.student_id,)}
    assert load_register(warehouse).students[0].embeddings == []
    withdraw(warehouse, student.student_id, date(2026, 9, 28))
    assert names(warehouse) == set()


@pytest.mark.parametrize(
    "consent",
    [
        Consent(date(2026, 9, 29), "physics-101"),
        Consent(date(2026, 9, 1), "physics-102"),
    ],
    ids=["given later", "for another course"],
)
def test_without_a_consent_that_covers_the_lesson_all_stay_unnamed(
    tmp_path, short_lesson, classifier, enroll_student, consent, monkeypatch
):
    enroll_student(consent=consent)
    monkeypatch.setattr("emotionkit.faces.embedding.FaceEmbedder", lambda: pytest.fail("an embedding was made"))
    process_recording(short_lesson, tmp_path / "warehouse", classifier, ONCE)
    assert names(tmp_path / "warehouse") == set()


def test_an_erased_student_comes_back_when_the_lesson_is_erased_too_and_read_again(
    tmp_path, short_lesson, classifier, enroll_student
):
    warehouse, reports = tmp_path / "warehouse", tmp_path / "reports"
    student = enroll_student()
    process_recording(short_lesson, warehouse, classifier, ONCE)
    erase(warehouse, reports, plan(warehouse, students=[student.student_id]))
    assert readmit(warehouse, short_lesson)
    assert not process_recording(short_lesson, warehouse, classifier, ONCE).changed
    assert tracks(warehouse) == 6

    erase(warehouse, reports, plan(warehouse, lessons=[LESSON]))
    with pytest.raises(RecordingError, match="is not read again"):
        process_recording(short_lesson, warehouse, classifier, ONCE)
    assert readmit(warehouse, short_lesson)
    assert process_recording(short_lesson, warehouse, classifier, ONCE).changed
    assert tracks(warehouse) == 7


def test_another_day_or_course_told_later_takes_the_name_back(tmp_path, short_lesson, classifier, enroll_student):
    recording = tmp_path / short_lesson.name
    recording.symlink_to(short_lesson)
    enroll_student()
    process_recording(recording, tmp_path / "warehouse", classifier, ONCE)
    assert len(names(tmp_path / "warehouse")) == 1
    recording.with_suffix(".yml").write_text("title: Waves\n")
    process_recording(recording, tmp_path / "warehouse", classifier, ONCE)
    assert len(names(tmp_path / "warehouse")) == 1
    recording.with_suffix(".yml").write_text("course: chemistry\n")
    process_recording(recording, tmp_path / "warehouse", classifier, ONCE)
    assert names(tmp_path / "warehouse") == set()
    assert load_register(tmp_path / "warehouse").students[0].sightings == []


def test_enrolled_again_a_student_has_both_consents(enroll_student, photos):
    first = enroll_student()
    again = enroll_student("ADA", Consent(date(2026, 10, 1)), [])
    assert again.student_id == first.student_id
    assert again.consents == [TERM, Consent(date(2026, 10, 1))]
    assert len(again.embeddings) == 1


def test_two_students_are_told_apart(enroll_student, photos, tmp_path):
    ids = {enroll_student(name, pictures=[photo]).student_id for name, photo in zip("ABC", photos, strict=True)}
    assert len(ids) == 3
    assert all(student_id.startswith("s-") for student_id in ids)
    first, *others = (np.array(student.embeddings[0]) for student in load_register(tmp_path / "warehouse").students)
    assert all(np.linalg.norm(first - other) > 0.2 for other in others)


@pytest.mark.parametrize(
    ("consent", "sentence"),
    [
        (Consent(date(2026, 11, 26)), "A consent of 2026-11-26 has not been given yet."),
        (Consent(date(2026, 9, 1), ends=date(2026, 8, 1)), "A consent cannot end on 2026-08-01, before it is given"),
        (
            Consent(date(2026, 9, 1), ends=date(2026, 11, 24)),
            "A consent that ended on 2026-11-24 allows no recognition",
        ),
    ],
)
def test_a_consent_that_allows_nothing_is_refused(enroll_student, tmp_path, consent, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        enroll_student(consent=consent)
    assert not (tmp_path / "warehouse" / REGISTER).exists()


def test_without_a_usable_photo_nobody_is_enrolled(enroll_student, tmp_path, clips):
    with pytest.raises(InvalidInputError, match="Ada needs at least one photo"):
        enroll_student(pictures=[])
    with pytest.raises(InvalidFileError, match=r"faces were found in it"):
        enroll_student(pictures=[clips / "multi_face.jpg"])
    assert not (tmp_path / "warehouse" / REGISTER).exists()


def test_photos_of_different_people_are_refused(enroll_student, photos, clips):
    with pytest.raises(InvalidInputError, match=r"0\.png and .*single_face\.jpg seem to show different people"):
        enroll_student(pictures=[photos[0], clips / "single_face.jpg"])


def test_photos_of_somebody_else_are_not_added_to_a_student(enroll_student, photos, clips, tmp_path):
    enroll_student()
    with pytest.raises(InvalidInputError, match=r"single_face\.jpg seems to show somebody else than the photos of Ada"):
        enroll_student("ADA", pictures=[clips / "single_face.jpg"])
    (student,) = load_register(tmp_path / "warehouse").students
    assert (len(student.embeddings), len(student.consents)) == (1, 1)
    assert len(enroll_student("ADA", pictures=[photos[0]]).embeddings) == 2


def test_what_a_student_was_recognised_by_goes_when_no_consent_holds(enroll_student, tmp_path):
    warehouse = tmp_path / "warehouse"
    enroll_student(consent=Consent(date(2026, 9, 1), ends=TODAY))
    forget_lapsed(warehouse, TODAY)
    assert load_register(warehouse).students[0].embeddings
    tomorrow = datetime.combine(TODAY + timedelta(days=1), time(12), UTC)
    enforce_retention(warehouse, tmp_path / "reports", RetentionSettings(), tomorrow)
    assert not load_register(warehouse).students[0].embeddings


def test_lessons_of_a_consents_last_day_name_alike_however_late_they_are_read(
    tmp_path, short_lesson, classifier, enroll_student
):
    """The first to be read changes the register; the second needs what is in it."""
    warehouse = tmp_path / "warehouse"
    enroll_student()
    with changing_register(warehouse) as register:
        register.students[0].consents[:] = [Consent(date(2026, 9, 1), ends=date(2026, 9, 28))]
    for name in ("one", "two"):
        process_recording(short_lesson, warehouse, classifier, ONCE, lesson_id=name)
    assert len({sighting.lesson_id for sighting in load_register(warehouse).students[0].sightings}) == 2


def test_whoever_is_not_enrolled_cannot_withdraw(tmp_path):
    with pytest.raises(UnknownStudentError, match="Nobody called 'Eve' is enrolled"):
        withdraw(tmp_path / "warehouse", "Eve", TODAY)


def test_a_photo_is_not_copied(enroll_student, photos, tmp_path):
    enroll_student()
    content = photos[0].read_bytes()
    assert all(content not in path.read_bytes() for path in (tmp_path / "warehouse").iterdir())
    assert shutil.disk_usage(tmp_path) is not None
