"""Naming the tracks of a recording while it is processed: only of students whose consent covers the lesson."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emotionkit.batch.people import LookAgain
from emotionkit.faces.identity import match_tracks
from emotionkit.faces.portraits import PortraitChooser
from emotionkit.records import Lesson
from emotionkit.warehouse import Part
from emotionkit.warehouse.register import Register, Sighting, Student, load_register
from emotionkit.warehouse.students import changing_register


class Identification:
    """Recognises the enrolled students of one lesson; where nobody is enrolled for it, it costs nothing.

    The pictures are taken from the recording once its rows are there, so that they need not be kept meanwhile, and that
    a run which was stopped names the same people as one that was not.
    """

    def __init__(self, warehouse: Path, lesson: Lesson, run_id: str) -> None:
        """Look who is enrolled for the lesson.

        Raises:
            WarehouseError: The register cannot be read.
        """
        self._warehouse, self._lesson, self._run_id = warehouse, lesson, run_id
        register = load_register(warehouse)
        self._enrolled = enrolled_for(register, lesson)
        self._known_before = _knows(register, lesson)
        self._portraits = PortraitChooser()

    def note(self, part: Part) -> None:
        """Take note of the next frames with the tracks of the lesson."""
        for reading in part.readings if self._enrolled else ():
            self._portraits.note(reading)

    def recognise(self, look: LookAgain) -> None:
        """Store whose tracks are recognised, after the last frame.

        Args:
            look: Takes the pictures that were chosen of each track, and tells what they are like.

        Raises:
            ModelError: Somebody is enrolled, and the models that recognise people are missing.
            RecordingError: The recording can no longer be read.
            WarehouseError: The register cannot be written.
        """
        students: Mapping[int, str] = {}
        if self._enrolled:
            students = match_tracks(self._portraits.evidence(look(self._portraits.by_track())), self._enrolled)
        if students or self._known_before:
            _record(self._warehouse, self._lesson, self._run_id, students)


def enrolled_for(register: Register, lesson: Lesson) -> dict[str, NDArray[np.float32]]:
    """Return the embeddings, float32 (n, 128), of the students whose consent covers a lesson, by student."""
    return {
        student.student_id: np.array(student.embeddings, np.float32)
        for student in register.students
        if student.embeddings and student.covered(day_of(lesson), lesson.course)
    }


def day_of(lesson: Lesson) -> date | None:
    """Return the day of a lesson on its own clocks; None where it is not known."""
    return lesson.started_at.date() if lesson.started_at else None


def review_sightings(warehouse: Path, lesson: Lesson) -> None:
    """Take back names that no consent covers, now that another day or course is told of a lesson.

    Raises:
        WarehouseError: The register or the database cannot be read or written.
    """
    if not _knows(load_register(warehouse), lesson):
        return
    day = day_of(lesson)
    with changing_register(warehouse) as register:
        for student in register.students:
            own = [sighting for sighting in student.sightings if sighting.lesson_id == lesson.lesson_id]
            covered = student.covered(day, lesson.course)
            _replace_sightings(student, lesson, [replace(s, day=day) for s in own if day and covered])


def _knows(register: Register, lesson: Lesson) -> bool:
    return any(
        sighting.lesson_id == lesson.lesson_id for student in register.students for sighting in student.sightings
    )


def _record(warehouse: Path, lesson: Lesson, run_id: str, students: Mapping[int, str]) -> None:
    """Replace what the register says of a lesson; whoever withdrew while it was processed stays unnamed."""
    day = day_of(lesson)
    with changing_register(warehouse) as register:
        for student in register.students:
            tracks = [track_id for track_id, student_id in students.items() if student_id == student.student_id]
            covered = student.covered(day, lesson.course)
            own = [Sighting(lesson.lesson_id, run_id, track_id, day) for track_id in tracks if day and covered]
            _replace_sightings(student, lesson, own)


def _replace_sightings(student: Student, lesson: Lesson, own: list[Sighting]) -> None:
    others = [sighting for sighting in student.sightings if sighting.lesson_id != lesson.lesson_id]
    student.sightings[:] = [*others, *own]
