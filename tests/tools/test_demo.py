"""The demo: the commands it types, the table it shows, and how it fails."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

import demo
from emotionkit.records import EMOTIONS
from truth_comparison import Comparison

LESSONS = ["2026-09-14_physics-101_waves", "2026-09-21_physics-101_interference", "2026-09-28_physics-101_exam-review"]


def comparison(read: float = 1 / 7) -> Comparison:
    truth = pd.Series([0.0, 0.05, 0.0, 0.2, 0.75, 0.0, 0.0], index=list(EMOTIONS))
    return Comparison(truth, pd.Series(read, index=list(EMOTIONS)), found=0.987, students=9, tracks=10)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that the demo would have run, all of which succeed."""
    run: list[list[str]] = []

    def note(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        run.append(command[1:])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(demo.subprocess, "run", note)
    monkeypatch.setattr(demo, "compare_lesson", lambda _warehouse, _lesson: comparison())
    return run


def test_processes_and_reports_the_three_lessons(
    commands: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.main(["--into", str(tmp_path)]) == 0
    recordings = [f"recordings/sample/{lesson}.mp4" for lesson in LESSONS]
    warehouse = ["--warehouse", str(tmp_path / "warehouse")]
    assert commands == [
        ["-m", "emotionkit", "process", *recordings, *warehouse],
        ["-m", "emotionkit", "report", *LESSONS, *warehouse, "--out", str(tmp_path / "reports")],
    ]
    shown = capsys.readouterr().out
    assert all(str(tmp_path / "reports" / lesson / "index.html") in shown for lesson in LESSONS)


def test_shows_each_command_as_one_would_type_it(commands: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    assert demo.main([]) == 0
    shown = capsys.readouterr().out
    text = shown.replace("\\\n", " ")
    declared, *typed = [shlex.split(line[2:]) for line in text.splitlines() if line.startswith("$ ")]
    assert declared == ["export", "EMOTIONKIT_PURPOSE=demonstration", "EMOTIONKIT_JURISDICTION=US"]
    assert typed == [command[1:] for command in commands]
    assert typed[0][-2:] == ["--warehouse", "warehouse"]
    assert max(map(len, shown.splitlines())) <= 80


def test_compares_each_lesson_with_its_truth(commands: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    demo.main([])
    shown = capsys.readouterr().out
    assert demo.CAVEAT in shown
    assert "waves: face found in 98.7% of time on screen, 10 tracks for 9 students" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("terminal", [True, False])
def test_the_table_fits_eighty_columns(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    console = Console(width=80, record=True, force_terminal=terminal)
    with console.capture() as capture:
        console.print(demo.comparison_table(dict.fromkeys(LESSONS, comparison())))
    lines = [line for line in capture.get().splitlines() if "drawn" in line]
    assert len(lines) == len(LESSONS)
    assert all(emotion in capture.get() for emotion in EMOTIONS)
    assert [line.split()[-5:] for line in lines] == [["0", "20", "75", "0", "0"]] * 3


def test_a_share_that_is_not_known_is_a_dash() -> None:
    assert demo.percentages(comparison(np.nan).read) == ["–"] * 7
    assert demo.percentages(comparison().truth) == ["0", "5", "0", "20", "75", "0", "0"]


def test_a_failing_command_ends_the_demo_with_its_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "2026-09-14_physics-101_waves.mp4").write_text("this is no recording")
    monkeypatch.setattr(demo, "SAMPLE_CLASS", tmp_path)
    assert demo.main(["--into", str(tmp_path / "into")]) == 1
    told = capfd.readouterr()
    assert "The demo stopped: 'emotionkit process' ended with status 1." in told.err
    assert "The reports:" not in told.out
    assert "Traceback" not in told.err


def test_a_lesson_is_compared_from_the_warehouse(
    sample_class: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(sample_class / f"{LESSONS[2]}.truth.csv", tmp_path)
    truth = pd.read_csv(tmp_path / f"{LESSONS[2]}.truth.csv").query("pts_s < 1")
    monkeypatch.setattr(demo, "SAMPLE_CLASS", tmp_path)
    monkeypatch.setattr(demo, "open_warehouse", lambda _folder: PerfectWarehouse(truth))
    compared = demo.compare_lesson(tmp_path, LESSONS[2])
    assert compared.found == 1
    assert compared.tracks == compared.students == 7
    assert compared.read["neutral"] == 1


class PerfectWarehouse:
    """A warehouse that holds what was drawn, every face neutral."""

    def __init__(self, truth: pd.DataFrame) -> None:
        self._truth = truth

    def __enter__(self) -> PerfectWarehouse:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def frames(self, _lesson: str) -> pd.DataFrame:
        return pd.DataFrame({"pts_s": self._truth["pts_s"].unique(), "weight_s": 0.2})

    def faces(self, _lesson: str) -> pd.DataFrame:
        boxes = self._truth.rename(columns={f"face_{side}": side for side in "xywh"})
        return boxes.assign(
            track_id=boxes["student"].astype("category").cat.codes + 1,
            quality=1.0,
            **{emotion: float(emotion == "neutral") for emotion in EMOTIONS},
        )
