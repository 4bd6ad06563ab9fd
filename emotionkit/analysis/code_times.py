"""Times as observers' tools write them: seconds, milliseconds, or hours, minutes and seconds."""

from __future__ import annotations

import math
import re

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d+)?)")
_NUMBER = re.compile(r"\d+(?:[.,]\d*)?(?:[eE][+-]?\d+)?")
FRAMES = re.compile(r"\d{1,2}:\d{2}:\d{2}[:;]\d{1,3}")
"""Hours, minutes, seconds and frames: no time unless it is known how long a frame lasts."""


def seconds_of(text: str, *, unit_s: float = 1.0) -> float | None:
    """Return a time in seconds, or None for what is no time of 0 or later.

    Args:
        text: ``83.5``, ``83,5``, ``1:23.5`` or ``0:01:23.500``.
        unit_s: What a plain number counts, in seconds: 0.001 for milliseconds.

    >>> seconds_of("83,5"), seconds_of("00:01:23.500"), seconds_of("83500", unit_s=0.001), seconds_of("1:75")
    (83.5, 83.5, 83.5, None)
    """
    text = text.strip()
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in clock.groups())
        known = seconds < 60 and (clock[1] is None or minutes < 60)
        return 3600 * hours + 60 * minutes + seconds if known else None
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", ".")) * unit_s
    return value if math.isfinite(value) else None


def is_time(text: str) -> bool:
    """Whether a cell holds a time, also one in frames."""
    return seconds_of(text) is not None or FRAMES.fullmatch(text.strip()) is not None
