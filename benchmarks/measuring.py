"""What a command takes: wall and processor time, memory of all its processes, and when its first row is on the disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

EVERY_S = 0.1
END_EVERY_S = 0.01
"""How soon the end of a command is noticed."""
MEMORY_EVERY_S = 1.0
"""Adding up the memory of a process takes the system ten milliseconds or more, so it is not done often."""
DECLARED = {"EMOTIONKIT_PURPOSE": "demonstration", "EMOTIONKIT_JURISDICTION": "US"}
"""What a benchmark reads its recordings for, unless the environment says otherwise."""

_DECODE_ALL = """
import av, sys
with av.open(sys.argv[1]) as container:
    container.streams.video[0].thread_type = "AUTO"
    for _ in container.decode(container.streams.video[0]):
        pass
"""


class Cost(NamedTuple):
    """What a command took: wall and processor seconds, MiB of all processes at their peak, seconds to the first row."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    first_row_s: float


def decoding(recording: Path) -> tuple[str, list[str]]:
    """Return the name of a command that decodes every picture of a recording, and the command."""
    if ffmpeg := shutil.which("ffmpeg"):
        return "ffmpeg -f null -", [ffmpeg, "-v", "error", "-nostdin", "-i", str(recording), "-f", "null", "-"]
    return "PyAV, every frame (no ffmpeg here)", [sys.executable, "-c", _DECODE_ALL, str(recording)]


def processing(recording: Path, warehouse: Path, *more: str) -> list[str]:
    """Return the command that reads a recording into a warehouse."""
    return [sys.executable, "-m", "emotionkit", "process", str(recording), "--warehouse", str(warehouse), *more]


def measure(command: list[str], warehouse: Path | None = None, *, memory: bool = True) -> Cost:
    """Run a command to its end and return what it took; its memory, which costs time to add up, only if asked for.

    Memory is the proportional set size, which counts what processes share once. Processor time is added up while the
    processes run, as one that was not started by the command itself is in nobody's account when it has ended. A row
    counts as there when a part of the lesson is on the disk.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=DECLARED | dict(os.environ))
    peak, next_look, next_memory = 0.0 if memory else float("nan"), started, started
    spent: dict[int, float] = {}
    first: float | None = None
    while True:
        pid, status = os.waitpid(process.pid, os.WNOHANG)
        now = time.perf_counter()
        if pid:
            break
        if now >= next_look:
            next_look = now + EVERY_S
            family = _family(process.pid)
            spent |= {member: seconds for member in family if (seconds := _cpu_s(member))}
            if warehouse is not None and first is None and any(warehouse.rglob("[!.]*.parquet")):
                first = now - started
            if memory and now >= next_memory:
                peak = max(peak, sum(map(_mib, family)))
                next_memory = time.perf_counter() + MEMORY_EVERY_S
        time.sleep(END_EVERY_S)
    if status:
        raise SystemExit(f"{command} failed with status {status}")
    return Cost(now - started, sum(spent.values()), peak, first or float("nan"))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(member for child in children for member in _family(int(child)))]


def _cpu_s(pid: int) -> float:
    """Return the processor seconds of a process so far, without those of its children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
