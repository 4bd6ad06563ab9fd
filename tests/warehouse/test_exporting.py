"""Exports: whole or not at all, described, without names, and harmless to spreadsheets."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from emotionkit.errors import InvalidInputError, UnknownLessonError, WarehouseError
from emotionkit.warehouse import load_segment, open_warehouse, verify_audit
from emotionkit.warehouse.connection import DATABASE
from emotionkit.warehouse.dictionary import DICTIONARY, EXPORTED, dictionary_markdown
from emotionkit.warehouse.exporting import export

DOCS = Path(__file__).resolve().parents[2] / "docs" / "warehouse.md"


def test_all_tables_with_their_dictionary(two_lessons: Path, tmp_path: Path) -> None:
    result = export(two_lessons, tmp_path / "out")
    assert result.lessons == 2
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f"{name}.parquet" for name in EXPORTED} | {
        "columns.csv"
    }
    faces = pq.read_table(tmp_path / "out" / "faces.parquet").to_pandas()
    assert result.rows["faces"] == len(faces) == 12 + 12
    with open_warehouse(two_lessons) as warehouse:
        assert faces[faces.lesson_id == "algebra"].to_dict("list") == warehouse.faces("algebra").to_dict("list")
    described = read_csv(tmp_path / "out" / "columns.csv")
    assert [row["name"] for row in described if row["table"] == "faces"] == list(faces.columns)
    assert pq.read_table(tmp_path / "out" / "lessons.parquet").column("recording").to_pylist() == [
        "algebra.mp4",
        "botany.mp4",
    ]


def test_chosen_lessons_and_tables_as_csv(two_lessons: Path, tmp_path: Path) -> None:
    result = export(two_lessons, tmp_path / "out", lessons=["botany"], tables=["frames", "runs"], file_format="csv")
    assert result.rows == {"frames": 5, "runs": 1}
    rows = read_csv(tmp_path / "out" / "frames.csv")
    assert rows[1] == {"lesson_id": "botany", "pts_s": "0.5", "weight_s": "0.5", "faces": "3"}


@pytest.mark.parametrize(
    "title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", '=HYPERLINK("x","y")']
)
def test_formulas_are_disarmed_in_csv_and_kept_in_parquet(folder: Path, write_segment: Any, title: str) -> None:
    load_segment(folder, write_segment("algebra", title=title, teacher='O\'Neil, "Ada"'))
    export(folder, folder.parent / "csv", tables=["lessons"], file_format="csv")
    (row,) = read_csv(folder.parent / "csv" / "lessons.csv")
    assert row["title"] == f"'{title}"
    assert row["teacher"] == 'O\'Neil, "Ada"'
    export(folder, folder.parent / "parquet", tables=["lessons"])
    assert pq.read_table(folder.parent / "parquet" / "lessons.parquet").column("title").to_pylist() == [title]


CONSENTS = {
    "whole": ("'whole', NULL, '2026-09-01', NULL, NULL", True),
    "of the course": ("'course', 'mathematics', '2026-09-01', '2026-09-14', NULL", True),
    "of another course": ("'course', 'Physics', '2026-09-01', NULL, NULL", False),
    "too late": ("'whole', NULL, '2026-09-15', NULL, NULL", False),
    "over": ("'whole', NULL, '2026-09-01', '2026-09-13', NULL", False),
    "withdrawn": ("'whole', NULL, '2026-09-01', NULL, '2026-12-01'", False),
}


@pytest.mark.parametrize("consent", CONSENTS)
def test_students_are_told_apart_only_where_asked_and_agreed(two_lessons: Path, tmp_path: Path, consent: str) -> None:
    values, told = CONSENTS[consent]
    with duckdb.connect(two_lessons / DATABASE) as connection:
        connection.execute("INSERT INTO students VALUES ('s-1', 'Ada Lovelace', now())")
        connection.execute(f"INSERT INTO consents VALUES ('s-1', {values})")
        connection.execute("UPDATE face_rows SET student_id = 's-1' WHERE track_id = 1")
        connection.execute("UPDATE tracks SET student_id = 's-1' WHERE track_id = 1")
    for name, student_ids in (("without", False), ("with", True)):
        export(two_lessons, tmp_path / name, lessons=["algebra"], student_ids=student_ids)
        ids = {
            student
            for table in ("faces", "tracks")
            for student in pq.read_table(tmp_path / name / f"{table}.parquet").column("student_id").to_pylist()
        }
        assert ids == ({None, "s-1"} if student_ids and told else {None})
        assert not any(b"Lovelace" in path.read_bytes() for path in (tmp_path / name).iterdir())


def test_an_export_is_audited(two_lessons: Path, tmp_path: Path) -> None:
    before = verify_audit(two_lessons).lines
    export(two_lessons, tmp_path / "out")
    assert verify_audit(two_lessons).lines == before + 1


def test_what_cannot_be_exported_is_told_and_leaves_nothing(two_lessons: Path, tmp_path: Path) -> None:
    for tables in (["students"], ["consents"], ["faces; DROP TABLE x"]):
        with pytest.raises(InvalidInputError, match=r"There is no table .* to export; there are lessons,"):
            export(two_lessons, tmp_path / "out", tables=tables)
    with pytest.raises(UnknownLessonError):
        export(two_lessons, tmp_path / "out", lessons=["algebra", "latin"])
    with pytest.raises(WarehouseError):
        export(tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "taken").touch()
    with pytest.raises(InvalidInputError, match="exists already"):
        export(two_lessons, tmp_path / "taken")
    assert {path.name for path in tmp_path.iterdir()} == {"warehouse", "taken"}


def test_the_dictionary_tells_of_every_column(two_lessons: Path) -> None:
    warehouse = open_warehouse(two_lessons)
    for table, columns in DICTIONARY.items():
        assert [column.name for column in columns] == warehouse.sql(f"FROM {table} LIMIT 0").columns, table
    tables = {name for (name,) in warehouse.sql("SELECT table_name FROM information_schema.tables").fetchall()}
    assert tables - set(DICTIONARY) == {"face_rows", "frame_rows", "lesson_keys", "schema_migrations"}


def test_the_documentation_has_the_dictionary() -> None:
    assert dictionary_markdown() in DOCS.read_text(encoding="utf-8"), (
        "docs/warehouse.md needs the output of dictionary_markdown()"
    )


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
