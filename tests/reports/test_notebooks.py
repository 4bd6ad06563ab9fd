"""What every notebook of the repository keeps to."""

from __future__ import annotations

import ast
import dataclasses
from datetime import date
from pathlib import Path

import nbformat
import papermill
import pytest

from emotionkit.analysis import AnalysisSettings
from emotionkit.policy import DEFAULT_MIN_GROUP
from emotionkit.reports.execution import run_notebook
from emotionkit.reports.making import notebooks_folder
from emotionkit.warehouse import open_warehouse
from emotionkit.warehouse.register import Consent, Sighting, Student
from emotionkit.warehouse.students import changing_register

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


def test_lessons_of_few_are_not_compared(folder, tmp_path):
    values = {"warehouse": str(folder / "warehouse"), "lesson_id": "few"}
    executed = run_notebook(notebooks_folder() / "compare_lessons.ipynb", tmp_path / "out.ipynb", values)
    assert "Too few students to show numbers of." in nbformat.writes(executed)
    assert "p_holm" not in str([cell.get("outputs") for cell in executed.cells])


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
    assert set(declared) == {"warehouse", "lesson_id", "settings", "min_group", "language", "time_zone"}
    assert declared["min_group"]["default"] == str(DEFAULT_MIN_GROUP)
    assert AnalysisSettings.checked(**ast.literal_eval(declared["settings"]["default"])) == AnalysisSettings()


LESSON = "here"
STUDENT = "s-00000001"
RUNS = {
    "agreement.ipynb": ({"lesson_id": LESSON, "codes": ["{folder}/codes.csv", "{folder}/more.csv"]}, "anna"),
    "compare_lessons.ipynb": ({"lesson_id": LESSON}, "design: independent; people compared: 7; lessons: 1"),
    "course_report.ipynb": ({"course": "Physics 101"}, "Physics 101"),
    "evaluate_model.ipynb": ({}, "macro recall"),
    "explore.ipynb": ({}, "application/vnd.jupyter.widget-view+json"),
    "lesson_report.ipynb": ({"lesson_id": LESSON}, "Waves"),
    "student_report.ipynb": ({"student_id": STUDENT}, "Ada"),
    # Needs the extra "train": tests/reports/test_network_notebooks.py
    "train_model.ipynb": (None, ""),
}
"""What each notebook is run with, and something that it shows."""


def test_every_notebook_is_run():
    assert RUNS.keys() == {path.name for path in NOTEBOOKS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, stored, waves) -> Path:
    """Three lessons, one of three students; codes of two observers; and Ada, who agreed."""
    folder = tmp_path_factory.mktemp("notebooks")
    for lesson_id, students in ((LESSON, 7), ("there", 8), ("few", 3)):
        stored(folder / "warehouse", dataclasses.replace(waves, lesson_id=lesson_id, duration_s=40.0), students)
    run_id = open_warehouse(folder / "warehouse").run(LESSON).run_id
    with changing_register(folder / "warehouse") as register:
        student = Student(STUDENT, "Ada", date(2026, 9, 1), [Consent(date(2026, 9, 1))])
        student.sightings.append(Sighting(LESSON, run_id, 2, date(2026, 9, 14)))
        register.students.append(student)
    # Ada is told by her name, the others by where they are.
    others = [f"s{track}" for track in range(7) if track != 1]
    places = [f"s{track},20,{50 + 100 * track},50\n" for track in range(7) if track != 1]
    (folder / "places.csv").write_text("student,at_s,x,y\n" + "".join(places))
    codes = [f"anna,{who},5,15,happy\nben,{who},6,15,happy\n" for who in ("Ada", *others)]
    (folder / "codes.csv").write_text("coder,student,start_s,end_s,code\n" + "".join(codes))
    (folder / "more.csv").write_text("student,start_s,code\n" + "".join(f"{who},9,sad\n" for who in others))
    return folder


@pytest.mark.parametrize("name", [name for name, (parameters, _) in RUNS.items() if parameters is not None])
def test_runs_from_a_clean_kernel(name, folder, tmp_path):
    parameters, shown = RUNS[name]
    declared = papermill.inspect_notebook(str(notebooks_folder() / name))
    places = {"warehouse": str(folder / "warehouse"), "places": str(folder / "places.csv")}
    values = {key: value for key, value in (places | parameters).items() if key in declared}
    if "codes" in values:
        values["codes"] = [path.format(folder=folder) for path in values["codes"]]
    executed = run_notebook(notebooks_folder() / name, tmp_path / "out.ipynb", values)
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    assert not [
        output for output in outputs if output.output_type in {"error", "stream"} and output.get("name") == "stderr"
    ]
    assert shown in nbformat.writes(executed)
