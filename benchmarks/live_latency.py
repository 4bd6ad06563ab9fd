"""How long it takes from a picture of a running class to its figures on the page, and how many pictures are dropped.

python benchmarks/live_latency.py [SECONDS]

A gallery of 25 faces is played at its own speed and looked at twice a second. The time runs from when a picture is due,
before it is decoded, to when a listener of the page has its figures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from time import time

import numpy as np
from measuring import DECLARED
from videos import gallery_of_25

SETTLING_S = 2.0
"""Seconds at the beginning that are told apart: the first picture waits for a scan like any other."""


FACTS = ("second", "usable", "dropped")


def main(seconds: int) -> None:
    """Measure and print one table."""
    with tempfile.TemporaryDirectory() as folder:
        recording = gallery_of_25(Path(folder, "gallery25.mp4"), seconds)
        command = [sys.executable, "-m", "emotionkit", "live", str(recording), "--json"]
        with subprocess.Popen(
            [*command, "--warehouse", str(Path(folder, "warehouse"))],
            stdout=subprocess.PIPE,
            text=True,
            env=DECLARED | dict(os.environ),
        ) as process:
            assert process.stdout is not None
            heard = listened(json.loads(process.stdout.readline())["url"])
            for line in process.stdout:
                event = json.loads(line)
                if event["event"] == "stored":
                    frames = event["frames"]
            _, _, usage = os.wait4(process.pid, 0)
    show(heard, frames, (usage.ru_utime + usage.ru_stime) / seconds)


def listened(url: str) -> list[dict[str, float]]:
    """Listen to the page's news until the class ends, and return each with the time at which it came."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(url).geturl()
    news = (json.loads(line[6:]) for line in browser.open(f"{page}events") if line.startswith(b"data: "))
    timed = ((time(), one) for one in news if "came_at" in one)
    return [{"latency": at - one["came_at"], **{fact: one[fact] for fact in FACTS}} for at, one in timed]


def show(heard: list[dict[str, float]], frames: int, cores: float) -> None:
    """Print what was measured; news that came twice, as a heartbeat, counts once."""
    once = {news["second"]: news for news in reversed(heard)}
    print(f"{'':>12}{'figures':>9}{'median':>9}{'95 %':>9}{'longest':>9}")
    begun = [news for second, news in once.items() if second <= SETTLING_S]
    for name, some in (("first 2 s", begun), ("after", [news for news in once.values() if news not in begun])):
        latencies = np.array([news["latency"] for news in some])
        columns = np.quantile(latencies, [0.5, 0.95, 1.0])
        print(f"{name:>12}{len(latencies):>9}" + "".join(f"{1000 * value:>6.0f} ms" for value in columns))
    last = max(once.values(), key=lambda news: news["second"])
    print(
        f"{frames} frames read, {last['dropped']:.0f} dropped; faces at a time: {last['usable']:.0f}; {cores:.2f} cores"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 120)
