"""What the tests of confinement let a child do; a module of its own, so that the child can import it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from emotionkit.errors import RecordingError


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
