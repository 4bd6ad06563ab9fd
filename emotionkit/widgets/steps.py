"""Work in short steps, between which a notebook answers; started anew, what was under way is dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

Steps = Iterator[Callable[[], None] | None]
"""Yields after each step; what it yields is run beside, before the next step."""


class Stepper:
    """Runs one thing at a time: in the kernel's loop where there is one, else at once."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def run(self, steps: Steps) -> None:
        """Begin, in place of what is under way."""
        if self._task is not None:
            self._task.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            for beside in steps:
                if beside is not None:
                    beside()
        else:
            self._task = loop.create_task(_drive(steps))

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._task is not None and not self._task.done()


async def _drive(steps: Steps) -> None:
    for beside in steps:
        if beside is not None:
            await asyncio.to_thread(beside)
        await asyncio.sleep(0)
