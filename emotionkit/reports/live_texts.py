"""Every word of what teacher and participants see while a class runs, in the language in use.

Names are looked up as those of :mod:`emotionkit.reports.texts` are; they are others, for the pages are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emotionkit.reports import texts

if TYPE_CHECKING:
    from emotionkit.reports.texts.english_live import *  # noqa: F403


def __getattr__(name: str) -> Any:
    return texts.looked_up(name, texts.LIVE_FILES)
