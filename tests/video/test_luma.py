"""Pictures come upright, whatever way the camera was held."""

import av
import numpy as np
import pytest

from emotionkit.video import probe, sampled_frames
from emotionkit.video.luma import Orientation, luma

TURNS = [(degrees, hflip, vflip) for degrees in (0, 90, 180, 270) for hflip in (0, 1) for vflip in (0, 1)]


@pytest.mark.parametrize("turn", TURNS, ids=str)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_picture_is_turned_and_mirrored_as_the_display_matrix_says(make_video, paint, turn, suffix):
    degrees, hflip, vflip = turn
    video = make_video(suffix=suffix, turn=(degrees, bool(hflip), bool(vflip)), frames=3)
    expected = np.rot90(paint(0), degrees // 90)
    expected = np.fliplr(expected) if hflip else expected
    expected = np.flipud(expected) if vflip else expected
    shown = next(sampled_frames(video, 1)).luma
    assert shown.shape == expected.shape
    assert abs(shown.astype(int) - expected).mean() < 6


@pytest.mark.parametrize(("counterclockwise", "clockwise"), [(0, 0), (90, 270), (180, 180), (270, 90)])
def test_probe_gives_size_as_displayed_and_the_turn(make_video, counterclockwise, clockwise):
    recording = probe(make_video(turn=(counterclockwise, False, False), frames=3))
    assert recording.rotation == clockwise
    assert (recording.width, recording.height) == ((160, 96) if clockwise in (0, 180) else (96, 160))


def test_an_angle_in_between_counts_as_the_nearest_right_one(make_video):
    assert probe(make_video(turn=(85, False, False), frames=3)).rotation == 270
    assert probe(make_video(turn=(20, False, False), frames=3)).rotation == 0


def test_orientation_upright_is_a_view():
    picture = np.arange(6, dtype=np.uint8).reshape(2, 3)
    turned = Orientation(0, 1, -1, 0).upright(picture)
    assert turned.tolist() == [[3, 0], [4, 1], [5, 2]]
    assert np.shares_memory(turned, picture)


@pytest.mark.parametrize(
    "pix_fmt", ["yuyv422", "uyvy422", "nv12", "yuv410p", "bgra", "gbrp", "pal8", "gray16le", "rgb48le"]
)
@pytest.mark.parametrize("width", [160, 158])
def test_every_layout_of_pixels_gives_the_same_brightness(paint, pix_fmt, width):
    picture = paint(0b1010101010, width, 96)
    source = av.VideoFrame.from_ndarray(np.dstack([picture] * 3), format="rgb24")
    if pix_fmt == "pal8":
        indexed = np.zeros((96, width), np.uint8)
        indexed[picture == 100], indexed[picture == 255] = 1, 2
        palette = np.array([[255, grey, grey, grey] for grey in (0, 100, 255)] + [[255, 0, 0, 0]] * 253, np.uint8)
        frame = av.VideoFrame.from_ndarray((indexed, palette), format="pal8")
    else:
        frame = source.reformat(format=pix_fmt)
    assert frame.format.name == pix_fmt
    assert abs(luma(frame).astype(int) - picture).max() <= 3


def test_a_gray_picture_is_copied_out_of_the_decoders_memory(paint):
    frame = av.VideoFrame.from_ndarray(paint(5), format="gray")
    first = luma(frame)
    first[:] = 7
    assert np.array_equal(luma(frame), paint(5))
