"""The register: who is enrolled, with which consent, and which tracks of which lessons are theirs.

One file, ``students.json`` in the warehouse's folder, readable by its owner alone. It is the durable truth; the tables
``students`` and ``consents`` and every ``student_id`` in the database are made from it. Segments know tracks only, so
without this file nobody in them has a name.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from emotionkit.durable import write_durably
from emotionkit.errors import WarehouseError
from emotionkit.warehouse.faults import told

REGISTER = "students.json"
FORMAT_VERSION = 1

_OWNER_ONLY = 0o600


@dataclass(slots=True)
class Consent:
    """A student's agreement to be told apart, for one course or all (``course`` is None).

    It holds on ``given``, on ``ends`` and between, and no longer on the day it was withdrawn.
    """

    given: date
    course: str | None = None
    ends: date | None = None
    withdrawn: date | None = None

    def covers(self, day: date, course: str | None) -> bool:
        """Return whether it holds for a lesson of that day and course; letter case does not matter."""
        within = self.given <= day and (self.ends is None or day <= self.ends)
        standing = self.withdrawn is None or day < self.withdrawn
        return within and standing and (self.course is None or _same(self.course, course))

    def is_over(self, today: date) -> bool:
        """Return whether no lesson from ``today`` on can be covered."""
        return self.withdrawn is not None or (self.ends is not None and self.ends < today)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A track that was recognised as a student's."""

    lesson_id: str
    run_id: str
    track_id: int
    day: date


@dataclass(slots=True)
class Student:
    """A person who agreed to be told apart.

    Attributes:
        student_id: A random name that says nothing of the person, such as ``s-1f0c7a52``.
        name: Name or pseudonym.
        enrolled: The day of the enrolment.
        consents: The oldest first.
        embeddings: 128 numbers per reference photo; once every consent is over they go.
        sightings: The tracks that are theirs.
    """

    student_id: str
    name: str
    enrolled: date
    consents: list[Consent] = field(default_factory=list)
    embeddings: list[Annotated[list[float], Field(min_length=128, max_length=128)]] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)

    def covered(self, day: date | None, course: str | None) -> bool:
        """Return whether a consent holds for a lesson; never for one whose day is not known."""
        return day is not None and any(consent.covers(day, course) for consent in self.consents)

    def is_lapsed(self, today: date) -> bool:
        """Return whether there are embeddings, and no consent holds any longer."""
        return bool(self.embeddings) and all(consent.is_over(today) for consent in self.consents)


class Register(BaseModel):
    """All students of a warehouse."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    students: list[Student] = []

    def find(self, name_or_id: str) -> Student | None:
        """Return the student of that name, whatever its case, or id."""
        return next((s for s in self.students if s.student_id == name_or_id or _same(s.name, name_or_id)), None)

    def of_lesson(self, lesson_id: str, run_id: str) -> dict[int, str]:
        """Return the students of a lesson's tracks, by track."""
        return {
            sighting.track_id: student.student_id
            for student in self.students
            for sighting in student.sightings
            if (sighting.lesson_id, sighting.run_id) == (lesson_id, run_id)
        }

    @property
    def entries(self) -> int:
        """Number of students and of times that they were seen."""
        return len(self.students) + sum(len(student.sightings) for student in self.students)

    def forget_student(self, student_id: str) -> None:
        """Take a student out, with consents, embeddings and sightings."""
        self.students = [student for student in self.students if student.student_id != student_id]

    def forget_lesson(self, lesson_id: str) -> None:
        """Take out whose tracks a lesson has."""
        for student in self.students:
            student.sightings[:] = [sighting for sighting in student.sightings if sighting.lesson_id != lesson_id]


_VERSION = TypeAdapter(dict[str, object])


def load_register(folder: Path) -> Register:
    """Return the register of a warehouse; an empty one where there is none.

    Raises:
        WarehouseError: It cannot be read, is damaged or of a newer emotionkit.
    """
    path = folder / REGISTER
    with told(folder, "cannot be read"):
        try:
            text = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return Register()
    try:
        version = _VERSION.validate_json(text).get("format")
        if isinstance(version, int) and version > FORMAT_VERSION:
            raise WarehouseError(folder, f"holds {REGISTER} of a newer emotionkit: update emotionkit.")
        return Register.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise WarehouseError(folder, f"holds {REGISTER}, which is damaged at {place or 'its start'}.") from error


def save_register(folder: Path, register: Register) -> None:
    """Store a register, whole or not at all, for its owner's eyes only; the caller holds the writers' lock.

    Raises:
        WarehouseError: It cannot be written; the one before is still there then.
    """
    with told(folder, "cannot be written"):
        write_durably(folder / REGISTER, register.model_dump_json().encode(), mode=_OWNER_ONLY)


def _same(one: str, other: str | None) -> bool:
    return other is not None and _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()
