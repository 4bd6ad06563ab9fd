"""Who may be told apart where: students in lessons that a consent covers which was not taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC

import duckdb

from emotionkit import clocks
from emotionkit.warehouse.register import Consent

CONSENTED_SQL = """
SELECT unnest($consented_lessons::VARCHAR[]) AS lesson_id, unnest($consented_students::VARCHAR[]) AS student_id
"""
"""Lessons and students, ``lesson_id`` and ``student_id``; its values are those of :func:`consented`."""

# Days of consents are stored as midnight in UTC.
_STANDING_SQL = """
SELECT DISTINCT lesson_id, student_id, started_at AT TIME ZONE 'UTC', lessons.course,
    (given_at AT TIME ZONE 'UTC')::DATE, consents.course, (ends_at AT TIME ZONE 'UTC')::DATE
FROM tracks JOIN lessons USING (lesson_id) JOIN consents USING (student_id)
WHERE withdrawn_at IS NULL AND started_at IS NOT NULL
    AND (len($among) = 0 OR lesson_id IN (SELECT unnest($among::VARCHAR[])))
"""

Ask = Callable[..., duckdb.DuckDBPyRelation]
"""``ask(query, params=values)``: the answer of a warehouse."""


def consented(ask: Ask, among: Sequence[str] = ()) -> dict[str, list[str]]:
    """Return the values of ``CONSENTED_SQL`` for some lessons, or all: who was seen where and may be told apart.

    Days count, and that of a lesson is told by the clocks in use.
    """
    rows = ask(_STANDING_SQL, params={"among": list(among)}).fetchall()
    pairs = {
        (lesson_id, student_id)
        for lesson_id, student_id, started_at, course, *consent in rows
        if Consent(*consent).covers(clocks.local(started_at.replace(tzinfo=UTC)).date(), course)
    }
    return {"consented_lessons": [lesson for lesson, _ in pairs], "consented_students": [who for _, who in pairs]}
