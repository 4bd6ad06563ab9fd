"""Widgets for JupyterLab over what the other layers give; ipywidgets is imported when the first one is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emotionkit.widgets.explorer import Explorer
    from emotionkit.widgets.live_panel import LivePanel
    from emotionkit.widgets.selection import Selection

__all__ = ["Explorer", "LivePanel", "Selection"]

_HOMES = {"Explorer": "explorer", "LivePanel": "live_panel", "Selection": "selection"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
