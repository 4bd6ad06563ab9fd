"""Exporting and erasing as a person meets them; what docs/warehouse.md shows is run in its order."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from emotionkit import records
from emotionkit.cli import main
from emotionkit.project import load_project_settings
from emotionkit.warehouse import plan_erasure
from emotionkit.warehouse.erasure_plan import begin_erasure
from emotionkit.warehouse.load import load_segment
from emotionkit.warehouse.register import Consent, Student, load_register
from emotionkit.warehouse.students import changing_register
from emotionkit.warehouse.writer import SegmentWriter

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "warehouse.md").read_text()
LESSON = "2026-09-28_physics-101_exam-review"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def emotionkit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``emotionkit(*arguments)``: run a command in a folder with a warehouse of one lesson and its report."""
    monkeypatch.chdir(tmp_path)
    # Nobody is there to be asked.
    monkeypatch.setattr("sys.stdin", io.StringIO())
    now = datetime(2026, 9, 28, 9, tzinfo=UTC)
    lesson = records.Lesson(LESSON, "physics-101", "=Exam", None, now, 1.0, f"/r/{LESSON}.mp4", "ab" * 32, 1, 1, 25.0)
    with SegmentWriter(Path("warehouse"), LESSON, "run-1") as writer:
        writer.add(records.FrameReading(Fraction(0), Fraction(1), ()))
        run = records.Run("run-1", "0", "m", "{}", "f", now, now, "done")
        load_segment(Path("warehouse"), writer.finish(lesson, run))
    Path("reports", LESSON).mkdir(parents=True)
    Path("reports", LESSON, "index.html").write_text("page")

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, captured.out, captured.err

    return call


def blocks(language: str) -> list[str]:
    return [textwrap.dedent(text) for text in re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)]


def test_the_commands_of_the_guide_work(emotionkit: Run) -> None:
    commands = [line.removeprefix("$ ") for text in blocks("console") for line in text.splitlines()]
    assert len(commands) == 5
    Path("emotionkit.toml").write_text(*blocks("toml"))
    assert load_project_settings().retention.segments == 730
    for command in commands:
        status, _, err = emotionkit(*shlex.split(command)[1:])
        assert (status, err) == (0, ""), command
    assert "'=Exam" in Path("tables", "lessons.csv").read_text()
    assert not Path("reports", LESSON).exists()
    assert json.loads(emotionkit("lessons", "--json")[1]) == []


def test_erasing_for_programs(emotionkit: Run) -> None:
    status, out, _ = emotionkit("erase", "--lesson", LESSON, "--dry-run", "--json")
    assert status == 0
    assert json.loads(out)["lessons"] == [LESSON]
    assert any(path.endswith(f"month=2026-09/{LESSON}") for path in json.loads(out)["paths"])
    assert Path("reports", LESSON).exists()

    status, out, err = emotionkit("erase", "--lesson", LESSON, "--yes", "--json")
    assert (status, err) == (0, "")
    receipt = json.loads(out)
    assert receipt["lessons"] == 1
    assert receipt["removed"]["reports"] == 1
    assert LESSON not in out


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("erase",), 2, "Name what to erase"),
        (("erase", "--lesson", LESSON), 2, "Nobody agreed; give --yes."),
        (("erase", "--lesson", LESSON, "--expired"), 2, "or give --expired"),
        (("erase", "--lesson", "latin", "--yes"), 1, "There is no lesson 'latin'."),
        (("erase", "--student", "Nobody", "--yes"), 1, "Nobody called 'Nobody' is enrolled"),
        (("erase", "--recording", "no.mp4", "--yes"), 1, "holds nothing of no.mp4."),
        (("erase", "--lesson", "../x", "--yes"), 1, "cannot be used: it contains '/'"),
        (("erase", "--lesson", LESSON, "--warehouse", "nowhere", "--yes"), 1, "does not exist"),
        (("erase", "--readmit", "no.mp4"), 1, "no.mp4 cannot be read"),
        (("export", "--table", "students"), 1, "There is no table 'students' to export"),
        (("export", "--out", "reports"), 1, "reports exists already"),
        (("export", "latin"), 1, "There is no lesson 'latin'."),
        (("export", "--format", "xlsx"), 2, "'xlsx'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    emotionkit: Run, arguments: tuple[str, ...], status: int, sentence: str
) -> None:
    ended, out, err = emotionkit(*arguments)
    assert (ended, out) == (status, "")
    assert sentence in err
    assert "Traceback" not in err
    assert Path("reports", LESSON, "index.html").exists()


def test_an_erasure_that_was_cut_short_is_shown_and_completed(emotionkit: Run) -> None:
    begin_erasure(Path("warehouse"), plan_erasure(Path("warehouse"), lessons=[LESSON]))
    checks = {check["check"]: check for check in json.loads(emotionkit("doctor", "--json")[1])}
    assert not checks["erasures"]["ok"]
    assert "`emotionkit erase` completes it" in checks["erasures"]["finding"]
    assert emotionkit("erase")[0] == 0
    assert emotionkit("lessons")[1] == "The warehouse holds no lessons yet.\n"


def test_doctor_shows_what_is_kept_and_what_was_tampered_with(emotionkit: Run) -> None:
    Path("emotionkit.toml").write_text("[retention]\nsegments = 1\n")
    log = Path("warehouse", "audit.jsonl")
    log.write_text(log.read_text().replace("processed", "exported"))
    checks = {check["check"]: check for check in json.loads(emotionkit("doctor", "--json")[1])}
    assert not checks["audit log"]["ok"]
    # The lesson is of a day that may lie ahead of the machine's clock.
    assert checks["retention"]["finding"] in {
        "segments 1 days",
        "Kept too long: 1 of segments; `emotionkit erase --expired` removes what is overdue.",
    }


def test_what_recognises_a_student_goes_with_what_is_overdue(tmp_path: Path, emotionkit: Run) -> None:
    with changing_register(tmp_path / "w") as register:
        over = Consent(date(2026, 9, 1), ends=date(2026, 9, 30))
        register.students.append(Student("s-1", "Ada", date(2026, 9, 1), [over], [[0.1] * 128]))
    status, out, _ = emotionkit("doctor", "--warehouse", "w")
    assert status == 1
    assert "Embeddings are kept of 1 whose consents are over; `emotionkit erase --expired` removes them." in out
    assert emotionkit("erase", "--expired", "--dry-run", "--warehouse", "w")[0] == 0
    assert load_register(tmp_path / "w").students[0].embeddings
    assert emotionkit("erase", "--expired", "--warehouse", "w")[0] == 0
    assert not load_register(tmp_path / "w").students[0].embeddings


def test_an_erased_recording_is_refused_until_it_is_readmitted(
    tmp_path: Path, short_lesson: Path, emotionkit: Run
) -> None:
    status, _, err = emotionkit("process", str(short_lesson), "--warehouse", "w")
    assert (status, err) == (0, "")
    assert emotionkit("erase", "--recording", str(short_lesson), "--warehouse", "w", "--yes")[0] == 0
    status, _, err = emotionkit("process", str(short_lesson), "--warehouse", "w", "--lesson-id", "other")
    assert status == 1
    assert re.search(r"was erased \(receipt [0-9A-F-]{14}\) and is not read again; `emotionkit erase --readmit`", err)
    assert "may be processed again" in emotionkit("erase", "--readmit", str(short_lesson), "--warehouse", "w")[1]
    assert emotionkit("process", str(short_lesson), "--warehouse", "w")[0] == 0


@pytest.mark.slow
def test_the_benchmark_of_size_runs() -> None:
    script = Path(__file__).resolve().parents[2] / "benchmarks" / "warehouse_scale.py"
    command = [sys.executable, str(script), "--rows", "20000", "--lessons", "10"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "20,000 face rows of 10 lessons" in shown
    assert "a course of 60 lessons" in shown
