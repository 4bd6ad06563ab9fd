"""Keeping each kind of data no longer than the settings say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from emotionkit import clocks
from emotionkit.batch.enrolment import forget_lapsed
from emotionkit.batch.erasing import erase
from emotionkit.project import RetentionSettings
from emotionkit.reports.removal import old_report_files, remove_report_files
from emotionkit.warehouse import (
    abandoned_parts,
    append_audit,
    count_audit,
    forget_audit,
    has_database,
    lacks_database,
    open_warehouse,
    plan_erasure,
    rebuild,
    remove_parts,
    writers_lock,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data, how long it is kept, and how much of it is overdue.

    Attributes:
        kind: ``segments`` (lessons in Parquet and DuckDB, and what unfinished runs have of theirs), ``reports``,
            ``notebooks`` or ``audit``.
        days: For how long, None for ever.
        overdue: Lessons and unfinished runs, files or lines older than that.
    """

    kind: str
    days: int | None
    overdue: int


def look_up_overdue(
    warehouse: Path, reports: Path, settings: RetentionSettings, now: datetime | None = None
) -> list[Kept]:
    """Return what is kept how long, and what should have gone; nothing changes.

    Args:
        warehouse: The folder of the warehouse; there need be none.
        reports: The folder of the reports; there need be none.
        settings: Days per kind.
        now: The instant to judge at, by default this one.

    Raises:
        WarehouseError: The warehouse cannot be read.
    """
    now = now or datetime.now(UTC)
    before = _limit(now, settings.segments)
    rows = [*_old_lessons(warehouse, before), *abandoned_parts(warehouse, before)] if settings.segments else []
    found = {
        "segments": len(rows),
        "reports": len(_old_files(reports, _limit(now, settings.reports), notebooks=False)),
        "notebooks": len(_old_files(reports, _limit(now, settings.notebooks), notebooks=True)),
        "audit": count_audit(warehouse, _limit(now, settings.audit)) if settings.audit else 0,
    }
    return [Kept(kind, getattr(settings, kind), count) for kind, count in found.items()]


def enforce_retention(
    warehouse: Path, reports: Path, settings: RetentionSettings, now: datetime | None = None
) -> list[Kept]:
    """Remove what is older than it may become, and return it.

    A lesson counts from its start or, where that is not known, from the end of the run that read it; an unfinished run
    from when it last read something, and reports and executed notebooks from when they were written. A lesson goes as
    by :func:`emotionkit.batch.erasing.erase`, with its reports, and is not read again. What students are recognised by
    goes when their consents are over, whatever the settings say.

    Args:
        warehouse: The folder of the warehouse; there need be none.
        reports: The folder of the reports; there need be none.
        settings: Days per kind; what has none is kept.
        now: The instant to judge at, by default this one.

    Raises:
        WarehouseError: The warehouse cannot be read or written.
        ErasureError: A report cannot be removed.
    """
    now = now or datetime.now(UTC)
    if settings.segments and lacks_database(warehouse):
        rebuild(warehouse)
    forget_lapsed(warehouse, clocks.local(now).date())
    found = look_up_overdue(warehouse, reports, settings, now)
    if not any(kept.overdue for kept in found):
        return found
    if settings.segments and (lessons := _old_lessons(warehouse, _limit(now, settings.segments))):
        erase(warehouse, reports, plan_erasure(warehouse, lessons=lessons), why="retention")
    if settings.segments:
        remove_parts(abandoned_parts(warehouse, _limit(now, settings.segments)))
    for days, notebooks in ((settings.reports, False), (settings.notebooks, True)):
        remove_report_files(reports, _old_files(reports, _limit(now, days), notebooks=notebooks))
    if warehouse.is_dir():
        with writers_lock(warehouse):
            if settings.audit:
                forget_audit(warehouse, _limit(now, settings.audit))
            append_audit(warehouse, "retention", {kept.kind: kept.overdue for kept in found if kept.overdue})
    return found


def _limit(now: datetime, days: int | None) -> datetime:
    try:
        return now - timedelta(days=days) if days else datetime.min.replace(tzinfo=UTC)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _old_lessons(warehouse: Path, before: datetime) -> list[str]:
    if not has_database(warehouse) and not lacks_database(warehouse):
        return []
    old = """
    SELECT lesson_id FROM lessons JOIN runs USING (run_id)
    WHERE coalesce(lessons.started_at, runs.ended_at) < ? ORDER BY lesson_id
    """
    rows = open_warehouse(warehouse).sql(old, [before]).fetchall()
    return [lesson_id for (lesson_id,) in rows]


def _old_files(reports: Path, before: datetime, *, notebooks: bool) -> list[Path]:
    return old_report_files(reports, before, notebooks=notebooks)
