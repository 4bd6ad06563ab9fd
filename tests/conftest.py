"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_CLASS = ROOT / "recordings" / "sample"
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def sample_class() -> Path:
    """The folder of the three rendered lessons, with their truth."""
    return SAMPLE_CLASS


@pytest.fixture(scope="session")
def clips() -> Path:
    """The folder of clips that lie beside the repository; skips where they do not."""
    folder = SHARED_DATA / "clips"
    if not folder.is_dir():
        pytest.skip("the clips in ../shared/data are not on this machine")
    return folder
