"""Chromium driven through its DevTools protocol: what a page shows, says, asks for and prints.

Playwright would do the same and bring a browser's worth of Node with it (docs/decisions/0019).
"""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import pytest
import websocket

FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --remote-debugging-port=0 --remote-allow-origins=*"
)
PATIENCE_S = 60


class PageLeftError(AssertionError):
    """The page was left for another one before it answered."""


@dataclass
class Tab:
    """A page in the browser.

    Attributes:
        said: What console and browser had to say of the page, warnings and errors.
        asked: Addresses that the page asked for, its own among them.
    """

    socket: websocket.WebSocket
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _next: int = 0
    _loaded: int = 0

    def call(self, method: str, **parameters: object) -> dict[str, object]:
        """Ask the browser to do something and return its answer."""
        self._next += 1
        self.socket.send(json.dumps({"id": self._next, "method": method, "params": parameters}))
        while (answer := self._read()).get("id") != self._next:
            pass
        if "navigated" in str(answer.get("error", "")):
            raise PageLeftError(answer["error"])
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def open(self, address: str, width: int = 1280, height: int = 844, *, dark: bool = False) -> None:
        """Open a page at a size in CSS pixels and wait until it is there."""
        self.look(width, height, dark=dark)
        loaded = self._loaded
        self.call("Page.navigate", url=address)
        while self._loaded == loaded:
            self._read()

    def look(self, width: int, height: int, *, dark: bool = False) -> None:
        """Change the size of the window and the colours the reader prefers."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def value(self, script: str) -> object:
        """Return what a script in the page comes to; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, script: str, patience_s: float = PATIENCE_S) -> object:
        """Wait until a script in the page, or in the one that takes its place, comes to something true; return it."""
        end = time.monotonic() + patience_s
        while True:
            with contextlib.suppress(PageLeftError):
                if value := self.value(script):
                    return value
            assert time.monotonic() < end, f"{script} did not come true in {patience_s:g} s"
            time.sleep(0.1)

    def click(self, x: float, y: float) -> None:
        """Click at a place in CSS pixels."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Write what the window shows, or the whole page, as PNG."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **self._clip(whole))
        path.write_bytes(base64.b64decode(answer["data"]))

    def printed(self) -> bytes:
        """Return the page printed on A4 as PDF."""
        answer = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        return base64.b64decode(answer["data"])

    def _clip(self, whole: bool) -> dict[str, object]:
        if not whole:
            return {}
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}

    def _read(self) -> dict[str, object]:
        message = json.loads(self.socket.recv())
        parameters = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded += 1
            case "Network.requestWillBeSent":
                self.asked.append(parameters["request"]["url"])
            case "Log.entryAdded":
                self.said.append(parameters["entry"]["text"])
            case "Runtime.consoleAPICalled" if parameters["type"] in {"warning", "error"}:
                self.said.append(str([argument.get("value") for argument in parameters["args"]]))
            case "Runtime.exceptionThrown":
                self.said.append(str(parameters["exceptionDetails"]))
        return message


def violations(tab: Tab) -> list[tuple[str, str]]:
    """What axe-core has to say of the page: the rule, and the first element that breaks it."""
    tab.value(resources.files("axe_core_python").joinpath("axe.min.js").read_text("utf-8") + "; true")
    found = json.loads(tab.value("axe.run().then(result => JSON.stringify(result.violations))"))
    return [(one["id"], one["nodes"][0]["html"]) for one in found]


@contextlib.contextmanager
def browsing(profile: Path) -> Iterator[Tab]:
    """Start Chromium with a fresh profile and give a tab of it; skips where Chromium is not or does not start."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        pytest.skip("no Chromium is installed")
    command = [program, *FLAGS.split(), f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            socket = websocket.create_connection(_address(profile, process), timeout=PATIENCE_S)
            with contextlib.closing(socket):
                tab = Tab(socket)
                for domain in ("Page", "Network", "Log", "Runtime"):
                    tab.call(f"{domain}.enable")
                yield tab
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_S)


def _address(profile: Path, process: subprocess.Popen[bytes]) -> str:
    """Return the address of the first tab, once the browser has written down its port."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, ValueError, IndexError, StopIteration):
            port = int((profile / "DevToolsActivePort").read_text().splitlines()[0])
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                return next(tab["webSocketDebuggerUrl"] for tab in json.load(answer) if tab["type"] == "page")
        time.sleep(0.05)
    pytest.skip("Chromium does not start on this machine")
