"""Two thousand damaged recordings: each ends in a status of a known kind, and none in a silently short lesson."""

from __future__ import annotations

import time
from collections import Counter

import av
import damage
import pytest

from emotionkit.batch.confined_orders import Confines
from emotionkit.batch.executor import Failure, Job, process_all
from emotionkit.batch.workers import Pool
from emotionkit.config import ProcessingSettings
from emotionkit.errors import Limit
from emotionkit.reports.night import SHORT_S, SHORT_SHARE

KINDS = {"recording", "input", *Limit}
SETTINGS = ProcessingSettings(sample_fps=2)
CONFINES = Confines(silence_s=20)
LIMIT_S = 120.0


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    return damage.make_videos(tmp_path_factory.mktemp("sound"))


def put_through(videos, folder, numbers):
    """Damage and read recordings; return how each ended, and the longest time between two of them."""
    paths = [damage.damaged(number, videos, folder) for number in numbers]
    jobs = [Job(path, folder / "warehouse", SETTINGS) for path in paths]
    ended, longest, before = {}, 0.0, time.monotonic()
    team = Pool(2, CONFINES)
    for result in process_all(jobs, on_progress=lambda *tick: None, team=team):
        ended[result.recording] = result
        longest, before = max(longest, time.monotonic() - before), time.monotonic()
    assert set(ended) == set(paths)
    return ended, longest


def check(ended, longest):
    kinds = Counter()
    for path, result in ended.items():
        if isinstance(result, Failure):
            assert result.kind in KINDS, (path.name, result)
            assert result.reason.startswith(str(path))
            assert "\n" not in result.reason
            kinds[result.kind] += 1
        else:
            missing = result.duration_s - result.decoded_s
            assert missing <= max(SHORT_S, SHORT_SHARE * result.duration_s), (path.name, result)
            kinds["read"] += 1
            # A header that was damaged may promise less, and then nothing contradicts it.
            kinds["read of which the file itself now promises less"] += damage.SECONDS - result.decoded_s > SHORT_S
    assert longest < LIMIT_S
    return kinds


def test_a_sample_of_damaged_recordings(videos, tmp_path):
    kinds = check(*put_through(videos, tmp_path, range(0, 120, 4)))
    assert kinds["recording"] > 10
    assert kinds["read"] > 1


def test_a_billion_pixels_that_are_declared_alone_take_no_room(videos, tmp_path):
    """The pictures of most of these tell their true size themselves, and are read; the others are refused."""
    huge = damage.DAMAGES.index(damage.declare_huge)
    numbers = [huge + len(damage.DAMAGES) * kind for kind in range(len(videos))]
    check(*put_through(videos, tmp_path, numbers))


def test_pictures_that_are_too_large_are_refused(tmp_path):
    path = tmp_path / "poster.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 6400, 6400, "yuvj420p"
        container.mux(stream.encode(av.VideoFrame(6400, 6400, "yuvj420p")))
        container.mux(stream.encode())
    (failure,) = process_all([Job(path, tmp_path / "w", SETTINGS)], on_progress=lambda *tick: None)
    assert failure.kind == "pixels"
    assert "6,400×6,400" in failure.reason


def test_one_that_never_ends_is_refused(tmp_path):
    endless = damage.write_video(tmp_path / "endless.mkv", "mpeg4", times_s=[3600.0 * hour for hour in range(14)])
    (failure,) = process_all([Job(endless, tmp_path / "w", SETTINGS)], on_progress=lambda *tick: None)
    assert failure.kind == "duration"


@pytest.mark.stress
def test_two_thousand_damaged_recordings(videos, tmp_path, stress_figures):
    begun = time.monotonic()
    total, longest = Counter(), 0.0
    for start in range(0, 2000, 200):
        (tmp_path / str(start)).mkdir()
        ended, slowest = put_through(videos, tmp_path / str(start), range(start, start + 200))
        total += check(ended, slowest)
        longest = max(longest, slowest)
        stress_figures(
            "damaged recordings",
            f"{start + 200} put through in {time.monotonic() - begun:.0f} s, none slower than {longest:.1f} s: "
            + ", ".join(f"{count} {kind}" for kind, count in total.most_common()),
        )


def test_a_length_that_has_to_be_looked_for_leaves_out_what_an_edit_leaves_out(videos, tmp_path):
    """Found among the two thousand: an MP4 without its promised length, whose edit shows a quarter of it."""
    (outcome,) = put_through(videos, tmp_path, [22])[0].values()
    assert not isinstance(outcome, Failure)
    assert outcome.decoded_s == pytest.approx(outcome.duration_s)


def test_pictures_that_come_out_of_order_are_the_fault_of_the_recording(videos, tmp_path):
    """Found among the two thousand: a header that tells the decoder of no B-frames, where there are some."""
    (failure,) = put_through(videos, tmp_path, [1218])[0].values()
    assert failure.kind == "recording"
    assert failure.reason.endswith("is damaged: 16 of its 50 pictures cannot be decoded.")


@pytest.mark.parametrize("number", [69, 1269, 1389])
def test_what_is_lost_at_the_start_is_refused_however_few_bytes_it_is(videos, tmp_path, number):
    """Found among the two thousand: two of ten seconds gone in 3 KiB that FFmpeg passes over without a word."""
    (failure,) = put_through(videos, tmp_path, [number])[0].values()
    assert failure.kind == "recording"
    assert "1.8 s of its pictures cannot be read" in failure.reason
