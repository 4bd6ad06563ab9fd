"""Full disks, missing rights and things in the way end in one sentence, and leave the warehouse as it was."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emotionkit.errors import WarehouseError
from emotionkit.records import FrameReading
from emotionkit.warehouse import SegmentWriter, find_run, load_segment, open_warehouse
from emotionkit.warehouse.connection import DATABASE

resource = pytest.importorskip("resource", reason="file size limits are a thing of POSIX")

TELL = """
except EmotionkitError as error:
    print(type(error).__name__, str(error).count("\\n"), error)
"""
IMPORTS = """
import os, resource
from pathlib import Path
from emotionkit.errors import EmotionkitError
from emotionkit.records import *
from emotionkit.warehouse import *
from emotionkit.warehouse import load, writer
"""


def told_by_a_process(body: str) -> str:
    """Run Python code in a process of its own and return what it printed."""
    script = f"{IMPORTS}\ntry:\n" + "\n".join(f"    {line}" for line in body.strip().splitlines()) + TELL
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout


def test_a_disk_that_fills_up_while_a_segment_is_written(two_lessons: Path) -> None:
    before = snapshot(two_lessons)
    # A limit on the size of files stops a write as a full disk does: in the middle.
    told = told_by_a_process(f"""
from fractions import Fraction
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
with SegmentWriter(Path({str(two_lessons)!r}), "chemistry", "run-5") as segment:
    for index in range(5000):
        segment.add(FrameReading(Fraction(index * index), Fraction(index, 7), ()))
""")
    assert told.startswith("WarehouseError 0 The warehouse")
    assert "cannot be written: " in told
    assert "File too large" in told
    assert snapshot(two_lessons) == before


def test_a_disk_too_full_to_commit(two_lessons: Path, write_segment: Any, invent: Any) -> None:
    segment = write_segment("algebra", "run-9", invent.readings(400, 5), ended_s=61)
    told = load_with_files_limited_to(1000, two_lessons, segment)
    assert told.startswith("WarehouseError 0 The warehouse")
    assert "cannot be written: " in told
    assert "File too large" in told

    assert find_run(two_lessons, "algebra") == "run-1"
    assert len(open_warehouse(two_lessons).faces("algebra")) == 12
    assert load_segment(two_lessons, segment)
    assert len(open_warehouse(two_lessons).frames("algebra")) == 400


def test_a_disk_full_after_the_commit(two_lessons: Path, write_segment: Any, invent: Any) -> None:
    segment = write_segment("algebra", "run-9", varied(invent.readings(400, 5)), ended_s=61)
    told = load_with_files_limited_to(300_000, two_lessons, segment)
    assert told.startswith("WarehouseError 0 The warehouse")
    assert "File too large" in told

    # The rows are in DuckDB's write-ahead log, and go where they belong when there is room again.
    assert find_run(two_lessons, "algebra") == "run-9"
    assert not load_segment(two_lessons, segment)
    assert len(open_warehouse(two_lessons).frames("algebra")) == 400
    assert list(segment.parent.iterdir()) == [segment]


def load_with_files_limited_to(size: int, folder: Path, segment: Path) -> str:
    return told_by_a_process(f"""
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
load_segment(Path({str(folder)!r}), Path({str(segment)!r}))
""")


def varied(readings: list[FrameReading]) -> list[FrameReading]:
    """The same readings with noise that does not compress."""
    noise = random.Random(5)
    return [
        replace(
            reading,
            faces=tuple(
                replace(face, quality=noise.random(), detection_score=noise.random()) for face in reading.faces
            ),
        )
        for reading in readings
    ]


def test_a_folder_that_may_not_be_written(two_lessons: Path, write_segment: Any) -> None:
    write_segment("algebra", "run-9", ended_s=61)
    # Not under pytest's own folder, which only its owner may enter: for root the process becomes somebody else.
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = shutil.copytree(two_lessons, Path(place, "warehouse"))
        before = snapshot(folder)
        places = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
        for path in places:
            path.chmod(0o555)
        told = told_by_a_process(f"""
folder = Path({str(folder)!r})
import emotionkit.warehouse.load
if os.getuid() == 0:
    os.setuid(65534)
try:
    SegmentWriter(folder, "chemistry", "run-5").__enter__()
except EmotionkitError as error:
    print(error)
load_segment(folder, folder / "segments/course=Mathematics/month=2026-09/algebra/run-9.parquet")
""")
        for path in places:
            path.chmod(0o755)
        assert snapshot(folder) == before
    first, second = told.splitlines()
    assert first.endswith("cannot be written: Permission denied.")
    assert second.startswith("WarehouseError 0")
    assert second.endswith("cannot be written: Permission denied.")


def test_a_file_where_the_folder_should_be(tmp_path: Path, invent: Any) -> None:
    (tmp_path / "warehouse").write_text("not a folder")
    with pytest.raises(WarehouseError, match=r"cannot be written: (Not a directory|File exists)\.$"):
        SegmentWriter(tmp_path / "warehouse", "algebra", "run-1").__enter__()
    with pytest.raises(WarehouseError, match="is a file, not a folder"):
        open_warehouse(tmp_path / "warehouse")
    assert find_run(tmp_path / "warehouse", "algebra") is None
    assert (tmp_path / "warehouse").read_text() == "not a folder"


@pytest.mark.parametrize("content", [b"", b"not a database" * 500])
def test_a_file_that_is_no_database(folder: Path, write_segment: Any, content: bytes) -> None:
    segment = write_segment("algebra")
    (folder / DATABASE).write_bytes(content)
    with pytest.raises(WarehouseError, match="has a database that cannot be opened"):
        load_segment(folder, segment)
    assert (folder / DATABASE).read_bytes() == content
    assert segment.exists()


def test_a_truncated_database(two_lessons: Path) -> None:
    os.truncate(two_lessons / DATABASE, 20_000)
    with pytest.raises(WarehouseError, match=r"has a database that cannot be opened: .*\.$"):
        open_warehouse(two_lessons)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
