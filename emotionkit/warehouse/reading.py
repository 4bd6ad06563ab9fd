"""Asking a warehouse: read-only, in DataFrames and SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import duckdb

from emotionkit.errors import UnknownLessonError, UnknownStudentError, WarehouseError
from emotionkit.records import Lesson, Run
from emotionkit.warehouse.connection import has_database, reading_connection
from emotionkit.warehouse.consents import CONSENTED_SQL, consented
from emotionkit.warehouse.rows import stored_lesson, stored_run, stored_run_id
from emotionkit.warehouse.segments import read_segment, segment_paths

if TYPE_CHECKING:
    import pandas as pd

_SOME = 5
_Answer = TypeVar("_Answer")


class Warehouse:
    """A warehouse to read from.

    Each question opens the database for as long as it takes, so that a notebook left open keeps no nightly run from
    loading. Within a ``with`` block the database stays open: all answers are of one moment, and loads wait::

        with open_warehouse("warehouse") as warehouse:
            lesson, faces = warehouse.lesson("algebra-1"), warehouse.faces("algebra-1")

    Every method raises WarehouseError if the database cannot be read, or a load holds it for too long.

    Attributes:
        folder: Where it lies.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held = ExitStack()
        self._connection: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Self:
        self._connection = self._held.enter_context(reading_connection(self.folder))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._connection = None
        self._held.close()

    def lessons(self) -> pd.DataFrame:
        """Return a row per lesson with the columns of the table ``lessons``, by start and then by id.

        ``started_at`` is in UTC; lessons without one come last.
        """
        with self._connected() as connection:
            return _frame(connection.sql("FROM lessons ORDER BY started_at NULLS LAST, lesson_id"))

    def sql(self, query: str, params: Sequence[object] | Mapping[str, object] | None = None) -> duckdb.DuckDBPyRelation:
        """Return the answer to a query, held in memory; ``?`` or ``$name`` in the query take their values from params.

        Nothing but the warehouse can be read, and nothing be written.

        Raises:
            duckdb.Error: The query cannot be answered; DuckDB's own words show where.
        """
        with self._connected() as connection:
            answer = connection.sql(query, params=params).to_arrow_table()
        memory = duckdb.connect(":memory:")
        memory.execute("SET TimeZone = 'UTC'")
        return memory.from_arrow(answer)

    def lesson(self, lesson_id: str) -> Lesson:
        """Return what is known of a lesson, its start in UTC.

        Raises:
            UnknownLessonError: There is none of that id; the sentence names some that are there.
        """
        return self._found(stored_lesson, lesson_id)

    def run(self, lesson_id: str) -> Run:
        """Return the run that made a lesson's rows, its instants in UTC.

        Raises:
            UnknownLessonError: There is no lesson of that id.
        """
        return self._found(stored_run, lesson_id)

    def frames(self, lesson_id: str) -> pd.DataFrame:
        """Return a row per sampled frame, in the order of time: ``pts_s``, ``weight_s`` and the number of ``faces``.

        Raises:
            UnknownLessonError: There is no lesson of that id.
        """
        return self._rows_of(lesson_id, "FROM frames WHERE lesson_id = $lesson_id ORDER BY pts_s")

    def faces(self, lesson_id: str) -> pd.DataFrame:
        """Return a row per face with the columns of the table ``faces``, in the order of time and then of tracks.

        Raises:
            UnknownLessonError: There is no lesson of that id.
        """
        return self._rows_of(lesson_id, "FROM faces WHERE lesson_id = $lesson_id ORDER BY pts_s, track_id")

    def tracks(self, lesson_id: str) -> pd.DataFrame:
        """Return a row per track with the columns of the table ``tracks``; times are those of its first and last frame.

        Raises:
            UnknownLessonError: There is no lesson of that id.
        """
        return self._rows_of(lesson_id, "FROM tracks WHERE lesson_id = $lesson_id ORDER BY track_id")

    def segments(self, lesson_id: str) -> pd.DataFrame:
        """Return a row per named part of a lesson, in the order of time: ``start_s``, ``end_s`` and ``title``.

        Raises:
            UnknownLessonError: There is no lesson of that id.
        """
        return self._rows_of(
            lesson_id, "SELECT * EXCLUDE lesson_id FROM segments WHERE lesson_id = $lesson_id ORDER BY start_s"
        )

    def consented(self, lesson_id: str) -> dict[str, str]:
        """Return the students seen in a lesson who may be told apart, by ``student_id`` with their names.

        Their consent covers the lesson's day, by the clocks in use, and its course, and was not taken back since.

        Raises:
            UnknownLessonError: There is no lesson of that id.
        """
        query = f"""
            SELECT DISTINCT student_id, name
            FROM tracks JOIN students USING (student_id) SEMI JOIN ({CONSENTED_SQL}) USING (lesson_id, student_id)
            WHERE lesson_id = $lesson_id ORDER BY name, student_id
        """  # noqa: S608 - a query within a query
        rows = self._rows_of(lesson_id, query)
        return dict(zip(rows["student_id"], rows["name"], strict=True))

    def student(self, name_or_id: str) -> tuple[str, str]:
        """Return id and name of a student, told by either, whatever the case of the name.

        Raises:
            UnknownStudentError: Nobody of that name or id is enrolled.
        """
        query = "SELECT student_id, name FROM students WHERE student_id = $who OR lower(name) = lower($who) LIMIT 1"
        with self._connected() as connection:
            found = connection.execute(query, {"who": name_or_id}).fetchone()
        if found is None:
            raise UnknownStudentError(name_or_id)
        return str(found[0]), str(found[1])

    def lessons_of(self, student_id: str) -> pd.DataFrame:
        """Return the rows of ``lessons`` in which a student was seen and may be told apart, as :meth:`consented`."""
        query = f"""
            FROM lessons WHERE lesson_id IN (
                SELECT lesson_id FROM tracks SEMI JOIN ({CONSENTED_SQL}) USING (lesson_id, student_id)
                WHERE student_id = $student_id)
            ORDER BY started_at NULLS LAST, lesson_id
        """  # noqa: S608 - a query within a query
        with self._connected() as connection:
            values = {"student_id": student_id, **consented(connection.sql)}
            return _frame(connection.sql(query, params=values))

    def _rows_of(self, lesson_id: str, query: str) -> pd.DataFrame:
        with self._connected() as connection:
            if stored_run_id(connection, lesson_id) is None:
                raise _unknown(connection, lesson_id)
            agreed = consented(connection.sql, [lesson_id]) if CONSENTED_SQL in query else {}
            return _frame(connection.sql(query, params={"lesson_id": lesson_id, **agreed}))

    def _found(self, find: Callable[[duckdb.DuckDBPyConnection, str], _Answer | None], lesson_id: str) -> _Answer:
        with self._connected() as connection:
            found = find(connection, lesson_id)
            if found is None:
                raise _unknown(connection, lesson_id)
            return found

    @contextmanager
    def _connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if self._connection is None:
            with reading_connection(self.folder) as connection:
                yield connection
            return
        # Threads must not share a connection; a cursor is one of its own on the same database.
        with self._connection.cursor() as cursor:
            yield cursor


def open_warehouse(folder: str | Path) -> Warehouse:
    """Return a warehouse to read from.

    Raises:
        WarehouseError: There is none, it cannot be read, it is of a newer version, or a load holds it for too long.
    """
    warehouse = Warehouse(Path(folder))
    with warehouse:
        return warehouse


def find_run(folder: Path, lesson_id: str) -> str | None:
    """Return the run whose rows a warehouse holds of a lesson; None without such a lesson, database or folder.

    Raises:
        WarehouseError: The database is there and cannot be read.
    """
    if not has_database(folder):
        return None
    with reading_connection(folder) as connection:
        return stored_run_id(connection, lesson_id)


def find_lesson(folder: Path, lesson_id: str) -> Lesson | None:
    """Return what a warehouse holds of a lesson, among it its recording; None without such a lesson or folder.

    Where the database is missing, the lesson's segment tells.

    Raises:
        WarehouseError: The database is there and cannot be read.
    """
    if not has_database(folder):
        return _lesson_in_segments(folder, lesson_id)
    with reading_connection(folder) as connection:
        return stored_lesson(connection, lesson_id)


def _lesson_in_segments(folder: Path, lesson_id: str) -> Lesson | None:
    segments = []
    for path in segment_paths(folder, lesson_id):
        with suppress(WarehouseError):
            segments.append(read_segment(folder, path))
    return max(segments, key=lambda segment: segment.run.ended_at).lesson if segments else None


def _frame(answer: duckdb.DuckDBPyRelation) -> pd.DataFrame:
    # DuckDB's own conversion of instants calls pandas in a way that pandas 3.1 deprecates; by way of Arrow it does not.
    frame: pd.DataFrame = answer.to_arrow_table().to_pandas()
    return frame


def _unknown(connection: duckdb.DuckDBPyConnection, lesson_id: str) -> UnknownLessonError:
    known = connection.execute("SELECT lesson_id FROM lessons ORDER BY lesson_id LIMIT ?", [_SOME]).fetchall()
    return UnknownLessonError(lesson_id, tuple(name for (name,) in known))
