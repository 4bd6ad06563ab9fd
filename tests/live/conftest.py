"""Classes that run for a few seconds, from a file or a stream that ffmpeg serves here, and a browser to look."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket
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

    def wait_for(self, name: str, seconds: float = 60, **facts: Callable[[Any], bool]) -> dict[str, Any]:
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


QUIET = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update"
    " --disable-sync --remote-debugging-port=0 --ignore-certificate-errors --remote-allow-origins=*"
)


class Browser:
    """One tab of a browser with a profile of its own; what the page complains of is kept."""

    def __init__(self, profile: Path) -> None:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if not chromium:
            pytest.skip("no Chromium is installed")
        self._process = subprocess.Popen(
            [chromium, *QUIET.split(), f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._socket = websocket.create_connection(_debugger(profile, self._process), timeout=30)
        self._next = 0
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        self._next += 1
        self._socket.send(json.dumps({"id": self._next, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            self._note(message)
            if message.get("id") == self._next:
                assert "error" not in message, message
                return message["result"]

    def open(self, address: str, width: int = 1280, height: int = 900) -> None:
        """Show a page in a window of some size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.call("Page.navigate", url=address)
        self.wait_for("document.readyState === 'complete'")

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression of JavaScript in the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    def wait_for(self, expression: str, seconds: float = 30) -> Any:
        """Wait until an expression is true and return its value."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if value := self.evaluate(expression):
                return value
            time.sleep(0.1)
        raise AssertionError(f"{expression} did not become true; the page says: {self.text()!r}")

    def text(self) -> str:
        """Return what a reader sees."""
        return self.evaluate("document.body ? document.body.innerText : ''") or ""

    def screenshot(self, path: Path) -> None:
        """Take a picture of the whole page."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(10)

    def _note(self, message: dict[str, Any]) -> None:
        match message.get("method"):
            case "Log.entryAdded":
                self.complaints.append(message["params"]["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(message["params"]["exceptionDetails"]))


def _debugger(profile: Path, process: subprocess.Popen[bytes]) -> str:
    """Return the address of the first tab, once the browser has written down its port."""
    until = time.monotonic() + 40
    while time.monotonic() < until and process.poll() is None:
        try:
            port = re.match(r"\d+", (profile / "DevToolsActivePort").read_text())[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
                tabs = [tab for tab in json.load(answer) if tab["type"] == "page"]
            return tabs[0]["webSocketDebuggerUrl"]
        except (OSError, TypeError, IndexError):
            time.sleep(0.1)
    pytest.skip("Chromium does not start on this machine")


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A headless Chromium with a fresh profile; skips where none starts."""
    opened = Browser(tmp_path / "profile")
    yield opened
    opened.close()
