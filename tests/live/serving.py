"""Servers of streams on the loopback: a recording over HTTP, UDP or RTSP at its own speed, as a class that runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

Serving = Callable[..., AbstractContextManager[subprocess.Popen[bytes]]]
"""``with serving(recording, port):`` serve a recording."""

PYTHON_WITH_GSTREAMER = "/usr/bin/python3"
NO_RTSP_SERVER = (
    "GStreamer's RTSP server is not installed; on Debian: apt-get install python3-gi gir1.2-gst-rtsp-server-1.0 "
    "gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
)


@contextmanager
def over_http(recording: Path, port: int, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Serve to one who asks, once."""
    live = ["-c", "copy", "-f", "matroska", "-cluster_time_limit", "100", "-flush_packets", "1", "-listen", "1"]
    with _ffmpeg(recording, *more, to=[*live, address("http", port)]) as process:
        _wait_until_taken(port, process)
        yield process


@contextmanager
def over_udp(recording: Path, port: int, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Send to a port, again and again, whether somebody listens or not."""
    with _ffmpeg(recording, "-stream_loop", "-1", *more, to=["-c", "copy", "-f", "mpegts", address("udp", port)]) as it:
        yield it


@contextmanager
def over_rtsp(recording: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve to whoever asks; skips where no server is installed."""
    if not Path(PYTHON_WITH_GSTREAMER).exists():
        pytest.skip(NO_RTSP_SERVER)
    command = [PYTHON_WITH_GSTREAMER, str(Path(__file__).with_name("rtsp_server.py")), str(recording), str(port)]
    with _running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with process.stdout as said:
            if said.readline() != b"ready\n":
                pytest.skip(NO_RTSP_SERVER)
            yield process


SERVING: dict[str, Serving] = {"http": over_http, "udp": over_udp, "rtsp": over_rtsp}


def address(protocol: str, port: int) -> str:
    """Return where a recording is served."""
    path = {"http": "/class.mkv", "udp": "", "rtsp": "/class"}[protocol]
    return f"{protocol}://127.0.0.1:{port}{path}"


def ffmpeg() -> str:
    """Return the command; skips where it is not installed."""
    found = shutil.which("ffmpeg")
    if not found:
        pytest.skip("ffmpeg is not installed; on Debian: apt-get install ffmpeg")
    return found


@contextmanager
def _ffmpeg(recording: Path, *more: str, to: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with _running([ffmpeg(), "-v", "error", "-nostdin", "-re", *more, "-i", str(recording), *to]) as process:
        yield process


@contextmanager
def _running(command: list[str], stdout: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def _wait_until_taken(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until ffmpeg listens, or serves whoever was waiting for it; as the system says: to ask is to be served."""
    listens_or_serves = re.compile(rf":{port:04X} [0-9A-F]{{8}}:[0-9A-F]{{4}} 0[1A] ")
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        if not Path("/proc/net/tcp").exists() or listens_or_serves.search(Path("/proc/net/tcp").read_text()):
            return
        time.sleep(0.05)
    raise AssertionError("ffmpeg does not listen")
