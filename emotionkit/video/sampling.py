"""Which pictures are looked at, and how long each stands for: time stamps in, samples out, no video needed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from emotionkit.errors import InvalidInputError

PictureT = TypeVar("PictureT")

SLACK = Fraction(1, 2000)
"""Seconds by which a picture may miss its grid time: Matroska rounds time stamps to milliseconds."""


@dataclass(frozen=True, slots=True)
class Timed(Generic[PictureT]):
    """A picture that is shown from ``pts`` to at least ``end``, in seconds since the start of the recording."""

    pts: Fraction
    end: Fraction
    picture: PictureT


@dataclass(frozen=True, slots=True)
class Sample(Generic[PictureT]):
    """A picture that was chosen, and the seconds that it stands for."""

    pts: Fraction
    weight: Fraction
    picture: PictureT


def sampling_rate(sample_fps: float) -> Fraction:
    """Return a number of samples per second as it was meant: 0.1 is a tenth, not the binary fraction beside it.

    Raises:
        InvalidInputError: It is not a number above 0.

    >>> sampling_rate(0.1)
    Fraction(1, 10)
    """
    if not (math.isfinite(sample_fps) and sample_fps > 0):
        raise InvalidInputError(f"sample_fps must be a number above 0, got {sample_fps!r}.")
    return Fraction(str(float(sample_fps)))


def sampled(pictures: Iterable[Timed[PictureT]], rate: Fraction) -> Iterator[Sample[PictureT]]:
    """Choose about ``rate`` pictures per second, and weigh each with the time until the next one.

    Time is divided into cells of 1 / ``rate``, and the first picture of each cell is chosen. So a picture is chosen
    when it reaches the next grid time, and a stall gives one picture however many grid times it swallows. The grid is
    anchored at the start of the recording and not at its first picture: copies of a lesson are sampled alike.
    The last weight lasts until the last picture's end, and the weights sum exactly to the time from the first
    picture's ``pts`` to there.

    Args:
        pictures: In order of strictly increasing ``pts``; only one of them is held at a time.
        rate: Samples per second, above 0.
    """
    chosen: Timed[PictureT] | None = None
    chosen_cell = 0
    end = Fraction(0)
    for timed in pictures:
        cell = math.floor((timed.pts + SLACK) * rate)
        if chosen is None or cell > chosen_cell:
            if chosen is not None:
                yield Sample(chosen.pts, timed.pts - chosen.pts, chosen.picture)
            chosen, chosen_cell = timed, cell
        end = max(timed.pts, timed.end)
    if chosen is not None:
        yield Sample(chosen.pts, end - chosen.pts, chosen.picture)
