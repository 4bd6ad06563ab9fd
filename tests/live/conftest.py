"""Classes that run for a few seconds, from a file or a stream that ffmpeg serves here, and a browser to look."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import Tab, browsing
from serving import Serving, ffmpeg, over_http

from emotionkit.batch.pipeline import process_recording
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier


class RunningCommand:
    """``emotionkit live`` in a process of its own, and the events that it tells."""

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-m", "emotionkit", "live", *map(str, arguments), "--json"]
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed with the command
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._errors, text=True)
        self.events: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def wait_for(self, name: str, seconds: float = 120, **facts: Callable[[Any], bool]) -> dict[str, Any]:
        """Wait for an event of some name whose facts pass their tests, and return it."""
        until, seen = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            for event in self.events[seen:]:
                seen += 1
                if event["event"] == name and all(test(event[fact]) for fact, test in facts.items()):
                    return event
            if self.process.poll() is not None and seen == len(self.events) and not self._reader.is_alive():
                break
            time.sleep(0.05)
        events = [event["event"] for event in self.events]
        raise AssertionError(f"no event {name!r} among {events}: {self.complaints()}")

    def complaints(self) -> str:
        """Return what it wrote to stderr so far."""
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> None:
        """Kill it if it still runs, and let go of its streams."""
        self.process.kill()
        self.process.wait(10)
        self._reader.join(10)
        if self.process.stdout:
            self.process.stdout.close()
        self._errors.close()

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        status = self.process.wait(60)
        self._reader.join(10)
        return status


@pytest.fixture
def live() -> Iterator[Callable[..., RunningCommand]]:
    """``live(*arguments)``: start ``emotionkit live``; whatever still runs at the end is killed."""
    started: list[RunningCommand] = []

    def start(*arguments: object) -> RunningCommand:
        started.append(RunningCommand(*arguments))
        return started[-1]

    yield start
    for command in started:
        command.close()


@pytest.fixture
def serving() -> Serving:
    """``with serving(recording, port)``: ffmpeg serves the recording once over HTTP, at its own speed."""
    return over_http


@pytest.fixture
def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def keyed_lesson(tmp_path_factory: pytest.TempPathFactory, short_lesson: Path) -> Path:
    """The short lesson with a key frame in every second, so that a stream can be joined in its middle."""
    path = tmp_path_factory.mktemp("keyed") / "keyed.mp4"
    options = "-an -c:v libx264 -preset ultrafast -g 25 -crf 20 -pix_fmt yuv420p"
    command = [ffmpeg(), "-v", "error", "-nostdin", "-i", short_lesson, *options.split(), path]
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="session")
def processed(tmp_path_factory: pytest.TempPathFactory, short_lesson: Path) -> Path:
    """A warehouse that holds the short lesson, processed as a recording. Read only."""
    warehouse = tmp_path_factory.mktemp("processed") / "warehouse"
    process_recording(short_lesson, warehouse, LazyClassifier(threads=1), ProcessingSettings())
    return warehouse


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "EMOTIONKIT_PURPOSE" in os.environ


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Tab]:
    """A tab of a headless Chromium with a fresh profile; skips where none starts."""
    with browsing(tmp_path / "profile") as tab:
        yield tab
