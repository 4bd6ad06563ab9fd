"""What the tests of confinement let a child do; a module of its own, so that the child can import it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

from emotionkit.errors import RecordingError
from emotionkit.video.live_connection import connection_news


def add(one, other):
    return one + other


def process_id():
    return os.getpid()


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def crash_once(marker: Path):
    if not marker.exists():
        marker.touch()
        os._exit(1)
    return "done"


def hang():
    time.sleep(600)


def hang_in_native_code():
    # Blocks the signals that Python would act on, as a decoder that never returns does.
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    time.sleep(600)


def talk_for_ever(note):
    while True:
        note(1.0)
        time.sleep(0.05)


def devour():
    return len(bytearray(64 << 30))


def swell():
    return len(b"\1" * (3 << 30))


def complain(path: Path):
    raise RecordingError(path, "is broken.")


def count(note):
    for second in range(3):
        note(float(second))
        time.sleep(0.3)
    return "counted"


def rest(seconds, note):
    note(0.0)
    time.sleep(seconds)
    return "rested"


def shout():
    os.write(1, b"heap corrupted\n")
    os.write(2, b"heap corrupted\n")
    return "shouted"


class Harmful:
    def __reduce__(self):
        return os.system, ("touch harmed",)


def take_over():
    return Harmful()


def fail():
    raise ZeroDivisionError


def ignore_all():
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def read_a_moment(source, sample_fps, so_far, note):
    for news in connection_news(source, sample_fps, so_far, lambda _: None):
        note(news)
        if news.so_far.end - so_far.end > 0.2:
            return


def read_and_crash(*call):
    read_a_moment(*call)
    crash()


def read_and_hang(*call):
    read_a_moment(*call)
    hang_in_native_code()


def read_and_talk_nonsense(source, sample_fps, so_far, note):
    for news in connection_news(source, sample_fps, so_far, lambda _: None):
        note(news)
        note(replace(news, so_far=replace(so_far, end="never")))


def read_and_take_over(*call):
    read_a_moment(*call)
    call[-1](Harmful())


def complain_in_vain(*_):
    fail()


class Cycle:
    """What refers to itself, and is counted."""

    alive = 0

    def __init__(self):
        self.itself = self
        Cycle.alive += 1

    def __del__(self):
        Cycle.alive -= 1


def leave_a_cycle():
    """Return how many were left before."""
    before = Cycle.alive
    Cycle()
    return before
