"""The version of the database's tables, and the numbered migrations that bring an older one up to date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb

from emotionkit._version import __version__
from emotionkit.errors import WarehouseError
from emotionkit.warehouse.transaction import transaction

_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL,
    software_version VARCHAR NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: a file ``migrations/NNNN_name.sql``."""

    version: int
    name: str
    sql: str


@cache
def migrations() -> tuple[Migration, ...]:
    """Return all migrations that this software knows, oldest first."""
    scripts = [file for file in (files(__package__) / "migrations").iterdir() if file.name.endswith(".sql")]
    found = []
    for script in scripts:
        version, _, name = script.name.removesuffix(".sql").partition("_")
        found.append(Migration(int(version), name, script.read_text(encoding="utf-8")))
    return tuple(sorted(found, key=lambda migration: migration.version))


def schema_version(connection: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Return the number of the last migration applied to a database; 0 for one without tables.

    Raises:
        WarehouseError: The database is not a warehouse's, or of a newer emotionkit.
    """
    try:
        applied = connection.execute("SELECT version FROM schema_migrations").fetchall()
    except duckdb.CatalogException as error:
        # Asked only now, since listing tables takes longer than all else.
        if not connection.execute("SELECT table_name FROM duckdb_tables() LIMIT 1").fetchall():
            return 0
        raise WarehouseError(folder, "holds a DuckDB database that emotionkit did not make.") from error
    version = max((number for (number,) in applied), default=0)
    newest = migrations()[-1].version
    if version > newest:
        raise WarehouseError(
            folder,
            f"was written by a newer emotionkit (schema {version}; {__version__} knows {newest}): update emotionkit.",
        )
    return version


def migrate(connection: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Apply the migrations that a database lacks, each in one transaction with its record; return how many.

    Raises:
        WarehouseError: As for :func:`schema_version`.
        duckdb.Error: A migration failed; those before it stay, of itself nothing does.
    """
    version = schema_version(connection, folder)
    missing = [migration for migration in migrations() if migration.version > version]
    for migration in missing:
        with transaction(connection):
            connection.execute(_LEDGER)
            connection.execute(migration.sql)
            connection.execute(
                "INSERT INTO schema_migrations VALUES (?, ?, ?, now())",
                [migration.version, migration.name, __version__],
            )
    return len(missing)
