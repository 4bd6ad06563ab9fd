"""Long runs are those marked ``stress``: ``make stress`` asks for them, ``make test`` leaves them out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "stress" not in (config.option.markexpr or ""):
        for item in items:
            if item.get_closest_marker("stress"):
                item.add_marker(pytest.mark.skip(reason="a long run; `make stress` makes it"))


@pytest.fixture
def stress_figures() -> Callable[[str, str], None]:
    """``stress_figures(what, figures)`` notes what a long run has come to, for docs/reliability.md."""

    def note(what: str, figures: str) -> None:
        path = Path(os.environ.get("EMOTIONKIT_STRESS_FIGURES", "stress-figures.txt"))
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{what}: {figures}\n")

    return note
