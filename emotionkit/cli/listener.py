"""Lines for whoever listens to a command that waits for nobody."""

from __future__ import annotations

import os
import select
import sys
from collections import deque
from collections.abc import Callable
from typing import TextIO

import click


class Listener:
    """Who reads stdout or stderr of a class that runs: told what there is room for.

    Neither who goes away nor who stays and does not read holds a class up: a pager that shows its first page, a
    terminal halted by Ctrl-S.
    """

    def __init__(self, *, err: bool = False, complain: Callable[[str], None] = lambda _: None) -> None:
        """Begin to tell.

        Args:
            err: Whether on stderr.
            complain: Called once with a sentence when a line is lost, and when nothing can be written any more.
        """
        self._err, self._complain = err, complain
        self._waiting: deque[str] = deque()
        self._is_behind = False

    def tell(self, line: str, *, is_passing: bool = False) -> None:
        """Write a line as soon as there is room; one of passing interest now or never."""
        while self._waiting and self._has_room():
            self._write(self._waiting.popleft())
        if not self._waiting and self._has_room():
            self._write(line)
        elif not is_passing:
            self._waiting.append(line)
        elif not self._is_behind:
            self._is_behind = True
            self._complain(
                "Nobody reads the output at present; the class goes on, and figures without room are left out."
            )

    def tell_rest(self) -> None:
        """Write what still waits, however long that takes."""
        while self._waiting:
            self._write(self._waiting.popleft())

    @property
    def _stream(self) -> TextIO:
        return sys.stderr if self._err else sys.stdout

    def _has_room(self) -> bool:
        """Say whether a line can be written at once; a pipe keeps its word for up to ``select.PIPE_BUF`` bytes."""
        try:
            return bool(select.select([], [self._stream], [], 0)[1])
        except (OSError, ValueError):
            return True  # no file of the system, which has room, or a closed one, of which writing tells

    def _write(self, line: str) -> None:
        try:
            click.echo(line, err=self._err)
        except OSError as error:
            self._discard()
            reason = (error.strerror or "unknown error").lower()
            self._complain(f"The output cannot be written ({reason}); the class goes on without it.")

    def _discard(self) -> None:
        """Lose what is written from now on, and what waits to be, over which Python would stumble at its end."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
