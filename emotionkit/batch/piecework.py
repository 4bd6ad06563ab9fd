"""One piece of a recording, from file to part: decode, find faces, classify, write. One core, nothing shared."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from emotionkit.batch.reading import ReadsExpressions, readings
from emotionkit.config import ProcessingSettings
from emotionkit.faces import FaceReader
from emotionkit.faces.portraits import PortraitChooser
from emotionkit.faces.tracklet import tracklet_json
from emotionkit.records import Frame
from emotionkit.video import sampled_frames
from emotionkit.video.piece_reader import piece_frames
from emotionkit.video.pieces import Piece, cell_of
from emotionkit.warehouse import Part, PartsFolder

OnSecond = Callable[[float], None]
"""Called with the second of the recording up to which this task has come."""

_IN_ONE_GO = "whole"
_PIECE = "piece"


@dataclass(frozen=True, slots=True)
class Task:
    """What one worker does at a time: a piece, or all of a recording that has to be read from start to end.

    Attributes:
        number: Its place among the tasks of the recording, from 0.
        piece: The piece; None for all of the recording.
        finished: Names of the parts that are there already and need not be made again.
        deadline: When by ``time.time()`` to stop between two parts.
        share: Share of a core that may be used, above 0 up to 1.
    """

    number: int
    recording: Path
    warehouse: Path
    lesson_id: str
    run_id: str
    settings: ProcessingSettings
    piece: Piece | None
    finished: frozenset[str] = field(default=frozenset())
    deadline: float | None = None
    share: float = 1.0


def parts_of(task: Task) -> PartsFolder:
    """Return where a task leaves its parts."""
    return PartsFolder(task.warehouse, task.lesson_id, task.run_id)


def part_name(task: Task, number: int | None = None) -> str:
    """Return the name of a task's part; of one that reads all, that of its part with a number."""
    kind = _IN_ONE_GO if task.piece is None else _PIECE
    return f"{kind}-{task.number if number is None else number:05d}"


def parts_there(task: Task) -> list[str]:
    """Return the names of a task's parts if all of them are there, else nothing."""
    name = part_name(task)
    return [name] if task.piece is not None and name in task.finished else []


def was_read_in_one_go(names: Iterable[str]) -> bool:
    """Say whether any of some parts comes from reading a recording from start to end."""
    return any(name.startswith(_IN_ONE_GO) for name in names)


def perform(task: Task, classifier: ReadsExpressions, on_second: OnSecond) -> list[str] | None:
    """Do a task and return the names of its parts in order, or None if the deadline came first.

    Raises:
        DamagedPieceError: The recording has to be read from start to end.
        RecordingError: The recording cannot be read.
        WarehouseError: A part cannot be written.
    """
    if task.piece is None:
        return _perform_in_one_go(task, classifier, on_second)
    name = part_name(task)
    _write_part(task, name, piece_frames(task.recording, task.piece), classifier, on_second)
    return [name]


def _perform_in_one_go(task: Task, classifier: ReadsExpressions, on_second: OnSecond) -> list[str] | None:
    piece_s = Fraction(str(float(task.settings.piece_s)))
    frames = sampled_frames(task.recording, task.settings.sample_fps, threads=1)
    names: list[str] = []
    for _, group in groupby(frames, key=lambda frame: cell_of(frame.pts, piece_s)):
        if task.deadline is not None and time.time() >= task.deadline:
            frames.close()
            return None
        names.append(part_name(task, len(names)))
        if names[-1] not in task.finished:
            _write_part(task, names[-1], group, classifier, on_second)
            continue
        for frame in group:
            # That it is read again may take longer than anybody would be silent who is not stuck.
            on_second(float(frame.pts + frame.weight))
    return names


def _write_part(
    task: Task, name: str, frames: Iterable[Frame], classifier: ReadsExpressions, on_second: OnSecond
) -> None:
    reader = FaceReader(task.settings.detection, task.settings.tracking)
    read = list(readings(_paced(frames, task.share, on_second), reader, classifier))
    chooser = PortraitChooser(clear=0)
    for reading in read:
        chooser.note(reading)
    notes = [tracklet_json(tracklet) for tracklet in chooser.noted(reader.tracklets())]
    parts_of(task).write(name, Part.of(read, notes))


def _paced(frames: Iterable[Frame], share: float, on_second: OnSecond) -> Iterator[Frame]:
    """Yield frames, resting after each one's work for as long as keeps the share; tell how far it has come."""
    try:
        started = time.monotonic()
        for frame in frames:
            yield frame
            on_second(float(frame.pts + frame.weight))
            if share < 1:
                time.sleep((time.monotonic() - started) * (1 / share - 1))
                started = time.monotonic()
    finally:
        if isinstance(frames, Generator):
            frames.close()
