"""Full disks, missing rights and things in the way end in one sentence, and leave the warehouse as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emotionkit.errors import WarehouseError
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
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
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


def test_a_disk_that_fills_up_while_a_segment_is_loaded(two_lessons: Path, write_segment: Any, invent: Any) -> None:
    segment = write_segment("algebra", "run-9", invent.readings(400, 5), ended_s=61)
    size = (two_lessons / DATABASE).stat().st_size
    told = told_by_a_process(f"""
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
load_segment(Path({str(two_lessons)!r}), Path({str(segment)!r}))
print("loaded")
""")
    assert told.startswith("WarehouseError 0 The warehouse")
    assert "cannot be written" in told
    assert find_run(two_lessons, "algebra") in {"run-1", "run-9"}
    assert len(open_warehouse(two_lessons).frames("algebra")) in {7, 400}
    assert len(open_warehouse(two_lessons).faces("botany")) == 12
    load_segment(two_lessons, segment)
    assert len(open_warehouse(two_lessons).frames("algebra")) == 400


def test_a_folder_that_may_not_be_written(two_lessons: Path, write_segment: Any) -> None:
    segment = write_segment("algebra", "run-9", ended_s=61)
    before = snapshot(two_lessons)
    places = [two_lessons, *(path for path in two_lessons.rglob("*") if path.is_dir())]
    for place in places:
        place.chmod(0o555)
    for parent in two_lessons.parents[:2]:
        parent.chmod(0o755)
    try:
        told = told_by_a_process(f"""
folder = Path({str(two_lessons)!r})
# The imports first: another user may not be allowed to read the packages.
import duckdb, pyarrow.parquet
if os.getuid() == 0:
    os.setuid(65534)
try:
    SegmentWriter(folder, "chemistry", "run-5").__enter__()
except EmotionkitError as error:
    print(error)
load_segment(folder, Path({str(segment)!r}))
""")
    finally:
        for place in places:
            place.chmod(0o755)
    first, second = told.splitlines()
    assert first.endswith("cannot be written: Permission denied.")
    assert second.startswith("WarehouseError 0")
    assert second.endswith("cannot be written: Permission denied.")
    assert snapshot(two_lessons) == before


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
