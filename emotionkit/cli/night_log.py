"""The log of nightly runs: a line of JSON per event, in a file that logrotate may move away at any moment."""

from __future__ import annotations

import json
import logging
import logging.handlers
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = {"at": at, "level": record.levelname.lower(), "from": record.name, "message": record.getMessage()}
        return json.dumps(facts, ensure_ascii=True)


@contextmanager
def logging_to(path: Path | None) -> Iterator[None]:
    """Add what emotionkit logs within the block to a file; nothing where none is given.

    Raises:
        click.BadParameter: The file cannot be written.
    """
    if path is None:
        yield
        return
    logger = logging.getLogger("emotionkit")
    try:
        # Opens the file anew once logrotate has moved it.
        handler = logging.handlers.WatchedFileHandler(path, encoding="utf-8")
    except OSError as error:
        raise click.BadParameter(f"{path} cannot be written: {error.strerror}.", param_hint="--log") from error
    handler.setFormatter(_JsonLines())
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
        handler.close()
