"""Opening a notebook costs no model."""

from __future__ import annotations

import subprocess
import sys

import pytest

import emotionkit.warehouse

SCRIPT = """
import sys
import emotionkit.warehouse
print(*sorted(sys.modules))
from emotionkit.warehouse import *
print(*sorted(sys.modules))
"""


def test_the_warehouse_imports_no_model_and_itself_only_when_asked() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True)
    at_once, with_every_name = (set(line.split()) for line in done.stdout.splitlines())
    assert not at_once & {"duckdb", "pyarrow", "pandas", "pydantic", "keras", "dlib"}
    assert {"duckdb", "pyarrow.parquet"} <= with_every_name
    assert not with_every_name & {"keras", "dlib", "_dlib_pybind11", "av", "openvino", "jax"}


ROWS = """
import sys
from fractions import Fraction
import numpy as np
import emotionkit.batch.preload
from emotionkit.records import BoundingBox, FaceReading, FrameReading
from emotionkit.warehouse.segments import record_batch
face = FaceReading(1, BoundingBox(0, 0, 9, 9), 1.0, 1.0, np.full(7, 1 / 7, np.float32))
assert record_batch([FrameReading(Fraction(0), Fraction(1), (face,))]).num_rows == 1
print(*sorted(sys.modules))
"""


def test_workers_load_no_more_than_they_need() -> None:
    """Each of these takes a sixth of a second or more, at the start of every run."""
    done = subprocess.run([sys.executable, "-c", ROWS], check=True, capture_output=True, text=True)
    assert not set(done.stdout.split()) & {"pandas", "scipy.special", "keras", "jax"}


def test_every_name_that_is_offered_exists() -> None:
    for name in emotionkit.warehouse.__all__:
        assert callable(getattr(emotionkit.warehouse, name))
    with pytest.raises(AttributeError, match="no attribute 'keras'"):
        emotionkit.warehouse.keras  # noqa: B018
