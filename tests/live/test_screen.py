"""The screen of a machine that has none but a virtual one, with a class in a window on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from emotionkit.warehouse import open_warehouse


@contextmanager
def screen_with(recording: Path, log: Path) -> Iterator[str]:
    """Show a recording on a virtual screen, again and again, and yield the name of the display."""
    missing = [name for name in ("Xvfb", "ffplay") if not shutil.which(name)]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed; on Debian: apt-get install xvfb ffmpeg")
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp"]
    with log.open("wb") as said, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as server:
        assert server.stdout is not None
        display = f":{server.stdout.readline().decode().strip()}"
        play = ["ffplay", "-v", "error", "-an", "-noborder", "-left", "0", "-top", "0", "-loop", "0", str(recording)]
        with subprocess.Popen(play, env=os.environ | {"DISPLAY": display}, stderr=said) as player:
            try:
                yield display
            finally:
                player.kill()
                server.kill()


def test_a_class_is_read_from_the_screen_until_that_is_gone(live, short_lesson, tmp_path, monkeypatch):
    with screen_with(short_lesson, tmp_path / "screen.log") as display:
        monkeypatch.setenv("DISPLAY", display)
        # Where the tests run on somebody's desktop.
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
        command = live("screen", "--lesson-id", "screen")
        command.wait_for("figures", faces=lambda faces: faces == 7)
        command.wait_for("figures", second=lambda second: second >= 3)
    # Or what came of trying again, where that was quicker than the telling.
    assert command.wait_for("lost")["reason"] in {"is gone.", "cannot be read (input/output error)."}
    assert command.end() == 0
    assert command.events[-1]["faces"] > 7
    lesson = open_warehouse("warehouse").lesson("screen")
    assert (lesson.recording, lesson.width, lesson.height) == ("the screen", 1280, 720)
    assert lesson.frame_rate == pytest.approx(10)
