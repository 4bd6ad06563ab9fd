"""How long a file says it is, read from its first bytes."""

import pytest

from emotionkit.video.structure import missing_bytes

EBML = bytes.fromhex("1A45DFA3 84 00000000")
SEGMENT = bytes.fromhex("18538067")


def box(kind, body=b"", length=None):
    return (len(body) + 8 if length is None else length).to_bytes(4) + kind + body


def long_box(kind, body, length):
    return (1).to_bytes(4) + kind + length.to_bytes(8) + body


FTYP = box(b"ftyp", b"isom0000")


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        (FTYP + box(b"mdat", b"x" * 100) + box(b"moov", b"y" * 20), 0),
        (FTYP + box(b"mdat", b"x" * 100, length=150), 42),
        (FTYP + box(b"mdat", b"x" * 100, length=0), 0),
        (FTYP + long_box(b"mdat", b"x" * 100, length=116), 0),
        (FTYP + long_box(b"mdat", b"x" * 100, length=6_000_000_000), 6_000_000_000 - 116),
        (FTYP + box(b"mdat", b"x" * 100, length=5), 0),
        (FTYP[:12], 4),
        (box(b"moov", b"y" * 20, length=40), 12),
        (EBML + SEGMENT + bytes([0x80 + 50]) + b"x" * 50, 0),
        (EBML + SEGMENT + bytes([0x80 + 50]) + b"x" * 20, 30),
        (EBML + SEGMENT + bytes.fromhex("01 00000000000100") + b"x" * 200, 56),
        (EBML + SEGMENT + bytes.fromhex("01 FFFFFFFFFFFFFF") + b"x" * 200, 0),
        (EBML + SEGMENT + b"\xff" + b"x" * 200, 0),
        (EBML + SEGMENT, 0),
        (EBML + b"something else", 0),
        (EBML[:5], 0),
        (b"RIFF" + (104).to_bytes(4, "little") + b"AVI " + b"x" * 100, 0),
        (b"RIFF" + (104).to_bytes(4, "little") + b"AVI " + b"x" * 60, 40),
        (b"RIFF" + (104).to_bytes(4, "little") + b"WAVE" + b"x" * 60, 0),
        (b"just some text that is no video at all", 0),
        (b"x", 0),
        (b"", 0),
    ],
)
def test_missing_bytes(tmp_path, content, missing):
    file = tmp_path / "recording"
    file.write_bytes(content)
    assert missing_bytes(file) == missing


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".avi"])
def test_of_a_real_file_every_lost_byte_is_missed(make_video, tmp_path, suffix):
    codec = {".webm": "libvpx", ".avi": "mpeg4"}.get(suffix, "libx264")
    content = make_video(suffix=suffix, codec=codec).read_bytes()
    file = tmp_path / "recording"
    for lost in (0, 1, 10, 300):
        file.write_bytes(content[: len(content) - lost])
        assert bool(missing_bytes(file)) == bool(lost)
