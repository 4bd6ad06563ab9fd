"""A nightly run killed at any moment, with all its processes: the next one comes to what an undisturbed one does."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

import emotionkit as ek
from emotionkit.reports.night import read_nights
from emotionkit.warehouse import verify_audit
from emotionkit.warehouse.tombstones import keyed

WEEK_AGO = time.time() - 7 * 86_400
TABLES = ("frames", "faces", "tracks", "segments")
LESSONS = "select lesson_id, course, title, duration_s, recording_sha256, run_id from lessons order by lesson_id"
UNFINISHED = (".tmp", ".new", ".wal")


@dataclass
class Night:
    """A folder with recordings in which nights are run."""

    folder: Path

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "emotionkit", "nightly", "--sample-fps", "1", "--workers", "2"]

    def run(self) -> None:
        done = subprocess.run(
            self.command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 3, done.stderr
        assert "Traceback" not in done.stderr, done.stderr

    def kill_after(self, seconds: float) -> bool:
        """Start a night and kill it and all its processes; return False if it had ended by then."""
        running = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            _, err = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.communicate()
            return True
        assert b"Traceback" not in err, err
        return False

    def environment(self) -> dict[str, str]:
        (self.folder / "tmp").mkdir(exist_ok=True)
        return {**os.environ, "TMPDIR": str(self.folder / "tmp")}

    def rows(self) -> dict[str, list]:
        with ek.open_warehouse(self.folder / "warehouse") as warehouse:
            found = {name: warehouse.sql(f"select * from {name} order by all").fetchall() for name in TABLES}
            return found | {"lessons": warehouse.sql(LESSONS).fetchall()}

    def unfinished(self) -> list[str]:
        places = [*(self.folder / "warehouse").rglob("*"), *(self.folder / "reports").rglob("*")]
        return [str(path) for path in places if path.suffix in UNFINISHED or "parts" in path.parts]

    def unaudited(self, lessons: list[str]) -> list[str]:
        """Return those of some lessons of which the audit log does not know that they were processed."""
        folder = self.folder / "warehouse"
        verify_audit(folder)
        entries = map(json.loads, (folder / "audit.jsonl").read_text().splitlines())
        told = {entry["what"]["lesson"] for entry in entries if entry["did"] == "processed"}
        hashed = keyed(folder).hashed_for_audit
        return [lesson_id for lesson_id in lessons if hashed(lesson_id) not in told]

    def half_written(self) -> list[Path]:
        pages = (self.folder / "reports").rglob("*.html")
        return [page for page in pages if not page.read_text().rstrip().endswith(("</html>", "</ul>"))]

    def forget(self) -> None:
        for name in ("warehouse", "reports", "tmp"):
            shutil.rmtree(self.folder / name, ignore_errors=True)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, sample_class, copy_start):
    """A night over two recordings and one that is none: its folder, its rows, its seconds."""
    night = Night(tmp_path_factory.mktemp("night"))
    (night.folder / "recordings").mkdir()
    for number, name in enumerate(("2026-09-14_physics-101_waves", "2026-09-28_physics-101_exam-review")):
        copy_start(sample_class / f"{name}.mp4", night.folder / "recordings" / f"{name}.mp4", seconds=2 + 2 * number)
    (night.folder / "recordings" / "bad.mp4").write_text("no video")
    for path in (night.folder / "recordings").iterdir():
        os.utime(path, (WEEK_AGO, WEEK_AGO))
    begun = time.monotonic()
    night.run()
    seconds = time.monotonic() - begun
    rows = night.rows()
    assert len(rows["lessons"]) == 2
    return night, rows, seconds


def kill_and_complete(undisturbed, moments):
    """Kill one night after the other, then let one end; return how many were killed."""
    night, rows, _ = undisturbed
    night.forget()
    killed = 0
    for moment in moments:
        killed += night.kill_after(moment)
        assert not night.half_written()
    night.run()
    assert night.rows() == rows
    assert night.unfinished() == []
    assert night.unaudited([lesson_id for lesson_id, *_ in rows["lessons"]]) == []
    assert not night.half_written()
    for lesson_id, *_ in rows["lessons"]:
        assert (night.folder / "reports" / lesson_id / "index.html").is_file()
    record = read_nights(night.folder / "reports")[0]
    assert [one.recording for one in record.failed] == ["bad.mp4"]
    ek.open_warehouse(night.folder / "warehouse")
    return killed


@pytest.mark.slow
def test_a_few_kills(undisturbed):
    seconds = undisturbed[2]
    dice = random.Random(7)
    assert kill_and_complete(undisturbed, [dice.uniform(0.3, seconds / 2) for _ in range(2)]) >= 1


@pytest.mark.stress
@pytest.mark.parametrize("part", range(4))
def test_two_hundred_kills(undisturbed, stress_figures, part):
    """In four parts, so that two of them can run side by side."""
    seconds = undisturbed[2]
    dice = random.Random(42 + part)
    counts: Counter[str] = Counter()
    begun = time.monotonic()
    while counts["killed"] < 50:
        moments = [dice.uniform(0, seconds) for _ in range(dice.choice([1, 2, 5, 10]))]
        try:
            counts["killed"] += kill_and_complete(undisturbed, moments)
        except AssertionError as error:
            # Noted at once: a run of half an hour may not come to its own report.
            stress_figures(f"kills, part {part + 1} of 4", f"FAILED after the moments {moments}: {error}")
            raise
        counts["completed"] += 1
        stress_figures(
            f"kills, part {part + 1} of 4",
            f"{counts['killed']} nights killed at random moments within the {seconds:.0f} s of an undisturbed one, "
            f"{counts['completed']} nights completed in between, all rows equal, in {time.monotonic() - begun:.0f} s",
        )
