"""A decoder that crashes, hangs or is taken over costs a connection; the class goes on with the next."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import confinement_targets as targets
import pytest

from emotionkit.errors import LiveSourceError
from emotionkit.live import confined
from emotionkit.live.confined import ConfinedConnections
from emotionkit.video.live_connection import SoFar, connect_here
from emotionkit.video.live_reader import LiveReader, LiveState
from emotionkit.video.live_source import LiveKind, LiveSource, parse_live_source


@pytest.fixture(scope="module")
def connections() -> Iterator[ConfinedConnections]:
    with ConfinedConnections() as begun:
        yield begun


@pytest.fixture
def stream(short_lesson: Path) -> LiveSource:
    """A recording that is taken for a stream: it can be joined again and again."""
    return LiveSource(LiveKind.STREAM, "a stream", str(short_lesson))


def test_what_comes_from_a_child_is_what_is_read_here(connections, stream):
    before = SoFar()
    both = []
    for connect in (connect_here, connections.connect):
        with closing(connect(stream, 4, before, threading.Event())) as news:
            both.append([next(news) for _ in range(60)])
    here, there = both
    assert [one.so_far.end for one in here] == [one.so_far.end for one in there]
    assert [one.so_far.cell for one in here] == [one.so_far.cell for one in there]
    samples = [[one.sample for one in some if one.sample] for some in both]
    assert len(samples[0]) == len(samples[1]) >= 8
    for one, other in zip(*samples, strict=True):
        assert (one.frame.pts, one.group) == (other.frame.pts, other.group)
        assert (one.frame.luma == other.frame.luma).all()


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (targets.read_a_moment, "has ended."),
        (targets.read_and_crash, "made the process that read it crash (Segmentation fault)."),
        (targets.read_and_hang, "gave no picture for 2 s."),
        (targets.read_and_talk_nonsense, "made the process that read it send nonsense."),
        (targets.read_and_take_over, "made the process that read it send nonsense."),
    ],
)
def test_a_stream_that_does_harm_is_lost_and_found_again(connections, stream, monkeypatch, tmp_path, target, reason):
    monkeypatch.setattr(confined, "report", target)
    monkeypatch.setattr(confined, "SILENCE_S", 2)
    states = []
    with LiveReader(stream, 4, 60, connections.connect) as reader:
        while len(reader.gaps) < 2:
            reader.newest(0.05)
            if not states or reader.status.state is not states[-1].state:
                states.append(reader.status)
    assert {status.reason for status in states if status.state is LiveState.LOST} == {reason}
    # A gap ends with the picture that comes again; asked twenty times a second, a short spell of them may go unseen.
    for start, end in reader.gaps:
        assert end > start
    assert reader.end > reader.gaps[-1][1]
    assert not Path("harmed").exists()


def test_a_file_that_does_harm_ends_where_it_does(connections, short_lesson, monkeypatch):
    monkeypatch.setattr(confined, "report", targets.read_and_crash)
    with LiveReader(parse_live_source(str(short_lesson)), 4, 60, connections.connect) as reader:
        while not reader.is_over:
            reader.newest(0.5)
    assert "crash" in reader.status.reason
    assert 0.2 < reader.end < 0.3
    assert reader.gaps == []


def test_what_cannot_be_opened_is_one_sentence(connections):
    for _ in range(2):
        with (
            LiveReader(parse_live_source("http://u:secret@127.0.0.1:9/x"), 2, 0, connections.connect) as reader,
            pytest.raises(LiveSourceError) as raised,
        ):
            reader.newest(60)
        assert str(raised.value) == "http://127.0.0.1:9/x cannot be read (connection refused)."


def test_a_fault_of_the_program_is_shown_by_who_asks(connections, stream, monkeypatch):
    monkeypatch.setattr(confined, "report", targets.complain_in_vain)
    with (
        LiveReader(stream, 2, 60, connections.connect) as reader,
        pytest.raises(RuntimeError, match="ZeroDivisionError"),
    ):
        reader.newest(60)
