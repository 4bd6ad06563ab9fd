"""What a recording of a class may want; a file that wants more is no recording of a class, or means harm."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from emotionkit.errors import Limit, UnsafeRecordingError

MOST_PIXELS = 36_000_000
"""Pixels of a picture: 8K (7680×4320) and a little more. FFmpeg refuses larger ones before it makes room for them."""

LONGEST_S = 12 * 3600
"""Seconds of a recording."""

DECODER_OPTIONS = {"max_pixels": str(MOST_PIXELS)}


def check_size(path: Path, width: int, height: int) -> None:
    """Check that pictures are not too large.

    Raises:
        UnsafeRecordingError: They are.
    """
    if width * height > MOST_PIXELS:
        raise UnsafeRecordingError(
            path,
            Limit.PIXELS,
            f"has pictures of {width:,}×{height:,} pixels; up to {MOST_PIXELS:,} pixels are read.",
        )


def check_length(path: Path, seconds: Fraction) -> None:
    """Check that a recording does not go on for too long.

    Raises:
        UnsafeRecordingError: It does.
    """
    if seconds > LONGEST_S:
        raise UnsafeRecordingError(
            path,
            Limit.DURATION,
            f"lasts {float(seconds) / 3600:,.1f} hours; up to {LONGEST_S // 3600} hours are read.",
        )
