"""Erasing lessons, people and recordings wherever emotionkit keeps something of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from emotionkit.batch.lesson_facts import content_sha256, default_lesson_id
from emotionkit.errors import InvalidInputError
from emotionkit.records import Lesson
from emotionkit.reports.removal import erase_reports, reports_telling_of
from emotionkit.warehouse import (
    Erasure,
    Words,
    append_audit,
    begin_erasure,
    begun_but_not_finished,
    end_erasure,
    erase_rows,
    lesson_places,
    lessons_of_recording,
    pending_erasure,
    plan_erasure,
    read_tombstones,
    write_tombstones,
    writers_lock,
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an erasure removed, without a name.

    Attributes:
        number: A random number; the audit log and the tombstones carry it.
        students: People erased.
        lessons: Lessons erased whole.
        removed: How much of each kind went.
        left: Files that still mention what was erased and are not emotionkit's to remove.
    """

    number: str
    students: int
    lessons: int
    removed: dict[str, int]
    left: list[Path] = field(default_factory=list)


def plan(
    warehouse: Path,
    *,
    students: Sequence[str] = (),
    lessons: Sequence[str] = (),
    recordings: Sequence[Path] = (),
) -> Erasure:
    """Look up what an erasure would take away; nothing changes.

    Args:
        warehouse: The folder of the warehouse.
        students: Ids or names of people.
        lessons: Ids of lessons.
        recordings: Recordings whose lessons are to go, by their content or, where they are gone, by their path; taken
            also for those of the lessons named that are only begun.

    Raises:
        UnknownStudentError: There is no such student.
        InvalidInputError: There is nothing of a recording, or nothing tells the recording of a lesson only begun.
        UnknownLessonError: There is nothing of a lesson.
        RecordingError: A recording cannot be read.
        WarehouseError: The warehouse cannot be read.
    """
    of_recordings = [lesson for path in recordings for lesson in _lessons_of(warehouse, path, lessons)]
    return plan_erasure(warehouse, students=students, lessons=lessons, of_recordings=of_recordings)


def erase(warehouse: Path, reports: Path, erasure: Erasure, *, why: str = "asked for") -> Receipt:
    """Carry out an erasure, on the disk when this returns.

    An erasure that was cut short before is completed first. Processes that read meanwhile go on with what they opened.

    Args:
        warehouse: The folder of the warehouse.
        reports: The folder of the reports.
        erasure: As :func:`plan` gave it.
        why: For the audit log.

    Raises:
        WarehouseError: Something of the warehouse cannot be removed.
        ErasureError: A report cannot be removed.
    """
    with writers_lock(warehouse):
        if pending := pending_erasure(warehouse):
            _carry_out(warehouse, reports, pending, "completed")
        begin_erasure(warehouse, erasure)
        return _carry_out(warehouse, reports, erasure, why)


def complete(warehouse: Path, reports: Path) -> Receipt | None:
    """Complete an erasure that was cut short, if there is one.

    Raises:
        WarehouseError: Something of the warehouse cannot be removed.
        ErasureError: A report cannot be removed.
    """
    if pending_erasure(warehouse) is None:
        return None
    with writers_lock(warehouse):
        pending = pending_erasure(warehouse)
        return _carry_out(warehouse, reports, pending, "completed") if pending else None


def preview(warehouse: Path, reports: Path, erasure: Erasure) -> list[Path]:
    """Return the folders and reports that an erasure would remove or rewrite."""
    lessons = [*erasure.lessons, *erasure.tracks]
    folders = [place for lesson_id in lessons for place in lesson_places(warehouse, lesson_id)]
    return [*folders, *reports_telling_of(reports, erasure)]


def readmit(warehouse: Path, recording: Path) -> bool:
    """Let a recording be processed again of which something was erased; return whether there was something.

    Raises:
        RecordingError: The recording cannot be read.
        WarehouseError: The warehouse cannot be written.
    """
    with writers_lock(warehouse):
        tombstones = read_tombstones(warehouse)
        lifted = tombstones.of(content_sha256(recording))
        if lifted:
            left = tuple(stone for stone in tombstones.stones if stone not in lifted)
            write_tombstones(warehouse, replace(tombstones, stones=left))
            append_audit(warehouse, "readmitted", {"receipts": sorted({stone.receipt for stone in lifted})})
    return bool(lifted)


def _carry_out(warehouse: Path, reports: Path, erasure: Erasure, why: str) -> Receipt:
    removed: Counter[str] = erase_rows(warehouse, erasure)
    removed += erase_reports(reports, erasure)
    counts = {kind: count for kind, count in sorted(removed.items()) if count}
    facts = {"receipt": erasure.receipt, "students": len(erasure.students), "lessons": len(erasure.lessons)}
    append_audit(warehouse, "erased", {**facts, "why": why, "removed": counts})
    end_erasure(warehouse)
    return Receipt(
        number=erasure.receipt,
        students=len(erasure.students),
        lessons=len(erasure.lessons),
        removed=counts,
        left=Words(erasure.words).mentioned_under(warehouse),
    )


def _lessons_of(warehouse: Path, recording: Path, named: Sequence[str]) -> list[Lesson]:
    """Return the lessons that were, or were being, read from a recording, with what the recording itself tells."""
    path, sha256 = str(recording.resolve()), content_sha256(recording) if recording.exists() else None
    found = lessons_of_recording(warehouse, path, sha256)
    found += [lesson_id for lesson_id in named if begun_but_not_finished(warehouse, lesson_id)]
    if not found and begun_but_not_finished(warehouse, default := default_lesson_id(recording)):
        found = [default]
    if not found:
        raise InvalidInputError(f"The warehouse {warehouse} holds nothing of {recording}.")
    return [Lesson(lesson_id, None, lesson_id, None, None, 0, path, sha256 or "", 0, 0, 0) for lesson_id in found]
