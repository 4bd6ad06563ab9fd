"""Layer 6: from figures to pages that teachers read, through notebooks run by papermill.

papermill is imported when the first report is made, and never in the notebook that makes the figures.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emotionkit.reports.lesson import render_lesson_report

__all__ = ["render_lesson_report"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.lesson"), name)
