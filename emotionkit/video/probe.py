"""What a recording holds, without decoding more than its first picture."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from emotionkit.errors import RecordingError
from emotionkit.video.decoding import pictures, scanned_end
from emotionkit.video.luma import orientation
from emotionkit.video.source import opened


@dataclass(frozen=True, slots=True)
class Recording:
    """A video file of a lesson.

    Attributes:
        path: The file.
        duration: Seconds from the earliest start of sound or picture to the latest end, as the file says it; from its
            packets where it does not.
        width: Of the picture as displayed, rotation applied, in pixels.
        height: The same.
        frame_rate: Pictures per second on average; 0 if the file gives no way to tell.
        rotation: 0, 90, 180 or 270: degrees by which the stored picture is turned clockwise to be displayed.
        codec: FFmpeg's name of the video codec, such as ``h264``.
        has_audio: Whether there is sound.
    """

    path: Path
    duration: Fraction
    width: int
    height: int
    frame_rate: Fraction
    rotation: int
    codec: str
    has_audio: bool


def probe(path: Path) -> Recording:
    """Return what a recording holds.

    Cheap: reads the header and one picture; the whole file, undecoded, only where the header has no duration.

    Raises:
        RecordingError: It is no recording that can be read, or visibly cut off.
    """
    with opened(path) as source:
        end = source.end
        first = next(pictures(source)).picture
        shown = orientation(first)
        width, height = (first.height, first.width) if shown.is_transposed else (first.width, first.height)
        return Recording(
            path=path,
            duration=(_scanned(path) if end is None else end) - source.start,
            width=width,
            height=height,
            frame_rate=source.frame_rate or Fraction(0),
            rotation=shown.clockwise_degrees,
            codec=source.video.codec_context.name,
            has_audio=bool(source.container.streams.audio),
        )


def _scanned(path: Path) -> Fraction:
    """Open the file anew, for the first picture has already been taken, and run through its packets."""
    with opened(path) as source:
        end = scanned_end(source)
    if end is None:
        raise RecordingError(path, "holds no time stamps.")
    return end
