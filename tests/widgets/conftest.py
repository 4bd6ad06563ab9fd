"""Lessons made from numbers, as the reports' tests have them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lessons import WAVES, store

from emotionkit.records import Lesson


@pytest.fixture(scope="session")
def waves() -> Lesson:
    return WAVES


@pytest.fixture(scope="session")
def stored() -> Callable[..., str]:
    return store
