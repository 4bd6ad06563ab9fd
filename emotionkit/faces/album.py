"""Pictures of a class that cannot be looked into again: kept in memory until its end, and never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from emotionkit.faces.embedding import surroundings
from emotionkit.faces.portraits import LARGEST_PORTRAIT, Embed
from emotionkit.faces.tracklet import Moment
from emotionkit.records import BoundingBox, Frame


class Album:
    """The faces at moments that may be asked for, as a second look into a recording would find them."""

    def __init__(self) -> None:
        self._pictures: dict[Moment, tuple[NDArray[np.uint8], BoundingBox]] = {}

    def __len__(self) -> int:
        """Return the number of pictures; each takes 90 kB at most, and 12 kB of a face of 55 pixels."""
        return len(self._pictures)

    def take(self, frame: Frame, moments: Iterable[Moment]) -> None:
        """Keep the faces of a frame that are chosen.

        Args:
            frame: The frame.
            moments: Any; those of other frames do no harm.
        """
        for moment in moments:
            if moment.pts_s == float(frame.pts) and moment not in self._pictures:
                self._pictures[moment] = surroundings(frame.luma, moment.box, LARGEST_PORTRAIT)

    def keep(self, moments: Iterable[Moment]) -> None:
        """Forget all pictures but those of some moments."""
        kept = set(moments)
        self._pictures = {moment: picture for moment, picture in self._pictures.items() if moment in kept}

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
