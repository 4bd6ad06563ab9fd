"""The command ``emotionkit``: one thin module per verb.

Exit status: 0 all well, 1 something failed and says what, 2 wrong usage, 3 some recordings failed and the rest are
done.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

__all__ = ["main"]

_NO_WORKERS_HERE = ("-h", "--help", "--dask")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, by default on the arguments of the process; always ends in ``SystemExit``."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["process"] and not any(word.startswith(_NO_WORKERS_HERE) for word in words):
        # Workers load what they need while this process loads the rest.
        from emotionkit.batch.forking import load_ahead

        load_ahead()
    from emotionkit.cli.app import run

    sys.exit(run(words))
