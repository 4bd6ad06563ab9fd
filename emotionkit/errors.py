"""One family of errors. Each carries its facts as fields and reads as one sentence that a person can act on."""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any


class EmotionkitError(Exception):
    """Base of every error that emotionkit raises on purpose; its text is one clear sentence."""

    def __reduce__(self) -> tuple[Callable[..., EmotionkitError], tuple[Any, ...]]:
        """Let errors cross from a worker: by default Python would call the class with the finished sentence."""
        return _restored, (type(self), self.args, self.__dict__)


class InvalidInputError(EmotionkitError, ValueError):
    """A value or file does not have the form that a function asks for."""


class InvalidFileError(InvalidInputError):
    """A file that people write by hand holds something that cannot be used.

    Attributes:
        path: The file.
        line: The line, from 1, where it is known.
        key: The setting, field or column, where there is one.
        reason: What is wrong, as the end of a sentence.
    """

    def __init__(self, path: Path, reason: str, *, line: int | None = None, key: str | None = None) -> None:
        place = f"{path}, line {line}" if line else str(path)
        super().__init__(f"{place}: {key} {reason}" if key else f"{place}: {reason}")
        self.path = path
        self.line = line
        self.key = key
        self.reason = reason


class PolicyError(EmotionkitError):
    """No purpose is declared for processing recordings, or one that the law forbids."""


class SettingsError(EmotionkitError, ValueError):
    """A setting is unknown, out of range or contradicts another."""


class RecordingError(EmotionkitError):
    """A recording cannot be used, or not to its end.

    Attributes:
        path: The recording.
        reason: What is wrong with it, as the end of a sentence that begins with its name.
    """

    def __init__(self, path: Path, reason: str) -> None:
        # Bytes that are no text can be in a path, but not in a sentence.
        super().__init__(f"{os.fsencode(path).decode('utf-8', 'backslashreplace')} {reason}")
        self.path = path
        self.reason = reason


class Limit(StrEnum):
    """What a recording overran, or how it brought down the process that read it."""

    CRASHED = "crashed"
    HUNG = "hung"
    MEMORY = "memory"
    PIXELS = "pixels"
    DURATION = "duration"


class UnsafeRecordingError(RecordingError):
    """A recording made the code that reads it crash or hang, or wants more than a recording may have.

    Attributes:
        path: The recording.
        reason: What happened, as the end of a sentence that begins with its name.
        limit: Which limit it was.
    """

    def __init__(self, path: Path, limit: Limit, reason: str) -> None:
        super().__init__(path, reason)
        self.limit = limit


class StorageError(EmotionkitError):
    """Object storage does not answer, or does not give what it is asked for: nothing is wrong with the recording.

    Attributes:
        path: What was asked for.
        reason: What is wrong, as the end of a sentence that begins with its name.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} {reason}")
        self.path = path
        self.reason = reason


class LiveSourceError(EmotionkitError):
    """A camera, screen, stream or file that a running class is read from cannot be opened, or no longer gives pictures.

    Attributes:
        source: Its name, without user and password.
        reason: What is wrong with it, as the end of a sentence that begins with its name.
    """

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source} {reason}")
        self.source = source
        self.reason = reason


class LiveServerError(EmotionkitError):
    """The page of a running class cannot be served as asked for."""


class ModelError(EmotionkitError):
    """The network's weights are missing, altered or do not fit the code."""


class WarehouseError(EmotionkitError):
    """The warehouse cannot be opened, read or written.

    Attributes:
        folder: The warehouse.
        reason: What is wrong with it, as the end of a sentence.
    """

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"The warehouse {folder} {reason}")
        self.folder = folder
        self.reason = reason


class ErasedError(WarehouseError):
    """Something was erased from the warehouse and may not come back."""


class UnknownLessonError(EmotionkitError, KeyError):
    """No lesson of that name is in the warehouse.

    Attributes:
        lesson_id: The name that was asked for.
        known: Some names that are there.
    """

    def __init__(self, lesson_id: str, known: tuple[str, ...] = ()) -> None:
        hint = f" Known lessons: {', '.join(known)}." if known else " The warehouse holds no lessons yet."
        super().__init__(f"There is no lesson {lesson_id!r}.{hint}")
        self.lesson_id = lesson_id
        self.known = known

    def __str__(self) -> str:
        # KeyError would show the sentence in quotes.
        return str(self.args[0])


class UnknownStudentError(EmotionkitError, KeyError):
    """Nobody of that name or id is enrolled.

    Attributes:
        name_or_id: What was asked for.
    """

    def __init__(self, name_or_id: str) -> None:
        super().__init__(f"Nobody called {quoted(name_or_id)} is enrolled; `emotionkit students list` shows who is.")
        self.name_or_id = name_or_id

    def __str__(self) -> str:
        # As with lessons.
        return str(self.args[0])


class ClusterError(EmotionkitError):
    """The workers on other machines cannot be reached or cannot do the work.

    Attributes:
        address: Where they were looked for.
        reason: What is wrong, as the end of a sentence.
    """

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"Dask at {address} {reason}")
        self.address = address
        self.reason = reason


class ConsentError(EmotionkitError):
    """A student may not be told apart: no consent that stands covers a lesson in which the student was seen."""


class UnknownCourseError(EmotionkitError, KeyError):
    """No lesson of that course is in the warehouse.

    Attributes:
        course: What was asked for.
        known: Some courses that are there.
    """

    def __init__(self, course: str, known: tuple[str, ...] = ()) -> None:
        hint = f" Known courses: {', '.join(map(quoted, known))}." if known else " The warehouse holds no course yet."
        super().__init__(f"There is no course {quoted(course)}.{hint}")
        self.course = course
        self.known = known

    def __str__(self) -> str:
        # As with lessons.
        return str(self.args[0])


class ErasureError(EmotionkitError):
    """An erasure could not be completed; once what is in its way is gone, ``emotionkit erase`` completes it.

    Attributes:
        path: What is in its way.
        reason: Why, as the end of a sentence.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The erasure is not complete: {path} {reason}")
        self.path = path
        self.reason = reason


class ReportError(EmotionkitError):
    """A report could not be made.

    Attributes:
        lesson_id: The lesson; of another report, the course or student.
        notebook: The executed notebook with the failing cell marked, if it came that far.
    """

    def __init__(self, lesson_id: str, reason: str, notebook: Path | None = None, *, kind: str = "lesson") -> None:
        kept = f" The notebook with the failing cell is {notebook}." if notebook else ""
        super().__init__(f"The report of {kind} {quoted(lesson_id)} failed: {reason}{kept}")
        self.lesson_id = lesson_id
        self.reason = reason
        self.notebook = notebook


_KINDS: tuple[tuple[type[EmotionkitError], str], ...] = (
    (RecordingError, "recording"),
    (InvalidInputError, "input"),
    (WarehouseError, "warehouse"),
    (ReportError, "report"),
    (ErasureError, "erasure"),
    (ModelError, "model"),
    (PolicyError, "policy"),
    (SettingsError, "settings"),
    (StorageError, "storage"),
)


def kind_of(error: EmotionkitError) -> str:
    """Return a word for programs that says what failed.

    >>> kind_of(UnsafeRecordingError(Path("a.mp4"), Limit.HUNG, "hung.")), kind_of(ModelError("changed"))
    ('hung', 'model')
    """
    if isinstance(error, UnsafeRecordingError):
        return error.limit.value
    return next((word for kind, word in _KINDS if isinstance(error, kind)), "other")


def quoted(value: object, longest: int = 60) -> str:
    r"""Return a value that came from outside, fit for a sentence: invisible characters told by number, never endless.

    >>> quoted("a\n\u202eb"), quoted("x" * 100, longest=5)
    ("'a\\n\\u202eb'", "'xxxx…")
    """
    text = repr(value) if isinstance(value, str | int | float | bool | None) else str(value)
    return text if len(text) <= longest else f"{text[:longest]}…"


def _restored(kind: type[EmotionkitError], args: tuple[Any, ...], fields: dict[str, Any]) -> EmotionkitError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(fields)
    return error
