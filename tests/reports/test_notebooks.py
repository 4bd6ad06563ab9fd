"""What every notebook of the repository keeps to."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import nbformat
import papermill
import pytest

from emotionkit.analysis import AnalysisSettings
from emotionkit.policy import DEFAULT_MIN_GROUP
from emotionkit.reports.execution import run_notebook
from emotionkit.reports.making import notebooks_folder

NOTEBOOKS = sorted(notebooks_folder().glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.name)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    content = nbformat.read(request.param, as_version=4)
    nbformat.validate(content)
    return content


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert "lesson_report.ipynb" in {path.name for path in NOTEBOOKS}


def test_one_cell_holds_the_parameters(notebook):
    tagged = [cell for cell in code(notebook) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert code(notebook)[0] == tagged[0]


def test_nothing_is_defined_and_no_output_committed(notebook):
    for cell in code(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
        kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
        assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While}


def test_prose_begins_it(notebook):
    assert notebook.cells[0].cell_type == "markdown"
    assert notebook.cells[0].source.startswith("# ")


def test_the_readme_names_every_notebook():
    readme = (notebooks_folder() / "README.md").read_text("utf-8")
    assert all(f"`{path.name}`" in readme for path in NOTEBOOKS)


def test_papermill_reads_the_declared_parameters():
    declared = papermill.inspect_notebook(str(Path(notebooks_folder()) / "lesson_report.ipynb"))
    assert set(declared) == {"warehouse", "lesson_id", "settings", "min_group", "language"}
    assert declared["min_group"]["default"] == str(DEFAULT_MIN_GROUP)
    assert AnalysisSettings.checked(**ast.literal_eval(declared["settings"]["default"])) == AnalysisSettings()


def test_lessons_are_compared_from_a_clean_kernel(tmp_path, stored, waves):
    for lesson_id, students in (("here", 7), ("there", 8), ("few", 3)):
        stored(tmp_path, dataclasses.replace(waves, lesson_id=lesson_id, duration_s=40.0), students)
    values = {"warehouse": str(tmp_path), "lesson_id": "here"}
    executed = run_notebook(notebooks_folder() / "compare_lessons.ipynb", tmp_path / "out.ipynb", values)
    shown = nbformat.writes(executed)
    assert "design: independent; people compared: 7; lessons: 1" in shown
    assert "surprise" in shown
