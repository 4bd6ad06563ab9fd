"""What the long runs share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def stress_figures() -> Callable[[str, str], None]:
    """``stress_figures(what, figures)`` notes what a long run has come to, for docs/reliability.md."""

    def note(what: str, figures: str) -> None:
        path = Path(os.environ.get("EMOTIONKIT_STRESS_FIGURES", "stress-figures.txt"))
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{what}: {figures}\n")

    return note
