"""What is older than it may become goes, and nothing else."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from emotionkit.batch.retention import enforce_retention, look_up_overdue
from emotionkit.errors import WarehouseError
from emotionkit.project import RetentionSettings
from emotionkit.records import FrameReading, Lesson, Run
from emotionkit.warehouse import (
    Part,
    PartsFolder,
    SegmentWriter,
    append_audit,
    load_segment,
    open_warehouse,
    rebuild,
    verify_audit,
)

NOW = datetime.now(UTC)
AGES = {"fresh": 3, "old": 40, "undated": 50}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Lessons of 3 and 40 days ago, one without a date read 50 days ago, and a report of each as old."""
    warehouse, reports = tmp_path / "warehouse", tmp_path / "reports"
    for lesson_id, days in AGES.items():
        then = NOW - timedelta(days=days)
        started = None if lesson_id == "undated" else then
        lesson = Lesson(lesson_id, None, lesson_id, None, started, 1.0, f"{lesson_id}.mp4", lesson_id, 1, 1, 25)
        with SegmentWriter(warehouse, lesson_id, f"run-{lesson_id}") as writer:
            writer.add(FrameReading(Fraction(0), Fraction(1), ()))
            run = Run(f"run-{lesson_id}", "0", "m", "{}", "f", then, then, "done")
            load_segment(warehouse, writer.finish(lesson, run))
        (reports / lesson_id).mkdir(parents=True)
        for name in ("index.html", "lesson_report.ipynb"):
            (reports / lesson_id / name).write_text(f"{lesson_id}")
            os.utime(reports / lesson_id / name, (then.timestamp(), then.timestamp()))
    (reports / "README.md").write_text("about reports")
    os.utime(reports / "README.md", (0, 0))
    return warehouse, reports


def files(reports: Path) -> set[str]:
    return {str(path.relative_to(reports)) for path in reports.rglob("*") if path.is_file()}


def test_without_days_everything_is_kept(folders: tuple[Path, Path]) -> None:
    before = verify_audit(folders[0]).lines
    kept = enforce_retention(*folders, RetentionSettings())
    assert [(one.kind, one.days, one.overdue) for one in kept] == [
        ("segments", None, 0),
        ("reports", None, 0),
        ("notebooks", None, 0),
        ("audit", None, 0),
    ]
    assert len(files(folders[1])) == 7
    assert verify_audit(folders[0]).lines == before


def test_what_an_unfinished_run_has_goes_too_unless_it_is_at_work(folders: tuple[Path, Path]) -> None:
    """Its recording may be gone, and then nobody would ever finish it."""
    parts = [PartsFolder(folders[0], lesson_id, "0123456789abcdef") for lesson_id in ("left", "at-work", "new")]
    for days, place in zip((40, 40, 3), parts, strict=True):
        with place.kept_from_others():
            place.write("piece-00000", Part.of([FrameReading(Fraction(0), Fraction(1), ())], []))
        then = (NOW - timedelta(days=days)).timestamp()
        for path in (*place.path.iterdir(), place.path):
            os.utime(path, (then, then))
    with parts[1].kept_from_others():
        kept = enforce_retention(*folders, RetentionSettings(segments=30), NOW)
    assert kept[0].overdue == 4
    assert [place.path.exists() for place in parts] == [False, True, True]
    assert not parts[0].path.parent.exists()


def test_lessons_go_with_their_reports_and_do_not_come_back(folders: tuple[Path, Path]) -> None:
    warehouse, reports = folders
    settings = RetentionSettings(segments=30)
    assert look_up_overdue(*folders, settings)[0].overdue == 2
    assert enforce_retention(*folders, settings)[0].overdue == 2
    assert list(open_warehouse(warehouse).lessons().lesson_id) == ["fresh"]
    assert files(reports) == {"README.md", "fresh/index.html", "fresh/lesson_report.ipynb"}
    assert rebuild(warehouse) == 1
    assert not any(one.overdue for one in enforce_retention(*folders, settings))
    last = [json.loads(line) for line in (warehouse / "audit.jsonl").read_text().splitlines()][-2:]
    assert [(entry["did"], entry["what"].get("why")) for entry in last] == [
        ("erased", "retention"),
        ("retention", None),
    ]


def test_a_database_that_is_lost_keeps_no_lesson_longer(folders: tuple[Path, Path]) -> None:
    warehouse, _ = folders
    settings = RetentionSettings(segments=30)
    (warehouse / "emotionkit.duckdb").unlink()
    with pytest.raises(WarehouseError, match="has lost its database"):
        look_up_overdue(*folders, settings)
    assert enforce_retention(*folders, settings)[0].overdue == 2
    assert list(open_warehouse(warehouse).lessons().lesson_id) == ["fresh"]


def test_pages_and_notebooks_have_days_of_their_own(folders: tuple[Path, Path]) -> None:
    enforce_retention(*folders, RetentionSettings(notebooks=1, reports=45))
    assert files(folders[1]) == {"README.md", "fresh/index.html", "old/index.html"}
    assert not (folders[1] / "undated").exists()


def test_lines_of_the_audit_log_go_by_their_own_day(folders: tuple[Path, Path]) -> None:
    append_audit(folders[0], "exported", {})
    settings = RetentionSettings(audit=10)
    assert look_up_overdue(*folders, settings)[3].overdue == 0
    later = NOW + timedelta(days=11)
    assert enforce_retention(*folders, settings, later)[3].overdue == 4
    assert verify_audit(folders[0]).lines == 2


def test_there_need_be_nothing(tmp_path: Path) -> None:
    settings = RetentionSettings(segments=1, reports=1, notebooks=1, audit=36_500)
    assert not any(kept.overdue for kept in enforce_retention(tmp_path / "w", tmp_path / "r", settings))
    assert not list(tmp_path.iterdir())
