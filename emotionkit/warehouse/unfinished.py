"""What unfinished runs have of their lessons: classes begun live, and parts of recordings to go on from."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import filelock

from emotionkit.records import Lesson, Run
from emotionkit.warehouse.faults import told
from emotionkit.warehouse.naming import validated_lesson_id
from emotionkit.warehouse.parts import BEGUN, PARTS, lock_of, remove_unless_at_work
from emotionkit.warehouse.segments import LESSON_JSON, RUN_JSON


def begun_lessons(folder: Path) -> list[tuple[Lesson, Run]]:
    """Return the lessons that :meth:`PartsFolder.remember` knows of and that are no segments yet, by their start.

    What cannot be read is left out.
    """
    found = []
    for path in sorted((folder / PARTS).glob(f"[!.]*/[!.]*/{BEGUN}")):
        with contextlib.suppress(OSError, KeyError, ValueError):
            values = json.loads(path.read_bytes())
            found.append((LESSON_JSON.validate_python(values["lesson"]), RUN_JSON.validate_python(values["run"])))
    return sorted(found, key=lambda one: one[1].started_at)


def cut_off_lessons(folder: Path) -> list[tuple[Lesson, Run]]:
    """Return those of :func:`begun_lessons` on which nobody is at work."""
    parts = folder / PARTS
    return [(lesson, run) for lesson, run in begun_lessons(folder) if _is_free(parts / lesson.lesson_id / run.run_id)]


def parts_of_lesson(folder: Path, lesson_id: str) -> list[Path]:
    """Return the folder of whatever unfinished runs left of a lesson, if there is one.

    Raises:
        InvalidInputError: The id cannot be part of a path.
    """
    path = folder / PARTS / validated_lesson_id(lesson_id)
    return [path] if path.is_dir() else []


def abandoned_parts(folder: Path, before: datetime) -> list[Path]:
    """Return the folders of unfinished runs to which nothing was added since an instant, classes begun live among them.

    Raises:
        WarehouseError: One cannot be looked at.
    """
    with told(folder, "cannot be read"):
        runs = sorted((folder / PARTS).glob("[!.]*/[!.]*"))
        return [run for run in runs if run.is_dir() and _written_at(run) < before.timestamp()]


def remove_parts(runs: Sequence[Path]) -> None:
    """Remove what unfinished runs have of their lessons, but for those that are at work."""
    for run in runs:
        remove_unless_at_work(run)
        for place in (run.parent, run.parent.parent):
            with contextlib.suppress(OSError):
                place.rmdir()


def _is_free(run: Path) -> bool:
    try:
        if lock_of(run).exists():
            with filelock.FileLock(lock_of(run), timeout=0):
                pass
    except (OSError, filelock.Timeout):
        return False
    return True


def _written_at(run: Path) -> float:
    try:
        return max(path.stat().st_mtime for path in (run, *run.iterdir()))
    except FileNotFoundError:
        return math.inf  # somebody is at work on it
