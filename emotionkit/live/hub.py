"""What is shown of a running class, and who waits for news of it; for the thread of the server alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

HEARTBEAT_S = 2.0
"""Seconds after which a page hears something even if nothing is new, so that it can tell silence from an end."""


class Hub:
    """Sections of the page by their ids, each with the number of the news that brought it.

    Attributes:
        state: ``connecting``, ``running``, ``lost`` or ``ended``.
        sections: HTML by the section's id.
        number: How often something was published.
    """

    def __init__(self) -> None:
        self.state = "connecting"
        self.sections: dict[str, str] = {}
        self.number = 0
        self._facts: dict[str, object] = {}
        self._changed_at: dict[str, int] = {}
        self._news = asyncio.Event()
        self._listeners = 0

    def publish(self, state: str, sections: dict[str, str], facts: dict[str, object]) -> None:
        """Replace sections by those of the same name, and wake whoever waits."""
        self.number += 1
        self.state, self._facts = state, facts
        for name, html in sections.items():
            if self.sections.get(name) != html:
                self.sections[name], self._changed_at[name] = html, self.number
        self.wake()

    def wake(self) -> None:
        """Let whoever waits look again."""
        self._news.set()
        self._news = asyncio.Event()

    def message(self, heard: int) -> dict[str, object]:
        """Return what is new to somebody who has heard up to a number."""
        new = {name: html for name, html in self.sections.items() if self._changed_at[name] > heard}
        return {"state": self.state, "sections": new, **self._facts}

    async def later_than(self, number: int) -> None:
        """Wait for something newer, at most for ``HEARTBEAT_S``."""
        with contextlib.suppress(TimeoutError):
            if self.number <= number:
                await asyncio.wait_for(self._news.wait(), HEARTBEAT_S)

    @contextlib.contextmanager
    def listener(self) -> Iterator[None]:
        """Count somebody who listens for the length of the block."""
        self._listeners += 1
        try:
            yield
        finally:
            self._listeners -= 1

    async def drain(self) -> None:
        """Wait until nobody listens any more: each has heard of the end then."""
        while self._listeners:
            await asyncio.sleep(0.02)
