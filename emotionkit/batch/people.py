"""One track for each person of a recording that has been read piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from emotionkit.config import TrackingSettings
from emotionkit.faces.joining import TrackJoiner
from emotionkit.faces.people import People
from emotionkit.faces.tracklet import Moment, tracklet_from_json
from emotionkit.warehouse import PartsFolder

LookAgain = Callable[[Mapping[int, Sequence[Moment]]], Mapping[int, Sequence[NDArray[np.float32]]]]
"""Returns the embeddings, float32 (128,) each, of faces at some moments, by the key that they are wanted for."""


def tracks_of_people(
    parts: PartsFolder,
    names: Sequence[str],
    settings: TrackingSettings,
    look: LookAgain | None,
    on_presence: Callable[[], None] = lambda: None,
) -> dict[str, dict[int, int]]:
    """Return the ``track_id`` in the lesson of each track of each part, by the part's name.

    Where position leaves a question, a few faces are looked at again. What that tells of them is gone when this
    returns: neither pictures nor embeddings are stored. The answer depends on the parts and what is looked at alone,
    not on who made them or when.

    Args:
        parts: Where the parts are.
        names: All of them, in order.
        settings: What they were read with.
        look: Looks at faces again; None where there is nothing to look into, so that position and surroundings alone
            decide.
        on_presence: Called at each presence, as a sign of life.

    Raises:
        WarehouseError: A part is lost or damaged.
    """
    joiner = TrackJoiner(settings)
    presences: dict[str, dict[int, int]] = {}
    for name in names:
        noted = parts.read_notes(name)
        if noted is None:
            raise parts.lost(name)
        times, notes = noted
        presences[name] = joiner.join(map(tracklet_from_json, notes), list(map(Fraction, times)))
    people = People(joiner.presences, on_presence)
    numbers = people.numbers(look(people.moments) if look and people.moments else {})
    return {name: {track: numbers[number] for track, number in tracks.items()} for name, tracks in presences.items()}
