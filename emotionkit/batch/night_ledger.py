"""What a night comes to while it goes on, and the record that is made of it."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from pathlib import Path

from emotionkit.batch.executor import Failure
from emotionkit.batch.finding import Found, printable, was_just_written
from emotionkit.batch.night_memory import NIGHTS_UNTIL_SET_ASIDE, UNTOLD, NightMemory, Seen, failed_again
from emotionkit.batch.night_plan import Due, Plan
from emotionkit.batch.undertaking import Outcome
from emotionkit.errors import EmotionkitError, kind_of
from emotionkit.reports.night import DoneLesson, FailedRecording, LeftRecording, Night, NightStatus
from emotionkit.reports.night_summary import summary
from emotionkit.warehouse import Words, open_warehouse

_log = logging.getLogger(__name__)

NOT_ITS_FAULT = frozenset({"warehouse", "time", "model", "other"})
"""Kinds of failures that say nothing of the recording: they never set it aside."""


class Ledger:
    """Keeps count of one night.

    Attributes:
        reported: Lessons whose reports were looked after.
        removed: What retention removed, by kind.
        erased: Whether an erasure that was cut short was completed.
    """

    def __init__(self, memory: NightMemory, started_at: datetime, min_group: int) -> None:
        self._memory, self._started_at, self._min_group = memory, started_at, min_group
        self._done: dict[str, DoneLesson] = {}
        self._failed: list[FailedRecording] = []
        self._left: list[LeftRecording] = []
        self._problems: list[str] = []
        self._withheld: list[str] = []
        self._unchanged: set[str] = set()
        self._recordings: dict[str, str] = {}
        self.reported: set[str] = set()
        self.removed: dict[str, int] = {}
        self.erased = False

    def problem(self, sentence: str) -> None:
        """Note what went wrong apart from single recordings."""
        _log.error("%s", sentence)
        self._problems.append(sentence)

    def planned(self, plan: Plan) -> None:
        """Note what the plan leaves out."""
        for sentence in plan.problems:
            self.problem(sentence)
        self._failed += plan.set_aside
        self._left += plan.left
        self._unchanged = {found.name for found in plan.unchanged}
        for found, error in plan.failed:
            self._fail(found, None, kind_of(error), str(error))

    def processed(self, plan: Plan, result: Outcome | Failure) -> str | None:
        """Note what became of a recording, and return its lesson if it has one."""
        due = next(due for due in plan.due if due.found.path == result.recording)
        self._recordings[due.lesson_id] = due.found.name
        if isinstance(result, Failure):
            if result.is_left:
                self._left.append(LeftRecording(recording=due.found.name, reason=result.reason))
            else:
                self._fail(due.found, due.lesson_id, result.kind, result.reason)
            return None
        self._remember_done(due)
        if result.changed:
            self._done[due.lesson_id] = _done(due.found.name, result)
            _log.info("Processed %s: %d frames, %d faces.", due.found.name, result.frames, result.faces)
        else:
            self._unchanged.add(due.found.name)
        return result.lesson_id

    def class_stored(self, outcome: Outcome) -> None:
        """Note that a class begun live, which was cut off, has become a lesson."""
        self._recordings[outcome.lesson_id] = outcome.recording.name
        self._done[outcome.lesson_id] = _done(outcome.recording.name, outcome)
        _log.info("Stored class %s, which was cut off.", outcome.lesson_id)

    def report_made(self, warehouse: Path, lesson_id: str) -> None:
        """Note that the report of a lesson was made."""
        self.reported.add(lesson_id)
        before = self._done.get(lesson_id)
        if before is None:
            before = _from_warehouse(warehouse, lesson_id, self._recordings.get(lesson_id, ""))
            self._unchanged.discard(before.recording)
        self._done[lesson_id] = before.model_copy(update={"reported": True})
        if _people(warehouse, lesson_id) < self._min_group:
            self._withheld.append(lesson_id)
        _log.info("Made the report of %s.", lesson_id)

    def report_left(self, lesson_id: str) -> None:
        """Note that there was no time for a report."""
        self.reported.add(lesson_id)
        reason = f"There was no time for the report of {lesson_id!r}."
        self._left.append(LeftRecording(recording=self._recordings.get(lesson_id, lesson_id), reason=reason))

    def report_failed(self, lesson_id: str, error: EmotionkitError, nights: int) -> None:
        """Note that the report of a lesson failed."""
        self.reported.add(lesson_id)
        failed = FailedRecording(
            recording=self._recordings.get(lesson_id, lesson_id),
            lesson_id=lesson_id,
            kind=kind_of(error),
            reason=str(error),
            nights=nights,
        )
        self._failed.append(failed)
        _log.error("%s", failed.reason)

    def night(self) -> Night:
        """Return the record of the run."""
        night = Night(
            date=self._started_at.date(),
            started_at=self._started_at,
            ended_at=max(datetime.now(UTC), self._started_at.astimezone(UTC)),
            status=self._status(),
            done=tuple(self._done.values()),
            failed=tuple(self._failed),
            left=tuple(self._left),
            withheld=tuple(dict.fromkeys(self._withheld)),
            unchanged=len(self._unchanged),
            removed=self.removed,
            erased=self.erased,
            problems=tuple(self._problems),
        )
        return night.model_copy(update={"summary": summary(night)})

    def _status(self) -> NightStatus:
        wrong = [failed for failed in self._failed if not failed.set_aside] or self._problems
        if not wrong:
            return NightStatus.ALL_WELL
        return NightStatus.SOME_FAILED if self._done or self._unchanged else NightStatus.FAILED

    def _remember_done(self, due: Due) -> None:
        seen = self._memory.seen(due.found.name) or Seen(stamp=due.found.stamp, content="")
        update = {"facts_stamp": due.found.facts_stamp, "setback": None}
        self._memory.see(due.found.name, seen.model_copy(update=update))

    def _fail(self, found: Found, lesson_id: str | None, kind: str, reason: str) -> None:
        if kind == "recording" and was_just_written(found, self._started_at.timestamp(), time.time()):
            why = f"{reason} It was written a moment ago and is tried again next time."
            self._left.append(LeftRecording(recording=found.name, reason=why))
            return
        seen = self._memory.seen(found.name) or Seen(stamp=found.stamp, content="")
        setback = failed_again(seen.setback, kind, self._started_at.date(), _nameless(reason, found, lesson_id))
        if kind not in NOT_ITS_FAULT:
            update = {"setback": setback, "failed_facts_stamp": found.facts_stamp}
            self._memory.see(found.name, seen.model_copy(update=update))
        nights = setback.nights if kind not in NOT_ITS_FAULT else 1
        failed = FailedRecording(
            recording=found.name,
            lesson_id=lesson_id,
            kind=kind,
            reason=reason,
            nights=nights,
            set_aside=False,
        )
        self._failed.append(failed)
        late = " It is set aside." if nights >= NIGHTS_UNTIL_SET_ASIDE else ""
        _log.error("%s%s", reason, late)


def _nameless(reason: str, found: Found, lesson_id: str | None) -> str:
    """Return a failure's sentence as it may be remembered, with ``{}`` for the recording."""
    told = reason.replace(printable(found.path), "{}")
    name = Path(found.name)
    names_it = Words([name.name, name.stem, lesson_id or ""]).within(told.encode(errors="surrogateescape"))
    return UNTOLD if names_it else told


def _done(recording: str, outcome: Outcome) -> DoneLesson:
    return DoneLesson(
        recording=recording,
        lesson_id=outcome.lesson_id,
        processed=True,
        reported=False,
        duration_s=outcome.duration_s,
        decoded_s=round(outcome.decoded_s, 3),
        frames=outcome.frames,
        faces=outcome.faces,
    )


def _from_warehouse(warehouse: Path, lesson_id: str, recording: str) -> DoneLesson:
    lesson = open_warehouse(warehouse).lesson(lesson_id)
    frames = open_warehouse(warehouse).frames(lesson_id)
    return DoneLesson(
        recording=recording or Path(lesson.recording).name,
        lesson_id=lesson_id,
        processed=False,
        reported=False,
        duration_s=lesson.duration_s,
        decoded_s=round(float(frames["weight_s"].sum()), 3),
        frames=len(frames),
        faces=int(frames["faces"].sum()),
    )


def _people(warehouse: Path, lesson_id: str) -> int:
    tracks = open_warehouse(warehouse).tracks(lesson_id)
    return int(tracks["student_id"].fillna(tracks["track_id"].astype(str)).nunique())
