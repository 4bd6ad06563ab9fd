"""Taking lessons and people out of a warehouse: segments first, which are the truth, then the database made anew.

Every step may be done twice, so that an erasure that was cut short is completed by doing it again.
"""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from emotionkit.durable import remove_empty, sync_folder
from emotionkit.errors import WarehouseError
from emotionkit.warehouse.connection import (
    DATABASE,
    UnreadableDatabaseError,
    database_as_it_is,
    has_database,
    writing_connection,
)
from emotionkit.warehouse.erasure_plan import Erasure, lesson_places
from emotionkit.warehouse.faults import told
from emotionkit.warehouse.rebuilding import rebuild_under_lock
from emotionkit.warehouse.register import load_register, save_register
from emotionkit.warehouse.replacing import fresh_database
from emotionkit.warehouse.rows import replace_lesson, stored_run_id
from emotionkit.warehouse.segments import (
    SEGMENTS,
    Segment,
    lesson_folders,
    read_segment,
    segment_batches,
    segment_paths,
)
from emotionkit.warehouse.telling import tell_processed
from emotionkit.warehouse.tombstones import Tombstone, Tombstones, read_tombstones, write_tombstones
from emotionkit.warehouse.unfinished import parts_of_lesson
from emotionkit.warehouse.writer import SegmentWriter

_KEPT_ROWS = {
    ("lesson_id",): "lesson_id NOT IN (FROM gone_lessons)",
    (
        "lesson_key",
    ): "lesson_key NOT IN (SELECT lesson_key FROM old.lesson_keys WHERE lesson_id IN (FROM gone_lessons))",
    ("student_id",): "(student_id IS NULL OR student_id NOT IN (FROM gone_students))",
    # The database may not have heard from the register whose a track is.
    ("lesson_id", "track_id"): "(lesson_id, track_id) NOT IN (FROM gone_tracks)",
    ("lesson_key", "track_id"): """(lesson_key, track_id) NOT IN (
        SELECT lesson_key, track_id FROM gone_tracks JOIN old.lesson_keys USING (lesson_id))""",
}
"""What a row that stays is like, by the columns that its table has."""

_RUNS = "SELECT * FROM old.runs WHERE run_id IN (SELECT run_id FROM lessons)"
_FRAMES = """
SELECT lesson_key, pts_us, weight_us, faces - coalesce(gone, 0) AS faces
FROM old.frame_rows LEFT JOIN (
    SELECT lesson_key, pts_us, count(*) AS gone FROM old.face_rows WHERE NOT ({faces_kept}) GROUP BY ALL
) USING (lesson_key, pts_us)
WHERE {kept} ORDER BY lesson_key, pts_us
"""


def erase_rows(folder: Path, erasure: Erasure) -> Counter[str]:
    """Take what an erasure names out of segments, unfinished work and database; return how much of each kind went.

    The caller holds the writers' lock and has begun the erasure.

    Raises:
        WarehouseError: Something cannot be written; the same call again goes on from there.
    """
    _bury(folder, erasure)
    removed: Counter[str] = Counter()
    with told(folder, "cannot be written"):
        for lesson_id in erasure.lessons:
            removed += _remove_lesson(folder, lesson_id)
        for lesson_id, tracks in erasure.tracks.items():
            removed += _remove_people(folder, lesson_id, erasure.runs[lesson_id], tracks, erasure.receipt)
        removed += _forget(folder, erasure)
        removed += _remove_leftovers(folder)
        if has_database(folder):
            removed += _remake_database(folder, erasure)
    return removed


def _bury(folder: Path, erasure: Erasure) -> None:
    tombstones = read_tombstones(folder)
    stones = [
        Tombstone(
            tombstones.hashed(sha256),
            erasure.receipt,
            whole,
            tuple(map(tombstones.hashed, erasure.spared.get(sha256, ()))),
        )
        for whole, recordings in ((True, erasure.recordings), (False, erasure.changed_recordings))
        for sha256 in recordings
    ]
    write_tombstones(folder, Tombstones(tombstones.key, tuple(dict.fromkeys([*tombstones.stones, *stones]))))


def _remove_lesson(folder: Path, lesson_id: str) -> Counter[str]:
    removed: Counter[str] = Counter()
    for place in lesson_places(folder, lesson_id):
        removed += _kinds(folder, place)
        shutil.rmtree(place)
        sync_folder(place.parent)
        remove_empty(place.parent, folder)
    return removed


def _remove_people(folder: Path, lesson_id: str, run_id: str, tracks: Collection[int], receipt: str) -> Counter[str]:
    """Rewrite the segment of the run; what other runs numbered otherwise goes, whoever is in it."""
    removed: Counter[str] = Counter()
    for place in lesson_folders(folder, lesson_id):
        for path in sorted(path for path in place.rglob("*") if path.is_file()):
            segment = _readable(folder, path) if path.parent == place and path.stem == run_id else None
            if segment is None:
                removed["segments removed" if path.suffix == ".parquet" else "unfinished files"] += 1
                path.unlink()
            elif receipt not in segment.erasures:
                removed["segments rewritten"] += 1
                _rewrite(folder, segment, tracks, receipt)
        if place.exists():
            sync_folder(place)
        remove_empty(place, folder / SEGMENTS)
    for place in parts_of_lesson(folder, lesson_id):
        removed += _kinds(folder, place)
        shutil.rmtree(place)
        remove_empty(place.parent, folder)
    return removed


def _readable(folder: Path, path: Path) -> Segment | None:
    with contextlib.suppress(WarehouseError):
        return read_segment(folder, path)
    return None


def _rewrite(folder: Path, segment: Segment, tracks: Collection[int], receipt: str) -> None:
    with SegmentWriter(folder, segment.lesson.lesson_id, segment.run.run_id) as writer:
        for rows in segment_batches(folder, segment.path):
            writer.add_rows(_without(rows, tracks))
        writer.finish(segment.lesson, segment.run, erasures=(*segment.erasures, receipt))


def _without(rows: pa.RecordBatch, tracks: Collection[int]) -> pa.RecordBatch:
    """Return a segment's rows without the faces of some tracks."""
    column = rows.column("faces")
    faces, frame = column.flatten(), pc.list_parent_indices(column).to_numpy()
    kept = ~np.isin(faces.field("track_id").to_numpy(), list(tracks))
    counts = np.bincount(frame[kept], minlength=rows.num_rows)
    offsets = pa.array(np.concatenate([[0], counts.cumsum()]), pa.int32())
    left = pa.ListArray.from_arrays(offsets, faces.filter(pa.array(kept)))
    return rows.set_column(rows.schema.get_field_index("faces"), rows.schema.field("faces"), left)


def _forget(folder: Path, erasure: Erasure) -> Counter[str]:
    """Take people out of the register with their reference faces, and out of the others' what lessons are gone."""
    register = load_register(folder)
    before = register.entries
    for student_id in erasure.students:
        register.forget_student(student_id)
    for lesson_id in erasure.lessons:
        register.forget_lesson(lesson_id)
    if gone := before - register.entries:
        save_register(folder, register)
    return Counter({"entries of the register": gone})


def _remove_leftovers(folder: Path) -> Counter[str]:
    """Remove what processes that were killed left in the folder itself, and what DuckDB swapped out."""
    removed: Counter[str] = Counter()
    for path in [*folder.glob(".*.tmp"), *folder.glob(f".{DATABASE}.new*"), *folder.glob(f"{DATABASE}*.tmp")]:
        removed["unfinished files"] += 1
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return removed


def _kinds(folder: Path, place: Path) -> Counter[str]:
    files = [path for path in place.rglob("*") if path.is_file()]
    finished = place.is_relative_to(folder / SEGMENTS)
    segments = sum(finished and path.suffix == ".parquet" and not path.name.startswith(".") for path in files)
    return Counter({"segments removed": segments, "unfinished files": len(files) - segments})


def _remake_database(folder: Path, erasure: Erasure) -> Counter[str]:
    """Copy the rows that stay into a new file: freed blocks of the old one, and its log, keep what was deleted."""
    try:
        with database_as_it_is(folder) as old:
            before = _rows(old)
    except UnreadableDatabaseError:
        rebuild_under_lock(folder)
        return Counter({"databases made anew": 1})
    with fresh_database(folder) as fresh, writing_connection(folder, fresh) as connection:
        _copy_kept(connection, folder / DATABASE, erasure)
        removed = Counter({"database rows": before - _rows(connection)})
        for lesson_id in erasure.tracks:
            if stored_run_id(connection, lesson_id) is None:
                _load_left(connection, folder, lesson_id)
        return removed


def _copy_kept(connection: duckdb.DuckDBPyConnection, database: Path, erasure: Erasure) -> None:
    path = str(database).replace("'", "''")
    connection.execute(f"ATTACH '{path}' AS old (READ_ONLY)")
    stored = dict(connection.execute("SELECT lesson_id, run_id FROM old.lessons").fetchall())
    # Rows of another run than the segment's that stays go whole, as their own segment did.
    replaced = [lesson_id for lesson_id, run_id in erasure.runs.items() if stored.get(lesson_id, run_id) != run_id]
    for table, values in (("gone_lessons", [*erasure.lessons, *replaced]), ("gone_students", erasure.students)):
        connection.execute(f"CREATE TEMP TABLE {table} (id VARCHAR)")
        connection.executemany(f"INSERT INTO {table} VALUES (?)", [[value] for value in values] or [[""]])  # noqa: S608
    tracks = [[lesson_id, number] for lesson_id, numbers in erasure.tracks.items() for number in numbers]
    connection.execute("CREATE TEMP TABLE gone_tracks (lesson_id VARCHAR, track_id INTEGER)")
    connection.executemany("INSERT INTO gone_tracks VALUES (?, ?)", tracks or [["", 0]])
    tables = dict(_tables(connection))
    for table, columns in tables.items():
        rows = f"SELECT * FROM old.{table} WHERE {_kept(columns)}"  # noqa: S608 - names of tables of our own
        if table == "runs":
            rows = _RUNS
        elif table == "frame_rows" and erasure.tracks:
            rows = _FRAMES.format(kept=_kept(columns), faces_kept=_kept(tables["face_rows"]))
        connection.execute(f"INSERT INTO {table} BY NAME {rows}")
    connection.execute("DETACH old")
    connection.execute("DROP TABLE gone_lessons; DROP TABLE gone_students; DROP TABLE gone_tracks")


def _kept(columns: Collection[str]) -> str:
    """Return the condition for rows that stay in a table of some columns."""
    return " AND ".join(kept for needed, kept in _KEPT_ROWS.items() if set(needed) <= set(columns)) or "true"


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    """Return the tables of the attached database with their columns, lessons before the runs that they name."""
    return connection.execute(
        """
        SELECT table_name, list(column_name) FROM duckdb_columns() SEMI JOIN duckdb_tables() USING (table_oid)
        WHERE database_name = 'old' AND table_name <> 'schema_migrations' GROUP BY table_name ORDER BY table_name
        """
    ).fetchall()


def _load_left(connection: duckdb.DuckDBPyConnection, folder: Path, lesson_id: str) -> None:
    """Load a lesson whose segment was not, or that a rebuilding left out while its erasure was under way."""
    for path in segment_paths(folder, lesson_id):
        segment = read_segment(folder, path)
        tell_processed(folder, [segment])
        replace_lesson(connection, folder, segment, load_register(folder))


def _rows(connection: duckdb.DuckDBPyConnection) -> int:
    tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    counts = [connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in tables]  # noqa: S608
    return sum(counts)
