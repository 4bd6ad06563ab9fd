"""Numbered migrations: each with its record or not at all, older warehouses brought up to date, newer ones refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from emotionkit._version import __version__
from emotionkit.errors import WarehouseError
from emotionkit.warehouse import find_run, load_segment, open_warehouse, rebuild, schema
from emotionkit.warehouse.connection import DATABASE, STORAGE_VERSION
from emotionkit.warehouse.schema import Migration, migrate, migrations, schema_version

FOLDER = Path("warehouse")


def test_migrations_are_numbered_without_gaps() -> None:
    assert [migration.version for migration in migrations()] == list(range(1, len(migrations()) + 1))
    assert migrations()[0].name == "lessons"


def test_an_empty_database_gets_all_migrations_once() -> None:
    with duckdb.connect() as connection:
        assert schema_version(connection, FOLDER) == 0
        assert migrate(connection, FOLDER) == len(migrations())
        assert migrate(connection, FOLDER) == 0
        records = connection.execute("SELECT version, name, software_version FROM schema_migrations").fetchall()
    assert records == [(migration.version, migration.name, __version__) for migration in migrations()]


def test_a_migration_that_fails_leaves_nothing_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Migration(2, "broken", "CREATE TABLE left_over (i INTEGER); SELECT error('no');")
    monkeypatch.setattr(schema, "migrations", lambda: (*migrations()[:1], broken))
    with duckdb.connect() as connection:
        with pytest.raises(duckdb.Error, match="no"):
            migrate(connection, FOLDER)
        assert schema_version(connection, FOLDER) == 1
        assert ("left_over",) not in connection.execute("SHOW TABLES").fetchall()


def test_an_older_warehouse_is_migrated_when_written_or_read(
    two_lessons: Path, write_segment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = migrations()[-1].version
    next_one = Migration(newest + 1, "rooms", "CREATE TABLE rooms (room VARCHAR)")
    with_next = (*migrations(), next_one)
    monkeypatch.setattr(schema, "migrations", lambda: with_next)
    monkeypatch.setattr("emotionkit.warehouse.connection.migrations", lambda: with_next)

    warehouse = open_warehouse(two_lessons)
    assert list(warehouse.lessons().lesson_id) == ["algebra", "botany"]
    assert warehouse.sql("SELECT count(*) FROM rooms").fetchall() == [(0,)]
    assert rebuild(two_lessons) == 2
    assert warehouse.sql("SELECT version FROM schema_migrations ORDER BY ALL").fetchall()[-1] == (newest + 1,)


def test_a_newer_warehouse_is_refused_in_one_sentence(two_lessons: Path, write_segment: Any) -> None:
    with duckdb.connect(two_lessons / DATABASE) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (99, 'future', '9.0', now())")
    before = (two_lessons / DATABASE).read_bytes()
    segment = write_segment("chemistry", "run-5")

    for attempt in (
        lambda: open_warehouse(two_lessons),
        lambda: find_run(two_lessons, "algebra"),
        lambda: load_segment(two_lessons, segment),
        lambda: rebuild(two_lessons),
    ):
        with pytest.raises(
            WarehouseError, match=r"written by a newer emotionkit \(schema 99; .*: update emotionkit\.$"
        ):
            attempt()
    assert (two_lessons / DATABASE).read_bytes() == before
    assert segment.exists()


def test_somebody_elses_database_is_left_alone(folder: Path, write_segment: Any) -> None:
    segment = write_segment("algebra")
    with duckdb.connect(folder / DATABASE) as connection:
        connection.execute("CREATE TABLE sales (amount INTEGER)")
    before = (folder / DATABASE).read_bytes()
    for attempt in (lambda: open_warehouse(folder), lambda: load_segment(folder, segment), lambda: rebuild(folder)):
        with pytest.raises(WarehouseError, match="emotionkit did not make"):
            attempt()
    assert (folder / DATABASE).read_bytes() == before


def test_an_empty_duckdb_file_becomes_a_warehouse(folder: Path, write_segment: Any) -> None:
    segment = write_segment("algebra")
    duckdb.connect(folder / DATABASE).close()
    assert load_segment(folder, segment)
    assert find_run(folder, "algebra") == "run-1"


def test_older_duckdb_versions_can_read_the_file(two_lessons: Path) -> None:
    with duckdb.connect(two_lessons / DATABASE, read_only=True) as connection:
        tags = connection.execute("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchall()
    assert tags[0][0]["storage_version"].startswith(STORAGE_VERSION)
