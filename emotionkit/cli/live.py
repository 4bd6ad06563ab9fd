"""``emotionkit live``: a class while it runs."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emotionkit import clocks
from emotionkit.cli.live_teller import LiveTeller
from emotionkit.cli.options import NumberRange, sample_fps_option
from emotionkit.cli.output import ALL_WELL, FAILED, STOPPED, FilePath, status, warehouse_option
from emotionkit.config import ProcessingSettings
from emotionkit.errors import EmotionkitError
from emotionkit.policy import declared_policy
from emotionkit.project import load_project_settings
from emotionkit.reports import texts

if TYPE_CHECKING:
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
        LiveTeller(as_json) as say,
        LiveServer(place, policy.purpose.value, policy.jurisdiction, plan.min_group) as server,
    ):
        session = LiveSession(plan, LazyClassifier(threads=1), server, say.event, patience_s=patience)
        with _ended_by_signals(session):
            say.started(plan.lesson_id, server.url, server.notice_url)
            return _run(session, plan.lesson_id, say)


def _run(session: LiveSession, lesson_id: str, say: LiveTeller) -> int:
    try:
        outcome = session.run()
    except EmotionkitError as error:
        if not session.is_kept:
            raise
        say.complain(str(error))
        say.complain(
            f"What is written of {lesson_id} is kept; once that is mended, `emotionkit live --resume` stores it."
        )
        return FAILED
    except KeyboardInterrupt:
        if not session.is_kept:
            raise
        say.complain(f"Stopped. What is written of {lesson_id} is kept; `emotionkit live --resume` stores it.")
        return STOPPED
    if outcome is not None:
        say.stored(outcome)
        return ALL_WELL
    say.complain(f"No picture came, so nothing of {lesson_id} is stored.")
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


def _resume(warehouse: Path, as_json: bool) -> int:
    from emotionkit.batch.begun_classes import complete_begun
    from emotionkit.warehouse import begun_lessons

    done = failed = 0
    with LiveTeller(as_json) as say:
        for result in complete_begun(begun_lessons(warehouse), warehouse):
            if isinstance(result, EmotionkitError):
                failed += 1
                say.complain(str(result))
            else:
                done += 1
                say.stored(result)
    if not (done or failed or as_json):
        click.echo("No class was cut off.")
    return status(done, failed)
