"""Rows of lessons at rest: Parquet segments, the durable truth, and a DuckDB database made from them to ask.

Nothing here imports Keras or dlib, and PyArrow, DuckDB and pandas only when a name that needs them is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emotionkit.warehouse.facts import update_facts
    from emotionkit.warehouse.load import load_segment
    from emotionkit.warehouse.naming import validated_lesson_id
    from emotionkit.warehouse.parts import Part, PartsFolder, remove_parts
    from emotionkit.warehouse.reading import Warehouse, find_lesson, find_run, open_warehouse
    from emotionkit.warehouse.rebuilding import rebuild
    from emotionkit.warehouse.segments import find_segment
    from emotionkit.warehouse.writer import SegmentWriter

__all__ = [
    "Part",
    "PartsFolder",
    "SegmentWriter",
    "Warehouse",
    "find_lesson",
    "find_run",
    "find_segment",
    "load_segment",
    "open_warehouse",
    "rebuild",
    "remove_parts",
    "update_facts",
    "validated_lesson_id",
]

_HOMES = {
    "Part": "parts",
    "PartsFolder": "parts",
    "SegmentWriter": "writer",
    "Warehouse": "reading",
    "find_lesson": "reading",
    "find_run": "reading",
    "find_segment": "segments",
    "load_segment": "load",
    "open_warehouse": "reading",
    "rebuild": "rebuilding",
    "remove_parts": "parts",
    "update_facts": "facts",
    "validated_lesson_id": "naming",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(f"{__name__}.{_HOMES[name]}")
    return getattr(home, name)
