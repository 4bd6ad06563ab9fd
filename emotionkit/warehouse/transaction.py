"""All or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import duckdb


@contextlib.contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Make what the block changes in the database permanent when it ends, or undo it if it fails.

    Raises:
        duckdb.Error: The changes cannot be made permanent, as on a full disk; they are undone then.
    """
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        # After a commit that failed there is nothing left to roll back; the first error is the one to tell.
        with contextlib.suppress(duckdb.Error):
            connection.rollback()
        raise
