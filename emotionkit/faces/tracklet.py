"""What is remembered of a person's presence in one piece of a recording, to find the person again in other pieces."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from emotionkit.faces.appearance import Appearance, Look
from emotionkit.records import BoundingBox


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A person at one moment.

    Attributes:
        pts: Second of the recording; it comes back from JSON as the nearest binary fraction.
        box: The face.
        look: What surrounded it.
    """

    pts: Fraction
    box: BoundingBox
    look: Look


Span = tuple[float, float]


class Moment(NamedTuple):
    """When and where a face was clear to see.

    Attributes:
        quality: 0 to 1.
        pts_s: Second of the recording.
        box: The face.
    """

    quality: float
    pts_s: float
    box: BoundingBox


@dataclass(frozen=True, slots=True, eq=False)
class Tracklet:
    """A person's presence in one piece.

    Attributes:
        track_id: Number of the person within the piece.
        first: The first sighting in the piece.
        last: The last one.
        exemplars: Looks that tell how the person appeared, the oldest first; a few.
        moments: When the face was clearest, for looking at it again.
        spans: First and last second of each time without a frame that misses the face.
    """

    track_id: int
    first: Sighting
    last: Sighting
    exemplars: tuple[Look, ...]
    moments: tuple[Moment, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def appearance(self) -> Appearance:
        """The appearance that the exemplars make up."""
        appearance = Appearance(self.exemplars[0])
        for look in self.exemplars[1:]:
            appearance.learn(look)
        return appearance


def tracklet_json(tracklet: Tracklet) -> dict[str, Any]:
    """Return a tracklet as plain values for JSON."""
    return {
        "track_id": tracklet.track_id,
        "first": _sighting_json(tracklet.first),
        "last": _sighting_json(tracklet.last),
        "exemplars": [_look_text(look) for look in tracklet.exemplars],
        "spans": tracklet.spans,
        "moments": [[moment.quality, moment.pts_s, *_sides(moment.box)] for moment in tracklet.moments],
    }


def tracklet_from_json(values: dict[str, Any]) -> Tracklet:
    """Return the tracklet that ``tracklet_json`` described.

    Raises:
        KeyError: A value is missing.
        TypeError: A value is of another type.
        ValueError: A value cannot be.
    """
    exemplars = values["exemplars"]
    if not isinstance(exemplars, list) or not exemplars or not isinstance(values["track_id"], int):
        raise TypeError("A tracklet has a number and a list of exemplars.")
    looks = tuple(map(_look, exemplars))
    # Parts of a run that an earlier version began do not have it.
    moments = tuple(Moment(quality, pts_s, BoundingBox(*sides)) for quality, pts_s, *sides in values.get("moments", []))
    first, last = _sighting(values["first"]), _sighting(values["last"])
    spans = values.get("spans", [(first.pts, last.pts)])
    return Tracklet(values["track_id"], first, last, looks, moments, tuple((float(a), float(b)) for a, b in spans))


def _sighting_json(sighting: Sighting) -> dict[str, Any]:
    return {"pts": float(sighting.pts), "box": _sides(sighting.box), "look": _look_text(sighting.look)}


def _sides(box: BoundingBox) -> list[float]:
    return [box.x, box.y, box.w, box.h]


def _sighting(values: object) -> Sighting:
    if not isinstance(values, dict):
        raise TypeError("A sighting is a table of values.")
    return Sighting(Fraction(values["pts"]), BoundingBox(*map(float, values["box"])), _look(values["look"]))


def _look_text(look: Look) -> str:
    return base64.b64encode(look.region.tobytes()).decode()


def _look(text: str) -> Look:
    pixels = np.frombuffer(base64.b64decode(text), np.uint8)
    side = round(pixels.size**0.5)
    return Look(pixels.reshape(side, side))
