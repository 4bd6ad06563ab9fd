"""What is known of a running class before its first picture, and what makes it a lesson like any other."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from emotionkit.batch.confinement import Confined
from emotionkit.batch.facts import Facts, Known
from emotionkit.batch.lesson_facts import content_sha256, default_lesson_id, describe_lesson, facts_of_name
from emotionkit.batch.undertaking import Undertaking, refuse_erased, refuse_unwritable, run_name, start_run
from emotionkit.config import ProcessingSettings
from emotionkit.errors import EmotionkitError, InvalidInputError
from emotionkit.policy import Policy
from emotionkit.project import RecordingsSettings
from emotionkit.records import Lesson
from emotionkit.reports import formatting, live_texts
from emotionkit.video import probe
from emotionkit.video.live_source import LiveSource
from emotionkit.warehouse import begun_lessons, find_lesson, validated_lesson_id

_LIVE = "live"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a running class is to become.

    Attributes:
        source: What it is read from.
        warehouse: Where it is stored.
        settings: How it is read.
        lesson_id: The lesson's name.
        facts: What is told of the lesson.
        started_at: When the class began.
        sha256: Names what was read: of a file its content, else this very class.
        policy: What it is read for.
        min_group: People that a figure speaks of, at least.
    """

    source: LiveSource
    warehouse: Path
    settings: ProcessingSettings
    lesson_id: str
    facts: Facts
    started_at: datetime
    sha256: str
    policy: Policy
    min_group: int

    def undertaking(self, size: tuple[int, int], frame_rate: float, model_sha256: str) -> Undertaking:
        """Return the lesson that begins with a first picture of some width and height."""
        path = Path(self.source.address).resolve() if self.source.is_file else Path(self.source.name)
        lesson = Lesson(
            lesson_id=self.lesson_id,
            course=self.facts.course,
            title=self.facts.title or self.lesson_id,
            teacher=self.facts.teacher,
            started_at=self.facts.start or self.started_at,
            duration_s=0.0,
            recording=str(path) if self.source.is_file else self.source.name,
            recording_sha256=self.sha256,
            width=size[0],
            height=size[1],
            frame_rate=frame_rate,
            segments=self.facts.segments or (),
        )
        run = start_run(lesson, self.settings, model_sha256, self.policy)
        # A class of its own, whatever else was read from the same file.
        what = f"{self.sha256} {_LIVE} {self.started_at.isoformat()}"
        run = replace(run, run_id=run_name(self.lesson_id, what, self.settings, model_sha256))
        return Undertaking(path, self.warehouse, self.settings, lesson, run)


def plan_class(
    source: LiveSource,
    warehouse: Path,
    settings: ProcessingSettings,
    *,
    lesson_id: str | None,
    policy: Policy,
    min_group: int,
    naming: RecordingsSettings,
) -> Plan:
    """Return what a class is to become; nothing is read or written yet.

    Raises:
        InvalidInputError: The lesson's id cannot be used or is taken, or a value in the files that tell of a file's
            lesson.
        RecordingError: The file cannot be read, its path is no text, or something of it was erased.
        WarehouseError: The warehouse cannot be read.
    """
    if source.is_file:
        refuse_unwritable(Path(source.address))
    zone = ZoneInfo(naming.time_zone) if naming.time_zone else None
    started_at = datetime.now().astimezone(zone)
    default = default_lesson_id(Path(source.address)) if source.is_file else f"{_LIVE}-{started_at:%Y-%m-%d-%H%M%S}"
    name = validated_lesson_id(lesson_id or default)
    _refuse_taken(warehouse, name)
    if source.is_file:
        path = Path(source.address)
        with Confined() as confined:
            recording, sha256 = confined.call(path, probe, path), content_sha256(path)
        refuse_erased(path, warehouse, sha256)
        lesson = describe_lesson(recording, name, sha256, naming)
        facts = Facts(lesson.course, lesson.title, lesson.teacher, lesson.started_at, lesson.segments)
    else:
        sha256 = hashlib.sha256(f"{source.name}\n{started_at}\n{secrets.token_hex(16)}".encode()).hexdigest()
        known = Known(0.0, zone)
        untitled = Facts(title=live_texts.UNTITLED.format(date=formatting.date(started_at)))
        # The day in a name may be that of any lesson; this one is now.
        facts = replace(facts_of_name(name, naming, known), start=started_at) if lesson_id else untitled
    return Plan(source, warehouse, settings, name, facts, started_at, sha256, policy, min_group)


def claim(undertaking: Undertaking) -> None:
    """Put on the disk that a class has begun, so that its name is nobody else's from now on.

    Raises:
        InvalidInputError: The name was taken since the class was planned.
        WarehouseError: It cannot be written.
    """
    lesson, run = undertaking.lesson, undertaking.run
    undertaking.parts.remember(lesson, run)
    try:
        # Only now: of two classes that begin at once, both would find the name free before.
        _refuse_taken(undertaking.warehouse, lesson.lesson_id, run.run_id)
    except EmotionkitError:
        undertaking.parts.forget()
        raise


def _refuse_taken(warehouse: Path, lesson_id: str, mine: str = "") -> None:
    if any(lesson.lesson_id == lesson_id and run.run_id != mine for lesson, run in begun_lessons(warehouse)):
        raise InvalidInputError(
            f"A class {lesson_id!r} has begun and is not finished; `emotionkit live --resume` stores one that was cut "
            "off, and --lesson-id gives this one another name."
        )
    if find_lesson(warehouse, lesson_id) is not None:
        raise InvalidInputError(
            f"There is a lesson {lesson_id!r} in the warehouse already; choose another name with --lesson-id."
        )
