"""Real videos made on the fly. Every picture carries its number, so that a test can tell whose time stamp it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

BITS = 10
GRAY = 100
RATE = 25


@dataclass(frozen=True, kw_only=True)
class VideoRecipe:
    """What a test's video is like; two seconds of 160×96 at 25 pictures per second unless it says otherwise."""

    suffix: str = ".mp4"
    codec: str = "libx264"
    pix_fmt: str = "yuv420p"
    frames: int = 50
    size: tuple[int, int] = (160, 96)
    times_ms: Sequence[int] | None = None
    start_s: int = 0
    sound: str | None = None
    sound_start_s: int = 0
    sound_s: int | None = None
    turn: tuple[float, bool, bool] | None = None
    options: dict[str, str] = field(default_factory=dict)
    muxing: dict[str, str] = field(default_factory=dict)

    def named(self, folder: Path) -> Path:
        return folder / f"lesson{self.suffix}"


def painted(number: int, width: int = 160, height: int = 96) -> NDArray[np.uint8]:
    """Picture ``number``: its bits as black or white columns in the upper half, one white corner below."""
    picture = np.full((height, width), GRAY, np.uint8)
    for bit in range(BITS):
        picture[: height // 2, bit * width // BITS : (bit + 1) * width // BITS] = 255 if number >> bit & 1 else 0
    picture[-height // 4 :, : width // 4] = 255
    return picture


def read_number(luma: NDArray[np.uint8]) -> int:
    """The number that was painted into a picture."""
    height, width = luma.shape
    middles = [(2 * bit + 1) * width // (2 * BITS) for bit in range(BITS)]
    return sum(int(luma[height // 4, x] > 127) << bit for bit, x in enumerate(middles))


def write_video(path: Path, recipe: VideoRecipe) -> Path:
    with av.open(str(path), "w", options=recipe.muxing) as container:
        video = container.add_stream(recipe.codec, rate=RATE, options=recipe.options)
        video.width, video.height = recipe.size
        video.pix_fmt = recipe.pix_fmt
        time_base = Fraction(1, 1000) if recipe.times_ms else Fraction(1, RATE)
        video.codec_context.time_base = time_base
        if recipe.turn:
            video.set_display_rotation(recipe.turn[0], hflip=recipe.turn[1], vflip=recipe.turn[2])
        sound = container.add_stream(recipe.sound, rate=48000) if recipe.sound else None
        times = recipe.times_ms or range(recipe.frames)
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(painted(number, *recipe.size), format="gray")
            frame = frame.reformat(format=recipe.pix_fmt)
            frame.pts, frame.time_base = time + int(recipe.start_s / time_base), time_base
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if sound is not None:
            write_silence(container, sound, recipe.sound_s or recipe.frames / RATE, recipe.sound_start_s)
    return path


def write_silence(container: av.container.OutputContainer, sound: av.AudioStream, seconds: float, start_s: int = 0):
    size = sound.codec_context.frame_size or 1024
    for index in range(int(seconds * 48000) // size):
        silence = av.AudioFrame(format=sound.format.name, layout=sound.layout.name, samples=size)
        for plane in silence.planes:
            plane.update(bytes(plane.buffer_size))
        silence.sample_rate = 48000
        silence.pts = index * size + start_s * 48000
        container.mux(sound.encode(silence))
    container.mux(sound.encode())


@pytest.fixture(scope="session")
def paint() -> Callable[..., NDArray[np.uint8]]:
    return painted


@pytest.fixture(scope="session")
def number_in() -> Callable[[NDArray[np.uint8]], int]:
    return read_number


@pytest.fixture(scope="session")
def silence() -> Callable[..., None]:
    """``silence(container, stream, seconds)`` writes the whole of a sound stream."""
    return write_silence


@pytest.fixture(scope="session")
def make_video(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """``make_video(suffix=".mkv", codec="ffv1", …)`` gives the path of such a video; the same twice is made once."""
    made: dict[str, Path] = {}

    def make(**wishes: object) -> Path:
        recipe = VideoRecipe(**wishes)
        if repr(recipe) not in made:
            made[repr(recipe)] = write_video(recipe.named(tmp_path_factory.mktemp("video")), recipe)
        return made[repr(recipe)]

    return make


@pytest.fixture
def silent_stderr(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Fails a test during which anything was written to stderr, by C code too."""
    yield
    assert capfd.readouterr().err == ""
