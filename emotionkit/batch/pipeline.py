"""The main job for one recording: probe, read, write the segment, load it into the warehouse."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from emotionkit._version import __version__
from emotionkit.batch.identification import Identification, review_sightings
from emotionkit.batch.lesson_facts import content_sha256, default_lesson_id, describe_lesson
from emotionkit.batch.reading import ReadsExpressions, readings
from emotionkit.config import ProcessingSettings
from emotionkit.errors import RecordingError
from emotionkit.faces import FaceReader
from emotionkit.policy import Policy
from emotionkit.project import RecordingsSettings
from emotionkit.records import FrameReading, Lesson, Run
from emotionkit.video import probe, sampled_frames
from emotionkit.warehouse import (
    SegmentWriter,
    find_lesson,
    find_run,
    find_segment,
    load_segment,
    open_warehouse,
    read_tombstones,
    update_facts,
    validated_lesson_id,
)

_RUN_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """What processing one recording came to.

    Attributes:
        recording: The recording, as it was named.
        lesson_id: The lesson that holds its rows.
        changed: False if the very same work had been done before.
        duration_s: Length of the recording in seconds.
        frames: Sampled frames of the lesson in the warehouse.
        faces: Faces in them.
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
    policy: Policy | None = None,
    naming: RecordingsSettings | None = None,
    on_progress: OnProgress | None = None,
) -> Outcome:
    """Read a recording into the warehouse; the same work done before is not done again.

    Where only what is told of the lesson has changed, such as its title, only that is stored anew.

    Raises:
        InvalidInputError: The lesson's id cannot be used, or a value in the files that tell of the lesson.
        RecordingError: The recording cannot be read to its end, its lesson's id belongs to another one, or something
            of it was erased.
        WarehouseError: The warehouse cannot be written.
    """
    lesson_id = validated_lesson_id(lesson_id or default_lesson_id(recording))
    source = probe(recording)
    lesson = describe_lesson(source, lesson_id, content_sha256(recording), naming)
    run = _start_run(lesson, settings, classifier.sha256, policy)
    _refuse_another_recording(lesson, find_lesson(warehouse, lesson_id))
    if find_run(warehouse, lesson_id) == run.run_id:
        told_anew = update_facts(warehouse, lesson, run.run_id)
        if told_anew:
            review_sightings(warehouse, lesson)
        return _outcome(recording, warehouse, lesson, changed=told_anew)
    _refuse_erased(recording, warehouse, lesson.recording_sha256)
    segment = find_segment(warehouse, lesson_id, run.run_id)
    if segment is None:
        frames = sampled_frames(recording, settings.sample_fps)
        people = Identification(warehouse, lesson, run.run_id, FaceReader(settings.detection, settings.tracking))
        read = people.following(readings(frames, people.reader, classifier))
        segment = _write_segment(read, warehouse, lesson, run, on_progress)
    load_segment(warehouse, segment)
    return _outcome(recording, warehouse, lesson, changed=True)


def _refuse_erased(recording: Path, warehouse: Path, sha256: str) -> None:
    if stones := read_tombstones(warehouse).of(sha256):
        what = "was erased" if any(stone.whole for stone in stones) else "had a person erased from its lesson"
        raise RecordingError(
            recording,
            f"{what} (receipt {stones[-1].receipt}) and is not read again; `emotionkit erase --readmit` allows it.",
        )


def _write_segment(
    read: Iterable[FrameReading], warehouse: Path, lesson: Lesson, run: Run, on_progress: OnProgress | None
) -> Path:
    # A fault in the middle of the recording leaves the block, and the segment was never there.
    with SegmentWriter(warehouse, lesson.lesson_id, run.run_id) as writer:
        for reading in read:
            writer.add(reading)
            if on_progress:
                on_progress(float(reading.pts + reading.weight), lesson.duration_s)
        return writer.finish(lesson, replace(run, ended_at=datetime.now(UTC), status="done"))


def _outcome(recording: Path, warehouse: Path, lesson: Lesson, *, changed: bool) -> Outcome:
    count = "select count(*), coalesce(sum(faces), 0) from frames where lesson_id = ?"
    frames, faces = open_warehouse(warehouse).sql(count, [lesson.lesson_id]).fetchall()[0]
    return Outcome(recording, lesson.lesson_id, changed, lesson.duration_s, frames, int(faces))


def _start_run(lesson: Lesson, settings: ProcessingSettings, model_sha256: str, policy: Policy | None) -> Run:
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
        # Not part of the run's name: what the rows are for changes no row.
        purpose=policy.purpose.value if policy else None,
        jurisdiction=policy.jurisdiction if policy else None,
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
