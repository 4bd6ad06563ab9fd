"""Streams that real servers serve: read as they come, lost, and found again."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest
from serving import SERVING, address

from emotionkit.live.confined import ConfinedConnections
from emotionkit.video.live_pictures import now
from emotionkit.video.live_reader import LiveReader, LiveState
from emotionkit.video.live_source import parse_live_source


@pytest.mark.parametrize("protocol", ["udp", "rtsp"])
def test_a_stream_is_read_as_it_comes_and_found_again(protocol, keyed_lesson, free_port):
    """Over HTTP the browser's class does so."""
    serving, source = SERVING[protocol], parse_live_source(address(protocol, free_port))
    with ConfinedConnections() as connections, ExitStack() as held:
        with serving(keyed_lesson, free_port):
            reader = held.enter_context(LiveReader(source, 4, 60, connections.connect))
            frames = read_until(reader, lambda: reader.end > 2)
            assert reader.size == (1280, 720)
            assert reader.frame_rate == pytest.approx(25, abs=1)
            assert now() - frames[-1].due < 1
        read_until(reader, lambda: reader.status.state is LiveState.LOST)
        lost_at = reader.end
        with serving(keyed_lesson, free_port):
            frames += read_until(reader, lambda: reader.end > lost_at + 3)
    times = [frame.frame.pts for frame in frames]
    assert times == sorted(set(times))
    (gap,) = reader.gaps
    assert gap[0] == lost_at
    assert gap[1] > lost_at + 0.4
    assert not [pts for pts in times if gap[0] < pts < gap[1]]


def read_until(reader, is_reached):
    frames, until = [], time.monotonic() + 90
    while not is_reached():
        assert time.monotonic() < until, reader.status
        if frame := reader.newest(0.2):
            frames.append(frame)
    return frames
