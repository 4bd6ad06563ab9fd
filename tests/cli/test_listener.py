"""Whoever listens holds nothing up."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import tty
from collections.abc import Iterator
from typing import BinaryIO

from emotionkit.cli.listener import Listener


@contextlib.contextmanager
def pipe() -> Iterator[BinaryIO]:
    """Make standard output one with room for two long lines; yield its other end."""
    ours, theirs = os.pipe()
    fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 8192)
    with os.fdopen(theirs, "w") as stdout, os.fdopen(ours, "rb", 0) as end, contextlib.redirect_stdout(stdout):
        yield end


def test_what_finds_no_room_waits_and_what_passes_is_left_out():
    said = []
    listener, long = Listener(complain=said.append), "-" * 4000
    with pipe() as end:
        listener.tell(long)
        listener.tell(long)
        listener.tell("a figure", is_passing=True)
        listener.tell("a loss")
        listener.tell("another figure", is_passing=True)
        assert end.read(8192).split() == [long.encode()] * 2
        listener.tell("the figure of now", is_passing=True)
        assert end.read(8192) == b"a loss\nthe figure of now\n"
        listener.tell_rest()
    assert len(said) == 1


def test_the_rest_is_told_at_the_end():
    listener = Listener()
    with pipe() as end:
        for number in range(4):
            listener.tell(str(number) * 4000)
        assert {line[:1] for line in end.read(8192).split()} == {b"0", b"1"}
        listener.tell_rest()
        assert {line[:1] for line in end.read(8192).split()} == {b"2", b"3"}


def test_a_terminal_that_is_halted_holds_nothing_up():
    ours, theirs = os.openpty()
    tty.setcbreak(theirs)
    listener = Listener()
    with os.fdopen(theirs, "w") as stdout, os.fdopen(ours, "rb", 0) as terminal, contextlib.redirect_stdout(stdout):
        os.write(ours, b"\x13")  # Ctrl-S
        listener.tell("The picture is lost.")
        os.write(ours, b"\x11")  # Ctrl-Q
        listener.tell_rest()
        assert terminal.read(100).startswith(b"The picture is lost.")


def test_a_stream_that_is_no_file_has_room():
    with contextlib.redirect_stdout(io.StringIO()) as told:
        Listener().tell("a figure", is_passing=True)
    assert told.getvalue() == "a figure\n"
