"""What ``emotionkit live`` says of a class, to people or to programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING, Self

from emotionkit.cli.listener import Listener
from emotionkit.cli.output import one_line
from emotionkit.reports.formatting import clock
from emotionkit.reports.night import is_short

if TYPE_CHECKING:
    from emotionkit.batch.undertaking import Outcome


class LiveTeller:
    """Says what happens, to people or to programs; within ``with``, so that at the end everything is said."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._err = Listener(err=True)
        self._out = Listener(complain=self.complain)
        self._is_lost = self._is_waiting = False

    def __enter__(self) -> Self:
        """Begin to tell."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say what still waits, unless it breaks off."""
        if error is None:
            self._err.tell_rest()
            self._out.tell_rest()

    def complain(self, sentence: str) -> None:
        """Say a sentence on stderr."""
        self._err.tell(one_line(sentence))

    def started(self, lesson_id: str, url: str, notice: str) -> None:
        """Say where the class is shown."""
        if self._as_json:
            self.event("started", {"lesson_id": lesson_id, "url": url, "notice": notice})
            return
        self._out.tell(f"The class {lesson_id} is shown at {url}")
        self._out.tell(f"Show the participants {notice}")
        self._out.tell("Ctrl-C ends the class and stores it.")

    def event(self, name: str, facts: Mapping[str, object]) -> None:
        """Tell an event of the class, to people only what they should know."""
        if self._as_json:
            self._out.tell(json.dumps({"event": name, **facts}, default=str), is_passing=name == "figures")
        elif name == "lost":
            self.complain(f"The picture is lost at {clock(_number(facts['second']))}: {facts['reason']}")
            self._is_lost = True
        elif name == "running" and self._is_lost:
            self.complain(f"The picture is back at {clock(_number(facts['second']))}.")
            self._is_lost = False
        elif name == "unwritten":
            self.complain(f"{facts['reason']} What is read stays in memory, and writing it is tried again.")
        elif name == "written":
            self.complain("What was read is written again.")
        elif name == "waiting" and not self._is_waiting:
            self._is_waiting = True
            left = clock(_number(facts["seconds"]))
            self.complain(f"The class is over, and writing it is tried for {left} more; Ctrl-C gives up.")

    def stored(self, outcome: Outcome) -> None:
        """Say what the class has become."""
        if self._as_json:
            self.event("stored", {name: value for name, value in asdict(outcome).items() if name != "recording"})
        else:
            lost_s = outcome.duration_s - outcome.decoded_s
            missing = f", {clock(lost_s)} of it missing" if is_short(outcome.duration_s, outcome.decoded_s) else ""
            self._out.tell(
                f"{outcome.lesson_id} is stored: {outcome.faces} faces in {outcome.frames} frames, "
                f"{clock(outcome.duration_s)} of class{missing}"
            )


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
