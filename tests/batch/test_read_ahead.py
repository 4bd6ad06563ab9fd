"""Reading ahead changes nothing but when the work is done."""

from __future__ import annotations

import gc
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotionkit.batch.read_ahead import read_ahead
from emotionkit.errors import RecordingError
from emotionkit.video import sampled_frames


def _threads():
    return [thread for thread in threading.enumerate() if thread.name == "emotionkit-read-ahead"]


@given(st.lists(st.none() | st.integers()), st.integers(1, 5))
def test_the_same_items_in_the_same_order(items, depth):
    assert list(read_ahead(iter(items), depth)) == items
    assert not _threads()


def test_an_error_comes_after_the_items_before_it(tmp_path):
    def source():
        yield 1
        yield 2
        raise RecordingError(tmp_path, "breaks off.")

    ahead = read_ahead(source(), 4)
    assert [next(ahead), next(ahead)] == [1, 2]
    with pytest.raises(RecordingError, match="breaks off"):
        next(ahead)


def test_it_reads_no_further_ahead_than_asked():
    fetched = []

    def source():
        for number in range(100):
            fetched.append(number)
            yield number

    ahead = read_ahead(source(), 3)
    assert next(ahead) == 0
    ahead.close()
    assert len(fetched) <= 6


def test_leaving_early_closes_the_source_and_ends_the_thread():
    closed = threading.Event()

    def source():
        try:
            while True:
                yield 0
        finally:
            closed.set()

    ahead = read_ahead(source(), 2)
    next(ahead)
    del ahead
    gc.collect()
    assert closed.is_set()
    assert not _threads()


def test_frames_are_the_same(short_lesson):
    plain = list(sampled_frames(short_lesson, 2))
    ahead = list(read_ahead(sampled_frames(short_lesson, 2), 4))
    assert [(frame.pts, frame.weight) for frame in ahead] == [(frame.pts, frame.weight) for frame in plain]
    assert all((one.luma == other.luma).all() for one, other in zip(ahead, plain, strict=True))
