"""Where a running class is read from: a camera, the screen, a stream, or a file played at its own speed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import av
from av.container import InputContainer
from av.error import ExitError, FFmpegError

from emotionkit.errors import LiveSourceError, RecordingError
from emotionkit.video.source import Source, opened, video_of

SCREEN_FPS = "10"
"""Pictures of the screen per second: each is copied whole, so more would cost much and tell nothing."""

OPEN_TIMEOUT_S, READ_TIMEOUT_S = 10.0, 5.0
"""Seconds after which a stream that says nothing counts as lost: when it is opened, and later."""

_PROTOCOLS = {
    "rtsp": "rtsp,rtp,udp,tcp",
    "rtsps": "rtsp,rtsps,rtp,udp,tcp,tls",
    "http": "http,tcp",
    "https": "https,http,tls,tcp",
    "udp": "udp",
}
"""Schemes that may be named, and the protocols that FFmpeg may use for each: none leads to a file of this machine."""

_STREAM_FORMATS = "mov,matroska,mpegts,mpeg,flv,ogg,asf,rtsp,mpjpeg,h264,hevc"
_CAMERAS = {"linux": ("video4linux2,v4l2", "/dev/video{}"), "darwin": ("avfoundation", "{}:none")}
_CAMERA_OPTIONS = {
    # A camera that has no such pictures gives those that come closest; by itself it may give much smaller ones.
    "linux": {"video_size": "1280x720"},
    # Without a rate FFmpeg asks for 29.97, which many cameras refuse.
    "darwin": {"framerate": "30"},
}
_SCREENS = {
    "linux": ("x11grab", ""),
    "darwin": ("avfoundation", "Capture screen 0:none"),
    "win32": ("gdigrab", "desktop"),
}
# No pointer, which may lie on a face.
_GRABBED = {"framerate": SCREEN_FPS, "draw_mouse": "0"}
_SCREEN_OPTIONS = {"linux": _GRABBED, "darwin": {"framerate": SCREEN_FPS}, "win32": _GRABBED}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)


class LiveKind(StrEnum):
    """What a running class is read from."""

    CAMERA = "camera"
    SCREEN = "screen"
    STREAM = "stream"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class LiveSource:
    """What a running class is read from.

    Attributes:
        kind: What it is.
        name: How it is called in sentences and in the warehouse: without user, password and query.
        address: What FFmpeg opens.
        format: FFmpeg's name of the device; None where the content tells.
        options: For FFmpeg.
    """

    kind: LiveKind
    name: str
    address: str = field(repr=False)
    format: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_file(self) -> bool:
        """Whether it has an end of its own and is played at its own speed."""
        return self.kind is LiveKind.FILE


def parse_live_source(
    text: str, *, platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> LiveSource:
    """Return what ``text`` names: the number of a camera, ``screen``, the address of a stream, or a file.

    Raises:
        LiveSourceError: It names none that can be read on this machine.

    >>> parse_live_source("rtsp://teacher:secret@10.0.0.7/class?key=1").name
    'rtsp://10.0.0.7/class'
    """
    if text.isdecimal():
        camera = _device(LiveKind.CAMERA, f"camera {text}", _CAMERAS.get(platform), text)
        return replace(camera, options=_CAMERA_OPTIONS[platform])
    if text == "screen":
        display = _display(environment) if platform == "linux" else ""
        screen = _device(LiveKind.SCREEN, "the screen", _SCREENS.get(platform), display)
        return replace(screen, options=_SCREEN_OPTIONS[platform])
    if scheme := _SCHEME.match(text):
        return _stream(text, scheme[1].lower())
    if not text:
        raise LiveSourceError(
            "The source", "has no name; give a camera's number, screen, a stream's address or a file."
        )
    return LiveSource(LiveKind.FILE, text, text)


@contextmanager
def opened_live(source: LiveSource) -> Iterator[Source]:
    """Open a source, and close it at the end of the block.

    Raises:
        LiveSourceError: It cannot be opened or has no video, or FFmpeg gave up inside the block.
    """
    try:
        if source.is_file:
            with opened(Path(source.address), threads=1) as opened_file:
                yield opened_file
        else:
            with _container(source) as container:
                yield video_of(Path(source.name), container, 1)
    except RecordingError as error:
        raise LiveSourceError(source.name, error.reason) from error
    except (FFmpegError, OSError) as error:
        raise LiveSourceError(source.name, _reason(source, error)) from error


def _reason(source: LiveSource, error: FFmpegError | OSError) -> str:
    if source.kind is LiveKind.CAMERA and isinstance(error, FileNotFoundError):
        there = sorted(int(path.name[5:]) for path in Path("/dev").glob("video*") if path.name[5:].isdecimal())
        return f"is not there: this machine has {_numbered(there)}."
    if source.kind is LiveKind.CAMERA and isinstance(error, PermissionError):
        return f"cannot be read: you may not use {source.address}; on most systems the group `video` may."
    # What PyAV makes of a timeout.
    said = "it does not answer" if isinstance(error, ExitError) else (error.strerror or "unknown error").lower()
    return f"cannot be read ({said})."


def _numbered(cameras: list[int]) -> str:
    return ", ".join(f"camera {number}" for number in cameras) if cameras else "no camera"


def _container(source: LiveSource) -> InputContainer:
    return av.open(
        source.address,
        mode="r",
        format=source.format,
        options=dict(source.options),
        metadata_errors="replace",
        timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S),
    )


def _display(environment: Mapping[str, str]) -> str:
    # The X server beside such a desktop would give pictures too, all black.
    if environment.get("WAYLAND_DISPLAY") or environment.get("XDG_SESSION_TYPE") == "wayland":
        raise LiveSourceError(
            "The screen",
            "cannot be read: on a Wayland desktop it would be black; log in to a session on X11.",
        )
    display = environment.get("DISPLAY", "")
    if not display:
        raise LiveSourceError("The screen", "cannot be read: there is no display (DISPLAY is not set).")
    return display


def _device(kind: LiveKind, name: str, driver: tuple[str, str] | None, which: str) -> LiveSource:
    sentence_start = name[0].upper() + name[1:]
    if driver is None or driver[0].split(",")[0] not in ",".join(av.formats_available).split(","):
        raise LiveSourceError(sentence_start, "cannot be read: the video library on this machine has no access to it.")
    device, pattern = driver
    return LiveSource(kind, name, pattern.format(which) if pattern else which, device)


def _stream(text: str, scheme: str) -> LiveSource:
    try:
        # What is no text in UTF-8 could not be stored with the lesson.
        text.encode()
        parts = urlsplit(text)
        host = parts.hostname or ""
        shown = f"{host}:{parts.port}" if parts.port else host
    except ValueError:
        raise LiveSourceError("The address", "is no address of a stream.") from None
    name = urlunsplit((scheme, shown, parts.path, "", ""))
    if scheme not in _PROTOCOLS:
        raise LiveSourceError(name, f"cannot be read: streams begin with {', '.join(_PROTOCOLS)}.")
    if not host and scheme != "udp":
        raise LiveSourceError(name, "names no machine.")
    options = {
        "protocol_whitelist": _PROTOCOLS[scheme],
        "format_whitelist": _STREAM_FORMATS,
        # What is live is not worth waiting for: half a second tells what a stream holds.
        "analyzeduration": "500000",
        "fflags": "discardcorrupt",
    }
    if scheme.startswith("rtsp"):
        options["rtsp_transport"] = "tcp"
    return LiveSource(LiveKind.STREAM, name, text, None, options)
