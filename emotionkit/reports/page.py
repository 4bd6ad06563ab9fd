"""From an executed notebook to a page that stands on its own: what its cells showed, without code or scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from nbformat import NotebookNode

from emotionkit.reports import formatting, texts
from emotionkit.reports.rendering import rendered, stylesheet
from emotionkit.warehouse.mentions import MARKED


def report_page(notebook: NotebookNode, title: str, language: str = "en", *, marks: Sequence[str] = ()) -> str:
    """Return the HTML page of an executed notebook.

    Args:
        notebook: Its cells show sections, as HTML made by ``emotionkit.reports.sections``.
        title: What the browser shows as the name of the page.
        language: The language of the sections, by its code.
        marks: Of the lessons that it tells of; they are not shown.
    """
    with texts.spoken(language):
        return whole_page(_shown(notebook), title, marks=marks)


def whole_page(sections: Sequence[str], title: str, script: str = "", marks: Sequence[str] = ()) -> str:
    """Return an HTML page that needs nothing but itself, in the language in use.

    Args:
        sections: HTML in which everything was escaped.
        title: What the browser shows as the name of the page.
        script: JavaScript of emotionkit itself; nothing else can run.
        marks: Of the lessons that it tells of; they are not shown.
    """
    style = stylesheet()
    return rendered(
        "page.html.j2",
        language=texts.LANGUAGE,
        policy=_policy(style, script),
        title=formatting.name(title),
        style=style,
        sections=sections,
        script=script,
        marked=MARKED,
        marks=marks,
    )


def _shown(notebook: NotebookNode) -> list[str]:
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]


def _policy(style: str, script: str) -> str:
    """Return a Content-Security-Policy: this style sheet, this script, pictures within, nothing from anywhere."""
    scripts = f" script-src {_hashed(script)};" if script else ""
    return (
        f"default-src 'none'; style-src {_hashed(style)};{scripts} img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hashed(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
