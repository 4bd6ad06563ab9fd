"""The recipes of the seven apparent expressions, and the pictures rendered of each student.

A recipe gives the weights of facial action units; a unit without a side moves both sides of the face.
"""

from __future__ import annotations

from collections.abc import Mapping

Units = Mapping[str, float]

PICTURE_WIDTH, PICTURE_HEIGHT = 440, 260
"""Size in pixels of a rendered picture."""

NEUTRAL: Units = {"browInnerUp": 0.12, "mouthSmile": 0.10}

EXPRESSIONS: Mapping[str, Units] = {
    "angry": {
        "browDown": 1.0,
        "eyeSquint": 0.30,
        "mouthPress": 0.6,
        "mouthFrown": 1.0,
        "noseSneer": 0.7,
        "jawForward": 0.5,
        "mouthShrugLower": 0.3,
        "mouthRollUpper": 0.2,
    },
    "disgust": {
        "noseSneer": 1.7,
        "mouthUpperUp": 1.6,
        "cheekSquint": 1.0,
        "eyeSquint": 0.7,
        "eyeBlink": 0.2,
        "browDown": 0.25,
        "browInnerUp": 0.3,
        "mouthShrugLower": 0.6,
        "mouthFrown": 0.4,
        "jawOpen": 0.08,
    },
    "fear": {
        "browInnerUp": 1.6,
        "browOuterUp": 0.7,
        "browDown": 0.4,
        "eyeWide": 1.4,
        "mouthStretch": 1.2,
        "jawOpen": 0.35,
        "mouthLowerDown": 0.5,
    },
    "happy": {
        "mouthSmile": 1.35,
        "cheekSquint": 1.0,
        "mouthUpperUp": 0.65,
        "mouthLowerDown": 0.35,
        "jawOpen": 0.12,
        "mouthDimple": 0.4,
        "browInnerUp": 0.25,
        "browOuterUp": 0.2,
        "eyeSquint": 0.2,
    },
    "sad": {
        "browInnerUp": 2.2,
        "mouthFrown": 1.8,
        "mouthShrugLower": 0.7,
        "eyeBlink": 0.2,
        "eyeSquint": 0.4,
        "browDown": 0.2,
    },
    "surprise": {"browInnerUp": 2.0, "browOuterUp": 1.2, "eyeWide": 1.3, "jawOpen": 0.9},
}

STRENGTHS = (25, 50, 75, 100)
"""Rendered strengths of every expression, per cent."""
BLINKS = (50, 100)
"""Rendered strengths of a blink, per cent."""
YAWS = {"left": -9, "right": 9}
"""Rendered turns of the head, degrees."""


def mix(units: Units, amount: float) -> Units:
    """Return the action units part of the way from neutral (0) to an expression (1)."""
    names = set(NEUTRAL) | set(units)
    return {name: NEUTRAL.get(name, 0) * (1 - amount) + units.get(name, 0) * amount for name in names}


def shots() -> dict[str, tuple[Units, float]]:
    """Return every picture of one student by name: its action units and how far the head turns, in degrees."""
    pictures: dict[str, tuple[Units, float]] = {"neutral": (NEUTRAL, 0)}
    for name, units in EXPRESSIONS.items():
        for strength in STRENGTHS:
            pictures[f"{name}_{strength}"] = (mix(units, strength / 100), 0)
    for strength in BLINKS:
        pictures[f"blink_{strength}"] = ({**NEUTRAL, "eyeBlink": strength / 100}, 0)
    for side, yaw in YAWS.items():
        pictures[f"yaw_{side}"] = (NEUTRAL, yaw)
    return pictures


def ladder(channel: str) -> list[tuple[str, float]]:
    """Return the pictures of a channel from neutral to full strength, each with its strength, 0 to 1.

    A channel is an expression, ``blink``, ``yaw_left`` or ``yaw_right``.
    """
    if channel.startswith("yaw_"):
        return [("neutral", 0), (channel, 1)]
    steps = BLINKS if channel == "blink" else STRENGTHS
    return [("neutral", 0), *((f"{channel}_{step}", step / 100) for step in steps)]


def neighbours(channel: str, amount: float) -> tuple[str, str, float]:
    """Return the two rendered pictures around a state, and the fraction of the way between them."""
    if channel == "neutral" or amount < 0.01:
        return "neutral", "neutral", 0.0
    steps = ladder(channel)
    lower = max(index for index in range(len(steps) - 1) if steps[index][1] <= amount)
    (first, low), (second, high) = steps[lower], steps[lower + 1]
    return first, second, min(1.0, (amount - low) / (high - low))
