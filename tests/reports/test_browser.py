"""The page in a real browser, where Chromium is installed."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from emotionkit.analysis import AnalysisSettings, class_histogram, lesson_coverage
from emotionkit.reports import sections
from emotionkit.reports.page import report_page
from emotionkit.warehouse import open_warehouse

QUIET = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --enable-logging=stderr"
)


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium is installed")
    return found


@pytest.fixture
def page(warehouse: Path, tmp_path: Path) -> Path:
    """A page made of the sections themselves, without a kernel."""
    rows = open_warehouse(warehouse)
    lesson_id = "it's {odd} $(x) [1] & 時間"
    lesson, tables = rows.lesson(lesson_id), (rows.frames(lesson_id), rows.faces(lesson_id))
    histogram = class_histogram(*tables, AnalysisSettings(resamples=100))
    shown = [
        sections.lesson_header(lesson, lesson_coverage(*tables)),
        sections.expressions(histogram),
        sections.guide(),
    ]
    outputs = [nbformat.v4.new_output("display_data", data={"text/html": section.html}) for section in shown]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=outputs)])
    path = tmp_path / "index.html"
    path.write_text(report_page(notebook, lesson.title), "utf-8")
    return path


def browse(chromium: str, profile: Path, page: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [chromium, *QUIET.split(), f"--user-data-dir={profile}", *arguments, page.as_uri()]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        pytest.skip("Chromium does not start on this machine")


def complaints(log: str) -> list[str]:
    """What the page made the browser say; its troubles with the machine are its own."""
    return [line for line in log.splitlines() if "CONSOLE" in line]


def test_the_browser_has_nothing_to_complain_of(chromium, page, tmp_path):
    done = browse(chromium, tmp_path / "profile", page, "--window-size=390,844", "--dump-dom")
    assert "</html>" in done.stdout
    assert complaints(done.stderr) == []


def test_a_style_or_script_that_slipped_in_would_be_refused(chromium, page, tmp_path):
    slipped = '<p style="color:red">x</p><script>document.title = "taken"</script></main>'
    page.write_text(page.read_text("utf-8").replace("</main>", slipped), "utf-8")
    done = browse(chromium, tmp_path / "profile", page, "--dump-dom")
    assert "<title>taken</title>" not in done.stdout
    assert len(complaints(done.stderr)) == 2


def test_the_page_prints(chromium, page, tmp_path):
    printed = tmp_path / "page.pdf"
    browse(chromium, tmp_path / "profile", page, "--no-pdf-header-footer", f"--print-to-pdf={printed}")
    assert printed.read_bytes().startswith(b"%PDF")


def test_figures_are_drawn_for_the_width_of_a_phone(page):
    drawing = page.read_text("utf-8").split('img src="data:image/svg+xml;base64,')[1].split('"')[0]
    assert 'width="267pt"' in base64.b64decode(drawing).decode()
