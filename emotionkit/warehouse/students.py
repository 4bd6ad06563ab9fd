"""Changing the register, and what the database makes of it: students, consents, and the student of each track."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path

import duckdb

from emotionkit.warehouse.connection import has_database
from emotionkit.warehouse.faults import told
from emotionkit.warehouse.locking import writers_lock
from emotionkit.warehouse.register import Register, load_register, save_register
from emotionkit.warehouse.replacing import updating_connection
from emotionkit.warehouse.transaction import transaction


@contextmanager
def changing_register(folder: Path) -> Iterator[Register]:
    """Give the register to be changed; when the block ends it is stored, and the database says what it says.

    No other process writes meanwhile. If the database cannot be written then, the register holds and the next change or
    load brings the database up to it.

    Raises:
        WarehouseError: The register or the database cannot be read or written, or another process writes.
    """
    with told(folder, "cannot be written"):
        folder.mkdir(parents=True, exist_ok=True)
    with writers_lock(folder):
        register = load_register(folder)
        before = register.model_copy(deep=True)
        yield register
        if register != before:
            save_register(folder, register)
        if has_database(folder):
            with updating_connection(folder) as connection, told(folder, "cannot be written"):
                _store(connection, register)


def _store(connection: duckdb.DuckDBPyConnection, register: Register) -> None:
    with transaction(connection):
        insert_students(connection, register)
        for lesson_id, run_id in connection.execute("SELECT lesson_id, run_id FROM lessons").fetchall():
            name_tracks(connection, lesson_id, register.of_lesson(lesson_id, run_id))


def insert_students(connection: duckdb.DuckDBPyConnection, register: Register) -> None:
    """Replace the tables ``students`` and ``consents``; days become midnight in UTC."""
    connection.execute("DELETE FROM students")
    connection.execute("DELETE FROM consents")
    for student in register.students:
        connection.execute(
            "INSERT INTO students VALUES (?, ?, ?)", [student.student_id, student.name, _instant(student.enrolled)]
        )
        for consent in student.consents:
            scope = "course" if consent.course is not None else "whole"
            days = [_instant(consent.given), _instant(consent.ends), _instant(consent.withdrawn)]
            connection.execute(
                "INSERT INTO consents VALUES (?, ?, ?, ?, ?, ?)", [student.student_id, scope, consent.course, *days]
            )


def name_tracks(connection: duckdb.DuckDBPyConnection, lesson_id: str, students: dict[int, str]) -> None:
    """Give the tracks of a lesson and their faces the students named, and all others none; only what differs changes.

    Args:
        connection: Within a transaction.
        lesson_id: The lesson.
        students: Student by track.
    """
    of_lesson = "lesson_key = (SELECT lesson_key FROM lesson_keys WHERE lesson_id = ?)"
    stored = connection.execute("SELECT track_id, student_id FROM tracks WHERE lesson_id = ?", [lesson_id]).fetchall()
    for track_id, student_id in stored:
        if student_id != students.get(track_id):
            for table, where in (("tracks", "lesson_id = ?"), ("face_rows", of_lesson)):
                connection.execute(
                    f"UPDATE {table} SET student_id = ? WHERE {where} AND track_id = ?",  # noqa: S608
                    [students.get(track_id), lesson_id, track_id],
                )


def _instant(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
