"""What a nightly run has to do: which recordings are new or changed, under which name each becomes a lesson."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from emotionkit.batch.finding import Found, check_inside, find_recordings, growing, has_changed, printable
from emotionkit.batch.lesson_facts import content_sha256, default_lesson_id
from emotionkit.batch.night_memory import NIGHTS_UNTIL_SET_ASIDE, NightMemory, Seen
from emotionkit.batch.night_selection import Selection
from emotionkit.batch.undertaking import run_name
from emotionkit.config import ProcessingSettings
from emotionkit.errors import RecordingError, StorageError
from emotionkit.reports.night import FailedRecording, LeftRecording
from emotionkit.storage import located
from emotionkit.warehouse import Tombstones, begun_lessons, has_database, open_warehouse

_FIRST_LOOK = Seen(stamp="", content="")


@dataclass(frozen=True, slots=True)
class KnownLesson:
    """A lesson that the warehouse holds."""

    lesson_id: str
    run_id: str
    recording: str
    recording_sha256: str


@dataclass(frozen=True, slots=True)
class Due:
    """A recording for which there is something to do, the lesson that it becomes, and why."""

    found: Found
    lesson_id: str
    sha256: str
    why: str


@dataclass(slots=True)
class Plan:
    """What there is to do, and what is not done.

    Attributes:
        lessons: Ids of those that recordings are, or are to become.
        classes: Ids of classes begun live that were cut off and are to be stored.
    """

    due: list[Due] = field(default_factory=list)
    failed: list[tuple[Found, RecordingError]] = field(default_factory=list)
    set_aside: list[FailedRecording] = field(default_factory=list)
    left: list[LeftRecording] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unchanged: list[Found] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    lessons: set[str] = field(default_factory=set)
    classes: list[str] = field(default_factory=list)


class Planner:
    """Decides on each recording in a folder; what it reads of contents is remembered."""

    def __init__(
        self, warehouse: Path, memory: NightMemory, tombstones: Tombstones, settings: ProcessingSettings, model: str
    ) -> None:
        self._memory, self._tombstones = memory, tombstones
        self._settings, self._model = settings, model
        known = known_lessons(warehouse)
        self._by_path = {lesson.recording: lesson for lesson in known}
        self._by_content: dict[str, list[KnownLesson]] = {}
        for lesson in known:
            self._by_content.setdefault(memory.hashed(lesson.recording_sha256), []).append(lesson)
        begun = begun_lessons(warehouse)
        self._begun = {lesson.lesson_id: memory.hashed(lesson.recording_sha256) for lesson, _ in begun}
        self._taken = self._begun.keys() | {lesson.lesson_id for lesson in known}
        self._claimed: dict[str, str] = {}
        self._contents: dict[str, str] = {}
        self._others: list[Found] = []

    def plan(self, folder: Path, selection: Selection, *, watch_s: float | None = None) -> Plan:
        """Look through a folder of recordings.

        Raises:
            InvalidInputError: The folder is not there or cannot be read.
        """
        findings = find_recordings(folder)
        names = self._lessons_of if selection.only else lambda _: []
        chosen = [found for found in findings.recordings if selection.takes(found, names(found))]
        taken = {found.path for found in chosen}
        self._others = [found for found in findings.recordings if found.path not in taken]
        plan = Plan(
            left=[LeftRecording(recording=name, reason=why) for name, why in findings.passed_over],
            problems=findings.problems,
            names={found.name for found in findings.recordings},
        )
        in_growth = growing([found for found in chosen if not self._is_as_before(found)], watch_s=watch_s)
        looked: list[tuple[Found, Seen, str]] = []
        for found in chosen:
            if found.path in in_growth:
                _leave(plan, found, "is still being written.")
                continue
            with _told(plan, found):
                looked.append((found, *self._look(folder, found)))
        # What each holds now, before it is said of any that another holds the same.
        self._contents = {str(found.path.resolve()): seen.content for found, seen, _ in looked}
        for found, seen, sha256 in looked:
            with _told(plan, found):
                self._decide(plan, found, seen, sha256, selection)
        return plan

    def _decide(self, plan: Plan, found: Found, seen: Seen, sha256: str, selection: Selection) -> None:
        if has_changed(found):
            _leave(plan, found, "is still being written.")
        elif not selection.retry_failed and seen.setback and seen.setback.nights >= NIGHTS_UNTIL_SET_ASIDE:
            plan.set_aside.append(_set_aside(found, seen))
        elif self._is_erased(seen.content):
            pass
        elif other := self._same_elsewhere(found, seen.content):
            _leave(plan, found, f"holds the same as {other}.")
        else:
            self._claimed[seen.content] = found.name
            self._settle(plan, found, seen, sha256)

    def _settle(self, plan: Plan, found: Found, seen: Seen, sha256: str) -> None:
        known = self._known(found, seen.content)
        lesson_id = known.lesson_id if known else self._free_name(found, seen.content)
        self._taken.add(lesson_id)
        plan.lessons.add(lesson_id)
        why = "new"
        if known:
            sha256 = sha256 or known.recording_sha256
            run = run_name(lesson_id, known.recording_sha256, self._settings, self._model)
            if self._memory.hashed(known.recording_sha256) != seen.content:
                why = "changed"
            elif known.run_id != run:
                why = "other settings or model"
            elif seen.facts_stamp != found.facts_stamp:
                is_there = known.recording == str(found.path.resolve())
                why = "its facts may have changed" if is_there else "moved"
            else:
                plan.unchanged.append(found)
                return
        plan.due.append(Due(found, lesson_id, sha256 or content_sha256(found.path), why))

    def _known(self, found: Found, content: str) -> KnownLesson | None:
        """Return the lesson of a recording: of its content, wherever that was before, else of its path."""
        here = str(found.path.resolve())
        if same := self._by_content.get(content, []):
            return next((lesson for lesson in same if lesson.recording == here), same[0])
        there = self._by_path.get(here)
        if there and self._is_somewhere(self._memory.hashed(there.recording_sha256)):
            # What it was read from is elsewhere now; this is another one in its place.
            return None
        return there

    def _is_somewhere(self, content: str) -> bool:
        """Say whether a recording of some content is there, also among those that this run does not take."""
        return content in self._contents.values() or any(self._content_of(other) == content for other in self._others)

    def _content_of(self, found: Found) -> str | None:
        seen = self._memory.seen(found.name)
        if seen and seen.stamp == found.stamp:
            return seen.content
        try:
            return self._memory.hashed(content_sha256(found.path))
        except (RecordingError, StorageError):
            return None

    def _lessons_of(self, found: Found) -> list[str]:
        """Return the ids of the lessons that a recording may have become, by its path and by what it held before."""
        seen = self._memory.seen(found.name)
        there = self._by_path.get(str(found.path.resolve()))
        same = self._by_content.get(seen.content, []) if seen else []
        return [lesson.lesson_id for lesson in (*same, *([there] if there else []))]

    def _look(self, folder: Path, found: Found) -> tuple[Seen, str]:
        """Return what is known of a recording, and its SHA-256 if that had to be taken."""
        seen = self._memory.seen(found.name) or _FIRST_LOOK
        if seen.failed_facts_stamp not in {None, found.facts_stamp}:
            # What failed before was told otherwise.
            seen = seen.model_copy(update={"setback": None, "failed_facts_stamp": None})
            self._memory.see(found.name, seen)
        if seen.stamp == found.stamp:
            return seen, ""
        check_inside(folder, found.path)
        sha256 = content_sha256(found.path)
        content = self._memory.hashed(sha256)
        # What failed before was another content.
        fresh = Seen(stamp=found.stamp, content=content)
        seen = seen.model_copy(update={"stamp": found.stamp}) if seen.content == content else fresh
        self._memory.see(found.name, seen)
        return seen, sha256

    def _is_as_before(self, found: Found) -> bool:
        seen = self._memory.seen(found.name)
        return seen is not None and seen.stamp == found.stamp

    def _is_erased(self, content: str) -> bool:
        return any(stone.recording == content for stone in self._tombstones.stones)

    def _same_elsewhere(self, found: Found, content: str) -> str | None:
        """Return another recording of the same content, one of this run or one that still is where it was read."""
        if content in self._claimed:
            return self._claimed[content]
        here = str(found.path.resolve())
        others = [lesson.recording for lesson in self._by_content.get(content, ())]
        if here in others:
            return None
        return next((printable(located(other)) for other in others if self._still_holds(other, content)), None)

    def _still_holds(self, recording: str, content: str) -> bool:
        if recording in self._contents:
            return self._contents[recording] == content
        return located(recording).is_file()

    def _free_name(self, found: Found, content: str) -> str:
        """Return the id of a new lesson: that of the file's name, with its folders where that is taken.

        A class that was played from the recording, and cut off, does not take its name.
        """
        plain = default_lesson_id(found.path)
        below = default_lesson_id(Path("-".join(Path(found.name).parts)))
        mark = hashlib.sha256(found.name.encode()).hexdigest()[:8]
        names = (plain, below, f"{plain[:45]}-{mark}")
        free = (name for name in names if name not in self._taken or self._begun.get(name) == content)
        return next(free, names[-1])


def known_lessons(warehouse: Path) -> list[KnownLesson]:
    """Return the lessons of a warehouse; none where there is no database.

    Raises:
        WarehouseError: It cannot be read.
    """
    if not has_database(warehouse):
        return []
    query = "SELECT lesson_id, run_id, recording, recording_sha256 FROM lessons ORDER BY lesson_id"
    return [KnownLesson(*row) for row in open_warehouse(warehouse).sql(query).fetchall()]


def selected_lessons(lessons: Sequence[KnownLesson], plan: Plan, selection: Selection) -> list[str]:
    """Return the ids of the lessons that a run looks at: all, or those whose recordings it takes."""
    if selection.is_all:
        return [lesson.lesson_id for lesson in lessons]
    return [lesson.lesson_id for lesson in lessons if lesson.lesson_id in plan.lessons]


@contextmanager
def _told(plan: Plan, found: Found) -> Iterator[None]:
    """Note in the plan what a recording, or where it is stored, makes impossible in the block."""
    try:
        yield
    except RecordingError as error:
        plan.failed.append((found, error))
    except StorageError as error:
        _leave(plan, found, error.reason)


def _leave(plan: Plan, found: Found, reason: str) -> None:
    plan.left.append(LeftRecording(recording=found.name, reason=reason))


def _set_aside(found: Found, seen: Seen) -> FailedRecording:
    assert seen.setback is not None
    return FailedRecording(
        recording=found.name,
        lesson_id=None,
        kind=seen.setback.kind,
        reason=seen.setback.reason.replace("{}", found.name),
        nights=seen.setback.nights,
        set_aside=True,
    )
