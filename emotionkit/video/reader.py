"""The sampled pictures of a recording."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from emotionkit.records import Frame
from emotionkit.video.decoding import pictures
from emotionkit.video.luma import luma
from emotionkit.video.sampling import sampled, sampling_rate
from emotionkit.video.source import opened


def sampled_frames(path: Path, sample_fps: float, *, threads: int | None = None) -> Generator[Frame, None, None]:
    """Read a recording at about ``sample_fps`` pictures per second.

    Time 0 is where a player's position 0 is: the earliest start of the file's sound or picture. ``video.sampling``
    says which pictures are chosen and ``video.decoding`` what is tolerated. One picture is held at a time, however
    long the recording. The file is open from the first frame until the last, or until the generator is closed.

    Args:
        path: The recording.
        sample_fps: Pictures to look at per second, above 0; at the recording's own rate or above, all of them.
        threads: How many the decoder may use; one per core, at most four, unless given.

    Yields:
        Frames in order of time. Their weights sum exactly to the time from the first picture to the end of the last.

    Raises:
        InvalidInputError: ``sample_fps`` is not a number above 0.
        RecordingError: The recording cannot be read, or not to its end; the latter only shows once the frames that
            can be read have been yielded.
    """
    rate = sampling_rate(sample_fps)
    with opened(path, threads=threads) as source:
        for sample in sampled(pictures(source), rate):
            yield Frame(pts=sample.pts, weight=sample.weight, luma=luma(sample.picture))
