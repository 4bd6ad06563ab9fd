"""Nothing that runs reaches for a network, whatever it is: watched in every process, kernels and workers among them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WATCH = """
import os, sys

def watch(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
        reached = address[0] if isinstance(address, tuple) else "localhost"
    elif event == "socket.getaddrinfo":
        reached = arguments[0]
    else:
        return
    if reached not in ("localhost", "127.0.0.1", "::1", None):
        with open(os.environ["WATCHED"], "a") as file:
            print(event, reached, *sys.orig_argv[:6], file=file)

sys.addaudithook(watch)
open(os.environ["WATCHED"], "a").write(f"a process: {sys.orig_argv[:4]}\\n")
"""
NIGHT = ("nightly", "--sample-fps", "1", "--workers", "2")
ALL = (
    ("doctor",),
    NIGHT,
    ("lessons", "--json"),
    ("report", "2026-09-28_physics-101_exam-review"),
    ("report", "--course", "physics-101"),
    ("export", "--out", "tables"),
    ("erase", "--lesson", "2026-09-28_physics-101_exam-review", "--yes"),
)


@pytest.fixture
def watched(tmp_path):
    """``watched(*arguments)``: run a command as on a fresh account, without a network where that can be had."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    (tmp_path / "home").mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "TF_BUILD", "JENKINS_URL"}}
    environment |= {
        "HOME": str(tmp_path / "home"),
        "EMOTIONKIT_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "watch"), str(ROOT)]),
        "WATCHED": str(tmp_path / "watched"),
    }
    offline = [sys.executable, str(ROOT / "tools" / "offline.py")]
    if subprocess.run([*offline, "true"], capture_output=True, check=False).returncode:
        offline = []

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*offline, sys.executable, "-m", "emotionkit", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.mark.slow
@pytest.mark.parametrize("commands", [[NIGHT], pytest.param(ALL, marks=pytest.mark.stress)], ids=["a night", "all"])
def test_no_command_reaches_for_a_network(watched, tmp_path, copy_start, sample_class, commands):
    (tmp_path / "recordings").mkdir()
    name = "2026-09-28_physics-101_exam-review.mp4"
    copy_start(sample_class / name, tmp_path / "recordings" / name, seconds=2)
    for command in commands:
        done = watched(*command)
        assert done.returncode == 0, (command, done.stderr)
    seen = (tmp_path / "watched").read_text().splitlines()
    assert any("ipykernel_launcher" in line for line in seen)
    assert [line for line in seen if not line.startswith("a process: ")] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="network namespaces are Linux's")
def test_there_is_loopback_and_nothing_else():
    script = (
        "import socket\n"
        "with socket.create_server(('127.0.0.1', 0)) as server:\n"
        "    socket.create_connection(server.getsockname()).close()\n"
        "try:\n"
        "    socket.create_connection(('192.0.2.1', 9), 5)\n"
        "except OSError as error:\n"
        "    print(error.strerror)\n"
    )
    command = [sys.executable, str(ROOT / "tools" / "offline.py"), sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Operation not permitted" in done.stderr:
        pytest.skip("no network namespace can be made here")
    assert done.stdout == "Network is unreachable\n", done.stderr
