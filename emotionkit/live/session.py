"""A class from its first picture to its last: read, stored, shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

import numpy as np

from emotionkit.analysis import RunningClass
from emotionkit.batch.reading import ReadsExpressions
from emotionkit.batch.undertaking import Outcome
from emotionkit.errors import ErasedError, WarehouseError
from emotionkit.faces import FaceReader
from emotionkit.live.beginning import Plan, claim
from emotionkit.live.confined import ConfinedConnections
from emotionkit.live.lesson import LiveLesson
from emotionkit.records import Frame, FrameReading
from emotionkit.reports import live_texts
from emotionkit.reports.live_sections import LiveFacts, live_figures, live_retrospect, live_status
from emotionkit.video.live_pictures import now
from emotionkit.video.live_reader import LiveReader, LiveState
from emotionkit.video.live_sampler import LiveFrame

TICK_S = 0.5
"""Seconds for which a picture is waited for before it is told how things are."""
RETRY_S = 5.0
"""Seconds between attempts to write what is still to be written when the class is over."""
SLOW_EVERY_S = 5.0
"""Seconds from one timeline and look for changes to the next: a page that hints and takes back is not calm."""

Tell = Callable[[str, Mapping[str, object]], None]
"""Called with the name of an event and its facts, plain values for JSON."""


class Shows(Protocol):
    """What shows a class to its teacher."""

    def publish(self, state: str, sections: Mapping[str, str], **facts: object) -> None:
        """Show sections of HTML in place of those of the same name."""


class LiveSession:
    """Runs one class in the thread that calls :meth:`run`; any other may stop it."""

    def __init__(
        self,
        plan: Plan,
        classifier: ReadsExpressions,
        shown_by: Shows,
        tell: Tell,
        *,
        patience_s: float,
    ) -> None:
        self._plan, self._classifier, self._shown_by, self._tell = plan, classifier, shown_by, tell
        self._patience_s = patience_s
        self._stopped = threading.Event()
        self._running = RunningClass(plan.min_group)
        self._lesson: LiveLesson | None = None
        self._held = ExitStack()
        self._state = LiveState.CONNECTING
        self._faces = self._usable = 0
        self._second = 0.0
        self._slow_at = -SLOW_EVERY_S
        self._unwritten = self._failed = ""
        self._is_over = self._is_stored = False
        self._given_up = threading.Event()

    def stop(self) -> None:
        """End the class after the picture that is being read; what was read is stored.

        Of a class that is over and cannot be written, end the attempts.
        """
        if self._is_over:
            self._given_up.set()
        self._stopped.set()

    @property
    def was_stopped(self) -> bool:
        """Whether somebody ended it."""
        return self._stopped.is_set()

    @property
    def is_kept(self) -> bool:
        """Whether something of it is on the disk and waits to be made a lesson."""
        return self._lesson is not None and self._lesson.is_kept

    def run(self) -> Outcome | None:
        """Read the class to its end and return the lesson that it became; None if no picture ever came.

        While the warehouse cannot be written, as on a full disk, the class goes on and what was read stays in memory;
        at its end too it is tried again for as long as a lost source is waited for.

        Raises:
            LiveSourceError: The source cannot be opened.
            InvalidInputError: The lesson's id was taken before the first picture.
            RecordingError: It was taken meanwhile.
            ErasedError: The class was erased while it ran.
            WarehouseError: What was read cannot be stored; what was written before stays and can be completed.
        """
        plan = self._plan
        with self._held, ConfinedConnections() as connections:
            reader = LiveReader(plan.source, plan.settings.sample_fps, self._patience_s, connections.connect)
            try:
                self._warm_up()
                self._show_state(reader)
                with reader:
                    self._follow(reader)
                return self._finish(reader)
            except BaseException as error:
                self._failed = str(error) or "Stopped."
                raise
            finally:
                last = replace(self._facts(reader), state=LiveState.ENDED)
                self._shown_by.publish(last.state, {"status": live_status(last)}, is_last=True)

    def _follow(self, reader: LiveReader) -> None:
        while not reader.is_over:
            if self._stopped.is_set():
                reader.stop()
            sample = reader.newest(TICK_S)
            if sample is not None:
                self._take(sample, reader)
            self._notice_state(reader)

    def _warm_up(self) -> None:
        """Do once, on nothing, what every picture needs, so that the first ones need not wait for it."""
        settings = self._plan.settings
        blank = Frame(Fraction(0), Fraction(1), np.zeros((720, 1280), np.uint8))
        FaceReader(settings.detection, settings.tracking).read(blank)
        self._classifier.read([np.zeros((48, 48), np.uint8)])
        scratch = RunningClass(min_group=2)
        for second in range(180):
            scratch.add(second, 1, range(6), np.random.default_rng(second).dirichlet(np.ones(7), 6))
        live_figures(LiveFacts(LiveState.CONNECTING, "", "", "", 0), scratch)
        live_retrospect(scratch)

    def _take(self, sample: LiveFrame, reader: LiveReader) -> None:
        if self._lesson is None:
            self._lesson = self._begin(reader)
        reading = self._lesson.read(sample)
        self._sum_up(sample, reading)
        self._second = float(reading.pts + reading.weight)
        self._show(reader, sample.due)
        if self._lesson.is_due:
            self._store(self._lesson, reader)

    def _begin(self, reader: LiveReader) -> LiveLesson:
        undertaking = self._plan.undertaking(reader.size or (0, 0), reader.frame_rate, self._classifier.sha256)
        self._held.enter_context(undertaking.parts.kept_from_others())
        claim(undertaking)
        return LiveLesson(undertaking, self._classifier, has_key_frames=reader.has_key_frames)

    def _store(self, lesson: LiveLesson, reader: LiveReader) -> None:
        """Write what was read, if that can be done now."""
        try:
            lesson.store(reader.dropped, reader.gaps)
        except ErasedError:
            raise
        except WarehouseError as error:
            self._note_unwritten(str(error))
        else:
            self._note_unwritten("")

    def _note_unwritten(self, why: str) -> None:
        """Tell when writing fails, and when it is mended."""
        if why and not self._unwritten:
            self._tell("unwritten", {"second": self._second, "reason": why})
        if self._unwritten and not why:
            self._tell("written", {"second": self._second})
        self._unwritten = why

    def _sum_up(self, sample: LiveFrame, reading: FrameReading) -> None:
        usable = [face for face in reading.faces if face.quality >= self._running.settings.minimum_quality]
        self._faces, self._usable = len(reading.faces), len(usable)
        shares = np.array([face.probabilities for face in usable], np.float64).reshape(-1, 7)
        self._running.settle_at(float(sample.previous_end))
        self._running.add(float(reading.pts), float(reading.weight), [face.track_id for face in usable], shares)

    def _show(self, reader: LiveReader, due: float) -> None:
        facts = self._facts(reader)
        sections = live_figures(facts, self._running)
        came_at = time.time() - (now() - due)
        plain = {"second": self._second, "faces": self._faces, "usable": self._usable, "dropped": reader.dropped}
        self._shown_by.publish(facts.state, sections, came_at=came_at, **plain)
        self._tell("figures", plain | {"latency_s": round(now() - due, 3)})
        if self._second - self._slow_at >= SLOW_EVERY_S:
            self._slow_at = self._second
            self._shown_by.publish(facts.state, live_retrospect(self._running))

    def _notice_state(self, reader: LiveReader) -> None:
        """Tell when the source is lost, is back, or ended."""
        status = reader.status
        if status.state is self._state:
            return
        self._state = status.state
        if status.state is LiveState.LOST and self._lesson is not None:
            self._store(self._lesson, reader)
        if status.state is not LiveState.ENDED:
            self._show_state(reader)
            self._tell(status.state, {"second": self._second, "reason": status.reason})

    def _show_state(self, reader: LiveReader) -> None:
        facts = self._facts(reader)
        self._shown_by.publish(facts.state, {"status": live_status(facts)})

    def _facts(self, reader: LiveReader) -> LiveFacts:
        status = reader.status
        return LiveFacts(
            state=status.state,
            reason=status.reason,
            source=self._plan.source.name,
            lesson_id=self._plan.lesson_id,
            second=self._second,
            faces=self._faces,
            usable=self._usable,
            dropped=reader.dropped,
            gaps=len(reader.gaps),
            unwritten=self._unwritten,
            is_stored=self._is_stored,
            failed=self._failed,
            is_kept=bool(self._failed) and self.is_kept,
        )

    def _finish(self, reader: LiveReader) -> Outcome | None:
        self._is_over = True
        if self._lesson is not None:
            self._lesson.settle(reader.end)
            self._store(self._lesson, reader)
        facts = self._facts(reader)
        self._shown_by.publish(facts.state, live_figures(facts, self._running) | live_retrospect(self._running))
        self._tell("ended", {"second": self._second, "reason": facts.reason})
        if self._lesson is None:
            self._failed = live_texts.NO_PICTURE
            return None
        outcome = self._made_lesson(self._lesson, reader)
        self._is_stored = True
        return outcome

    def _made_lesson(self, lesson: LiveLesson, reader: LiveReader) -> Outcome:
        """Make the lesson; where it cannot be written, again and again for as long as a lost source is waited for."""
        give_up_at = time.monotonic() + self._patience_s
        while True:
            try:
                outcome = lesson.finish(reader.end, reader.dropped, reader.gaps)
            except ErasedError:
                raise
            except WarehouseError as error:
                self._note_unwritten(str(error))
                left_s = give_up_at - time.monotonic()
                if left_s <= 0 or self._given_up.is_set():
                    raise
                self._tell("waiting", {"seconds": round(left_s)})
                self._show_state(reader)
                self._given_up.wait(min(RETRY_S, left_s))
            else:
                self._note_unwritten("")
                return outcome
