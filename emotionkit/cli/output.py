"""How commands speak: results on stdout, what a person can act on on stderr, statuses as agreed."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from pathlib import Path

import click
from rich.console import Console

ALL_WELL, FAILED, WRONG_USAGE, SOME_FAILED = 0, 1, 2, 3

STOPPED = 130
"""Exit status after Ctrl-C, as shells have it."""

FilePath = click.Path(path_type=Path)
"""Type of arguments that name files; whether they exist is for the stage to say that opens them."""

json_option = click.option("--json", "as_json", is_flag=True, help="Give the result as JSON, for programs.")
warehouse_option = click.option("--warehouse", type=FilePath, metavar="DIR", default="warehouse", help="The warehouse.")
reports_option = click.option("--reports", type=FilePath, metavar="DIR", default="reports", help="The reports.")


def complain(sentence: str) -> None:
    """Say on stderr, in one line, what went wrong."""
    click.echo(one_line(sentence), err=True)


def one_line(text: str) -> str:
    r"""Return a text with every run of white space as one space, and nothing in it that a terminal would obey.

    >>> one_line("a\n  name"), one_line("\x1b[2J\udc80")
    ('a name', '\\x1b[2J\\udc80')
    """
    return "".join(_spelled(char) if unicodedata.category(char)[0] == "C" else char for char in " ".join(text.split()))


def _spelled(char: str) -> str:
    # Joiners are letters' business in some scripts.
    return char if char in "\u200c\u200d" else char.encode("unicode_escape").decode()


def print_json(result: object) -> None:
    """Give a result for programs on stdout; instants and paths become text.

    In ASCII, which is JSON wherever stdout goes, and holds names that are no text too.
    """
    click.echo(json.dumps(result, indent=2, default=str))


def spell_what_stdout_cannot_hold() -> None:
    """Have characters that stdout cannot encode spelled out, as on stderr; names that are no text have such."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def progress_console() -> Console:
    """Return the console for progress: stderr, so that results can be piped."""
    return Console(stderr=True)


def status(done: int, failed: int) -> int:
    """Return the exit status of a command over several things.

    >>> status(2, 0), status(2, 1), status(0, 1)
    (0, 3, 1)
    """
    if not failed:
        return ALL_WELL
    return SOME_FAILED if done else FAILED
