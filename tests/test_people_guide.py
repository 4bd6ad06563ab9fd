"""What docs/people.md shows is run: its commands in their order, and its files read."""

from __future__ import annotations

import re
import shlex
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import cv2
import pytest

from emotionkit.batch.facts import Known
from emotionkit.batch.facts_file import read_facts_file
from emotionkit.batch.roster import read_roster
from emotionkit.cli import main
from emotionkit.project import load_project_settings
from emotionkit.video import sampled_frames

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "people.md").read_text()
RECORDING = "2026-09-28_physics-101_exam-review"


def blocks(language: str) -> list[str]:
    return [textwrap.dedent(text) for text in re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)]


def test_the_commands_work(tmp_path, monkeypatch, capsys, sample_class):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EMOTIONKIT_PURPOSE")
    monkeypatch.delenv("EMOTIONKIT_JURISDICTION")
    frame = next(iter(sampled_frames(sample_class / f"{RECORDING}.mp4", 1)))
    cv2.imwrite("ada.jpg", frame.luma[0:240, 0:427])
    commands = [line.removeprefix("$ ") for text in blocks("console") for line in text.splitlines()]
    assert len(commands) == 4
    for command in commands:
        with pytest.raises(SystemExit) as ended:
            main(shlex.split(command)[1:])
        assert ended.value.code == 0, capsys.readouterr().err
    assert "Ada L. is no longer recognised" in capsys.readouterr().out


def test_the_files_can_be_read(tmp_path):
    known = Known(duration_s=70, zone=UTC)
    (tmp_path / f"{RECORDING}.yml").write_text(*blocks("yaml"))
    (tmp_path / "roster.csv").write_text(*blocks("csv"))
    (tmp_path / "emotionkit.toml").write_text(*blocks("toml"))
    for read in (read_facts_file, read_roster):
        facts = read(tmp_path / f"{RECORDING}.mp4", known)
        assert (facts.course, facts.title) == ("physics-101", "Exam review")
        assert facts.start == datetime(2026, 9, 28, 7, tzinfo=UTC)
        assert [segment.start_s for segment in facts.segments] == [0, 20]
    assert load_project_settings(tmp_path / "emotionkit.toml").recordings.time_zone == "Europe/Berlin"
