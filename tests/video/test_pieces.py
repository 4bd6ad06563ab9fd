"""Pieces together are what the reader from start to end gives: the same pictures, times, weights and pixels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from emotionkit.errors import RecordingError
from emotionkit.video import sampled_frames
from emotionkit.video.index import picture_index
from emotionkit.video.piece_reader import DamagedPieceError, frames_at, piece_frames
from emotionkit.video.pieces import cut_into_pieces

RECIPES = {
    "B-frames": {"options": {"g": "50"}},
    "open groups": {"options": {"g": "50", "x264-params": "open-gop=1:bframes=3"}},
    "short groups": {"options": {"g": "5"}},
    "pyramid of B-frames": {"options": {"g": "60", "bf": "7", "x264-params": "b-pyramid=normal"}},
    "no B-frames": {"options": {"g": "30", "bf": "0"}},
    "mkv": {"suffix": ".mkv", "options": {"g": "40"}},
    "mov with sound": {"suffix": ".mov", "sound": "pcm_s16le", "options": {"g": "40"}},
    "webm": {"suffix": ".webm", "codec": "libvpx", "options": {"g": "40", "cpu-used": "8", "deadline": "realtime"}},
    "mpeg4": {"codec": "mpeg4", "options": {"g": "25", "bf": "2"}},
    "late start": {"start_s": 5, "options": {"g": "40"}},
    "fragments": {"muxing": {"movflags": "frag_keyframe+empty_moov"}, "options": {"g": "25"}},
    "every picture alone": {"suffix": ".mkv", "codec": "ffv1", "pix_fmt": "gray"},
}


def seen(frames):
    return [(frame.pts, frame.weight, frame.luma.tobytes()) for frame in frames]


@pytest.mark.parametrize("wishes", RECIPES.values(), ids=RECIPES.keys())
@pytest.mark.parametrize("fps", [0.3, 2, 7, 60])
def test_pieces_hold_what_the_recording_holds(make_video, wishes, fps):
    video = make_video(frames=250, **wishes)
    pieces = cut_into_pieces(video, fps, 2)
    if pieces is None:
        pytest.skip("this one is read from start to end")

    assert [part for piece in pieces for part in seen(piece_frames(video, piece))] == seen(sampled_frames(video, fps))
    assert all(one.end == other.start for one, other in pairwise(pieces))


def test_most_containers_can_be_cut(make_video):
    cut = [name for name, wishes in RECIPES.items() if cut_into_pieces(make_video(frames=250, **wishes), 2, 2)]
    assert set(RECIPES) - set(cut) == set()


def test_the_lesson_with_stalls_and_jitter_is_the_same_in_pieces(sample_class):
    lesson = sample_class / "2026-09-21_physics-101_interference.mp4"
    pieces = cut_into_pieces(lesson, 2, 10)
    assert pieces is not None
    assert len(pieces) >= 5
    assert [part for piece in pieces for part in seen(piece_frames(lesson, piece))] == seen(sampled_frames(lesson, 2))


def test_cuts_depend_on_the_recording_and_the_settings_alone(make_video):
    video = make_video(frames=250, options={"g": "25"})
    assert cut_into_pieces(video, 2, 3) == cut_into_pieces(video, 2, 3)
    starts = [float(piece.start) for piece in cut_into_pieces(video, 2, 3) or ()]
    assert starts == [0, 2, 3, 6, 9], "the first is two, so that every worker has something to do soon"


def test_without_key_frames_to_cut_at_there_is_one_piece(make_video):
    pieces = cut_into_pieces(make_video(frames=250, options={"g": "1000", "sc_threshold": "0"}), 2, 2)
    assert pieces is not None
    assert len(pieces) == 1


def test_fewer_pictures_are_decoded_than_there_are(make_video, monkeypatch):
    video = make_video(frames=250, options={"g": "50", "bf": "3"})
    pieces = cut_into_pieces(video, 1, 60)
    assert pieces is not None
    from emotionkit.video import piece_reader  # noqa: PLC0415

    decoded = []
    checked = piece_reader._Decoder._checked
    monkeypatch.setattr(
        piece_reader._Decoder, "_checked", lambda self, pictures: checked(self, decoded.extend(pictures) or pictures)
    )
    assert len([frame for piece in pieces for frame in piece_frames(video, piece)]) == 10
    assert len(decoded) < 200


@pytest.mark.parametrize("suffix", [".avi", ".ts"])
def test_containers_that_do_not_tell_enough_are_read_in_one_go(make_video, suffix):
    assert cut_into_pieces(make_video(suffix=suffix, codec="mpeg4"), 2, 1) is None


def test_a_picture_of_what_is_read_in_one_go_is_looked_for_with_signs_of_life(make_video):
    """An hour of it takes minutes, after which silence would be taken for a recording that hangs its reader."""
    video = make_video(frames=100, suffix=".avi", codec="mpeg4")
    times = [float(frame.pts) for frame in sampled_frames(video, 2)]
    passed: list[float] = []
    (found,) = frames_at(video, 2, times[-1:], passed.append)
    assert float(found.pts) == times[-1]
    assert passed == times


def test_a_picture_far_from_its_key_frame_is_decoded_with_signs_of_life(make_video):
    video = make_video(frames=100, options={"g": "1000"})
    times = [float(frame.pts) for frame in sampled_frames(video, 2)]
    passed: list[float] = []
    (found,) = frames_at(video, 2, times[-1:], passed.append)
    assert float(found.pts) == times[-1]
    assert len(passed) >= 40  # pictures on which nothing is built are passed over


def test_decoders_that_leave_nothing_out_later_than_at_the_start_are_read_in_pieces(make_video):
    """dav1d would leave out pictures that nothing is built on, if it was told so first, whatever it is told later."""
    video = make_video(frames=100, codec="libsvtav1", size=(256, 144), options={"g": "32", "preset": "10"})
    pieces = cut_into_pieces(video, 2, 1)
    assert pieces
    assert len(pieces) > 1
    in_pieces = [frame for piece in pieces for frame in piece_frames(video, piece)]
    whole = list(sampled_frames(video, 2))
    assert [frame.pts for frame in in_pieces] == [frame.pts for frame in whole]
    assert all(np.array_equal(one.luma, other.luma) for one, other in zip(in_pieces, whole, strict=True))


def test_a_recording_that_is_not_whole_is_left_to_the_reader_that_says_so(make_video, tmp_path):
    video = make_video(frames=250, suffix=".mkv", options={"g": "25"})
    content = bytearray(video.read_bytes())
    content[len(content) * 6 // 10 :] = bytes(len(content) - len(content) * 6 // 10)
    damaged = tmp_path / "damaged.mkv"
    damaged.write_bytes(content)
    assert picture_index(damaged) is None
    with pytest.raises(RecordingError):
        list(sampled_frames(damaged, 2))


def test_damage_on_the_way_is_noticed(make_video, tmp_path):
    video = make_video(frames=250, options={"g": "1"})
    pieces = cut_into_pieces(video, 25, 2)
    assert pieces is not None
    import av  # noqa: PLC0415

    with av.open(str(video)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    content = bytearray(video.read_bytes())
    position, size = places[60]
    content[position : position + size] = bytes(size)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(content)
    assert len(list(piece_frames(damaged, pieces[1]))) == 25
    with pytest.raises(DamagedPieceError):
        list(piece_frames(damaged, pieces[2]))
