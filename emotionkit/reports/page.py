"""From an executed notebook to a page that stands on its own: what its cells showed, without code or scripts."""

from __future__ import annotations

import base64
import hashlib

from nbformat import NotebookNode

from emotionkit.reports import formatting, texts
from emotionkit.reports.rendering import rendered, stylesheet


def report_page(notebook: NotebookNode, title: str) -> str:
    """Return the HTML page of an executed notebook.

    Args:
        notebook: Its cells show sections, as HTML made by ``emotionkit.reports.sections``.
        title: What the browser shows as the name of the page.
    """
    return whole_page(_shown(notebook), title)


def whole_page(sections: list[str], title: str) -> str:
    """Return an HTML page that needs nothing but itself.

    Args:
        sections: HTML in which everything was escaped.
        title: What the browser shows as the name of the page.
    """
    style = stylesheet()
    return rendered(
        "page.html.j2",
        language=texts.LANGUAGE,
        policy=_policy(style),
        title=formatting.name(title),
        style=style,
        sections=sections,
    )


def _shown(notebook: NotebookNode) -> list[str]:
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]


def _policy(style: str) -> str:
    """Return a Content-Security-Policy: this style sheet, embedded pictures, and nothing else from anywhere."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
