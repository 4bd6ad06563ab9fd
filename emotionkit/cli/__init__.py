"""The command ``emotionkit``: one thin module per verb.

Exit status: 0 all well, 1 something failed and says what, 2 wrong usage, 3 some recordings failed and the rest are
done.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

__all__ = ["main"]

_NO_WORKERS_HERE = ("-h", "--help", "--dask")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line on some arguments and raise ``SystemExit``; on the process's own, by default, end it."""
    _replace_closed_streams()
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["process"] and not any(word.startswith(_NO_WORKERS_HERE) for word in words):
        # Workers load what they need while this process loads the rest.
        from emotionkit.batch.forking import load_ahead

        load_ahead()
    from emotionkit.cli.app import run

    status = run(words)
    if arguments is None:
        _leave(status)
    sys.exit(status)


def _replace_closed_streams() -> None:
    """Have streams that were closed before, as by ``2>&-``, lead nowhere.

    Else the next file that is opened would get the number of one, and hold what libraries write to that.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            # The system gives the lowest number that is free.
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def _leave(status: int) -> None:
    """End this process without giving its memory back piece by piece, for which Python takes a tenth of a second.

    What is to be done at the end is done. Beside other threads nothing happens here, and Python ends as it always does.
    """
    if threading.active_count() > 1:
        return
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        # What cannot be written any more was told, or nobody listens.
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(status)
