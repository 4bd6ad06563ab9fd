"""Whatever is wrong with a file ends in one sentence that names it, or in every picture that it promises."""

import logging
import os
import random
import re
import shutil
from fractions import Fraction
from pathlib import Path

import av
import pytest

from emotionkit.errors import RecordingError
from emotionkit.video import probe, sampled_frames

LONG = {
    "mp4": {"frames": 250},
    "mp4, header first": {"frames": 250, "muxing": {"movflags": "faststart"}},
    "mp4 in fragments": {"frames": 250, "muxing": {"movflags": "frag_keyframe+empty_moov"}, "options": {"g": "25"}},
    "mov": {"frames": 250, "suffix": ".mov"},
    "mkv": {"frames": 250, "suffix": ".mkv", "sound": "pcm_s16le"},
    "webm": {"frames": 250, "suffix": ".webm", "codec": "libvpx", "options": {"cpu-used": "8", "deadline": "realtime"}},
    "avi": {"frames": 250, "suffix": ".avi", "codec": "mpeg4"},
}
CLUSTER = bytes.fromhex("1F43B675")
HEADER_FIRST = {name: LONG[name] for name in ("mp4, header first", "mkv", "webm", "avi")}


def read_all(path):
    return [frame.pts for frame in sampled_frames(path, 25)]


def fault_of(action, path):
    """The sentence with which an action refuses a file."""
    with pytest.raises(RecordingError) as caught:
        action(path)
    sentence = str(caught.value)
    assert sentence == f"{path} {caught.value.reason}"
    assert caught.value.path == path
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return caught.value.reason


@pytest.fixture
def damaged(tmp_path):
    """``damaged(video, edit)`` gives a copy of a video whose bytes were edited."""

    def copy(video: Path, edit) -> Path:
        content = bytearray(video.read_bytes())
        edit(content)
        path = tmp_path / f"damaged{video.suffix}"
        path.write_bytes(content)
        return path

    return copy


@pytest.fixture(scope="module")
def intra_video(make_video):
    """Every picture stands alone, so that damage to one stays with it; and where each lies in the file."""
    video = make_video(frames=250, options={"g": "1"})
    with av.open(str(video)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    return video, places


def blanked(places):
    def edit(content):
        for position, size in places:
            content[position : position + size] = bytes(size)

    return edit


@pytest.mark.parametrize("action", [probe, read_all])
class TestNotARecording:
    def test_missing(self, action, tmp_path):
        assert fault_of(action, tmp_path / "nowhere.mp4") == "does not exist."

    def test_below_a_file(self, action, make_video):
        assert fault_of(action, make_video() / "lesson.mp4") == "cannot be read (not a directory)."

    def test_a_folder(self, action, tmp_path):
        assert fault_of(action, tmp_path) == "is a folder, not a recording."

    def test_a_pipe_does_not_hang(self, action, tmp_path):
        os.mkfifo(tmp_path / "pipe.mp4")
        assert fault_of(action, tmp_path / "pipe.mp4") == "is not an ordinary file."

    def test_empty(self, action, tmp_path):
        (tmp_path / "empty.mp4").touch()
        assert fault_of(action, tmp_path / "empty.mp4") == "is empty."

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_no_permission(self, action, make_video, tmp_path):
        locked = shutil.copy(make_video(), tmp_path / "locked.mp4")
        locked.chmod(0)
        assert fault_of(action, locked) == "cannot be read (permission denied)."

    def test_permission_denied_by_the_system(self, action, make_video, monkeypatch):
        def refuse(self, *args, **kwargs):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        assert fault_of(action, make_video()) == "cannot be read (permission denied)."

    @pytest.mark.parametrize("name", ["notes.mp4", "notes.mkv", "notes.avi", "notes.txt"])
    def test_a_text_file(self, action, tmp_path, name):
        (tmp_path / name).write_text("Minutes of the meeting.\n" * 50)
        assert "video" in fault_of(action, tmp_path / name)

    def test_subtitles(self, action, tmp_path):
        (tmp_path / "lesson.mp4").write_text("1\n00:00:01,000 --> 00:00:02,000\nGood morning.\n\n" * 9)
        assert "is not in a video format" in fault_of(action, tmp_path / "lesson.mp4")

    def test_a_photo(self, action, tmp_path):
        with av.open(str(tmp_path / "photo.png"), "w", format="image2") as container:
            picture = container.add_stream("png")
            picture.width, picture.height, picture.pix_fmt = 160, 96, "gray"
            container.mux(picture.encode(av.VideoFrame(160, 96, "gray")))
            container.mux(picture.encode())
        assert "is not in a video format" in fault_of(action, tmp_path / "photo.png")

    def test_a_playlist_of_files_elsewhere_is_not_followed(self, action, tmp_path):
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:9", "#EXTINF:9,", "http://127.0.0.1:9/lesson.ts", "#EXT-X-ENDLIST"]
        (tmp_path / "lesson.m3u8").write_text("\n".join(lines))
        assert "video" in fault_of(action, tmp_path / "lesson.m3u8")

    def test_sound_alone(self, action, tmp_path, silence):
        with av.open(str(tmp_path / "sound.mp4"), "w") as container:
            silence(container, container.add_stream("aac", rate=48000), 2)
        assert fault_of(action, tmp_path / "sound.mp4") == "holds sound but no video."

    def test_sound_in_a_format_of_its_own(self, action, tmp_path, silence):
        with av.open(str(tmp_path / "sound.mp3"), "w") as container:
            silence(container, container.add_stream("libmp3lame", rate=48000), 2)
        assert "is not in a video format" in fault_of(action, tmp_path / "sound.mp3")

    def test_sound_with_a_cover_picture(self, action, sound_with_cover):
        assert fault_of(action, sound_with_cover(video=False)) == "holds sound but no video."

    def test_no_picture_can_be_decoded(self, action, intra_video, damaged):
        video, places = intra_video
        assert fault_of(action, damaged(video, blanked(places))) == "holds no picture that can be decoded."

    def test_an_mp4_without_its_index(self, action, make_video, damaged):
        def drop_moov(content):
            del content[content.index(b"moov") - 4 :]

        assert fault_of(action, damaged(make_video(), drop_moov)).startswith("cannot be read as a video (")


@pytest.fixture
def sound_with_cover(tmp_path, silence):
    """``sound_with_cover(video=True)`` gives a file whose first stream is a cover picture, larger than the video."""

    def make(*, video: bool) -> Path:
        path = tmp_path / "cover.mp4"
        with av.open(str(path), "w") as container:
            cover = container.add_stream("mjpeg", rate=25)
            cover.width, cover.height, cover.pix_fmt = 640, 480, "yuvj420p"
            cover.disposition = av.stream.Disposition.attached_pic
            moving = container.add_stream("mpeg4", rate=25) if video else None
            if moving is not None:
                moving.width, moving.height, moving.pix_fmt = 160, 96, "yuv420p"
            sound = container.add_stream("aac", rate=48000)
            container.mux(cover.encode(av.VideoFrame(640, 480, "yuvj420p")))
            for index in range(50 if moving is not None else 0):
                frame = av.VideoFrame(160, 96, "yuv420p")
                frame.pts = index
                container.mux(moving.encode(frame))
            container.mux(moving.encode() if moving is not None else [])
            silence(container, sound, 2)
        return path

    return make


def test_a_cover_picture_is_not_taken_for_the_video(sound_with_cover):
    video = sound_with_cover(video=True)
    assert (probe(video).width, probe(video).height, probe(video).codec) == (160, 96, "mpeg4")
    assert len(read_all(video)) == 50


@pytest.mark.parametrize("wishes", LONG.values(), ids=LONG.keys())
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.6, 0.97])
@pytest.mark.parametrize("action", [probe, read_all])
def test_a_file_that_is_cut_is_refused_at_once(make_video, damaged, wishes, kept, action):
    def cut(content):
        del content[int(len(content) * kept) :]

    assert "cut off" in fault_of(action, damaged(make_video(**wishes), cut))


def blanked_tail(kept):
    def edit(content):
        start = int(len(content) * kept)
        content[start:] = bytes(len(content) - start)

    return edit


@pytest.mark.parametrize("wishes", HEADER_FIRST.values(), ids=HEADER_FIRST.keys())
@pytest.mark.parametrize("kept", [0.6, 0.7])
def test_a_copy_that_stopped_half_way_but_has_its_full_size_is_refused(make_video, damaged, wishes, kept):
    fault = fault_of(read_all, damaged(make_video(**wishes), blanked_tail(kept)))
    assert "it should last 10.0 s, but only" in fault


@pytest.mark.parametrize("wishes", HEADER_FIRST.values(), ids=HEADER_FIRST.keys())
def test_what_is_there_is_read_before_a_short_recording_is_refused(make_video, damaged, wishes):
    frames = sampled_frames(damaged(make_video(**wishes), blanked_tail(0.7)), 5)
    assert [next(frames).pts * 5 for _ in range(10)] == list(range(10))
    with pytest.raises(RecordingError):
        list(frames)


def test_one_damaged_picture_in_a_hundred_is_left_out_and_logged(intra_video, damaged, caplog):
    video, places = intra_video
    with caplog.at_level(logging.WARNING):
        times = read_all(damaged(video, blanked([places[50], places[180]])))
    assert len(times) == 248
    assert 2 not in times
    assert times[-1] == probe(video).duration - times[1]
    assert "2 of 250 pictures are damaged" in caplog.text


def test_the_picture_before_a_damaged_one_stands_for_it(intra_video, damaged):
    video, places = intra_video
    frames = {frame.pts * 25: frame.weight * 25 for frame in sampled_frames(damaged(video, blanked([places[50]])), 25)}
    assert frames[48] == 1
    assert frames[49] == 2
    assert sum(frames.values()) == 250


def test_more_damage_than_that_is_refused(intra_video, damaged):
    video, places = intra_video
    fault = fault_of(read_all, damaged(video, blanked(places[100:140])))
    assert fault == "is damaged: 40 of its 250 pictures cannot be decoded."


@pytest.mark.parametrize(("share", "refused"), [(0.4, True), (0.005, False)])
def test_a_hole_in_a_matroska_file_is_not_taken_for_a_stall(make_video, damaged, caplog, share, refused):
    def blank_middle(content):
        start, length = len(content) // 2, int(len(content) * share)
        content[start : start + length] = bytes(length)

    # One picture in 250 is 0.4 %, so that the small hole hurts one or two of them.
    video = make_video(suffix=".mkv", codec="rawvideo", pix_fmt="gray", frames=250, size=(320, 240))
    with_hole = damaged(video, blank_middle)
    if refused:
        assert fault_of(read_all, with_hole) == "is damaged: 4.0 s of its pictures cannot be read."
    else:
        assert 248 <= len(read_all(with_hole)) <= 250


def clusters(content):
    """Where the clusters of a Matroska file begin."""
    return [match.start() for match in re.finditer(re.escape(CLUSTER), content)]


def test_seconds_that_are_lost_are_no_stall_however_few_bytes_they_are(make_video, damaged):
    # Two seconds of pictures that hardly change are less than 2 KiB; what is built on them is decoded, late.
    options = {"g": "50", "x264-params": "scenecut=0"}
    muxing = {"live": "1", "cluster_time_limit": "2000"}
    video = make_video(suffix=".mkv", frames=250, options=options, muxing=muxing)

    def overwrite(content):
        start, end = clusters(content)[2:4]
        content[start:end] = bytes([0x0C]) * (end - start)

    assert fault_of(read_all, damaged(video, overwrite)) == "is damaged: 2.3 s of its pictures cannot be read."


@pytest.mark.parametrize("sound", [{}, {"sound": "aac", "frames": 300}], ids=["alone", "with sound that goes on"])
def test_a_stall_is_a_stall_beside_bytes_that_players_pass_over(make_video, damaged, sound):
    times_ms = [*range(0, 2000, 40), *range(7000, 9000, 40)]
    muxing = {"live": "1", "cluster_time_limit": "500"}
    video = make_video(suffix=".mkv", times_ms=times_ms, muxing=muxing, **sound)
    void = bytes.fromhex("EC43E8") + bytes(1000)

    def set_apart(content):
        for place in reversed(clusters(content)[1:]):
            content[place:place] = void

    assert len(read_all(damaged(video, set_apart))) == len(times_ms)


def test_a_sound_recording_logs_nothing(make_video, caplog):
    read_all(make_video())
    assert caplog.text == ""


@pytest.mark.parametrize("wishes", LONG.values(), ids=LONG.keys())
@pytest.mark.parametrize("seed", range(4))
def test_random_damage_ends_in_pictures_or_in_one_sentence(make_video, damaged, wishes, seed, silent_stderr):
    dice = random.Random(seed)

    def scatter(content):
        for _ in range(dice.choice([1, 5, 40])):
            start = dice.randrange(len(content))
            length = min(dice.choice([1, 30, 500]), len(content) - start)
            content[start : start + length] = dice.randbytes(length)

    video = damaged(make_video(**wishes), scatter)
    logging.disable()
    for action in (probe, read_all):
        try:
            action(video)
        except RecordingError as error:
            assert str(error).endswith(".")  # noqa: PT017  either outcome is right
    logging.disable(logging.NOTSET)


def test_the_size_may_change_in_mid_stream(tmp_path):
    video = tmp_path / "shared-screen.mkv"
    with av.open(str(video), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuvj420p"
        for index in range(20):
            size = (160, 96) if index < 10 else (320, 240)
            encoder = av.CodecContext.create("mjpeg", "w")
            encoder.width, encoder.height = size
            encoder.pix_fmt, encoder.time_base = "yuvj420p", Fraction(1, 25)
            (packet,) = encoder.encode(av.VideoFrame(*size, "yuvj420p"))
            packet.stream, packet.pts, packet.dts = stream, index * 40, index * 40
            container.mux(packet)
    shapes = [frame.luma.shape for frame in sampled_frames(video, 25)]
    assert shapes == [(96, 160)] * 10 + [(240, 320)] * 10


def test_a_title_in_an_old_encoding_does_no_harm(damaged, make_video):
    def retitle(content):
        content[content.index(b"Lavf") : content.index(b"Lavf") + 4] = b"\xdcbun"

    assert probe(damaged(make_video(suffix=".avi", codec="mpeg4"), retitle)).duration == 2


@pytest.mark.parametrize("name", ["10:30 physics.mp4", "Übung 3.mp4", "100%d.mp4", "-.mp4", "a'b\"c.mp4", "lesson"])
def test_any_name_will_do(make_video, tmp_path, monkeypatch, name):
    shutil.copy(make_video(), tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert probe(Path(name)).duration == 2
    assert len(read_all(Path(name))) == 50


def test_pictures_that_a_decoder_drops_without_a_word_are_missed(make_video, damaged):
    # One key frame gone, and with it all that is built on it; the decoder waits for the next one and says nothing.
    video = make_video(frames=250, options={"g": "50", "x264-params": "scenecut=0"})
    with av.open(str(video)) as container:
        keys = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.is_keyframe and packet.size]
    assert len(keys) == 5
    position, size = keys[0]

    def hollow_out(content):
        content[position + 4 : position + size] = bytes([0x0C]) * (size - 4)

    fault = fault_of(read_all, damaged(video, hollow_out))
    assert "of its 250 pictures cannot be decoded" in fault
