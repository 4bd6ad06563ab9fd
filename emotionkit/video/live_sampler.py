"""Which pictures of a running class are looked at: those that a recording of it would be sampled at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from emotionkit.records import Frame
from emotionkit.video.live_pictures import LivePicture
from emotionkit.video.luma import luma
from emotionkit.video.sampling import SLACK, sampling_rate

NO_CELL = -1
"""Before the first cell of the grid."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveFrame:
    """A sampled picture of a running class.

    Attributes:
        frame: Its ``weight`` is what a sample usually stands for; the next one tells what it came to.
        previous_end: Second until which the sample before this one stands.
        after_gap: Whether the source was lost in between.
        group: How many key frames of the connection there were up to it.
        due: When by :func:`now` it came.
    """

    frame: Frame
    previous_end: Fraction
    after_gap: bool
    group: int
    due: float


class LiveSampler:
    """Chooses the first picture in each cell of the grid of ``video.sampling``, before the next one is known.

    Attributes:
        cell: Which had a sample last.
    """

    def __init__(self, sample_fps: float, cell: int = NO_CELL) -> None:
        """Set the grid, and which cell of it had a sample last.

        Raises:
            InvalidInputError: ``sample_fps`` is not a number above 0.
        """
        self._rate = sampling_rate(sample_fps)
        self.cell = cell

    def sample(self, picture: LivePicture, offset: Fraction, gap_from: Fraction | None = None) -> LiveFrame | None:
        """Return a picture as a sample, or None if its cell has one.

        Args:
            picture: The next one.
            offset: What makes seconds of its connection seconds of the class.
            gap_from: Since when the source was lost, if this is the first picture after that.
        """
        pts = picture.pts + offset
        cell = math.floor((pts + SLACK) * self._rate)
        if cell <= self.cell and gap_from is None:
            return None
        self.cell = cell
        frame = Frame(pts, 1 / self._rate, luma(picture.picture))
        until = pts if gap_from is None else gap_from
        return LiveFrame(frame, until, gap_from is not None, picture.group, picture.due)
