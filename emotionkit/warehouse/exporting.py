"""Copies of a warehouse's tables for other programs, with a data dictionary and without anybody's name."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from emotionkit.durable import sync_file, sync_folder
from emotionkit.errors import InvalidInputError, UnknownLessonError
from emotionkit.warehouse.audit import append_audit
from emotionkit.warehouse.consents import CONSENTED_SQL, consented
from emotionkit.warehouse.dictionary import DICTIONARY, EXPORTED, Column
from emotionkit.warehouse.faults import told
from emotionkit.warehouse.locking import writers_lock
from emotionkit.warehouse.reading import Warehouse, open_warehouse

Format = Literal["parquet", "csv"]

DICTIONARY_FILE = "columns.csv"

# What a spreadsheet takes for the beginning of a formula, also in the wide forms of East Asian scripts.
_FORMULA = r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]"
_CONSENTED = f"""
CASE WHEN student_id IN (SELECT student_id FROM ({CONSENTED_SQL}) WHERE lesson_id = $lesson_id)
    THEN student_id END AS student_id
"""  # noqa: S608 - a query within a query
_ORDER = {"segments": "start_s", "frames": "pts_s", "faces": "pts_s, track_id", "tracks": "track_id"}
_SOME = 5


@dataclass(frozen=True, slots=True)
class Export:
    """What was exported, and how many rows of each table."""

    out: Path
    format: Format
    lessons: int
    rows: dict[str, int]


def export(
    folder: Path,
    out: Path,
    *,
    lessons: Sequence[str] = (),
    tables: Sequence[str] = EXPORTED,
    file_format: Format = "parquet",
    student_ids: bool = False,
) -> Export:
    """Write tables as files, one each, into a new folder that appears when all is written.

    Beside them lies ``columns.csv``, which tells unit, range and meaning of every column. Names of students are never
    written. A text that a spreadsheet would take for a formula gets an apostrophe before it, in CSV. The audit log
    says that there was an export.

    Args:
        folder: The warehouse.
        out: The folder to make.
        lessons: Ids, all lessons if none are given.
        tables: Some of ``EXPORTED``.
        file_format: ``parquet`` or ``csv``.
        student_ids: Whether to tell which tracks are one person's across lessons: of students only whose consent
            covers the lesson and was not taken back. Otherwise ``student_id`` is null.

    Raises:
        InvalidInputError: The folder exists, or there is no such table to export.
        UnknownLessonError: There is no lesson of an id.
        WarehouseError: The warehouse cannot be read, or its audit log or the files cannot be written.
    """
    if unknown := [table for table in tables if table not in EXPORTED]:
        raise InvalidInputError(f"There is no table {unknown[0]!r} to export; there are {', '.join(EXPORTED)}.")
    if out.exists():
        raise InvalidInputError(f"{out} exists already: name a new folder to export to.")
    with told(folder, "cannot be exported"), open_warehouse(folder) as warehouse:
        chosen = _chosen(warehouse, lessons)
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = out.with_name(f".{out.name}.{secrets.token_hex(4)}.tmp")
        temporary.mkdir()
        try:
            rows = {
                table: _write(warehouse, table, chosen, temporary, file_format=file_format, student_ids=student_ids)
                for table in tables
            }
            _write_dictionary(temporary, tables)
            with writers_lock(folder):
                facts = {"lessons": len(chosen), "rows": rows, "format": file_format, "student_ids": student_ids}
                append_audit(folder, "exported", facts)
            os.rename(temporary, out)  # noqa: PTH104 - Path.rename would replace an empty folder on some systems
            sync_folder(out.parent)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return Export(out, file_format, len(chosen), rows)


def _chosen(warehouse: Warehouse, lessons: Sequence[str]) -> list[str]:
    known = list(warehouse.lessons().lesson_id)
    for lesson_id in lessons:
        if lesson_id not in known:
            raise UnknownLessonError(lesson_id, tuple(sorted(known)[:_SOME]))
    return [lesson_id for lesson_id in known if not lessons or lesson_id in lessons]


class _TakesTables(Protocol):
    def write_table(self, table: pa.Table) -> None: ...


def _write(
    warehouse: Warehouse, table: str, lessons: list[str], out: Path, *, file_format: Format, student_ids: bool
) -> int:
    columns = DICTIONARY[table]
    query = _query(table, columns, student_ids)
    path = out / f"{table}.{file_format}"
    # The question about no lesson gives the types.
    schema = _answer(warehouse, query, "").schema
    written = 0
    writer: _TakesTables
    with (
        pq.ParquetWriter(path, schema, compression="zstd") if file_format == "parquet" else _csv(path, schema) as writer
    ):
        for lesson_id in lessons:
            rows = _answer(warehouse, query, lesson_id)
            writer.write_table(_disarmed(rows) if file_format == "csv" else rows)
            written += rows.num_rows
    sync_file(path)
    return written


def _answer(warehouse: Warehouse, query: str, lesson_id: str) -> pa.Table:
    agreed = consented(warehouse.sql, [lesson_id]) if CONSENTED_SQL in query else {}
    return warehouse.sql(query, {"lesson_id": lesson_id, **agreed}).to_arrow_table()


def _query(table: str, columns: tuple[Column, ...], student_ids: bool) -> str:
    names = ", ".join(_value(column.name, table, student_ids) for column in columns)
    if table == "runs":
        # A run belongs to one lesson.
        return f"SELECT {names} FROM runs WHERE run_id IN (SELECT run_id FROM lessons WHERE lesson_id = $lesson_id)"  # noqa: S608
    order = f"ORDER BY {_ORDER[table]}" if table in _ORDER else ""
    return f"SELECT {names} FROM {table} WHERE lesson_id = $lesson_id {order}"  # noqa: S608 - names of our own


def _value(name: str, table: str, student_ids: bool) -> str:
    if name == "student_id":
        return _CONSENTED if student_ids else "NULL::VARCHAR AS student_id"
    if (table, name) == ("lessons", "recording"):
        return r"regexp_extract(recording, '[^/\\]*$') AS recording"
    return name


def _csv(path: Path, schema: pa.Schema) -> pyarrow.csv.CSVWriter:
    return pyarrow.csv.CSVWriter(str(path), schema)


def _disarmed(rows: pa.Table) -> pa.Table:
    """Return rows with an apostrophe before every text that a spreadsheet would take for a formula."""
    for index, field in enumerate(rows.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            armed = pa.compute.match_substring_regex(rows.column(index), _FORMULA)
            apostrophe = pa.compute.binary_join_element_wise(pa.scalar("'", field.type), rows.column(index), "")
            rows = rows.set_column(index, field, pa.compute.if_else(armed, apostrophe, rows.column(index)))
    return rows


def _write_dictionary(out: Path, tables: Sequence[str]) -> None:
    entries = [(table, *column) for table in tables for column in DICTIONARY[table]]
    names = ("table", *Column._fields)
    rows = pa.table({name: [entry[index] for entry in entries] for index, name in enumerate(names)})
    pyarrow.csv.write_csv(rows, out / DICTIONARY_FILE)
    sync_file(out / DICTIONARY_FILE)
