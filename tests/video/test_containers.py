"""The contract of probe and sampled_frames, held by every container and codec."""

from fractions import Fraction

import numpy as np
import pytest

from emotionkit.video import probe, sampled_frames

CASES = {
    "mp4 h264 with B-frames": {"options": {"bf": "3"}},
    "mp4 h264 with sound": {"sound": "aac"},
    "mp4 h264 in fragments": {"muxing": {"movflags": "frag_keyframe+empty_moov"}, "options": {"g": "10"}},
    "mp4 h264 full range": {"pix_fmt": "yuvj420p"},
    "mp4 h264 interlaced": {"options": {"flags": "+ildct+ilme", "x264-params": "tff=1"}},
    "mp4 mpeg4": {"codec": "mpeg4"},
    "mp4 mpeg4 odd size": {"codec": "mpeg4", "size": (163, 99)},
    "mkv h264 with sound": {"suffix": ".mkv", "sound": "aac"},
    "mkv h264 ten bits": {"suffix": ".mkv", "pix_fmt": "yuv420p10le"},
    "mkv h264 rgb": {"suffix": ".mkv", "codec": "libx264rgb", "pix_fmt": "rgb24"},
    "mkv ffv1 gray": {"suffix": ".mkv", "codec": "ffv1", "pix_fmt": "gray"},
    "mkv ffv1 gray odd size": {"suffix": ".mkv", "codec": "ffv1", "pix_fmt": "gray", "size": (161, 97)},
    "mkv ffv1 gray ten bits": {"suffix": ".mkv", "codec": "ffv1", "pix_fmt": "gray10le"},
    "webm vp9 with sound": {"suffix": ".webm", "codec": "libvpx-vp9", "sound": "libopus", "options": {"cpu-used": "8"}},
    "webm vp8 recorded live": {"suffix": ".webm", "codec": "libvpx", "muxing": {"live": "1"}},
    "mov h264 with sound": {"suffix": ".mov", "sound": "pcm_s16le"},
    "mov prores": {"suffix": ".mov", "codec": "prores", "pix_fmt": "yuv422p10le"},
    "mov animation rgb": {"suffix": ".mov", "codec": "qtrle", "pix_fmt": "rgb24"},
    "avi mpeg4": {"suffix": ".avi", "codec": "mpeg4"},
    "avi mpeg4 with B-frames": {"suffix": ".avi", "codec": "mpeg4", "options": {"bf": "2"}},
    "avi h264 with B-frames and sound": {"suffix": ".avi", "options": {"bf": "3"}, "sound": "libmp3lame"},
    "avi mjpeg": {"suffix": ".avi", "codec": "mjpeg", "pix_fmt": "yuvj420p"},
}


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def wishes(request):
    return request.param


@pytest.fixture
def video(wishes, make_video):
    return make_video(**wishes)


def test_at_the_full_rate_every_picture_comes_once_with_its_own_time(video, number_in):
    frames = list(sampled_frames(video, 25))
    assert [number_in(frame.luma) for frame in frames] == list(range(50))
    assert [frame.pts - frames[0].pts for frame in frames] == [Fraction(number, 25) for number in range(50)]
    assert {frame.weight for frame in frames} == {Fraction(1, 25)}


def test_a_sampled_picture_has_the_time_at_which_it_was_painted(video, number_in):
    frames = list(sampled_frames(video, 4))
    assert len(frames) == 8
    assert all(number_in(frame.luma) == (frame.pts - frames[0].pts) * 25 for frame in frames)
    assert all(isinstance(value, Fraction) for frame in frames for value in (frame.pts, frame.weight))


@pytest.mark.parametrize("sample_fps", [0.5, 3, 7.5, 60])
def test_the_weights_sum_to_the_whole_video(video, sample_fps):
    assert sum(frame.weight for frame in sampled_frames(video, sample_fps)) == 2


def test_brightness_is_as_displayed_in_every_pixel_format(video, paint):
    luma = next(sampled_frames(video, 1)).luma
    height, width = luma.shape
    assert luma.dtype == np.uint8
    assert luma.flags.c_contiguous
    assert abs(luma.astype(int) - paint(0, width, height)).mean() < 6


def test_probe_tells_what_the_pictures_are_like(video, wishes):
    recording = probe(video)
    luma = next(sampled_frames(video, 1)).luma
    assert (recording.height, recording.width) == luma.shape
    assert (recording.width, recording.height) == wishes.get("size", (160, 96))
    assert recording.frame_rate == 25
    assert recording.rotation == 0
    assert recording.has_audio is ("sound" in wishes)
    assert recording.path == video


def test_probe_tells_how_long_the_recording_is(video, wishes):
    duration = probe(video).duration
    assert isinstance(duration, Fraction)
    if "sound" in wishes:
        # Encoders of sound add a little at either end.
        assert 2 <= duration < Fraction(22, 10)
    else:
        assert duration == 2


def test_nothing_is_written_to_stderr(video, silent_stderr):
    probe(video)
    next(sampled_frames(video, 1))


def test_probe_names_the_codec(make_video):
    assert probe(make_video()).codec == "h264"
    assert probe(make_video(codec="mpeg4")).codec == "mpeg4"
