"""The site of the documentation: what goes into it, and, once `make docs` has built it, how it behaves in a browser."""

from __future__ import annotations

import functools
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from chromium import browsing

import site_source
from emotionkit.cli.app import app

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "site" / "html"
SETTINGS = yaml.safe_load((ROOT / "docs" / "site" / "mkdocs.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    into = tmp_path_factory.mktemp("site") / "source"
    site_source.gather(into)
    return into


def pages_of(nav: list[dict[str, object]] | str) -> set[str]:
    """Return the pages that a navigation leads to."""
    if isinstance(nav, str):
        return {nav}
    return set().union(*(pages_of(below) for entry in nav for below in entry.values()))


def test_every_page_can_be_reached(source):
    pages = {path.relative_to(source).as_posix() for path in source.rglob("*.md")}
    others = {page for page in pages if page.startswith(("decisions/", "files/"))} - {"decisions/index.md"}
    assert pages_of(SETTINGS["nav"]) == pages - others


def test_every_link_and_picture_leads_somewhere(source):
    for page in source.rglob("*.md"):
        text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
        for link in re.findall(r"(?:\]\(|src=\")(?!https?:|#)([^)#\"]+)", text):
            assert (page.parent / link).exists(), f"{page.relative_to(source)}: {link}"


def test_every_command_is_in_the_reference(source):
    reference = (source / "reference" / "commands.md").read_text("utf-8")
    for name, command in app.commands.items():
        assert f"## `emotionkit {name}`" in reference
        for parameter in command.params:
            assert parameter.opts[-1] in reference or parameter.param_type_name == "argument"


def test_every_decision_is_listed(source):
    listed = (source / "decisions" / "index.md").read_text("utf-8")
    for path in (ROOT / "docs" / "decisions").glob("*.md"):
        assert f"({path.name})" in listed


@pytest.fixture
def address() -> Iterator[str]:
    if not SITE.is_dir():
        pytest.skip("`make docs` has not built the site")
    if not shutil.which("chromium"):
        pytest.skip("no Chromium is installed")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=SITE)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_the_site_asks_nobody_else_and_says_nothing(address, tmp_path):
    with browsing(tmp_path / "profile") as tab:
        for page in ("index", "tutorials/teacher", "reports", "reference/analysis", "reference/commands"):
            tab.open(f"{address}{page}.html", 390)
            tab.open(f"{address}{page}.html", 1280)
        assert tab.value("document.querySelectorAll('.doc-object').length") == 0
        tab.open(f"{address}reference/analysis.html", 1280)
        assert tab.value("document.querySelectorAll('.doc-function').length") > 30
        assert [asked for asked in tab.asked if not asked.startswith((address, "data:"))] == []
        assert tab.said == []
