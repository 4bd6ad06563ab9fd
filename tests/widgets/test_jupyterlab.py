"""The explorer in a real JupyterLab in a real browser, where Chromium is installed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Tab, browsing
from lessons import WAVES, store

from emotionkit.reports.making import notebooks_folder

CHARTS = "document.querySelector('.emotionkit-charts')"
PATIENCE_S = 120


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where JupyterLab shows the notebook, with a warehouse beside it; it leaves nothing outside its folder."""
    if not shutil.which("chromium"):
        pytest.skip("no Chromium is installed")
    (tmp_path / "notebooks").mkdir()
    shutil.copy(notebooks_folder() / "explore.ipynb", tmp_path / "notebooks")
    store(tmp_path / "warehouse", WAVES, 6)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    homes = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")}
    (tmp_path / "HOME").mkdir()
    options = [f"--port={port}", f"--ServerApp.root_dir={tmp_path}", "--IdentityProvider.token=x", "--no-browser"]
    options += ["--allow-root", "--ServerApp.port_retries=0"]
    command = [sys.executable, "-m", "jupyterlab", *options]
    with subprocess.Popen(command, env={**os.environ, **homes}, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for_server(f"http://127.0.0.1:{port}/api/status?token=x")
            yield f"http://127.0.0.1:{port}/lab/tree/notebooks/explore.ipynb?token=x&reset"
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE_S)


def wait_for_server(address: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(address) as answer:
                assert json.load(answer)["kernels"] == 0
                return
        except OSError:
            assert time.monotonic() < end, "JupyterLab does not start"
            time.sleep(0.2)


def click_on(tab: Tab, selector: str, words: str) -> None:
    """Click on the element of some words, once it is there."""
    found = f"[...document.querySelectorAll('{selector}')].find(one => one.innerText.trim().startsWith('{words}'))"
    tab.wait_for(f"!!{found}", PATIENCE_S)
    tab.click(*tab.value(f"(box => [box.x + 15, box.y + box.height / 2])({found}.getBoundingClientRect())"))


@pytest.mark.stress
@pytest.mark.slow
def test_a_click_into_the_timeline_goes_to_the_moment(address, tmp_path):
    with browsing(tmp_path / "profile") as tab:
        tab.open(address, 1400, 1000)
        # Before the page and its kernel have found each other, it would ask which kernel to use.
        kernels = address.split("/lab/")[0] + "/api/kernels?token=x"
        ready = "one.execution_state === 'idle' && one.connections > 0"
        tab.wait_for(
            f"fetch('{kernels}').then(answer => answer.json()).then(all => all.some(one => {ready}))", PATIENCE_S
        )
        tab.wait_for("document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'", PATIENCE_S)
        click_on(tab, ".lm-MenuBar-item", "Run")
        click_on(tab, ".lm-Menu-item", "Run All Cells")
        tab.wait_for(f"!!{CHARTS}?.querySelector('rect')", PATIENCE_S)
        went_to = None
        for _ in range(10):  # outputs of the other cells still move the page, and a click may miss
            tab.value(f"{CHARTS}.scrollIntoView({{block: 'center'}})")
            time.sleep(1)
            x, y, width, height = tab.value(
                f"(box => [box.x, box.y, box.width, box.height])({CHARTS}.getBoundingClientRect())"
            )
            tab.click(x + width * (380 + 280) / 960, y + height / 2)  # the middle of the timeline
            time.sleep(1)
            went_to = tab.value(f"{CHARTS}.getAttribute('aria-valuetext')")
            if went_to != "0:00":
                break
        assert went_to in {"2:29", "2:30", "2:31"}
        tab.value("[...document.querySelectorAll('button')].find(one => one.innerText.includes('As code')).click()")
        code = (
            "[...document.querySelectorAll('textarea')].map(one => one.value).find(one => one.includes('Selection('))"
        )
        assert "lessons=('2026-09-14_physics-101_waves',)" in tab.wait_for(code)
