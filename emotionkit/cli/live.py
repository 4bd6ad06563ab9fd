"""``emotionkit live``: a class while it runs."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from emotionkit import clocks
from emotionkit.cli.listener import Listener
from emotionkit.cli.options import NumberRange, sample_fps_option
from emotionkit.cli.output import ALL_WELL, FAILED, FilePath, one_line, status, warehouse_option
from emotionkit.config import ProcessingSettings
from emotionkit.policy import declared_policy
from emotionkit.project import load_project_settings
from emotionkit.reports import texts
from emotionkit.reports.formatting import clock

if TYPE_CHECKING:
    from emotionkit.batch.undertaking import Outcome
    from emotionkit.live.session import LiveSession

_ENDING = tuple(number for number in signal.Signals if number.name in {"SIGINT", "SIGTERM", "SIGHUP"})


@click.command()
@click.argument("source", metavar="[SOURCE]", required=False)
@warehouse_option
@click.option("--lesson-id", metavar="ID", help="The lesson's name.")
@sample_fps_option
@click.option("--port", type=click.IntRange(0, 65535), metavar="N", default=0, show_default="any", help="Of the page.")
@click.option("--address", metavar="IP", default="127.0.0.1", help="Another than this machine's own needs TLS.")
@click.option("--certificate", type=FilePath, metavar="FILE", help="TLS certificate with its chain, PEM.")
@click.option("--key", type=FilePath, metavar="FILE", help="Its private key, unless the certificate's file has it.")
@click.option(
    "--patience",
    type=NumberRange(min=0),
    metavar="SECONDS",
    default=600.0,
    help="How long a lost source is waited for before the class ends.",
)
@click.option("--resume", is_flag=True, help="Store the classes that were cut off.")
@click.option("--json", "as_json", is_flag=True, help="Give events as JSON, one a line, for programs.")
def live(
    source: str | None,
    warehouse: Path,
    lesson_id: str | None,
    sample_fps: float,
    port: int,
    address: str,
    certificate: Path | None,
    key: Path | None,
    patience: float,
    resume: bool,
    as_json: bool,
) -> int:
    """Show a class while it runs, and store it.

    SOURCE is the number of a camera, "screen", the address of a stream (rtsp, http, https, udp) or a file, which is
    played at its own speed. Ctrl-C ends the class.
    """
    if resume == (source is not None):
        raise click.UsageError("Give a SOURCE, or --resume to store classes that were cut off.")
    settings = ProcessingSettings.checked(sample_fps=sample_fps)
    project = load_project_settings()
    policy = declared_policy(project.policy)
    texts.use(project.reports.language)
    clocks.use(project.recordings.time_zone)
    if source is None:
        return _resume(warehouse, as_json)

    from emotionkit.emotions.lazy import LazyClassifier
    from emotionkit.live.beginning import plan_class
    from emotionkit.live.server import LiveServer, Place
    from emotionkit.live.session import LiveSession
    from emotionkit.video.live_source import parse_live_source

    place = Place(address, port, certificate, key)
    plan = plan_class(
        parse_live_source(source),
        warehouse,
        settings,
        lesson_id=lesson_id,
        policy=policy,
        min_group=project.policy.min_group,
        naming=project.recordings,
    )
    with (
        _Teller(as_json) as say,
        LiveServer(place, policy.purpose.value, policy.jurisdiction, plan.min_group) as server,
    ):
        session = LiveSession(plan, LazyClassifier(threads=1), server, say.event, patience_s=patience)
        with _ended_by_signals(session):
            say.started(plan.lesson_id, server.url, server.notice_url)
            outcome = session.run()
            if outcome is not None:
                say.stored(outcome)
                return ALL_WELL
            say.complain(f"No picture came, so nothing of {plan.lesson_id} is stored.")
            return ALL_WELL if session.was_stopped else FAILED


@contextmanager
def _ended_by_signals(session: LiveSession) -> Iterator[None]:
    """End the class at Ctrl-C, at SIGTERM and when the terminal is closed; a second of the first two breaks off."""
    before = {number: signal.getsignal(number) for number in _ENDING}

    def stop(number: int, _frame: object) -> None:
        session.stop()
        # Of a terminal that is closed both the shell and the system tell.
        if signal.Signals(number).name != "SIGHUP":
            signal.signal(number, before[signal.Signals(number)])

    for number, handler in before.items():
        # Whoever began the class with nohup wants it to outlive the terminal.
        if (number.name, handler) != ("SIGHUP", signal.SIG_IGN):
            signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Teller:
    """Says what happens, to people or to programs; within ``with``, so that at the end everything is said."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._err = Listener(err=True)
        self._out = Listener(complain=self.complain)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._err.tell_rest()
            self._out.tell_rest()

    def complain(self, sentence: str) -> None:
        self._err.tell(one_line(sentence))

    def started(self, lesson_id: str, url: str, notice: str) -> None:
        if self._as_json:
            self.event("started", {"lesson_id": lesson_id, "url": url, "notice": notice})
            return
        self._out.tell(f"The class {lesson_id} is shown at {url}")
        self._out.tell(f"Show the participants {notice}")
        self._out.tell("Ctrl-C ends the class and stores it.")

    def event(self, name: str, facts: Mapping[str, object]) -> None:
        if self._as_json:
            self._out.tell(json.dumps({"event": name, **facts}, default=str), is_passing=name == "figures")
        elif name == "lost":
            self.complain(f"The picture is lost at {clock(_number(facts['second']))}: {facts['reason']}")
        elif name == "running" and _number(facts["second"]) > 0:
            self.complain(f"The picture is back at {clock(_number(facts['second']))}.")

    def stored(self, outcome: Outcome) -> None:
        if self._as_json:
            self.event("stored", {name: value for name, value in asdict(outcome).items() if name != "recording"})
        else:
            self._out.tell(
                f"{outcome.lesson_id} is stored: {outcome.faces} faces in {outcome.frames} frames, "
                f"{clock(outcome.duration_s)} of class"
            )


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _resume(warehouse: Path, as_json: bool) -> int:
    from emotionkit.errors import EmotionkitError
    from emotionkit.live.lesson import complete_begun

    done = failed = 0
    with _Teller(as_json) as say:
        for result in complete_begun(warehouse):
            if isinstance(result, EmotionkitError):
                failed += 1
                say.complain(str(result))
            else:
                done += 1
                say.stored(result)
    if not (done or failed or as_json):
        click.echo("No class was cut off.")
    return status(done, failed)
