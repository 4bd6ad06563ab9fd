"""Put the lessons together from the rendered pictures: H.264 recordings and truth tables.

python -m sample_class.compose --pictures PICTURES --out FOLDER
"""

from __future__ import annotations

import argparse
import csv
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sample_class.cast import NAMES
from sample_class.layout import HEIGHT, WIDTH, layout
from sample_class.lessons import FPS, LESSONS, Lesson, kept_frames
from sample_class.tile import Tile
from sample_class.truth import write_truth

BACKGROUND = (26, 24, 24)
MOST_JITTER_MS = 8


def main() -> None:
    """Compose the lessons that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pictures", type=Path, required=True, help="folder of the rendered pictures")
    parser.add_argument("--out", type=Path, required=True, help="folder for recordings and tables")
    parser.add_argument("--only", default="", help="part of a lesson's name")
    parser.add_argument("--crf", type=int, default=27, help="constant rate factor, lower is better")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_students(arguments.out / "students.csv")
    for lesson in LESSONS:
        if arguments.only in lesson.name:
            compose(lesson, arguments.pictures, arguments.out, arguments.crf)


def compose(lesson: Lesson, pictures: Path, out: Path, crf: int) -> None:
    """Write one lesson's recording and truth.

    Raises:
        subprocess.CalledProcessError: ffmpeg failed.
    """
    tiles = {name: Tile(lesson, name, pictures) for name in lesson.students}
    encode(lesson, frames(lesson, tiles), out / f"{lesson.name}.mp4", crf)
    write_truth(out / f"{lesson.name}.truth.csv", lesson, tiles)


def write_students(path: Path) -> None:
    """Write names and pseudonyms."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["student", "pseudonym"])
        table.writerows((name, f"S{number:02d}") for number, name in enumerate(NAMES, 1))


def frames(lesson: Lesson, tiles: Mapping[str, Tile]) -> Iterator[NDArray[np.uint8]]:
    """Yield every frame at full rate, uint8 (720, 1280, 3), BGR; a frame that is not kept repeats the one before."""
    last = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for number, kept in enumerate(kept_frames(lesson)):
        if kept:
            last = frame(lesson, tiles, number)
        yield last


def frame(lesson: Lesson, tiles: Mapping[str, Tile], number: int) -> NDArray[np.uint8]:
    """Return one frame of the meeting, uint8 (720, 1280, 3), BGR."""
    t = number / FPS
    canvas = np.full((HEIGHT, WIDTH, 3), BACKGROUND, np.uint8)
    actors = {name: tile.actor for name, tile in tiles.items()}
    for name, (x, y, w, h) in layout(lesson, actors, t).items():
        canvas[y : y + h, x : x + w] = tiles[name].draw(t, number)
    return canvas


def encode(lesson: Lesson, pictures: Iterator[NDArray[np.uint8]], path: Path, crf: int) -> None:
    """Pipe the frames through ffmpeg.

    Raises:
        subprocess.CalledProcessError: ffmpeg failed.
    """
    command = encoder_command(lesson, path, crf)
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert process.stdin is not None
    with process.stdin:
        for picture in pictures:
            process.stdin.write(picture.tobytes())
    if process.wait() != 0:
        raise subprocess.CalledProcessError(process.returncode, command)


def encoder_command(lesson: Lesson, path: Path, crf: int) -> list[str]:
    """Return the call of ffmpeg that reads raw frames from standard input."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24"]
    command += ["-s", f"{WIDTH}x{HEIGHT}", "-framerate", str(FPS), "-i", "-"]
    if lesson.tone:
        tone = "sine=frequency=220:sample_rate=16000,volume=0.02"
        command += ["-f", "lavfi", "-t", str(lesson.seconds), "-i", tone]
    if lesson.variable_rate:
        # A repeated frame becomes a gap in time.
        drop = "mpdecimate=hi=1:lo=1:frac=0.001"
        jitter = f"settb=1/1000,setpts='PTS+floor(random(0)*{MOST_JITTER_MS + 1})'"
        command += ["-vf", f"{drop},{jitter}", "-fps_mode", "vfr", "-enc_time_base", "1/1000"]
    command += ["-c:v", "libx264", "-preset", "medium", "-crf", str(crf), "-pix_fmt", "yuv420p"]
    command += ["-g", "250", "-force_key_frames", "expr:gte(t,n_forced*5)"]
    if lesson.tone:
        command += ["-c:a", "aac", "-b:a", "16k", "-ac", "1"]
    command += ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
    return [*command, "-movflags", "+faststart", str(path)]


if __name__ == "__main__":
    main()
