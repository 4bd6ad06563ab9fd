"""The report of one lesson: its notebook run, and the page made of it."""

from __future__ import annotations

import os
from pathlib import Path

from emotionkit.errors import ReportError
from emotionkit.policy import DEFAULT_MIN_GROUP
from emotionkit.reports.execution import NotebookError, run_notebook
from emotionkit.reports.page import report_page
from emotionkit.warehouse import open_warehouse, validated_lesson_id

NOTEBOOK = "lesson_report.ipynb"
PAGE = "index.html"


def render_lesson_report(
    warehouse: Path, lesson_id: str, out: Path, *, min_group: int = DEFAULT_MIN_GROUP, progress: bool = False
) -> Path:
    """Make the report of a lesson and return its page, ``out/<lesson_id>/index.html``.

    Beside it lies the executed notebook. The page is replaced whole and last: after a failure the earlier page is still
    there, and the notebook shows the failing cell.

    Args:
        warehouse: Folder of the warehouse.
        lesson_id: Which lesson.
        out: Folder of the reports; made if need be.
        min_group: Students that a figure has to speak of; those of fewer are withheld.
        progress: Whether to show a progress bar over the notebook's cells.

    Raises:
        InvalidInputError: No lesson can have such an id.
        UnknownLessonError: The lesson is not in the warehouse.
        WarehouseError: The warehouse cannot be read.
        ReportError: The notebook failed, or the report cannot be written.
    """
    lesson_id = validated_lesson_id(lesson_id)
    lesson = open_warehouse(warehouse).lesson(lesson_id)
    page, executed = out / lesson_id / PAGE, out / lesson_id / NOTEBOOK
    parameters = {"warehouse": str(warehouse.resolve()), "lesson_id": lesson_id, "min_group": min_group}
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        notebook = run_notebook(notebooks_folder() / NOTEBOOK, executed.resolve(), parameters, progress=progress)
        _replace(page, report_page(notebook, lesson.title))
    except NotebookError as error:
        raise ReportError(lesson_id, error.reason + ".", executed if executed.exists() else None) from error
    except OSError as error:
        reason = f"{error.filename or page.parent} cannot be written ({error.strerror or error})."
        raise ReportError(lesson_id, reason) from error
    return page


def notebooks_folder() -> Path:
    """Return where the notebooks lie: inside an installed package, or beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_notebooks"
    return installed if installed.is_dir() else package.parent / "notebooks"


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
