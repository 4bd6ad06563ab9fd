"""The command ``emotionkit``: one thin module per verb.

Exit status: 0 all well, 1 something failed and says what, 2 wrong usage, 3 some recordings failed and the rest are
done.
"""

from __future__ import annotations

from emotionkit.cli.app import main

__all__ = ["main"]
