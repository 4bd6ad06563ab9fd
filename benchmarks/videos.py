"""The recordings that the benchmarks read, made from the sample class: galleries of nine and 25, and a speaker view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

LESSON = Path(__file__).resolve().parents[1] / "recordings" / "sample" / "2026-09-14_physics-101_waves.mp4"
"""All nine students of the sample class are on screen from second 20 to 60, in three rows of three."""

START_S, END_S, RATE = 20, 60, 25
Picture = NDArray[np.uint8]


def gallery_of_nine(path: Path, seconds: int) -> Path:
    """Write the sample class's own pictures, as recorded, over and over."""
    return _repeated(LESSON, path, seconds, START_S)


def gallery_of_25(path: Path, seconds: int) -> Path:
    """Write a 1280×720 gallery of five rows of five; people appear two or three times, at different moments."""
    return _composed(path, seconds, (1280, 720), _five_by_five)


def speaker_view(path: Path, seconds: int) -> Path:
    """Write a 1920×1080 view of one large speaker and four small tiles."""
    return _composed(path, seconds, (1920, 1080), _speaker)


def _five_by_five(past: list[Picture]) -> Picture:
    rows = []
    for row in range(5):
        tiles = [_tile(past[-1 - 40 * ((5 * row + column) // 9)], (5 * row + column) % 9) for column in range(5)]
        rows.append(np.hstack([cv2.resize(tile, (256, 144), interpolation=cv2.INTER_AREA) for tile in tiles]))
    return np.vstack(rows)


def _speaker(past: list[Picture]) -> Picture:
    picture = np.full((1080, 1920, 3), 24, np.uint8)
    picture[135:945, :1440] = cv2.resize(_tile(past[-1], 4), (1440, 810), interpolation=cv2.INTER_CUBIC)
    for place, person in enumerate((0, 2, 6, 8)):
        picture[270 * place : 270 * (place + 1), 1440:] = cv2.resize(_tile(past[-1], person), (480, 270))
    return picture


def _tile(picture: Picture, person: int) -> Picture:
    row, column = divmod(person, 3)
    return picture[240 * row : 240 * (row + 1), 1280 * column // 3 : 1280 * (column + 1) // 3]


def _composed(path: Path, seconds: int, size: tuple[int, int], compose: Callable[[list[Picture]], Picture]) -> Path:
    once = path.with_name(f"once-{path.name}")
    with av.open(str(once), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "g": "125"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        past: list[Picture] = []
        for picture in islice(_pictures(), (END_S - START_S) * RATE):
            past = [*past[-100:], picture] if past else [picture] * 101
            container.mux(stream.encode(av.VideoFrame.from_ndarray(compose(past), format="bgr24")))
        container.mux(stream.encode())
    _repeated(once, path, seconds, 0)
    once.unlink()
    return path


def _pictures() -> Iterator[Picture]:
    with av.open(str(LESSON)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= START_S:
                yield frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)


def _repeated(source: Path, path: Path, seconds: int, start_s: int) -> Path:
    """Copy the packets of forty seconds again and again until ``seconds`` are full."""
    lasts = END_S - START_S
    with av.open(str(path), "w") as writer:
        copied: VideoStream | None = None
        for turn in range(-(-seconds // lasts)):
            with av.open(str(source)) as reader:
                stream = reader.streams.video[0]
                copied = copied or writer.add_stream_from_template(stream)
                base = stream.time_base or Fraction(1, 1000)
                for packet in reader.demux(stream):
                    if packet.pts is None or packet.dts is None:
                        continue
                    shown = packet.pts * base - start_s
                    if not 0 <= shown < lasts or shown + turn * lasts >= seconds:
                        continue
                    shift = int((turn * lasts - start_s) / base)
                    packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, copied
                    writer.mux(packet)
    return path
