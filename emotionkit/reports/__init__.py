"""Layer 6: from figures to pages that teachers read, through notebooks run by papermill.

papermill is imported when the first report is made, and never in the notebook that makes the figures.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emotionkit.reports.index import write_index
    from emotionkit.reports.lesson import render_lesson_report
    from emotionkit.reports.overview import render_course_report, render_student_report

__all__ = ["render_course_report", "render_lesson_report", "render_student_report", "write_index"]

_HOMES = {
    "render_course_report": "overview",
    "render_lesson_report": "lesson",
    "render_student_report": "overview",
    "write_index": "index",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
