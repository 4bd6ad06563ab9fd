"""A recording cut at key frames into pieces that can be read apart from each other, and give together what it gives."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from emotionkit.video.index import KeyFrame, PictureIndex, picture_index
from emotionkit.video.sampling import SLACK, sampling_rate
from emotionkit.video.stored import StoredPackets

_LARGEST = 1 << 62


class SampleTime(NamedTuple):
    """A picture to look at: its time stamp in the stream's time base, its second, and the seconds it stands for."""

    stamp: int
    pts: Fraction
    weight: Fraction


@dataclass(frozen=True, slots=True, eq=False)
class SampleTimes(Sequence[SampleTime]):
    """Pictures to look at, one after the other; of three hours there are 21,600, so they are kept as plain numbers.

    Attributes:
        stamps: int64 (n,), their time stamps, ascending, in ``time_base``.
        time_base: Seconds per unit of a stamp.
        zero: Where second 0 is, in seconds on the container's clock.
        end: The second up to which the last one stands.
    """

    stamps: NDArray[np.int64]
    time_base: Fraction
    zero: Fraction
    end: Fraction

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.stamps)

    @overload
    def __getitem__(self, index: int) -> SampleTime: ...

    @overload
    def __getitem__(self, index: slice) -> SampleTimes: ...

    def __getitem__(self, index: int | slice) -> SampleTime | SampleTimes:
        """Return one of them, or some that follow each other."""
        if isinstance(index, slice):
            first, after, _ = index.indices(len(self))
            return SampleTimes(self.stamps[first:after].copy(), self.time_base, self.zero, self._begin(after))
        place = range(len(self))[index]
        pts = self._begin(place)
        return SampleTime(int(self.stamps[place]), pts, self._begin(place + 1) - pts)

    def __eq__(self, other: object) -> bool:
        """Say whether another holds the same pictures."""
        return isinstance(other, SampleTimes) and list(self) == list(other)

    def __hash__(self) -> int:
        """Return the same for equal ones."""
        return hash(self.stamps.tobytes())

    def _begin(self, place: int) -> Fraction:
        return int(self.stamps[place]) * self.time_base - self.zero if place < len(self) else self.end


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of sampled pictures that begins with a key frame or soon after one.

    Attributes:
        number: Its place among the pieces of the recording, from 0.
        key: Where decoding begins.
        samples: The pictures to look at, at least one.
        key_stamps: The stamps of all key frames from the first one needed to the one after the piece.
        stored: Where the packets lie from the first key frame to the second one after the piece: those right after a
            key frame may be shown before it. None where they have to be read through the container.
    """

    number: int
    key: KeyFrame
    samples: Sequence[SampleTime]
    key_stamps: tuple[int, ...]
    stored: StoredPackets | None = None

    @property
    def start(self) -> Fraction:
        """Second of the first sample."""
        return self.samples[0].pts

    @property
    def end(self) -> Fraction:
        """Second at which the next piece begins, or the recording ends."""
        return self.samples[-1].pts + self.samples[-1].weight


def cut_into_pieces(path: Path, sample_fps: float, piece_s: float) -> tuple[Piece, ...] | None:
    """Return the pieces of a recording, about ``piece_s`` seconds each, or None if it has to be read in one go.

    The samples are those of ``sampled_frames``. Cuts depend on the recording and the arguments alone. Where key
    frames are far apart, pieces are longer.

    Raises:
        InvalidInputError: ``sample_fps`` is not a number above 0.
        RecordingError: The file cannot be opened.
    """
    rate = sampling_rate(sample_fps)
    index = picture_index(path)
    stamps = None if index is None else _sampled_stamps(index, rate)
    if index is None or stamps is None:
        return None
    samples = SampleTimes(stamps, index.time_base, index.zero, max(index.end, index.seconds(int(stamps[-1]))))
    key_stamps = [key.pts for key in index.keys]
    starts = _starts(samples, key_stamps, piece_s)
    pieces = []
    for number, (first, end) in enumerate(pairwise([*starts, len(samples)])):
        key = bisect_right(key_stamps, stamps[first]) - 1
        after = bisect_right(key_stamps, stamps[end - 1])
        stored = None if index.packets is None else index.packets.of_groups(key, after + 1)
        pieces.append(Piece(number, index.keys[key], samples[first:end], tuple(key_stamps[key : after + 1]), stored))
    return tuple(pieces)


class Cutter:
    """Says with which sample a piece begins, sample after sample: the first after a key frame, in each new cell.

    Where key frames are not known, each cell is a piece.
    """

    def __init__(self, piece_s: float, *, by_key_frames: bool = True) -> None:
        self._piece_s = Fraction(str(float(piece_s)))
        self._by_key_frames = by_key_frames
        self._cell = self._group = -1

    def begins(self, pts: Fraction, group: int = 0) -> bool:
        """Say whether the next sample begins a piece; the first one does.

        Args:
            pts: Its second.
            group: How many key frames there were up to it.
        """
        cell, new_group = cell_of(pts, self._piece_s), group != self._group
        self._group = group
        if cell <= self._cell or not (new_group or not self._by_key_frames or self._cell < 0):
            return False
        self._cell = cell
        return True


def cell_of(pts: Fraction, piece_s: Fraction) -> int:
    """Return the cell in which a second lies: of ``piece_s`` seconds each, but the first is two, to be done sooner."""
    return int(pts // piece_s) + (pts >= piece_s / 2)


def _starts(samples: Sequence[SampleTime], key_stamps: list[int], piece_s: float) -> list[int]:
    """Return the indices of the samples with which a piece begins."""
    cutter = Cutter(piece_s)
    groups = (bisect_right(key_stamps, sample.stamp) for sample in samples)
    return [
        number
        for number, (sample, group) in enumerate(zip(samples, groups, strict=True))
        if cutter.begins(sample.pts, group)
    ]


def _sampled_stamps(index: PictureIndex, rate: Fraction) -> NDArray[np.int64] | None:
    """Return the first stamp in each cell of the grid, as ``sampled`` chooses; None if 64 bits are too few for it."""
    factor, offset = index.time_base * rate, (SLACK - index.zero) * rate
    common = factor.denominator * offset.denominator
    by, plus = int(factor * common), int(offset * common)
    if max(abs(int(index.stamps[0])), abs(int(index.stamps[-1]))) * abs(by) + abs(plus) > _LARGEST:
        return None
    cells = (index.stamps * by + plus) // common
    _, first = np.unique(cells, return_index=True)
    return index.stamps[first]
