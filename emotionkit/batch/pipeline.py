"""The main job for one recording: probe, read, write the segment, load it into the warehouse."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from emotionkit._version import __version__
from emotionkit.batch.lesson_facts import content_sha256, default_lesson_id, describe_lesson
from emotionkit.batch.reading import ReadsExpressions, readings
from emotionkit.config import ProcessingSettings
from emotionkit.errors import RecordingError
from emotionkit.faces import FaceReader
from emotionkit.records import FrameReading, Lesson, Run
from emotionkit.video import probe, sampled_frames
from emotionkit.warehouse import SegmentWriter, find_lesson, find_run, load_segment, validated_lesson_id

_RUN_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """What processing one recording came to.

    Attributes:
        recording: The recording, as it was named.
        lesson_id: The lesson that holds its rows.
        changed: False if the very same work had been done before.
        duration_s: Length of the recording in seconds.
        frames: Sampled frames; 0 where nothing was done.
        faces: Faces in them; 0 where nothing was done.
    """

    recording: Path
    lesson_id: str
    changed: bool
    duration_s: float
    frames: int
    faces: int


OnProgress = Callable[[float, float], None]
"""Called with the seconds of the recording that are done and its length in seconds."""


def process_recording(
    recording: Path,
    warehouse: Path,
    classifier: ReadsExpressions,
    settings: ProcessingSettings,
    *,
    lesson_id: str | None = None,
    on_progress: OnProgress | None = None,
) -> Outcome:
    """Read a recording into the warehouse; the same work done before is not done again.

    Raises:
        InvalidInputError: The lesson's id cannot be used.
        RecordingError: The recording cannot be read to its end, or its lesson's id belongs to another one.
        WarehouseError: The warehouse cannot be written.
    """
    lesson_id = validated_lesson_id(lesson_id or default_lesson_id(recording))
    source = probe(recording)
    lesson = describe_lesson(source, lesson_id, content_sha256(recording))
    run = _start_run(lesson, settings, classifier.sha256)
    _refuse_another_recording(lesson, find_lesson(warehouse, lesson_id))
    if find_run(warehouse, lesson_id) == run.run_id:
        return Outcome(recording, lesson_id, False, lesson.duration_s, 0, 0)
    frames = sampled_frames(recording, settings.sample_fps)
    finder = FaceReader(settings.detection, settings.tracking)
    read = readings(frames, finder, classifier)
    counts = Counter[str]()
    with SegmentWriter(warehouse, lesson_id, run.run_id) as writer:
        for reading in _followed(read, lesson.duration_s, on_progress):
            writer.add(reading)
            counts.update(frames=1, faces=len(reading.faces))
        segment = writer.finish(lesson, replace(run, ended_at=datetime.now(UTC), status="done"))
    load_segment(warehouse, segment)
    return Outcome(recording, lesson_id, True, lesson.duration_s, counts["frames"], counts["faces"])


def _followed(
    read: Iterator[FrameReading], duration_s: float, on_progress: OnProgress | None
) -> Iterator[FrameReading]:
    for reading in read:
        yield reading
        if on_progress:
            on_progress(float(reading.pts + reading.weight), duration_s)


def _start_run(lesson: Lesson, settings: ProcessingSettings, model_sha256: str) -> Run:
    now = datetime.now(UTC)
    work = (lesson.lesson_id, lesson.recording_sha256, settings.fingerprint, model_sha256)
    return Run(
        run_id=hashlib.sha256("\n".join(work).encode()).hexdigest()[:_RUN_ID_DIGITS],
        software_version=__version__,
        model_sha256=model_sha256,
        settings=settings.canonical_json(),
        fingerprint=settings.fingerprint,
        started_at=now,
        ended_at=now,
        status="started",
    )


def _refuse_another_recording(lesson: Lesson, present: Lesson | None) -> None:
    """A recording that was edited or moved may replace its lesson; one that merely has the same name may not."""
    if present is None or lesson.recording_sha256 == present.recording_sha256:
        return
    if lesson.recording != present.recording:
        raise RecordingError(
            Path(lesson.recording),
            f"would replace lesson {lesson.lesson_id!r}, which was read from {present.recording}; "
            "choose another name with --lesson-id.",
        )
