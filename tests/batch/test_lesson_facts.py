"""What a file's name says, and what it does not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotionkit.batch.lesson_facts import content_sha256, default_lesson_id, describe_lesson
from emotionkit.errors import RecordingError
from emotionkit.video import probe
from emotionkit.warehouse import validated_lesson_id


def test_a_telling_name(short_lesson):
    lesson = describe_lesson(probe(short_lesson), "an-id", "00")
    assert (lesson.course, lesson.title) == ("physics-101", "short")
    assert lesson.started_at is not None
    assert lesson.started_at.date().isoformat() == "2026-09-28"
    assert (lesson.width, lesson.height) == (1280, 720)
    assert lesson.duration_s == pytest.approx(10, abs=0.1)
    assert lesson.recording == str(short_lesson.resolve())


@pytest.mark.parametrize("name", ["lecture.mp4", "2026-13-40_physics_waves.mp4", "physics_waves.mp4"])
def test_a_name_that_tells_less(tmp_path, short_lesson, name):
    path = tmp_path / name
    path.symlink_to(short_lesson)
    lesson = describe_lesson(probe(path), "an-id", "00")
    assert lesson.started_at is None
    assert lesson.title


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2026-09-14_physics-101_waves.mp4", "2026-09-14_physics-101_waves"),
        ("Woche 3: Optik & Wärme.mkv", "Woche-3-Optik-Wärme"),
        ("../../etc/passwd.mp4", "passwd"),
        ("'; drop table lessons; --.mp4", "drop-table-lessons"),
        ("….mp4", "lesson"),
    ],
)
def test_default_ids(name, expected):
    assert default_lesson_id(Path(name)) == expected


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=150))
def test_any_name_gives_an_id_that_the_warehouse_takes(name):
    lesson_id = default_lesson_id(Path("folder") / f"{name}.mp4")
    assert validated_lesson_id(lesson_id) == lesson_id


def test_content_has_the_usual_digest(tmp_path):
    path = tmp_path / "recording.mp4"
    path.write_bytes(b"x" * 3_000_001)
    assert content_sha256(path) == hashlib.sha256(b"x" * 3_000_001).hexdigest()


def test_content_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(RecordingError, match=r"nowhere\.mp4 cannot be read"):
        content_sha256(tmp_path / "nowhere.mp4")
