"""Making any report: its notebook run with parameters, and the page made of what the cells show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from emotionkit import clocks
from emotionkit.durable import write_durably
from emotionkit.errors import ReportError
from emotionkit.reports.execution import NotebookError, run_notebook
from emotionkit.reports.page import report_page
from emotionkit.warehouse import lesson_mark

PAGE = "index.html"


def make_report(
    notebook: Path,
    folder: Path,
    parameters: Mapping[str, object],
    *,
    title: str,
    subject: tuple[str, str],
    lessons: Iterable[str],
    language: str,
    progress: bool = False,
) -> Path:
    """Run a notebook and return the page made of it, ``folder/index.html``, with the executed notebook beside it.

    The page is replaced whole and last: after a failure the earlier page is still there, and the notebook shows the
    failing cell.

    Args:
        notebook: What to run.
        folder: Of this report; made if need be.
        parameters: Of the notebook, besides ``language`` and ``time_zone``, that of the clocks in use.
        title: What the browser shows as the name of the page.
        subject: What the report is of and its name, for the sentence that says that it failed.
        lessons: Ids of those that it tells of; page and notebook are marked with them, so that an erasure finds them.
        language: Code of the language of the page.
        progress: Whether to show a progress bar over the notebook's cells.

    Raises:
        SettingsError: Reports are not written in that language.
        ReportError: The notebook failed, or the report cannot be written.
    """
    page, executed = folder / PAGE, folder / notebook.name
    kind, name = subject
    try:
        folder.mkdir(parents=True, exist_ok=True)
        values = {**parameters, "language": language, "time_zone": clocks.in_use()}
        marks = sorted(map(lesson_mark, lessons))
        run = run_notebook(notebook, executed.resolve(), values, marks=marks, progress=progress)
        made = report_page(run, title, language, marks=marks)
        write_durably(page, made.encode())
    except NotebookError as error:
        kept = executed if executed.exists() else None
        raise ReportError(name, error.reason + ".", kept, kind=kind) from error
    except OSError as error:
        reason = f"{error.filename or folder} cannot be written ({error.strerror or error})."
        raise ReportError(name, reason, kind=kind) from error
    return page


def notebooks_folder() -> Path:
    """Return where the notebooks lie: inside an installed package, or beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_notebooks"
    return installed if installed.is_dir() else package.parent / "notebooks"
