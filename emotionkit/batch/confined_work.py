"""What confined children do: look at a recording, read a piece of it, take portraits from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotionkit.batch.confinement import Confined
from emotionkit.batch.piecework import OnSecond, Task, perform
from emotionkit.emotions.lazy import LazyClassifier
from emotionkit.faces.portraits import embeddings_at
from emotionkit.video.piece_reader import frames_at

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from emotionkit.faces.tracklet import Moment

Call = Callable[..., Any]
"""``call(recording, function, *arguments)`` returns what the function does, wherever that is done; with ``on_note``, it
also gets a function that is called with the seconds that it passes, as a sign of life."""

_PATIENCE_S = 120.0
_SLOWEST = 30.0
"""Times the length of a piece that reading it may take: slower by far than any machine that is of use."""

_own = Confined()


def call_here(
    _recording: Path,
    function: Callable[..., Any],
    *arguments: object,
    on_note: OnSecond | None = None,
) -> Any:
    """Return what a function returns in this process."""
    return function(*arguments, *([on_note] if on_note else []))


def call_confined(
    recording: Path, function: Callable[..., Any], *arguments: object, on_note: OnSecond | None = None
) -> Any:
    """Return what a function returns in a child of this process, which is kept for the next one.

    Raises:
        UnsafeRecordingError: The recording made the child crash or hang, or wanted too much.
        EmotionkitError: The function raised it.
    """
    return _own.call(recording, function, *arguments, on_note=on_note)


def perform_confined(task: Task, on_second: OnSecond) -> list[str] | None:
    """Do a task in a child of this process, which is kept for the next one, and return the names of its parts.

    For workers that are processes of their own, such as those of Dask.

    Raises:
        UnsafeRecordingError: The recording made the child crash or hang, or wanted too much.
        EmotionkitError: As for ``piecework.perform``.
    """
    return _own.call(task.recording, read, task, on_note=on_second, longest_s=longest_s(task))


def longest_s(task: Task) -> float | None:
    """Return how many seconds a task may take; None for one that reads a recording of unknown length as it comes."""
    if task.piece is None:
        return None
    return (_PATIENCE_S + _SLOWEST * float(task.piece.end - task.piece.start)) / task.share


def read(task: Task, on_second: OnSecond) -> list[str] | None:
    """Do a task, in a child, unless its deadline has come."""
    if task.deadline is not None and time.time() >= task.deadline:
        return None
    return perform(task, _classifier(), on_second)


def look_again(
    recording: Path, sample_fps: float, moments: Mapping[int, Sequence[Moment]], on_second: OnSecond
) -> dict[int, list[NDArray[np.float32]]]:
    """Return the embeddings, float32 (128,) each, of faces at some moments, by the key that they are wanted for."""
    from emotionkit.faces.embedding import FaceEmbedder  # noqa: PLC0415  a model that only few need

    times = {moment.pts_s for chosen in moments.values() for moment in chosen}
    return embeddings_at(moments, frames_at(recording, sample_fps, times, on_second), FaceEmbedder().embedding)


@cache
def _classifier() -> LazyClassifier:
    return LazyClassifier(threads=1)
