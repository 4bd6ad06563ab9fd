"""Rows of lessons at rest: Parquet segments, the durable truth, and a DuckDB database made from them to ask.

Nothing here imports Keras or dlib, and PyArrow, DuckDB and pandas only when a name that needs them is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emotionkit.warehouse.audit import AuditedLog, append_audit, count_audit, forget_audit, verify_audit
    from emotionkit.warehouse.claims import refuse_taken_id
    from emotionkit.warehouse.connection import has_database, lacks_database
    from emotionkit.warehouse.erasing import erase_rows
    from emotionkit.warehouse.erasure_plan import (
        Erasure,
        begin_erasure,
        begun_but_not_finished,
        end_erasure,
        lesson_places,
        lessons_of_recording,
        pending_erasure,
        plan_erasure,
    )
    from emotionkit.warehouse.facts import update_facts
    from emotionkit.warehouse.load import load_segment, remove_segment
    from emotionkit.warehouse.locking import writers_lock
    from emotionkit.warehouse.mending import mend, tidy
    from emotionkit.warehouse.mentions import Words, lesson_mark
    from emotionkit.warehouse.naming import validated_lesson_id
    from emotionkit.warehouse.parts import Part, PartsFolder
    from emotionkit.warehouse.reading import Warehouse, find_lesson, find_run, open_warehouse
    from emotionkit.warehouse.rebuilding import rebuild
    from emotionkit.warehouse.segments import find_segment
    from emotionkit.warehouse.tombstones import Tombstones, read_tombstones, write_tombstones
    from emotionkit.warehouse.unfinished import abandoned_parts, begun_lessons, cut_off_lessons, remove_parts
    from emotionkit.warehouse.writer import SegmentWriter

__all__ = [
    "AuditedLog",
    "Erasure",
    "Part",
    "PartsFolder",
    "SegmentWriter",
    "Tombstones",
    "Warehouse",
    "Words",
    "abandoned_parts",
    "append_audit",
    "begin_erasure",
    "begun_but_not_finished",
    "begun_lessons",
    "count_audit",
    "cut_off_lessons",
    "end_erasure",
    "erase_rows",
    "find_lesson",
    "find_run",
    "find_segment",
    "forget_audit",
    "has_database",
    "lacks_database",
    "lesson_mark",
    "lesson_places",
    "lessons_of_recording",
    "load_segment",
    "mend",
    "open_warehouse",
    "pending_erasure",
    "plan_erasure",
    "read_tombstones",
    "rebuild",
    "refuse_taken_id",
    "remove_parts",
    "remove_segment",
    "tidy",
    "update_facts",
    "validated_lesson_id",
    "verify_audit",
    "write_tombstones",
    "writers_lock",
]

_HOMES = {
    "AuditedLog": "audit",
    "Erasure": "erasure_plan",
    "Part": "parts",
    "PartsFolder": "parts",
    "SegmentWriter": "writer",
    "Tombstones": "tombstones",
    "Warehouse": "reading",
    "Words": "mentions",
    "append_audit": "audit",
    "begin_erasure": "erasure_plan",
    "begun_but_not_finished": "erasure_plan",
    "abandoned_parts": "unfinished",
    "begun_lessons": "unfinished",
    "cut_off_lessons": "unfinished",
    "remove_parts": "unfinished",
    "count_audit": "audit",
    "end_erasure": "erasure_plan",
    "erase_rows": "erasing",
    "find_lesson": "reading",
    "find_run": "reading",
    "find_segment": "segments",
    "forget_audit": "audit",
    "has_database": "connection",
    "lesson_mark": "mentions",
    "lesson_places": "erasure_plan",
    "lessons_of_recording": "erasure_plan",
    "load_segment": "load",
    "lacks_database": "connection",
    "mend": "mending",
    "open_warehouse": "reading",
    "pending_erasure": "erasure_plan",
    "plan_erasure": "erasure_plan",
    "read_tombstones": "tombstones",
    "rebuild": "rebuilding",
    "refuse_taken_id": "claims",
    "remove_segment": "load",
    "tidy": "mending",
    "update_facts": "facts",
    "validated_lesson_id": "naming",
    "verify_audit": "audit",
    "write_tombstones": "tombstones",
    "writers_lock": "locking",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(f"{__name__}.{_HOMES[name]}")
    return getattr(home, name)
