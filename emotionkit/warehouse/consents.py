"""Who may be told apart where: students in lessons that a consent covers which was not taken back."""

from __future__ import annotations

CONSENTED_SQL = """
SELECT lessons.lesson_id, consents.student_id FROM consents, lessons
WHERE withdrawn_at IS NULL AND (scope = 'whole' OR lower(consents.course) = lower(lessons.course))
    AND given_at::DATE <= started_at::DATE AND (ends_at IS NULL OR started_at::DATE <= ends_at::DATE)
"""
"""Lessons and students, ``lesson_id`` and ``student_id``; days count, in UTC."""
