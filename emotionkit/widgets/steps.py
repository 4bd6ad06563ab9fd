"""Work in steps beside the notebook, which answers meanwhile; started anew, what was under way is dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from typing import Any

from emotionkit.errors import EmotionkitError

Steps = Generator[Callable[[], Any], Any, None]
"""Yields what shall be done beside, and is sent what comes of it; an error of emotionkit is raised where it yielded."""


class Stepper:
    """Runs one thing at a time: beside the kernel's loop where there is one, else at once."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def run(self, steps: Steps) -> None:
        """Begin, in place of what is under way."""
        if self._task is not None:
            self._task.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            _drive_at_once(steps)
        else:
            self._task = loop.create_task(_drive(steps))

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._task is not None and not self._task.done()


async def _drive(steps: Steps) -> None:
    work = _begun(steps)
    while work is not None:
        work = _continued(steps, *await asyncio.to_thread(_outcome, work))


def _drive_at_once(steps: Steps) -> None:
    work = _begun(steps)
    while work is not None:
        work = _continued(steps, *_outcome(work))


def _outcome(work: Callable[[], Any]) -> tuple[Any, EmotionkitError | None]:
    try:
        return work(), None
    except EmotionkitError as error:
        return None, error


def _begun(steps: Steps) -> Callable[[], Any] | None:
    return next(steps, None)


def _continued(steps: Steps, value: object, error: EmotionkitError | None) -> Callable[[], Any] | None:
    """Go on with what came of a step, and return the next one; None at the end."""
    try:
        return steps.send(value) if error is None else steps.throw(error)
    except StopIteration:
        return None
