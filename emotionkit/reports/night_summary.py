"""A night in one line, and several runs of one day as one night."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from emotionkit.reports.night import Night, night_path


def summary(night: Night) -> str:
    """Return the one line that says in the morning what happened.

    >>> from datetime import UTC, date, datetime
    >>> from emotionkit.reports.night import NightStatus
    >>> moment = datetime(2026, 9, 14, 2, tzinfo=UTC)
    >>> summary(Night(date=date(2026, 9, 14), started_at=moment, ended_at=moment, status=NightStatus.ALL_WELL))
    '2026-09-14, all well: nothing was due.'
    """
    parts = [
        _count(night.processed, "recording processed", "recordings processed"),
        _count(night.reported, "report made", "reports made"),
        _count(night.unchanged, "recording unchanged", "recordings unchanged"),
        _count(night.still_tried, "failed", "failed"),
        _count(night.set_aside, "set aside", "set aside"),
        _count(len(night.left), "left for another night", "left for another night"),
        _count(len(night.problems), "problem", "problems"),
        "an erasure completed" if night.erased else "",
        *(f"{count} overdue of {kind} removed" for kind, count in night.removed.items()),
    ]
    return f"{night.date}, {night.status}: {', '.join(filter(None, parts)) or 'nothing was due'}."


def added_up(reports: Path, night: Night) -> Night:
    """Return a run with what earlier runs of its day did; what failed then and did not now is mended."""
    try:
        earlier = Night.model_validate_json(night_path(reports, night.date).read_bytes())
    except (OSError, ValidationError):
        return night
    done = {one.lesson_id: one for one in earlier.done}
    for one in night.done:
        before = done.get(one.lesson_id)
        both = {"processed": bool(before and before.processed) or one.processed}
        done[one.lesson_id] = one.model_copy(
            update={**both, "reported": bool(before and before.reported) or one.reported}
        )
    kinds = {*earlier.removed, *night.removed}
    names = {one.recording for one in done.values()}
    both_runs = night.model_copy(
        update={
            "started_at": min(earlier.started_at, night.started_at),
            "done": tuple(done.values()),
            "withheld": tuple(dict.fromkeys([*earlier.withheld, *night.withheld])),
            "unchanged": max(0, night.unchanged - sum(one.recording in names for one in earlier.done)),
            "removed": {kind: earlier.removed.get(kind, 0) + night.removed.get(kind, 0) for kind in sorted(kinds)},
            "erased": earlier.erased or night.erased,
        }
    )
    return both_runs.model_copy(update={"summary": summary(both_runs)})


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""
