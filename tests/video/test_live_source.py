"""What may be named as the source of a running class, and what is said of the rest."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import av
import pytest

from emotionkit.errors import LiveSourceError
from emotionkit.video import sampled_frames
from emotionkit.video.live_pictures import live_pictures
from emotionkit.video.live_reader import LiveReader, LiveState
from emotionkit.video.live_source import LiveKind, LiveSource, opened_live, parse_live_source

CAMERAS = ", ".join(f"camera {n}" for n in range(100) if Path(f"/dev/video{n}").exists()) or "no camera"


@pytest.mark.parametrize(
    ("text", "kind", "address", "name"),
    [
        ("0", LiveKind.CAMERA, "/dev/video0", "camera 0"),
        ("12", LiveKind.CAMERA, "/dev/video12", "camera 12"),
        ("screen", LiveKind.SCREEN, ":7", "the screen"),
        ("lesson.mp4", LiveKind.FILE, "lesson.mp4", "lesson.mp4"),
        ("a:b.mp4", LiveKind.FILE, "a:b.mp4", "a:b.mp4"),
        ("rtsp://cam/1", LiveKind.STREAM, "rtsp://cam/1", "rtsp://cam/1"),
        ("HTTPS://u:p@h:8443/x?k=1#f", LiveKind.STREAM, "HTTPS://u:p@h:8443/x?k=1#f", "https://h:8443/x"),
        ("udp://@:5000", LiveKind.STREAM, "udp://@:5000", "udp://:5000"),
    ],
)
def test_what_may_be_named(text, kind, address, name):
    source = parse_live_source(text, platform="linux", environment={"DISPLAY": ":7"})
    assert (source.kind, source.address, source.name) == (kind, address, name)
    assert "p@" not in repr(source)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The source has no name"),
        ("screen", "The screen cannot be read: there is no display"),
        ("gopher://a/b", "gopher://a/b cannot be read: streams begin with rtsp, rtsps, http, https, udp."),
        ("file:///etc/passwd", "file:///etc/passwd cannot be read: streams begin with"),
        ("concat://a", "concat://a cannot be read"),
        ("rtsp://", "names no machine."),
        ("http://h:port/", "The address is no address of a stream."),
    ],
)
def test_what_may_not_be_named_is_one_sentence(text, sentence):
    with pytest.raises(LiveSourceError) as raised:
        parse_live_source(text, platform="linux", environment={})
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("session", [{"WAYLAND_DISPLAY": "wayland-0"}, {"XDG_SESSION_TYPE": "wayland"}])
@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":0"}], ids=["alone", "beside an X server that sees black"])
def test_a_screen_that_would_be_black_is_refused(session, display):
    with pytest.raises(
        LiveSourceError, match=r"^The screen cannot be read: on a Wayland desktop it would be black; .*X11\.$"
    ):
        parse_live_source("screen", platform="linux", environment=session | display)


def test_a_session_on_x11_says_so_itself():
    environment = {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}
    assert parse_live_source("screen", platform="linux", environment=environment).address == ":0"


def test_a_machine_without_access_says_so():
    with pytest.raises(LiveSourceError, match=r"^Camera 0 cannot be read: the video library on this machine has no"):
        parse_live_source("0", platform="plan9", environment={})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("77", f"camera 77 is not there: this machine has {CAMERAS}."),
        ("gone.mp4", "gone.mp4 does not exist."),
        ("http://127.0.0.1:9/x", "http://127.0.0.1:9/x cannot be read (connection refused)."),
        ("rtsp://a:secret@127.0.0.1:9/x", "rtsp://127.0.0.1:9/x cannot be read (connection refused)."),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(text, sentence):
    source = parse_live_source(text, platform="linux")
    with LiveReader(source, 2, patience_s=0) as reader, pytest.raises(LiveSourceError) as raised:
        reader.newest(30)
    assert str(raised.value) == sentence


def test_a_camera_that_may_not_be_used_says_what_would_help(monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(av, "open", refused)
    with (
        pytest.raises(LiveSourceError, match=r"^camera 0 cannot be read: you may not use /dev/video0; on most systems"),
        opened_live(parse_live_source("0", platform="linux")),
    ):
        pass


def test_what_is_no_video_is_one_sentence(tmp_path):
    path = tmp_path / "text.mp4"
    path.write_text("no video")
    with (
        pytest.raises(LiveSourceError, match=r"text.mp4 cannot be read as a video"),
        opened_live(parse_live_source(str(path))),
    ):
        pass


def test_the_screen_and_the_camera_open_by_the_same_way(tmp_path):
    """FFmpeg's own test picture stands for a device: neither is there where tests run."""
    source = LiveSource(LiveKind.CAMERA, "a test picture", "testsrc=size=320x240:rate=10", "lavfi")
    with opened_live(source) as opened:
        pictures = live_pictures(source, opened, time.sleep)
        times = [next(pictures).pts for _ in range(15)]
    assert [float(pts) for pts in times] == pytest.approx([k / 10 for k in range(15)])


def test_a_file_is_played_at_its_own_speed_and_its_samples_are_those_of_the_recording(short_lesson):
    every = [frame.pts for frame in sampled_frames(short_lesson, 4)]
    started, taken = time.monotonic(), []
    with LiveReader(parse_live_source(str(short_lesson)), 4, patience_s=0) as reader:
        while not reader.is_over and time.monotonic() - started < 3:
            if frame := reader.newest(0.5):
                taken.append(frame.frame.pts)
                # No picture comes before its time.
                assert time.monotonic() - started >= float(frame.frame.pts) - 0.05
        reader.stop()
        assert reader.newest(0) is None or reader.is_over
    assert len(taken) + reader.dropped <= 14
    assert set(taken) <= set(every)


def test_the_newest_picture_wins_and_the_others_are_counted(short_lesson):
    with LiveReader(parse_live_source(str(short_lesson)), 10, patience_s=0) as reader:
        first = reader.newest(10)
        time.sleep(1.5)
        later = reader.newest(1)
        assert first is not None
        assert later is not None
        dropped = reader.dropped
    assert dropped >= 10
    assert later.frame.pts - first.frame.pts >= 1
    assert not later.after_gap


def test_stopping_does_not_wait(short_lesson):
    with LiveReader(parse_live_source(str(short_lesson)), 0.1, patience_s=0) as reader:
        assert reader.newest(10)
        threading.Timer(0.2, reader.stop).start()
        before = time.monotonic()
        assert reader.newest(30) is None
        assert time.monotonic() - before < 5
    assert reader.status.state is LiveState.ENDED


def test_a_stream_without_pictures_is_no_video(tmp_path):
    path = Path(tmp_path, "sound.mkv")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame(format="s16", layout="mono", samples=1024)
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(LiveSourceError, match="holds sound but no video"), opened_live(parse_live_source(str(path))):
        pass
