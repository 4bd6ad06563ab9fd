"""Running a notebook with parameters, by papermill."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from emotionkit.errors import EmotionkitError, InvalidInputError
from emotionkit.reports.kernel import kernel_manager, last_words
from emotionkit.warehouse.mentions import MARKED

START_TIMEOUT_S = 120
CELL_TIMEOUT_S = 900


class NotebookError(EmotionkitError):
    """A notebook could not be run to its end.

    Attributes:
        reason: What happened, as a sentence without its full stop.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}.")
        self.reason = reason


def run_notebook(
    notebook: Path,
    executed: Path,
    parameters: Mapping[str, object],
    *,
    marks: Sequence[str] = (),
    progress: bool = False,
) -> nbformat.NotebookNode:
    """Run a notebook and return it as executed; the file is written as it goes, a failing cell marked in it.

    Args:
        notebook: Has a cell with the tag ``parameters``.
        executed: Where the executed notebook goes; its folder exists.
        parameters: Values by name. papermill writes both into the notebook as Python; it escapes values, not names.
        marks: Of the lessons that it tells of, for its metadata.
        progress: Whether to show papermill's progress bar.

    Raises:
        InvalidInputError: The notebook declares no parameter of such a name.
        NotebookError: A cell failed, or the kernel.
        OSError: The executed notebook cannot be written.
    """
    _check_names(notebook, parameters)
    contents = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    if marks:
        contents.metadata[MARKED] = list(marks)
    with tempfile.TemporaryDirectory(prefix="ek-", ignore_cleanup_errors=True) as folder:
        try:
            return papermill.execute_notebook(
                contents,
                # papermill fills braces in the path from the parameters.
                str(executed).replace("{", "{{").replace("}", "}}"),
                parameters=dict(parameters),
                progress_bar=progress,
                kernel_manager_class=kernel_manager(Path(folder)),
                start_timeout=START_TIMEOUT_S,
                execution_timeout=CELL_TIMEOUT_S,
            )
        except PapermillExecutionError as error:
            raise NotebookError(f"cell {error.cell_index} stopped with {error.ename}: {error.evalue}") from error
        except CellTimeoutError as error:
            raise NotebookError(f"a cell took longer than {CELL_TIMEOUT_S} s") from error
        except (DeadKernelError, RuntimeError) as error:
            said = last_words(Path(folder))
            why = f"{error}; it last wrote: {said}" if said else f"{error}"
            raise NotebookError(f"its kernel did not answer ({why})") from error


def _check_names(notebook: Path, parameters: Mapping[str, object]) -> None:
    declared = papermill.inspect_notebook(str(notebook).replace("{", "{{").replace("}", "}}"))
    unknown = sorted(set(parameters) - set(declared))
    if unknown:
        raise InvalidInputError(
            f"The notebook {notebook.name} has no parameter {unknown[0]!r}; it has {', '.join(sorted(declared))}."
        )
