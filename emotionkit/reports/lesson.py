"""The report of one lesson."""

from __future__ import annotations

from pathlib import Path

from emotionkit.policy import DEFAULT_MIN_GROUP
from emotionkit.reports.making import make_report, notebooks_folder
from emotionkit.reports.texts import check_language
from emotionkit.warehouse import open_warehouse, validated_lesson_id

NOTEBOOK = "lesson_report.ipynb"


def render_lesson_report(
    warehouse: Path,
    lesson_id: str,
    out: Path,
    *,
    min_group: int = DEFAULT_MIN_GROUP,
    language: str = "en",
    progress: bool = False,
) -> Path:
    """Make the report of a lesson and return its page, ``out/<lesson_id>/index.html``.

    Beside it lies the executed notebook. The page is replaced whole and last: after a failure the earlier page is still
    there, and the notebook shows the failing cell.

    Args:
        warehouse: Folder of the warehouse.
        lesson_id: Which lesson.
        out: Folder of the reports; made if need be.
        min_group: Students that a figure has to speak of; those of fewer are withheld.
        language: Code of the language of the page, ``en`` or ``de``.
        progress: Whether to show a progress bar over the notebook's cells.

    Raises:
        InvalidInputError: No lesson can have such an id.
        SettingsError: Reports are not written in that language.
        UnknownLessonError: The lesson is not in the warehouse.
        WarehouseError: The warehouse cannot be read.
        ReportError: The notebook failed, or the report cannot be written.
    """
    lesson_id = validated_lesson_id(lesson_id)
    check_language(language)
    lesson = open_warehouse(warehouse).lesson(lesson_id)
    return make_report(
        notebooks_folder() / NOTEBOOK,
        out / lesson_id,
        {"warehouse": str(warehouse.resolve()), "lesson_id": lesson_id, "min_group": min_group},
        title=lesson.title,
        subject=("lesson", lesson_id),
        lessons=[lesson_id],
        language=language,
        progress=progress,
    )
