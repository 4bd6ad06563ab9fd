"""What an erasure takes away, looked up before anything is touched, and kept until it is done."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from emotionkit.durable import sync_folder, write_durably
from emotionkit.errors import (
    EmotionkitError,
    InvalidInputError,
    UnknownLessonError,
    UnknownStudentError,
    WarehouseError,
)
from emotionkit.records import Lesson
from emotionkit.storage import located
from emotionkit.warehouse.connection import existing_folder, has_database, reading_connection
from emotionkit.warehouse.faults import told
from emotionkit.warehouse.naming import validated_lesson_id
from emotionkit.warehouse.register import Student, load_register
from emotionkit.warehouse.segments import find_segment, lesson_folders, read_segment, segment_paths
from emotionkit.warehouse.unfinished import begun_lessons, parts_of_lesson

JOURNAL = ".erasing.json"
_SOME = 5


@dataclass(frozen=True, slots=True)
class Erasure:
    """Everything that one erasure is to take away.

    Attributes:
        receipt: A random number that names it and says nothing.
        lessons: Lessons that go whole.
        recordings: SHA-256 of their recordings.
        students: People who go.
        tracks: For each lesson they were in that stays, the tracks that were theirs.
        runs: The run whose tracks those are, by lesson.
        changed_recordings: SHA-256 of the recordings of those lessons.
        spared: By the SHA-256 of those recordings, the other lessons that were read from them.
        words: Names, ids and titles that nothing may mention afterwards.
        names: Those of them that are of people.
        report_words: What else names reports that go. Those of the lessons of ``tracks`` speak of the people too, in
            their figures; a lesson that goes may be named as the recording of one that stays.
    """

    receipt: str
    lessons: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()
    students: tuple[str, ...] = ()
    tracks: dict[str, tuple[int, ...]] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    changed_recordings: tuple[str, ...] = ()
    spared: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    report_words: tuple[str, ...] = ()


_JSON = TypeAdapter(Erasure)


def plan_erasure(
    folder: Path, *, students: Sequence[str] = (), lessons: Sequence[str] = (), of_recordings: Sequence[Lesson] = ()
) -> Erasure:
    """Look up what an erasure takes away; nothing changes.

    Args:
        folder: The warehouse.
        students: Ids or names of people.
        lessons: Ids of lessons, finished or only begun.
        of_recordings: Lessons that go too, with the path and SHA-256 of the recording that was named for them.

    Raises:
        UnknownStudentError: There is no such student.
        InvalidInputError: An id cannot be one of a lesson, or nothing tells the recording of a lesson only begun.
        UnknownLessonError: There is nothing of such a lesson.
        WarehouseError: There is no warehouse, or it cannot be read.
    """
    existing_folder(folder)
    named = [*lessons, *(lesson.lesson_id for lesson in of_recordings)]
    whole = tuple(dict.fromkeys(validated_lesson_id(lesson_id) for lesson_id in named))
    known = _known_lessons(folder)
    for lesson in of_recordings:
        known.setdefault(lesson.lesson_id, []).append(lesson)
    for lesson_id in whole:
        if lesson_id not in known:
            raise _unknown(folder, lesson_id, tuple(sorted(known))[:_SOME])
    people = _people(folder, students)
    runs, numbers = _runs_and_tracks(folder, people)
    tracks = {lesson_id: tuple(sorted(numbers[lesson_id])) for lesson_id in numbers if lesson_id not in whole}
    gone = [lesson for lesson_id in whole for lesson in known.get(lesson_id, ())]
    changed = [lesson for lesson_id in tracks for lesson in known.get(lesson_id, ())]
    kept = [lesson for lesson_id, all_of in known.items() if lesson_id not in whole for lesson in all_of]
    recordings, changed_recordings = _recordings(gone), _recordings(changed)
    untouched = [lesson for lesson in kept if lesson.lesson_id not in tracks]
    # What a lesson that stays is told by too is not the other's own.
    kept_words = {word for lesson in kept for word in _words(lesson)}
    words = [*whole, *(word for lesson in gone for word in _words(lesson))]
    return Erasure(
        receipt=new_receipt(),
        lessons=whole,
        recordings=recordings,
        students=_unique(person.student_id for person in people),
        tracks=tracks,
        runs={lesson_id: runs[lesson_id] for lesson_id in tracks},
        changed_recordings=changed_recordings,
        spared={
            sha256: _unique(lesson.lesson_id for lesson in untouched if lesson.recording_sha256 == sha256)
            for sha256 in {*recordings, *changed_recordings}
        },
        words=_unique([*_names(people), *(word for word in words if word not in kept_words)]),
        names=_unique(_names(people)),
        report_words=_unique([*whole, *tracks, *(lesson.title for lesson in changed)]),
    )


def _unknown(folder: Path, lesson_id: str, known: tuple[str, ...]) -> EmotionkitError:
    if not lesson_places(folder, lesson_id):
        return UnknownLessonError(lesson_id, known)
    # Its parts do not tell what is not to be read again.
    return InvalidInputError(
        f"Lesson {lesson_id!r} is only begun, and nothing tells from which recording: name that too, "
        "with --recording FILE."
    )


def lesson_places(folder: Path, lesson_id: str) -> list[Path]:
    """Return the folders that hold something of a lesson: its segments, and what unfinished runs left."""
    return [*lesson_folders(folder, lesson_id), *parts_of_lesson(folder, lesson_id)]


def begun_but_not_finished(folder: Path, lesson_id: str) -> bool:
    """Say whether work on a lesson was begun that has come to no segment."""
    return bool(lesson_places(folder, lesson_id)) and not segment_paths(folder, lesson_id)


def new_receipt() -> str:
    """Return a random number for a receipt, twelve hexadecimal digits in threes."""
    digits = secrets.token_hex(6).upper()
    return "-".join(digits[index : index + 4] for index in (0, 4, 8))


def pending_erasure(folder: Path) -> Erasure | None:
    """Return the erasure that was begun and not completed, if there is one.

    Raises:
        WarehouseError: It cannot be read.
    """
    with told(folder, "cannot be read"):
        try:
            return _JSON.validate_json((folder / JOURNAL).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except ValidationError as error:
            raise WarehouseError(folder, f"has a damaged {JOURNAL}, the erasure under way.") from error


def begin_erasure(folder: Path, erasure: Erasure) -> None:
    """Keep an erasure until it is done. The caller holds the writers' lock.

    Raises:
        WarehouseError: It cannot be written; nothing has begun then.
    """
    with told(folder, "cannot be written"):
        write_durably(folder / JOURNAL, _JSON.dump_json(erasure))


def end_erasure(folder: Path) -> None:
    """Forget the erasure under way: it is done.

    Raises:
        WarehouseError: It cannot be removed.
    """
    with told(folder, "cannot be written"):
        (folder / JOURNAL).unlink(missing_ok=True)
        sync_folder(folder)


def lessons_of_recording(folder: Path, recording: str, sha256: str | None) -> list[str]:
    """Return the lessons that were read from a recording.

    Args:
        folder: The warehouse.
        recording: Its full path, as the lessons name it.
        sha256: Of its content, if it is still there.
    """
    known = sorted(_known_lessons(folder).items())
    same = [lesson_id for lesson_id, all_of in known if any(sha256 == lesson.recording_sha256 for lesson in all_of)]
    # What a lesson was read from may have been moved since, and another recording have taken its place.
    return same or [lesson_id for lesson_id, all_of in known if any(recording == lesson.recording for lesson in all_of)]


def _known_lessons(folder: Path) -> dict[str, list[Lesson]]:
    """Return what is known of each lesson, from the segments, the database and classes that were cut off."""
    known: dict[str, list[Lesson]] = {}
    for lesson, _ in begun_lessons(folder):
        known.setdefault(lesson.lesson_id, []).append(lesson)
    for path in segment_paths(folder):
        try:
            lesson = read_segment(folder, path).lesson
        except WarehouseError:
            continue
        known.setdefault(lesson.lesson_id, []).append(lesson)
    if has_database(folder):
        with reading_connection(folder) as connection:
            rows = connection.execute("SELECT lesson_id, title, recording, recording_sha256 FROM lessons").fetchall()
        for lesson_id, title, recording, sha256 in rows:
            lesson = Lesson(lesson_id, None, title, None, None, 0, recording, sha256, 0, 0, 0)
            known.setdefault(lesson_id, []).append(lesson)
    return known


def _people(folder: Path, students: Sequence[str]) -> list[Student]:
    """Return people by their ids or names."""
    register = load_register(folder)
    people = []
    for name_or_id in students:
        person = register.find(name_or_id) or _only_in_database(folder, name_or_id)
        if person is None:
            raise UnknownStudentError(name_or_id)
        people.append(person)
    return people


def _only_in_database(folder: Path, student_id: str) -> Student | None:
    """Return somebody whom the register does not know, as after it was lost, and the database still does."""
    if not has_database(folder):
        return None
    known = "SELECT student_id FROM students UNION SELECT student_id FROM tracks"
    with reading_connection(folder) as connection:
        names = connection.execute("SELECT name FROM students WHERE student_id = ?", [student_id]).fetchall()
        if (student_id,) not in connection.execute(known).fetchall():
            return None
    return Student(student_id, (names[0][0] if names else None) or "", date.min)


def _runs_and_tracks(folder: Path, people: Sequence[Student]) -> tuple[dict[str, str], dict[str, set[int]]]:
    """Return by lesson the run that stays, and the tracks of people in it.

    The register comes first, which knows of runs whose segment is not loaded yet, or whose database is missing. What it
    has lost, the database may still know.
    """
    stored, named = _in_database(folder, people)
    runs: dict[str, str] = {}
    tracks: dict[str, set[int]] = {}
    for sighting in (sighting for person in people for sighting in person.sightings):
        lesson_id, run_id = sighting.lesson_id, sighting.run_id
        if stored.get(lesson_id) == run_id or find_segment(folder, lesson_id, run_id):
            runs[lesson_id] = run_id
            tracks.setdefault(lesson_id, set()).add(sighting.track_id)
    for lesson_id, track_id in named:
        if runs.setdefault(lesson_id, stored[lesson_id]) == stored[lesson_id]:
            tracks.setdefault(lesson_id, set()).add(track_id)
    return runs, tracks


def _in_database(folder: Path, people: Sequence[Student]) -> tuple[dict[str, str], list[tuple[str, int]]]:
    """Return the run of each lesson in the database, and the tracks, with their lessons, that it says are people's."""
    if not people or not has_database(folder):
        return {}, []
    of_people = "SELECT lesson_id, track_id FROM tracks WHERE list_contains(?, student_id)"
    with reading_connection(folder) as connection:
        runs = dict(connection.execute("SELECT lesson_id, run_id FROM lessons").fetchall())
        tracks = connection.execute(of_people, [[person.student_id for person in people]]).fetchall()
    return runs, tracks


def _names(people: Sequence[Student]) -> list[str]:
    return [name for person in people for name in (person.student_id, person.name)]


def _words(lesson: Lesson) -> list[str]:
    """Return what tells of a lesson beside its id."""
    recording = located(lesson.recording)
    return [str(recording), recording.name, recording.stem, lesson.recording_sha256, lesson.title]


def _recordings(lessons: Sequence[Lesson]) -> tuple[str, ...]:
    """Return the SHA-256 of the recordings of lessons, of those whose recording was there to be asked."""
    return _unique(lesson.recording_sha256 for lesson in lessons if lesson.recording_sha256)


def _unique(values: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))  # type: ignore[call-overload]
