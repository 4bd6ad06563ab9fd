"""A report's notebook run in this process, cell by cell: what papermill does, without a kernel's seconds."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat

from emotionkit.reports.making import notebooks_folder
from emotionkit.reports.page import whole_page
from emotionkit.reports.section import Section
from emotionkit.reports.texts import spoken


def sections_of(notebook: str, **parameters: object) -> list[str]:
    """Return the HTML of the sections that a notebook's cells show."""
    cells = nbformat.read(notebooks_folder() / notebook, as_version=4).cells
    names: dict[str, object] = {}
    shown = []
    for cell in (cell for cell in cells if cell.cell_type == "code"):
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, notebook, "exec"), names)
        if "parameters" in cell.metadata.get("tags", []):
            assert parameters.keys() <= names.keys()
            names.update(parameters)
        if last is not None:
            section = eval(compile(ast.Expression(last.value), notebook, "eval"), names)
            assert isinstance(section, Section)
            shown.append(section.html)
    return shown


def page_of(notebook: str, title: str, path: Path, language: str = "en", **parameters: object) -> Path:
    """Write the page that a notebook makes, and return where it is."""
    with spoken(language):
        shown = sections_of(notebook, language=language, **parameters)
        path.write_text(whole_page(shown, title), "utf-8")
    return path
