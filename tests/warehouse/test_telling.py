"""Every lesson in the database has its line in the audit log, once, whatever was killed before."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emotionkit.warehouse import append_audit, forget_audit, load, load_segment, rebuild, rebuilding, verify_audit
from emotionkit.warehouse.audit import AUDIT_LOG
from emotionkit.warehouse.connection import DATABASE
from emotionkit.warehouse.tombstones import keyed


def told(folder: Path) -> list[str]:
    """Return the lessons that the log knows to have been processed, by hash, in its order."""
    verify_audit(folder)
    entries = map(json.loads, (folder / AUDIT_LOG).read_text().splitlines())
    return [entry["what"]["lesson"] for entry in entries if entry["did"] == "processed"]


def hashes(folder: Path, *lessons: str) -> list[str]:
    return [keyed(folder).hashed_for_audit(lesson_id) for lesson_id in lessons]


def test_what_another_lessons_load_brings_in_is_told(folder: Path, write_segment: Any) -> None:
    """A night killed before its first load may leave several segments; the database is made of all of them."""
    write_segment("algebra")
    load_segment(folder, write_segment("botany", "run-2"))
    assert sorted(told(folder)) == sorted(hashes(folder, "algebra", "botany"))


def test_what_is_cut_short_and_begun_again_is_told_once(
    folder: Path, write_segment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    segment = write_segment("algebra")
    with monkeypatch.context() as patch:
        for at_work in (load, rebuilding):
            patch.setattr(at_work, "replace_lesson", interrupted)
        with pytest.raises(KeyboardInterrupt):
            load_segment(folder, segment)
    assert told(folder) == hashes(folder, "algebra")
    load_segment(folder, segment)
    assert told(folder) == hashes(folder, "algebra")


def test_a_rebuild_of_what_was_told_tells_nothing(two_lessons: Path) -> None:
    before = (two_lessons / AUDIT_LOG).read_bytes()
    (two_lessons / DATABASE).unlink()
    rebuild(two_lessons)
    assert (two_lessons / AUDIT_LOG).read_bytes() == before


def test_each_run_of_a_lesson_is_told(two_lessons: Path, write_segment: Any) -> None:
    load_segment(two_lessons, write_segment("algebra", "run-9", ended_s=61))
    assert told(two_lessons).count(*hashes(two_lessons, "algebra")) == 2


def test_the_same_run_made_anew_is_told_again(folder: Path, write_segment: Any) -> None:
    """As of a recording that was erased, admitted again and read in the same way."""
    load_segment(folder, write_segment("algebra"))
    (folder / DATABASE).unlink()
    later = (datetime.now(UTC) + timedelta(minutes=1) - datetime(2026, 9, 14, 12, tzinfo=UTC)).total_seconds()
    load_segment(folder, write_segment("algebra", ended_s=later))
    assert told(folder) == hashes(folder, "algebra", "algebra")


def test_lines_that_name_no_run_count(folder: Path, write_segment: Any) -> None:
    segment = write_segment("algebra")
    (lesson,) = hashes(folder, "algebra")
    append_audit(folder, "processed", {"lesson": lesson, "frames": 7})
    load_segment(folder, segment)
    assert told(folder) == [lesson]


def test_what_was_to_be_forgotten_is_not_told_again(two_lessons: Path) -> None:
    forget_audit(two_lessons, datetime.now(UTC) + timedelta(seconds=2))
    rebuild(two_lessons)
    assert told(two_lessons) == []


def test_a_line_that_was_changed_tells_of_nothing(two_lessons: Path) -> None:
    append_audit(two_lessons, "exported", {})
    log = two_lessons / AUDIT_LOG
    log.write_text(log.read_text().replace('"frames": 5', '"frames": 6'))
    (two_lessons / DATABASE).unlink()
    rebuild(two_lessons)
    assert log.read_text().count(*hashes(two_lessons, "botany")) == 2
