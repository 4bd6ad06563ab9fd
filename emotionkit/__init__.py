"""emotionkit: apparent expressions in recorded classes, read in aggregate and reported per lesson.

>>> import emotionkit as ek
>>> ek.EMOTIONS
('angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise')
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from emotionkit._version import __version__
from emotionkit.errors import EmotionkitError
from emotionkit.records import EMOTIONS

if TYPE_CHECKING:
    from emotionkit.emotions.classifier import EmotionClassifier
    from emotionkit.warehouse import open_warehouse

__all__ = ["EMOTIONS", "EmotionClassifier", "EmotionkitError", "__version__", "open_warehouse"]

# Loaded on first use: reading a warehouse must not cost the seconds that a model takes.
_LAZY = {"EmotionClassifier": "emotionkit.emotions.classifier", "open_warehouse": "emotionkit.warehouse"}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module 'emotionkit' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)
