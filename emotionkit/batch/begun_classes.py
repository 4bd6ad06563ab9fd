"""Classes begun live: what was lost of them, and how what was read of them becomes a lesson."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from emotionkit.batch.lesson_joining import complete_unrecorded
from emotionkit.batch.people import LookAgain
from emotionkit.batch.undertaking import Outcome, Undertaking, load
from emotionkit.config import ProcessingSettings
from emotionkit.errors import EmotionkitError, WarehouseError
from emotionkit.records import Lesson, Run
from emotionkit.warehouse import PartsFolder, find_lesson, find_segment

Stretch = tuple[float, float]
"""From which to which second."""

_LIVE = "live"
_PIECE = "piece-"
_WAIT_FOR_PARTS = timedelta(days=3)
"""Age of a class up to which a part that the disk does not give is waited for; after that it counts as damaged."""


def piece_name(number: int) -> str:
    """Return the name of the part of a class's piece, counted from 0."""
    return f"{_PIECE}{number:05d}"


def with_losses(run: Run, dropped: int, gaps: Sequence[Stretch]) -> Run:
    """Return a run whose settings tell what was lost of the class; the same where nothing was.

    Under ``live`` its settings hold ``dropped_frames``, sampled pictures for which there was no time, and ``gaps``,
    from which to which second there is nothing.
    """
    settings = {name: value for name, value in json.loads(run.settings).items() if name != _LIVE}
    if dropped or gaps:
        settings[_LIVE] = {"dropped_frames": dropped, "gaps": [[float(start), float(end)] for start, end in gaps]}
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"))
    return replace(run, settings=text, fingerprint=hashlib.sha256(text.encode()).hexdigest())


def store_class(undertaking: Undertaking, look: LookAgain | None) -> Outcome:
    """Make a lesson of the parts of a class and load it; they are gone then.

    A part that is damaged or missing is left out, and its time is a gap.

    Args:
        undertaking: The class.
        look: Looks at faces that were kept; None where none were.

    Raises:
        ModelError: The models that recognise people are needed and missing.
        RecordingError: The lesson's id was taken meanwhile.
        ErasedError: The class was erased.
        WarehouseError: A part, or anything, cannot be read, or the warehouse cannot be written; the parts stay.
    """
    lesson, run = undertaking.lesson, undertaking.run
    spans = _spans(undertaking.parts, is_old=datetime.now(UTC) - run.started_at > _WAIT_FOR_PARTS)
    sound = {name: span for name, span in spans.items() if span}
    if not sound:
        raise WarehouseError(
            undertaking.warehouse,
            f"has nothing of class {lesson.lesson_id!r} that can be read; `emotionkit erase --lesson "
            f"{lesson.lesson_id}` removes what there is.",
        )
    # The last part may have been written before a crash, and what is known of the lesson no more.
    duration_s = max(lesson.duration_s, *(end for _, end in sound.values()))
    if holes := _holes([*spans.values(), (duration_s, duration_s)]):
        dropped, gaps = _losses(run)
        run = with_losses(run, dropped, _united([*gaps, *holes]))
    undertaking = replace(undertaking, lesson=replace(lesson, duration_s=duration_s), run=run)
    return complete_unrecorded(undertaking, list(sound), look)


def is_recorded(lesson: Lesson) -> bool:
    """Say whether a class was played from a file that is still there, so that all of it can be read instead."""
    recording = Path(lesson.recording)
    return recording.is_absolute() and recording.is_file()


def complete_begun(
    begun: Sequence[tuple[Lesson, Run]], warehouse: Path, *, leave_recorded: bool = False
) -> Iterator[Outcome | EmotionkitError]:
    """Make lessons of classes that were cut off, and yield what became of each; of one that runs, an error.

    One of which nothing was read, or whose recording has become the lesson meanwhile, is forgotten.

    Args:
        begun: The classes, as :func:`emotionkit.warehouse.begun_lessons` tells of them.
        warehouse: Where they are.
        leave_recorded: Whether those stay as they are for which :func:`is_recorded` holds.
    """
    for lesson, run in begun:
        try:
            outcome = _complete(warehouse, lesson, run, leave_recorded)
        except EmotionkitError as error:
            yield error
        else:
            if outcome:
                yield outcome


def _complete(warehouse: Path, lesson: Lesson, run: Run, leave_recorded: bool) -> Outcome | None:
    parts = PartsFolder(warehouse, lesson.lesson_id, run.run_id)
    with parts.kept_from_others():
        undertaking = Undertaking(Path(lesson.recording), warehouse, _settings_of(run), lesson, run)
        if segment := find_segment(warehouse, lesson.lesson_id, run.run_id):
            # Joined by somebody who could still look at the faces.
            return load(undertaking, segment)
        stored = find_lesson(warehouse, lesson.lesson_id)
        if stored and stored.recording_sha256 == lesson.recording_sha256:
            # All of the recording was read since.
            parts.remove()
        elif not parts.names():
            parts.forget()
        elif not (leave_recorded and is_recorded(lesson)):
            return store_class(undertaking, None)
    return None


def _spans(parts: PartsFolder, *, is_old: bool) -> dict[str, Stretch | None]:
    """Return from where to where each part reaches, in their order; None for those that are damaged or missing."""
    spans: dict[str, Stretch | None] = {}
    numbers = [name.removeprefix(_PIECE) for name in parts.names()]
    last = max((int(number) for number in numbers if number.isdecimal()), default=-1)
    for name in map(piece_name, range(last + 1)):
        try:
            part = parts.read(name)
        except WarehouseError:
            if not is_old:
                raise
            part = None
        spans[name] = part.span_s if part else None
    return spans


def _settings_of(run: Run) -> ProcessingSettings:
    """Return the settings with which a run reads.

    Raises:
        SettingsError: They are of a version that had others.
    """
    return ProcessingSettings.checked(**{name: v for name, v in json.loads(run.settings).items() if name != _LIVE})


def _losses(run: Run) -> tuple[int, list[Stretch]]:
    lost = json.loads(run.settings).get(_LIVE, {"dropped_frames": 0, "gaps": []})
    return lost["dropped_frames"], [(start, end) for start, end in lost["gaps"]]


def _holes(spans: Sequence[Stretch | None]) -> list[Stretch]:
    """Return from where to where lies what is not known, None among spans in their order."""
    holes, known, is_open = [], 0.0, False
    for span in spans:
        if span is None:
            is_open = True
            continue
        if is_open and span[0] > known:
            holes.append((known, span[0]))
        known, is_open = span[1], False
    return holes


def _united(stretches: Sequence[Stretch]) -> list[Stretch]:
    united: list[Stretch] = []
    for start, end in sorted(stretches):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united
