"""Telling the audit log which lessons were processed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from emotionkit.warehouse.audit import append_audit, trusted_entries
from emotionkit.warehouse.segments import Segment
from emotionkit.warehouse.tombstones import keyed

_DID = "processed"


def tell_processed(folder: Path, segments: Sequence[Segment]) -> None:
    """Tell the audit log of runs whose rows are about to be loaded, each once.

    It is told before the rows are there: a load that is cut short leaves none untold, and the next tells none twice.
    The caller holds the writers' lock.

    Args:
        folder: The warehouse.
        segments: What the runs wrote.

    Raises:
        WarehouseError: The log cannot be read or written.
    """
    entries = trusted_entries(folder)
    if entries and entries[0]["number"] > 1:
        # Of earlier runs, lines that were to go have told.
        begins = datetime.fromisoformat(entries[0]["at"])
        segments = [segment for segment in segments if segment.run.ended_at >= begins]
    if not segments:
        return
    hashed = keyed(folder).hashed_for_audit
    told_at = {_key(entry["what"]): datetime.fromisoformat(entry["at"]) for entry in entries if entry["did"] == _DID}
    untold = []
    for segment in segments:
        lesson, run = hashed(segment.lesson.lesson_id), hashed(segment.run.run_id)
        what = {"lesson": lesson, "run": run, "frames": segment.frames}
        # Lines of the first versions name no run.
        times = [told_at[key] for key in (_key(what), (lesson, None)) if key in told_at]
        # What is read again in the same way, as after an erasure, has the same run's name again.
        if not any(at >= segment.run.ended_at.replace(microsecond=0) for at in times):
            untold.append(what)
    if untold:
        append_audit(folder, _DID, *untold)


def _key(what: Mapping[str, Any]) -> tuple[Any, Any]:
    return what.get("lesson"), what.get("run")
