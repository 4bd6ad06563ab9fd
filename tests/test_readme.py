"""Every command and every piece of Python that the README shows is run, in the order in which it is shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from emotionkit.cli.app import app

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(console|python)\n(.*?)```", README, re.DOTALL)
PROMPT = "$ "


def _steps() -> list[tuple[str, str]]:
    steps = []
    for language, text in BLOCKS:
        if language == "python":
            steps.append(("python", text))
        else:
            steps += [("console", line.removeprefix(PROMPT)) for line in text.splitlines() if line.startswith(PROMPT)]
    return steps


@pytest.mark.slow
def test_what_the_readme_shows_works(tmp_path):
    (tmp_path / "recordings").symlink_to(ROOT / "recordings")
    # As for whoever has declared nothing yet.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EMOTIONKIT_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = 0
    for language, text in _steps():
        if text.startswith(("make ", "conda ")):
            continue
        command = [sys.executable, "-c", text] if language == "python" else text.split()
        finished = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert finished.returncode == 0, f"{text}\n{finished.stdout}\n{finished.stderr}"
        ran += 1
    assert ran >= 6
    assert (tmp_path / "reports" / "2026-09-28_physics-101_exam-review" / "index.html").is_file()


def test_the_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text()
    shown = set(re.findall(r"`make (\w+)`", README)) | {
        step.split()[1] for _, step in _steps() if step.startswith("make ")
    }
    assert shown >= {"demo", "test"}
    for target in shown:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_command_is_in_the_readme():
    for name in app.commands:
        assert f"`emotionkit {name}" in README, name


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:|#)([^)#]+)\)", README))))
def test_links_lead_somewhere(link):
    assert (ROOT / link).exists()
