"""One colour per apparent expression, everywhere, and the two themes they are shown on."""

from __future__ import annotations

from dataclasses import dataclass

EMOTION_COLORS = {
    "angry": "#d55e00",
    "disgust": "#009e73",
    "fear": "#cc79a7",
    "happy": "#e69f00",
    "neutral": "#8c8c8c",
    "sad": "#2b7bba",
    "surprise": "#56b4e9",
}
"""After Okabe and Ito, Color Universal Design (2008): told apart with any colour vision. The name always stands by."""

EMOTION_MARKS = {
    "angry": "^",
    "disgust": "X",
    "fear": "v",
    "happy": "o",
    "neutral": "s",
    "sad": "D",
    "surprise": "P",
}
"""Marks, as Matplotlib calls them: a second cue, which needs no colour."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of what is not an expression, as ``#rrggbb``."""

    text: str
    muted: str
    grid: str


LIGHT = Theme(text="#1d1d1f", muted="#5c5c63", grid="#dcdce0")
DARK = Theme(text="#ececf0", muted="#a9a9b2", grid="#3c3c44")
