"""What a child process may use, what it is told to do, and what is heard of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emotionkit.errors import EmotionkitError, Limit, UnsafeRecordingError

MEMORY_BYTES = 6 << 30
"""Address space of a child. One that reads 1080p reserves about 2 GiB of it, most of which it never touches."""

SILENCE_S = 120.0
"""Seconds without a word after which a child counts as hanging. One that reads pictures sends word all the time."""

PROGRESS_S = 0.2
"""Seconds from one note of progress to the next: more would only keep people and processes busy."""


@dataclass(frozen=True, slots=True)
class Confines:
    """What a child may use: bytes of memory, and seconds of silence."""

    memory_bytes: int = MEMORY_BYTES
    silence_s: float = SILENCE_S


@dataclass(frozen=True, slots=True)
class Order:
    """Something for a child to do.

    Attributes:
        recording: Whose fault it is if that goes wrong.
        function: Of a module, so that the child can import it.
        arguments: What it is called with.
        notes_apart_s: Seconds from one note to the next, at least, if it takes as its last argument a function that
            sends notes; None if it does not.
        longest_s: Seconds that it may take however much it sends word; None for no limit.
        tries: How often it is begun if it crashes: once may have been another's doing.
    """

    recording: Path
    function: Callable[..., object]
    arguments: tuple[object, ...]
    notes_apart_s: float | None = None
    longest_s: float | None = None
    tries: int = 2

    def failed(self, limit: Limit, reason: str) -> Ended:
        """Return its end with an error that is the recording's fault."""
        return Ended(self, error=UnsafeRecordingError(self.recording, limit, reason))


@dataclass(frozen=True, slots=True)
class Ended:
    """An order that came to its end: with what it returned, or with an error."""

    order: Order
    value: Any = None
    error: EmotionkitError | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a function sent on its way."""

    order: Order
    value: Any
