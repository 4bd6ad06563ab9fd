"""Every command and every piece of Python of the tutorials is run, in the order in which it is shown."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TUTORIALS = ROOT / "docs" / "tutorials"
ELSEWHERE = ("make ", "source ")
"""Begins what other tests run, or what has no effect in a process of its own."""


def blocks(name: str) -> list[tuple[str, str]]:
    return re.findall(r"```(console|python)\n(.*?)```", (TUTORIALS / f"{name}.md").read_text("utf-8"), re.DOTALL)


def commands(name: str) -> list[str]:
    shown = [line for language, text in blocks(name) if language == "console" for line in text.splitlines()]
    assert all(line.startswith("$ ") for line in shown)
    return [line.removeprefix("$ ") for line in shown]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with what a checkout has, where no one has declared anything yet."""
    folder = tmp_path_factory.mktemp("tutorials")
    (folder / "recordings").symlink_to(ROOT / "recordings")
    # Not a link: notebooks look for the warehouse beside them.
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder


def run(command: list[str], folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EMOTIONKIT_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, f"{command}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["administrator", "researcher"])
def test_commands_work(name, folder):
    done = [run(shlex.split(command), folder) for command in commands(name) if not command.startswith(ELSEWHERE)]
    assert len(done) >= 4


@pytest.mark.slow
def test_python_works(folder):
    """After the commands of the same page, which it needs."""
    code = "\n".join(text for language, text in blocks("researcher") if language == "python")
    if not (folder / "warehouse").exists():
        for command in commands("researcher")[:2]:
            run(shlex.split(command), folder)
    said = run([sys.executable, "-W", "error", "-c", code], folder)
    assert "effective_readings" in said
    assert "kappa" in said


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text()
    for page in TUTORIALS.glob("*.md"):
        for target in re.findall(r"(?:`|\$ )make (\w+)", page.read_text("utf-8")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name}: {target}"


@pytest.mark.parametrize("page", sorted(path.name for path in TUTORIALS.iterdir()))
def test_every_tutorial_is_looked_at_here(page):
    assert page in {"teacher.md", "administrator.md", "researcher.md"}
    assert all(command.startswith("make ") for command in commands("teacher"))
