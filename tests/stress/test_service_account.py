"""A nightly run as an account that may read the recordings and write nothing but warehouse, reports and its cache."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

NOBODY = 65_534
ROOT = Path(__file__).resolve().parents[2]
POLICY = '[policy]\npurpose = "demonstration"\njurisdiction = "US"\n'
pytestmark = [
    pytest.mark.stress,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else"),
    pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is not on this machine"),
]


def as_nobody(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python as an account without any right of its own; skips where that account cannot reach a Python."""
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *site.getsitepackages()]),
        "EMOTIONKIT_CACHE": str(folder / "cache"),
        "MPLCONFIGDIR": str(folder / "cache"),
        "TMPDIR": str(folder / "cache"),
    }
    version = f"python3.{sys.version_info.minor}"
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"]
    look = "import sys, subprocess, av; subprocess.run([sys._base_executable, '-c', ''], check=True)"
    for python in (sys.executable, shutil.which(version, path="/usr/local/bin:/usr/bin")):
        run = partial(subprocess.run, cwd=folder, env=environment, capture_output=True, text=True, timeout=200)
        if python and run([*become, python, "-c", look]).returncode == 0:
            return run([*become, python, "-m", "emotionkit", *arguments])
    pytest.skip("that account can reach no Python of this version")


@pytest.fixture
def folder(tmp_path, short_lesson):
    place = Path("/var/tmp") / f"emotionkit-{os.getpid()}"
    for name in ("warehouse", "reports", "cache"):
        (place / name).mkdir(parents=True)
        os.chown(place / name, NOBODY, NOBODY)
    (place / "recordings").mkdir()
    recording = place / "recordings" / "a.mp4"
    recording.write_bytes(short_lesson.read_bytes())
    os.utime(recording, (time.time() - 86_400, time.time() - 86_400))
    (place / "emotionkit.toml").write_text(POLICY)
    yield place
    shutil.rmtree(place)


def snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    paths = (
        path for path in folder.rglob("*") if path.relative_to(folder).parts[0] in {"recordings", "emotionkit.toml"}
    )
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size, path.stat().st_mode) for path in paths}


def test_it_needs_to_write_nothing_else(folder):
    before = snapshot(folder)
    night = as_nobody(folder, "nightly", "--sample-fps", "1")
    assert (night.returncode, night.stderr) == (0, "")
    assert night.stdout.endswith("all well: 1 recording processed, 1 report made.\n")
    assert snapshot(folder) == before
    assert sorted(path.name for path in folder.iterdir()) == [
        "cache",
        "emotionkit.toml",
        "recordings",
        "reports",
        "warehouse",
    ]


@pytest.mark.parametrize("place", ["warehouse", "reports"])
def test_a_place_that_it_may_not_write_is_one_sentence_before_any_work(folder, place):
    os.chown(folder / place, 0, 0)
    night = as_nobody(folder, "nightly", "--sample-fps", "1")
    assert night.returncode == 1
    assert night.stderr.count("\n") == 1
    assert "cannot be written" in night.stderr
    assert not (folder / "warehouse" / "emotionkit.duckdb").exists()


def test_a_recording_that_it_may_not_read_fails_alone(folder):
    secret = folder / "recordings" / "secret.mp4"
    secret.write_bytes(b"secret")
    secret.chmod(0o600)
    os.utime(secret, (time.time() - 86_400, time.time() - 86_400))
    night = as_nobody(folder, "nightly", "--sample-fps", "1")
    assert night.returncode == 3
    assert night.stderr.endswith("secret.mp4 cannot be read: Permission denied.\n")
