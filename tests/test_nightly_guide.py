"""What docs/nightly.md shows is what there is: options, settings, units, the cell for a scheduled notebook."""

from __future__ import annotations

import grp
import json
import logging
import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from emotionkit.cli.night_log import logging_to
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


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_finds_little_that_the_unit_could_do_without():
    command = ["systemd-analyze", "security", "--offline=true", str(UNITS / "emotionkit-nightly.service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Overall exposure" not in done.stdout:
        pytest.skip("this systemd cannot judge a unit that is not loaded")
    assert float(re.search(r"Overall exposure level .*: ([\d.]+)", done.stdout)[1]) < 1.5


def test_the_line_of_the_crontab_runs_as_cron_runs_it(tmp_path):
    """With next to no environment, by sh, from another folder; whether its five fields are right, cron itself says."""
    line = re.search(r"^\S+ \S+ \* \* \*  (.*)$", GUIDE, re.MULTILINE)
    (tmp_path / "recordings").mkdir()
    (tmp_path / "emotionkit.toml").write_text('[policy]\npurpose = "demonstration"\njurisdiction = "US"\n')
    command = line[1].replace("/srv/recordings", "recordings").replace("/srv/emotionkit", shlex.quote(str(tmp_path)))
    command = command.replace("/opt/emotionkit/.venv/bin/emotionkit", f"{shlex.quote(sys.executable)} -m emotionkit")
    environment = {"HOME": str(tmp_path), "LOGNAME": "nobody", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd="/", env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("all well: nothing was due.\n")
    if crontab := shutil.which("crontab"):
        (tmp_path / "table").write_text(f"{line[0]}\n")
        checked = subprocess.run([crontab, "-n", tmp_path / "table"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0 or "option" in checked.stderr, checked.stderr


LOGROTATE = shutil.which("logrotate", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


@pytest.mark.skipif(LOGROTATE is None, reason="logrotate is not on this machine")
def test_logrotate_turns_the_log_over_and_the_next_night_begins_a_new_one(tmp_path):
    log = tmp_path / "log" / "nightly.jsonl"
    log.parent.mkdir()
    owner, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    settings = (UNITS / "emotionkit.logrotate").read_text().replace("/var/log/emotionkit", str(log.parent))
    (tmp_path / "settings").write_text(settings.replace("su emotionkit emotionkit", f"su {owner} {group}"))
    (tmp_path / "settings").chmod(0o644)
    for number in range(3):
        with logging_to(log):
            logging.getLogger("emotionkit").error("Night %d.", number)
        rotate = [LOGROTATE, "--force", "--state", tmp_path / "state", tmp_path / "settings"]
        done = subprocess.run(rotate, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in log.parent.iterdir()) == [
        "nightly.jsonl.1",
        "nightly.jsonl.2.gz",
        "nightly.jsonl.3.gz",
    ]
    assert json.loads((log.parent / "nightly.jsonl.1").read_text())["message"] == "Night 2."


def test_the_cell_of_a_scheduled_notebook_runs(tmp_path):
    (tmp_path / "recordings").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", block("python")], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "all well: nothing was due." in done.stdout
