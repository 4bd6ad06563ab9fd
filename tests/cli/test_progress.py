"""Progress on a real terminal: a pseudo-terminal, and what it shows in the end."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

SHOW = """
import sys
from pathlib import Path
from emotionkit.cli.progress import RecordingsProgress
with RecordingsProgress([Path("one.mp4"), Path("two.mp4")]) as progress:
    progress.update(0, 5.0, 20.0)
    progress.echo("one: done")
    progress.update(1, 1.0, 20.0)
    progress.echo("two failed.", err=True)
    progress.echo("last")
"""


def _on_terminal(show=SHOW, **streams):
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "80"}
    command = [sys.executable, "-c", show]
    finished = subprocess.run(command, env=environment, check=True, **({"stdout": theirs, "stderr": theirs} | streams))
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:
        pass  # the end of a pseudo-terminal, on Linux
    os.close(ours)
    return shown.decode(), finished


def test_results_stay_on_the_screen_and_progress_goes():
    shown, _ = _on_terminal()
    for line in ("one: done", "two failed.", "last"):
        assert line in shown
    assert "0:05 of 0:20" in shown


def test_a_name_that_a_terminal_would_obey_is_spelled_out():
    shown, _ = _on_terminal(show=SHOW.replace("one.mp4", r"\x1b]0;owned\x07.mp4"))
    assert "\x1b]0;" not in shown
    assert r"\x1b]0;owned\x07" in shown


def test_results_go_where_stdout_goes():
    shown, finished = _on_terminal(stdout=subprocess.PIPE)
    assert finished.stdout == b"one: done\nlast\n"
    assert "one: done" not in shown
    assert "two failed." in shown


def test_quiet_without_a_terminal():
    finished = subprocess.run([sys.executable, "-c", SHOW], capture_output=True, check=True)
    assert (finished.stdout, finished.stderr) == (b"one: done\nlast\n", b"two failed.\n")
