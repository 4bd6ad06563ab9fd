"""Pictures of a class that cannot be looked into again: kept in memory until its end, and never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from emotionkit.faces.embedding import surroundings
from emotionkit.faces.portraits import LARGEST_PORTRAIT, Embed
from emotionkit.faces.tracklet import Moment
from emotionkit.records import BoundingBox, Frame

LARGEST_ALBUM = 128 * 2**20
"""Bytes of pictures: five each of 280 of the largest faces, or of 2,000 of 55 pixels, as in a gallery."""


class Album:
    """The faces at moments that may be asked for, as a second look into a recording would find them.

    However long a class and however often somebody comes anew, it stays within its size: then everybody's clearest
    picture is kept before anybody's second one. Who has none left is told by place and surroundings alone.
    """

    def __init__(self, largest: int = LARGEST_ALBUM) -> None:
        """Begin without pictures, of which ``largest`` bytes are kept at most."""
        self._largest = largest
        self._pictures: dict[Moment, tuple[NDArray[np.uint8], BoundingBox]] = {}

    def __len__(self) -> int:
        """Return the number of pictures; each takes 90 kB at most, and 12 kB of a face of 55 pixels."""
        return len(self._pictures)

    @property
    def size(self) -> int:
        """Bytes of all pictures."""
        return sum(picture.nbytes for picture, _ in self._pictures.values())

    def take(self, frame: Frame, moments: Iterable[Moment]) -> None:
        """Keep the faces of a frame that are chosen.

        Args:
            frame: The frame.
            moments: Any; those of other frames do no harm.
        """
        for moment in moments:
            if moment.pts_s == float(frame.pts) and moment not in self._pictures:
                self._pictures[moment] = surroundings(frame.luma, moment.box, LARGEST_PORTRAIT)

    def keep(self, chosen: Iterable[Sequence[Moment]]) -> None:
        """Forget all pictures but those of some moments, and of these what is too much.

        Args:
            chosen: Moments of one person after another.
        """
        everybody = list(chosen)
        kept = set(chain.from_iterable(everybody))
        self._pictures = {moment: picture for moment, picture in self._pictures.items() if moment in kept}
        if self.size > self._largest:
            self._thin_out(everybody)

    def _thin_out(self, everybody: Iterable[Sequence[Moment]]) -> None:
        """Forget what is too much: of those who have most pictures the least clear ones first."""
        places: dict[Moment, tuple[int, float]] = {}
        for moments in everybody:
            clearest_first = sorted(moments, key=lambda moment: -moment.quality)
            places |= {moment: (place, -moment.quality) for place, moment in enumerate(clearest_first)}
        surplus = self.size - self._largest
        for moment in sorted(self._pictures, key=places.__getitem__, reverse=True):
            if surplus <= 0:
                break
            surplus -= self._pictures.pop(moment)[0].nbytes

    def embeddings(self, moments: Mapping[int, Sequence[Moment]], embed: Embed) -> dict[int, list[NDArray[np.float32]]]:
        """Return the embeddings, float32 (128,) each, of faces at some moments, in the order of time, by their key.

        Args:
            moments: By key; of those that were not kept, nothing is returned.
            embed: Computes an embedding.
        """
        found = {
            key: [embed(*self._pictures[moment]) for moment in _in_time(chosen) if moment in self._pictures]
            for key, chosen in moments.items()
        }
        return {key: seen for key, seen in sorted(found.items()) if seen}


def _in_time(moments: Sequence[Moment]) -> list[Moment]:
    return sorted(moments, key=lambda moment: moment.pts_s)
