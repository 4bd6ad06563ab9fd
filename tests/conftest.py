"""What every test may ask for."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest
from moving_tiles import write_moving_tiles

from emotionkit import clocks
from emotionkit.policy import JURISDICTION_VARIABLE, PURPOSE_VARIABLE

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_CLASS = ROOT / "recordings" / "sample"
SHARED_DATA = ROOT.parent / "shared" / "data"


# What starts in the background of a script is told to ignore Ctrl-C, and so would be all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave long runs to ``make stress``, which asks for the marker."""
    if "stress" not in (config.option.markexpr or ""):
        for item in items:
            if item.get_closest_marker("stress"):
                item.add_marker(pytest.mark.skip(reason="a long run; `make stress` makes it"))


@pytest.fixture(scope="session", autouse=True)
def declared_purpose() -> Iterator[None]:
    """Declare what the tests process recordings for; a test of the policy takes the variables away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PURPOSE_VARIABLE, "demonstration")
        patch.setenv(JURISDICTION_VARIABLE, "US")
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Converted networks go to a folder of the tests, not to the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMOTIONKIT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def machine_in() -> Iterator[Callable[[str], None]]:
    """``machine_in("Europe/Berlin")``: move this machine there until the test ends, and so what ``clocks`` uses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clocks, "_zone", None)

        def move(time_zone: str) -> None:
            patch.setenv("TZ", time_zone)
            time.tzset()

        yield move
    time.tzset()


@pytest.fixture(scope="session")
def sample_class() -> Path:
    """The folder of the three rendered lessons, with their truth."""
    return SAMPLE_CLASS


@pytest.fixture(scope="session")
def clips() -> Path:
    """The folder of clips that lie beside the repository; skips where they do not."""
    folder = SHARED_DATA / "clips"
    if not folder.is_dir():
        pytest.skip("the clips in ../shared/data are not on this machine")
    return folder


@pytest.fixture(scope="session")
def short_lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first ten seconds of a rendered lesson with seven students, cut without decoding."""
    path = tmp_path_factory.mktemp("recordings") / "2026-09-28_physics-101_short.mp4"
    _copy_start(SAMPLE_CLASS / "2026-09-28_physics-101_exam-review.mp4", path, seconds=10)
    return path


@pytest.fixture(scope="session")
def moving_tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen seconds of nine students whose tiles move and whose cameras go off."""
    path = tmp_path_factory.mktemp("moving") / "moving.mp4"
    write_moving_tiles(path, SAMPLE_CLASS / "2026-09-21_physics-101_interference.mp4")
    return path


@pytest.fixture(scope="session")
def copy_start() -> Callable[..., None]:
    """``copy_start(source, target, seconds=…)``: the start of a recording in another file, container by its name."""
    return _copy_start


def _copy_start(source: Path, target: Path, *, seconds: float) -> None:
    """Copy the packets of the first seconds of a video into another file."""
    with av.open(source) as reader, av.open(target, "w") as writer:
        stream = reader.streams.video[0]
        copied = writer.add_stream_from_template(stream)
        for packet in reader.demux(stream):
            if packet.dts is None or packet.pts * stream.time_base >= seconds:
                continue
            packet.stream = copied
            writer.mux(packet)
