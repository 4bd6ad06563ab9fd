"""Packets read at their places in the file are those that the container gives, or are not read that way."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import av
import pytest

from emotionkit.video import sampled_frames
from emotionkit.video.index import picture_index
from emotionkit.video.piece_reader import DamagedPieceError, piece_frames
from emotionkit.video.pieces import cut_into_pieces

AT_THEIR_PLACES = {
    "mp4": {},
    "mov with sound": {"suffix": ".mov", "sound": "pcm_s16le"},
    "fragments": {"muxing": {"movflags": "frag_keyframe+empty_moov"}, "options": {"g": "25"}},
    "mpeg4": {"codec": "mpeg4"},
    "mjpeg": {"codec": "mjpeg", "suffix": ".mov", "pix_fmt": "yuvj420p"},
}
THROUGH_THE_CONTAINER = {
    "mkv": {"suffix": ".mkv"},
    "webm": {"suffix": ".webm", "codec": "libvpx"},
    "turned": {"turn": (90, False, False)},
    "mirrored": {"turn": (0, True, False)},
}


@pytest.mark.parametrize("wishes", AT_THEIR_PLACES.values(), ids=AT_THEIR_PLACES.keys())
def test_packets_are_those_of_the_container(make_video, wishes):
    video = make_video(**wishes)
    index = picture_index(video)
    assert index is not None
    assert index.packets is not None
    with av.open(str(video)) as container:
        through = [packet for packet in container.demux(video=0) if packet.size]
    stored = list(index.packets.of_groups(0, len(index.keys)).read(video))
    assert [(packet.pts, packet.is_keyframe, bytes(packet)) for packet in stored] == [
        (packet.pts, packet.is_keyframe, bytes(packet)) for packet in through
    ]


@pytest.mark.parametrize("wishes", THROUGH_THE_CONTAINER.values(), ids=THROUGH_THE_CONTAINER.keys())
def test_what_a_decoder_cannot_know_from_packets_is_asked_of_the_container(make_video, wishes):
    video = make_video(**wishes)
    pieces = cut_into_pieces(video, 5, 1)
    assert pieces is not None
    assert {piece.stored for piece in pieces} == {None}
    shown = [frame.luma.tobytes() for piece in pieces for frame in piece_frames(video, piece)]
    assert shown == [frame.luma.tobytes() for frame in sampled_frames(video, 5)]


def test_a_piece_knows_its_own_packets_alone(make_video):
    video = make_video(frames=250, options={"g": "25"})
    pieces = cut_into_pieces(video, 2, 2)
    assert pieces is not None
    assert [len(piece.stored.places) for piece in pieces if piece.stored is not None] == [50, 50, 75, 75, 75, 50]


class Failing(type(Path())):
    """A file on a disk that gives out."""

    def open(self, *_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_disk_that_gives_out_is_for_the_reader_from_start_to_end_to_tell(make_video, monkeypatch):
    video = make_video(frames=250, options={"g": "25"})
    pieces = cut_into_pieces(video, 2, 2)
    assert pieces is not None
    monkeypatch.setattr("emotionkit.video.piece_reader.check_file", lambda _: None)
    with pytest.raises(DamagedPieceError):
        list(piece_frames(Failing(video), pieces[0]))


def test_a_file_that_became_another_meanwhile_is_damaged(make_video):
    pieces = cut_into_pieces(make_video(frames=250, options={"g": "25"}), 2, 2)
    assert pieces is not None
    with pytest.raises(DamagedPieceError):
        list(piece_frames(make_video(frames=50), pieces[-1]))
