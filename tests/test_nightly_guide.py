"""What docs/nightly.md shows is what there is: options, settings, units, the cell for a scheduled notebook."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from emotionkit.cli.nightly import nightly
from emotionkit.errors import Limit
from emotionkit.project import load_project_settings

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "nightly.md").read_text(encoding="utf-8")
UNITS = ROOT / "docs" / "units"


def block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)[1]


def test_every_option_is_described_and_no_other():
    described = {
        option for line in GUIDE.splitlines() if line.startswith("| `--") for option in re.findall(r"--[\w-]+", line)
    }
    there = {option for parameter in nightly.params for option in parameter.opts}
    assert described == there - {"--help"}


def test_every_limit_is_described():
    for limit in Limit:
        assert f"| `{limit}` |" in GUIDE


def test_the_settings_can_be_used(tmp_path):
    (tmp_path / "emotionkit.toml").write_text(block("toml"))
    settings = load_project_settings(tmp_path / "emotionkit.toml").nightly
    assert (settings.smtp_security, settings.tell) == ("starttls", "problems")


def test_commands_of_units_and_crontab_are_understood():
    unit = (UNITS / "emotionkit-nightly.service").read_text()
    for text in (unit, GUIDE):
        (line,) = re.findall(r"bin/emotionkit (nightly --recordings .*)", text)
        for option in re.findall(r"--[\w-]+", line):
            assert any(option in parameter.opts for parameter in nightly.params), option


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_understands_the_units(tmp_path):
    for name in ("emotionkit-nightly.service", "emotionkit-nightly.timer"):
        text = (UNITS / name).read_text().replace("/opt/emotionkit/.venv/bin/emotionkit", sys.executable)
        (tmp_path / name).write_text(text.replace("RequiresMountsFor", "# RequiresMountsFor"))
    command = ["systemd-analyze", "verify", *map(str, tmp_path.iterdir())]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stderr == ""


def test_the_cell_of_a_scheduled_notebook_runs(tmp_path):
    (tmp_path / "recordings").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", block("python")], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "all well: nothing was due." in done.stdout
