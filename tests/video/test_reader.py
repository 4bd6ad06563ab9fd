"""What reading costs: one picture at a time, and nothing left open."""

import gc
import os
import tracemalloc
import weakref
from pathlib import Path

import pytest

from emotionkit.video import sampled_frames

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def long_video(make_video):
    """Its pictures together would be 115 MB as the decoder holds them."""
    return make_video(frames=1000, size=(320, 240), codec="mpeg4")


def is_open(path):
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not show which files are open")
    return any(os.path.realpath(link) == str(path.resolve()) for link in descriptors.iterdir())


def resident_bytes():
    status = Path("/proc/self/statm")
    if not status.exists():
        pytest.skip("this system does not show how much memory is resident")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_the_picture_before_is_let_go(long_video):
    before = None
    for frame in sampled_frames(long_video, 2):
        assert before is None or before() is None
        before = weakref.ref(frame.luma)


def test_memory_does_not_grow_with_length(long_video):
    tracemalloc.start()
    frames = sampled_frames(long_video, 25)
    for _ in range(200):
        next(frames)
    gc.collect()
    traced, resident = tracemalloc.get_traced_memory()[0], resident_bytes()
    assert sum(1 for _ in frames) == 800
    gc.collect()
    assert tracemalloc.get_traced_memory()[0] - traced < MEGABYTE
    assert resident_bytes() - resident < 20 * MEGABYTE
    tracemalloc.stop()


def test_the_file_is_open_only_while_it_is_read(make_video):
    video = make_video()
    frames = sampled_frames(video, 5)
    assert not is_open(video)
    next(frames)
    assert is_open(video)
    list(frames)
    assert not is_open(video)


def test_closing_early_closes_the_file(make_video):
    video = make_video()
    frames = sampled_frames(video, 5)
    next(frames)
    frames.close()
    assert not is_open(video)


def test_leaving_a_loop_early_closes_the_file(make_video):
    video = make_video()
    for _ in sampled_frames(video, 5):
        break
    gc.collect()
    assert not is_open(video)


def test_frames_stay_as_they_were_after_the_decoder_has_gone_on(make_video, number_in):
    frames = list(sampled_frames(make_video(suffix=".mkv", codec="ffv1", pix_fmt="gray"), 25))
    assert [number_in(frame.luma) for frame in frames] == list(range(50))
    assert len({frame.luma.ctypes.data for frame in frames}) == 50


def test_two_readers_of_one_file_do_not_disturb_each_other(make_video):
    video = make_video()
    pairs = zip(sampled_frames(video, 5), sampled_frames(video, 5), strict=True)
    assert all(one.pts == other.pts and (one.luma == other.luma).all() for one, other in pairs)
