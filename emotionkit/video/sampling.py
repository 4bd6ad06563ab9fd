"""Which pictures are looked at, and how long each stands for: time stamps in, samples out, no video needed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

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


def sampled(pictures: Iterable[Timed[PictureT]], rate: Fraction) -> Iterator[Sample[PictureT]]:
    """Choose about ``rate`` pictures per second, and weigh each with the time until the next one.

    The grid is k / rate for whole k, anchored at the start of the recording and not at the first picture, so that the
    same moment is sampled in every copy of a lesson. The first picture is always chosen; after that, the first one
    that reaches the next grid time. A stall gives one picture however many grid times it swallows. The last weight
    lasts until the last picture's end. So the weights sum exactly to the time from first picture to last end.

    Args:
        pictures: In order of strictly increasing ``pts``; only one of them is held at a time.
        rate: Samples per second, above 0.
    """
    chosen: Timed[PictureT] | None = None
    due = end = Fraction(0)
    for timed in pictures:
        if chosen is None or timed.pts >= due:
            if chosen is not None:
                yield Sample(chosen.pts, timed.pts - chosen.pts, chosen.picture)
            chosen = timed
            due = _first_grid_time_after(timed.pts, rate)
        end = max(timed.pts, timed.end)
    if chosen is not None:
        yield Sample(chosen.pts, end - chosen.pts, chosen.picture)


def _first_grid_time_after(pts: Fraction, rate: Fraction) -> Fraction:
    return (math.floor((pts + SLACK) * rate) + 1) / rate - SLACK
