"""Time stamps where they are not plain: late starts, irregular pictures, stalls, edits."""

from fractions import Fraction
from itertools import pairwise

import pytest

from emotionkit.errors import InvalidInputError
from emotionkit.video import probe, sampled_frames

UNSTEADY_MS = [0, 40, 95, 130, 210, 1450, 1490, 1530, 1999, 2040, 2600, 2640, 5000, 5040]
STALLS = {8.0: 1.0, 22.4: 1.8, 40.0: 0.7, 54.2: 1.2}


@pytest.fixture(scope="module")
def stalling_lesson(sample_class):
    """The lesson, and time, weight and shape of its samples."""
    lesson = sample_class / "2026-09-21_physics-101_interference.mp4"
    return lesson, [(frame.pts, frame.weight, frame.luma.shape) for frame in sampled_frames(lesson, 5)]


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".webm", ".mov"])
def test_pictures_at_irregular_times_keep_them(make_video, number_in, suffix):
    codec = "libvpx" if suffix == ".webm" else "libx264"
    video = make_video(suffix=suffix, codec=codec, times_ms=UNSTEADY_MS)
    frames = list(sampled_frames(video, 60))
    assert [frame.pts for frame in frames] == [Fraction(time, 1000) for time in UNSTEADY_MS]
    assert [number_in(frame.luma) for frame in frames] == list(range(len(UNSTEADY_MS)))


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_a_stall_is_one_sample_that_stands_for_all_of_it(make_video, number_in, suffix):
    frames = list(sampled_frames(make_video(suffix=suffix, times_ms=UNSTEADY_MS), 2))
    assert [number_in(frame.luma) for frame in frames] == [0, 5, 7, 9, 10, 12]
    assert [frame.weight for frame in frames[:-1]] == [
        Fraction(later - earlier, 1000) for earlier, later in pairwise([0, 1450, 1530, 2040, 2600, 5000])
    ]


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".mov", ".webm"])
def test_a_recording_whose_clock_starts_late_starts_at_0(make_video, number_in, suffix):
    codec = "libvpx" if suffix == ".webm" else "libx264"
    video = make_video(suffix=suffix, codec=codec, start_s=5)
    frames = list(sampled_frames(video, 5))
    assert [frame.pts for frame in frames] == [Fraction(k, 5) for k in range(10)]
    assert number_in(frames[-1].luma) == 45
    assert probe(video).duration == 2


@pytest.mark.parametrize("suffix", [".mkv", ".mov"])
def test_where_sound_starts_first_its_start_is_0(make_video, number_in, suffix):
    video = make_video(suffix=suffix, sound="pcm_s16le", start_s=3, sound_start_s=2)
    frames = list(sampled_frames(video, 5))
    assert frames[0].pts == 1
    assert [number_in(frame.luma) for frame in frames] == [(frame.pts - 1) * 25 for frame in frames]
    assert probe(video).duration == 3


def test_where_pictures_start_first_their_start_is_0(make_video):
    video = make_video(suffix=".mkv", sound="pcm_s16le", sound_start_s=4)
    assert next(sampled_frames(video, 1)).pts == 0
    assert 5.9 < probe(video).duration <= 6


def test_sound_that_goes_on_alone_makes_the_recording_longer_but_not_the_weights(make_video):
    video = make_video(suffix=".mkv", sound="pcm_s16le", sound_start_s=4)
    assert sum(frame.weight for frame in sampled_frames(video, 5)) == 2


@pytest.mark.parametrize("wishes", [{"suffix": ".mkv"}, {"suffix": ".webm", "codec": "libvpx"}])
def test_sound_may_go_on_after_pictures_that_begin_late(make_video, wishes):
    """So late that FFmpeg has looked for their start in vain, and takes the file's length for theirs."""
    sound = {"sound": "libopus", "sound_s": 30, "start_s": 9, "frames": 200}
    video = make_video(**wishes, **sound, options={"g": "50"})
    frames = list(sampled_frames(video, 2))
    assert (float(frames[0].pts), float(frames[-1].pts)) == pytest.approx((9, 16.5), abs=0.1)
    assert probe(video).duration == pytest.approx(30, abs=0.1)


def test_the_sample_lessons_stalls_are_where_they_should_be(stalling_lesson):
    _, frames = stalling_lesson
    stalls = {float(pts): float(weight) for pts, weight, _ in frames if weight > Fraction(2, 3)}
    # A sample is at most a fifth of a second older than the last picture before the stall.
    assert list(stalls) == pytest.approx([at - 0.1 for at in STALLS], abs=0.2)
    assert list(stalls.values()) == pytest.approx([lasted + 0.1 for lasted in STALLS.values()], abs=0.2)


def test_the_sample_lesson_is_weighed_to_its_end(stalling_lesson):
    lesson, frames = stalling_lesson
    assert frames[0][0] == 0
    assert abs(sum(weight for _, weight, _ in frames) - probe(lesson).duration) < Fraction(1, 20)
    assert all(pts + weight == later for (pts, weight, _), (later, _, _) in pairwise(frames))


def test_the_sample_lesson_has_exact_time_stamps_of_its_own_clock(stalling_lesson):
    _, frames = stalling_lesson
    assert all((pts * 16000).denominator == 1 for pts, _, _ in frames)
    assert {shape for _, _, shape in frames} == {(720, 1280)}


def test_a_phone_recording_with_edits_is_weighed_to_its_end(clips):
    for name in ("noface_face.mov", "no_face.mp4"):
        weights = sum(frame.weight for frame in sampled_frames(clips / name, 2))
        assert abs(weights - probe(clips / name).duration) < Fraction(1, 10), name


@pytest.mark.parametrize("sample_fps", [0, -1, float("nan"), float("inf")])
def test_a_rate_that_cannot_be_is_refused_with_its_value(make_video, sample_fps):
    with pytest.raises(InvalidInputError, match=str(sample_fps)):
        next(sampled_frames(make_video(), sample_fps))


def test_a_tenth_of_a_picture_per_second_is_a_tenth_exactly(make_video):
    video = make_video(suffix=".mkv", times_ms=[0, 9960, 10000, 19960, 20000, 20040])
    assert [frame.pts for frame in sampled_frames(video, 0.1)] == [0, 10, 20]
