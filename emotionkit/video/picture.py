"""One picture of a recording in colour, for people to look at."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from av import VideoFrame
from av.error import FFmpegError
from numpy.typing import NDArray

from emotionkit.errors import RecordingError
from emotionkit.video.luma import orientation
from emotionkit.video.source import opened

_TOLERANCE_S = Fraction(1, 500_000)
"""Times are stored to the microsecond."""


def picture_at(path: Path, pts_s: float) -> NDArray[np.uint8]:
    """Return the picture shown at a time: uint8 (height, width, 3), RGB as displayed.

    Args:
        path: The recording.
        pts_s: Seconds since its start; past the end it is the last picture.

    Raises:
        RecordingError: The file cannot be opened or decoded, or holds no picture.
    """
    found: VideoFrame | None = None
    with opened(path) as source:
        video, target = source.video, Fraction(pts_s) + source.start + _TOLERANCE_S
        assert video.time_base is not None
        try:
            if source.can_be_cut:
                source.container.seek(int(target / video.time_base), stream=video)
            for frame in source.container.decode(video):
                if frame.pts is not None and frame.pts * video.time_base > target and found is not None:
                    break
                found = frame
        except FFmpegError as error:
            if found is None:
                raise RecordingError(path, f"cannot be decoded at {pts_s:g} s ({error.strerror}).") from error
        if found is None:
            raise RecordingError(path, f"shows no picture at {pts_s:g} s.")
        stored, turn = found.to_ndarray(format="rgb24").astype(np.uint8, copy=False), orientation(found)
    return np.dstack([turn.upright(stored[:, :, channel]) for channel in range(3)])
