"""Whole reports: a real warehouse, papermill, a kernel, and the page read back."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from emotionkit.analysis import class_histogram
from emotionkit.errors import InvalidInputError, ReportError, UnknownLessonError, WarehouseError
from emotionkit.records import EMOTIONS
from emotionkit.reports import lesson as lesson_module
from emotionkit.reports import making, render_lesson_report, texts
from emotionkit.reports.execution import run_notebook
from emotionkit.reports.lesson import NOTEBOOK
from emotionkit.reports.making import notebooks_folder
from emotionkit.warehouse import open_warehouse

HOSTILE_ID = "it's {odd} $(x) [1] & 時間"


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = path.read_text("utf-8")
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append(data.strip())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, warehouse: Path) -> Path:
    """Reports of hostile names, without a face and with four students, in a folder with braces in its name."""
    out = tmp_path_factory.mktemp("{reports}")
    for lesson_id in (HOSTILE_ID, "empty", "four"):
        page = render_lesson_report(warehouse, lesson_id, out)
        assert page == out / lesson_id / "index.html"
    return out


@pytest.fixture(scope="module")
def page(reports: Path) -> Page:
    return Page(reports / HOSTILE_ID / "index.html")


def test_the_page_stands_on_its_own(page):
    assert not {"script", "iframe", "link", "object", "embed", "form", "base"} & {tag for tag, _ in page.elements}
    addresses = [
        value
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in {"src", "srcset", "href", "action"}
    ]
    assert len(addresses) == 8
    assert all(address.startswith("data:image/svg+xml;base64,") for address in addresses)
    assert "url(" not in page.source
    assert "@import" not in page.source
    assert len(page.source.encode()) < 1_500_000


def test_nothing_runs_and_no_style_slips_in(page):
    names = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on") or name == "style"}
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    style = re.search(r"<style>(.*?)</style>", page.source, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;")
    assert "unsafe" not in policy


def test_hostile_names_are_shown_and_do_nothing(page):
    assert "alert(1)" in page.source
    assert any("<script>alert(1)</script>" in text and "{{ 7*7 }} {braces} $x^2$" in text for text in page.text)
    assert not any(text == "49" for text in page.text)
    assert "<bdi>" in page.source
    assert "x" * 200 + "…" in page.source
    assert "x" * 201 not in page.source


def test_figures_have_words_and_forms_for_phone_desk_light_and_dark(page):
    assert len(page.all("img")) == 8
    assert all(image["alt"] for image in page.all("img"))
    assert "Neutral" in page.all("img")[0]["alt"]
    assert [image["class"] for image in page.all("img") if "hidden" not in image] == ["wide light"] * 2
    for image in page.all("img"):
        drawing = base64.b64decode(image["src"].split(",")[1]).decode()
        assert "<text" in drawing
        assert not re.search(r"(href|src)=\"(?!#)", drawing)


def test_the_numbers_of_the_table_are_those_of_the_analysis(page, warehouse):
    rows = open_warehouse(warehouse)
    table = class_histogram(rows.frames(HOSTILE_ID), rows.faces(HOSTILE_ID)).table
    start = page.text.index(texts.EFFECTIVE) + 1
    for row, emotion in enumerate(EMOTIONS):
        shown = page.text[start + 5 * row : start + 5 * row + 5]
        expected = [f"{100 * table[column][emotion]:.1f}%" for column in ("mean", "low", "high")]
        assert shown[:4] == [texts.EMOTIONS[emotion], *expected]


def test_the_page_says_what_it_cannot_tell(page):
    assert all(point in page.text for point in texts.GUIDE_POINTS)
    assert texts.GUIDE in page.text


def test_without_a_face_the_page_says_so_and_shows_no_figure(reports):
    page = Page(reports / "empty" / "index.html")
    assert texts.NO_FACE in page.text
    assert not page.all("img")
    assert not page.all("table")
    assert "nan" not in " ".join(page.text).lower()


def test_too_few_students_are_told_and_not_shown(reports):
    page = Page(reports / "four" / "index.html")
    assert texts.WITHHELD in page.text
    assert any("4 people seen" in text and "5 students or more" in text for text in page.text)
    assert not page.all("img")
    assert not page.all("table")
    assert {"Pictures looked at", "120", "People told apart", "4"} <= set(page.text)
    outputs = nbformat.read(reports / "four" / NOTEBOOK, as_version=4)
    assert not any(emotion in str(outputs.cells) for emotion in texts.EMOTIONS.values())


def test_the_executed_notebook_lies_beside_the_page(reports):
    notebook = nbformat.read(reports / "empty" / NOTEBOOK, as_version=4)
    assert notebook.metadata.papermill.parameters["lesson_id"] == "empty"
    streams = [out for cell in notebook.cells for out in cell.get("outputs", []) if out.output_type == "stream"]
    assert streams == []
    assert sorted(path.name for path in (reports / "empty").iterdir()) == ["index.html", NOTEBOOK]


@pytest.fixture
def broken_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose notebook fails in its last cell."""
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                'warehouse = ""\nlesson_id = ""\nmin_group = 5\nlanguage = ""\ntime_zone = None',
                metadata={"tags": ["parameters"]},
            ),
            nbformat.v4.new_code_cell("import sys\nprint(sys.executable)\nprint(lesson_id)"),
            nbformat.v4.new_code_cell('raise ValueError("no chalk")'),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )
    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbformat.write(notebook, folder / NOTEBOOK)
    monkeypatch.setattr(lesson_module, "notebooks_folder", lambda: folder)
    return folder


def test_a_failing_notebook_is_kept_and_the_earlier_page_too(warehouse, tmp_path, broken_notebook, monkeypatch, capfd):
    home = tmp_path / "home"
    home.mkdir()
    # A kernel of the same name that belongs to another interpreter must not be taken.
    other = home / ".local/share/jupyter/kernels/python3"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text(json.dumps({"argv": ["/bin/false"], "display_name": "", "language": "python"}))
    monkeypatch.setenv("HOME", str(home))
    earlier = tmp_path / "out" / HOSTILE_ID / "index.html"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("earlier")
    with pytest.raises(ReportError, match="ValueError: no chalk") as caught:
        render_lesson_report(warehouse, HOSTILE_ID, tmp_path / "out")
    assert earlier.read_text() == "earlier"
    assert caught.value.notebook == earlier.with_name(NOTEBOOK)
    cells = nbformat.read(caught.value.notebook, as_version=4).cells
    assert "papermill-error-cell" in cells[0].source
    assert any(cell.get("metadata", {}).get("papermill", {}).get("exception") for cell in cells)
    printed = next(cell.outputs[0].text for cell in cells if "print(sys" in cell.source)
    assert printed.splitlines()[1] == HOSTILE_ID
    assert Path(printed.splitlines()[0]).resolve() == Path(sys.executable).resolve()
    assert [path for path in home.rglob("*") if path.is_file()] == [other / "kernel.json"]
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "kernel"), ("while True: pass", "longer than 2 s")],
    ids=["a kernel killed in mid-cell", "a notebook that never ends"],
)
def test_the_earlier_page_stays_when_the_kernel_dies_or_never_ends(
    warehouse, tmp_path, broken_notebook, monkeypatch, cell, reason
):
    notebook = nbformat.read(broken_notebook / NOTEBOOK, as_version=4)
    notebook.cells[-1].source = cell
    nbformat.write(notebook, broken_notebook / NOTEBOOK)
    monkeypatch.setattr("emotionkit.reports.execution.CELL_TIMEOUT_S", 2)
    earlier = tmp_path / "out" / HOSTILE_ID / "index.html"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("earlier")
    with pytest.raises(ReportError, match=reason):
        render_lesson_report(warehouse, HOSTILE_ID, tmp_path / "out")
    assert earlier.read_text() == "earlier"


def test_what_a_kernel_complains_of_at_its_end_is_no_complaint_of_ours(tmp_path, capfd):
    """One that shuts down may find its own sockets closed, and say so in a traceback."""
    notebook = tmp_path / "farewell.ipynb"
    cells = [
        nbformat.v4.new_code_cell("answer = 0", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import atexit, os\natexit.register(os.write, 2, b'Traceback')\nprint(answer)"),
    ]
    kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernelspec}), notebook)
    executed = run_notebook(notebook, tmp_path / "executed.ipynb", {"answer": 42})
    assert executed.cells[-1].outputs[0].text == "42\n"
    assert "".join(capfd.readouterr()) == ""


def test_a_kernel_that_cannot_begin_is_told_by_its_last_words(warehouse, tmp_path, monkeypatch, capfd):
    (tmp_path / "ipykernel_launcher.py").write_text("raise ImportError('no chalk')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ReportError, match=r"kernel did not answer \(.*; it last wrote: ImportError: no chalk\)"):
        render_lesson_report(warehouse, HOSTILE_ID, tmp_path / "out")
    assert "".join(capfd.readouterr()) == ""


def test_an_unknown_parameter_is_refused_before_anything_runs(tmp_path):
    executed = tmp_path / "executed.ipynb"
    with pytest.raises(InvalidInputError, match="no parameter 'lesson'; it has language, lesson_id, min_group"):
        run_notebook(notebooks_folder() / NOTEBOOK, executed, {"lesson": "x; import os"})
    assert not executed.exists()


def test_an_unknown_lesson_or_warehouse_is_said_before_anything_is_written(warehouse, tmp_path):
    with pytest.raises(UnknownLessonError, match="There is no lesson 'algebra'"):
        render_lesson_report(warehouse, "algebra", tmp_path / "out")
    with pytest.raises(WarehouseError):
        render_lesson_report(tmp_path / "nowhere", "empty", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lesson_id", ["../empty", "/etc", "a\nb", "", "\u202egnp", "x" * 10_000])
def test_an_id_never_becomes_a_path_elsewhere(warehouse, tmp_path, lesson_id):
    with pytest.raises(InvalidInputError):
        render_lesson_report(warehouse, lesson_id, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(warehouse, tmp_path):
    (tmp_path / "out").write_text("a file where a folder should be")
    with pytest.raises(ReportError, match=r"out.* cannot be written"):
        render_lesson_report(warehouse, "empty", tmp_path / "out")


def test_an_installed_package_brings_its_notebooks(tmp_path, monkeypatch):
    assert (notebooks_folder() / NOTEBOOK).is_file()
    module = tmp_path / "emotionkit" / "reports" / "making.py"
    module.parent.mkdir(parents=True)
    shutil.copy(making.__file__, module)
    monkeypatch.setattr(making, "__file__", str(module))
    assert notebooks_folder() == tmp_path / "notebooks"
    (tmp_path / "emotionkit" / "_notebooks").mkdir()
    assert notebooks_folder() == tmp_path / "emotionkit" / "_notebooks"
