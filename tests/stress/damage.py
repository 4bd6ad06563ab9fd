"""Recordings damaged in every way that is easily thought of, the same for the same number."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

Edit = Callable[[bytearray, random.Random], bytearray]

WIDTH, HEIGHT, RATE, SECONDS = 320, 180, 5, 10
SOUND_VIDEOS = {
    "mp4": {"codec": "libx264"},
    "first.mp4": {"codec": "libx264", "muxing": {"movflags": "faststart"}},
    "fragments.mp4": {"codec": "libx264", "muxing": {"movflags": "frag_keyframe+empty_moov"}},
    "mov": {"codec": "mpeg4"},
    "mkv": {"codec": "libx264"},
    "webm": {"codec": "libvpx", "options": {"cpu-used": "8", "deadline": "realtime"}},
    "avi": {"codec": "mpeg4"},
    "mjpeg.avi": {"codec": "mjpeg"},
}
"""By what their names end with; ten seconds each."""


def make_videos(folder: Path) -> list[Path]:
    """Write a sound video of each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write_video(folder / f"sound.{name}", **wishes) for name, wishes in SOUND_VIDEOS.items()]


def write_video(path: Path, codec: str, seconds: float = SECONDS, muxing=None, options=None, times_s=None) -> Path:
    with av.open(str(path), "w", options=muxing or {}) as container:
        stream = container.add_stream(codec, rate=RATE, options={"g": "10", **(options or {})})
        stream.width, stream.height = WIDTH, HEIGHT
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        texture = (
            np.random.default_rng(0).integers(0, 255, (HEIGHT // 4, WIDTH // 4), np.uint8).repeat(4, 0).repeat(4, 1)
        )
        for number in range(round(seconds * RATE) if times_s is None else len(times_s)):
            picture = np.roll(texture, number, axis=1)
            frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format=stream.pix_fmt)
            frame.pts = number if times_s is None else round(times_s[number] * RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def cut(content: bytearray, dice: random.Random) -> bytearray:
    return content[: dice.randrange(len(content))]


def blank_tail(content: bytearray, dice: random.Random) -> bytearray:
    start = dice.randrange(len(content))
    content[start:] = bytes(len(content) - start)
    return content


def flip(content: bytearray, dice: random.Random) -> bytearray:
    for _ in range(dice.choice([1, 3, 10, 100, 1000])):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    return content


def flip_header(content: bytearray, dice: random.Random) -> bytearray:
    """Where these files keep what they say of themselves: at the start, or in MP4's index at the end."""
    start = max(0, content.rfind(b"moov")) if dice.random() < 0.5 else 0
    for _ in range(dice.choice([1, 3, 10, 50])):
        content[min(len(content) - 1, start + dice.randrange(1500))] = dice.randrange(256)
    return content


def scramble(content: bytearray, dice: random.Random) -> bytearray:
    start, length = dice.randrange(len(content)), dice.choice([100, 1000, 10_000])
    content[start : start + length] = dice.randbytes(len(content[start : start + length]))
    return content


def cut_out(content: bytearray, dice: random.Random) -> bytearray:
    start = dice.randrange(len(content))
    del content[start : start + dice.choice([1, 100, 5000])]
    return content


def repeat(content: bytearray, dice: random.Random) -> bytearray:
    start, length = dice.randrange(len(content)), dice.choice([1000, 20_000])
    return content[:start] + content[start : start + length] * dice.choice([2, 20]) + content[start:]


def lie(content: bytearray, dice: random.Random) -> bytearray:
    """Another number where an MP4, MOV or AVI tells size, frame count, duration or codec."""
    boxes = (b"mvhd", b"tkhd", b"mdhd", b"stts", b"stsz", b"stco", b"stsc", b"avc1", b"mp4v", b"avih", b"strh", b"mdat")
    present = [box for box in boxes if box in content]
    if not present:
        # Matroska: the duration in its segment's information, else sizes of its elements.
        place = content.find(b"\x44\x89\x88")
        if place >= 0 and dice.random() < 0.5:
            content[place + 3 : place + 11] = struct.pack(">d", dice.choice([0.0, 1e3, 1e12, float("nan"), -5.0]))
        else:
            content[dice.randrange(4, 400)] = dice.choice([0x00, 0xFF, 0x01, 0x80])
        return content
    box = dice.choice(present)
    place = content.find(box) + dice.choice([-4, 4, 8, 12, 16, 20, 24, 28, 32, 76, 80])
    if dice.random() < 0.2:
        content[content.find(box) : content.find(box) + 4] = dice.choice([b"hev1", b"free", b"xxxx", b"mp4v", b"text"])
        return content
    lies = (0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x80008000, 0x10000000, 1000)
    content[place : place + 4] = struct.pack(dice.choice(["<I", ">I"]), dice.choice(lies))
    return content


def declare_huge(content: bytearray, dice: random.Random) -> bytearray:
    """32,768×32,768 pixels, wherever width and height of these videos stand."""
    for order in ("<", ">"):
        for form, side in (("HH", 32768), ("II", 32768)):
            for pair in ((WIDTH, HEIGHT), (HEIGHT, WIDTH)):
                content = bytearray(
                    content.replace(struct.pack(order + form, *pair), struct.pack(order + form, side, side))
                )
    return content


def nothing(_content: bytearray, _dice: random.Random) -> bytearray:
    return bytearray()


def noise(content: bytearray, dice: random.Random) -> bytearray:
    keep = dice.choice([0, 4, 12, 100])
    return content[:keep] + dice.randbytes(dice.choice([10, 1000, 50_000]))


DAMAGES: tuple[Edit, ...] = (
    cut,
    blank_tail,
    flip,
    flip_header,
    flip,
    lie,
    scramble,
    lie,
    cut_out,
    repeat,
    declare_huge,
    noise,
    lie,
    flip_header,
    nothing,
)


def damaged(number: int, videos: list[Path], folder: Path) -> Path:
    """Write the damaged recording of a number: the kind of damage and the kind of video go round, the rest is dice."""
    dice = random.Random(number)
    edit = DAMAGES[number % len(DAMAGES)]
    video = videos[number // len(DAMAGES) % len(videos)]
    ending = video.suffix
    path = (
        folder
        / f"{number:04d}-{edit.__name__.replace('_', '-')}-{video.name.removeprefix('sound.')[:9].rstrip('.')}{ending}"
    )
    path.write_bytes(edit(bytearray(video.read_bytes()), dice))
    return path
