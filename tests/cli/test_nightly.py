"""``emotionkit nightly`` as a scheduler starts it, and as whoever looks in the morning sees it."""

from __future__ import annotations

import json
import os
import socket
import time

import pytest


@pytest.fixture
def recordings(tmp_path, short_lesson):
    """A good recording and a bad one, both of last week."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    (folder / "2026-09-28_physics-101_short.mp4").write_bytes(short_lesson.read_bytes())
    (folder / "bad\nname.mp4").write_text("no video")
    week_ago = time.time() - 7 * 86_400
    for path in folder.iterdir():
        os.utime(path, (week_ago, week_ago))
    return folder


def test_what_would_be_done_says_that_the_database_is_missing(emotionkit, recordings, tmp_path):
    emotionkit("nightly", "--sample-fps", 1, "--workers", 1)
    (tmp_path / "warehouse" / "emotionkit.duckdb").unlink()
    status, _, err = emotionkit("nightly", "--sample-fps", 1, "--dry-run")
    assert status == 0
    assert "The database of warehouse is missing: a night makes it anew first" in err
    assert not (tmp_path / "warehouse" / "emotionkit.duckdb").exists()


def test_a_night_from_end_to_end(emotionkit, recordings, tmp_path):
    status, out, err = emotionkit("nightly", "--dry-run")
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == "2 to process, 0 unchanged"
    assert not (tmp_path / "warehouse").exists()

    status, out, err = emotionkit("nightly", "--sample-fps", 1, "--workers", 1, "--log", "night.log")
    assert status == 3, err
    assert out.endswith("some failed: 1 recording processed, 1 report made, 1 failed.\n")
    assert out.count("\n") == err.count("\n") == 1
    assert "bad name.mp4 cannot be read as a video" in err
    page = tmp_path / "reports" / "2026-09-28_physics-101_short" / "index.html"
    assert page.stat().st_size > 10_000
    (record,) = (tmp_path / "reports" / "nightly").glob("*.json")
    night = json.loads(record.read_text())
    assert night["done"][0]["decoded_s"] == pytest.approx(night["done"][0]["duration_s"], abs=0.1)
    shown = record.with_suffix(".html").read_text()
    assert "1 done, 0 unchanged, 1 failed, 0 left for another night." in shown
    assert "../2026-09-28_physics-101_short/index.html" in shown
    assert (tmp_path / "reports" / "index.html").is_file()
    log = [json.loads(line) for line in (tmp_path / "night.log").read_text().splitlines()]
    assert {"info", "error"} <= {line["level"] for line in log}

    status, out, err = emotionkit("nightly", "--sample-fps", 1, "--only", "2026*", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["unchanged"] == 1


def test_a_night_on_dask(emotionkit, recordings):
    pytest.importorskip("distributed")
    (recordings / "bad\nname.mp4").unlink()
    nowhere = f"tcp://127.0.0.1:{free_port()}"
    status, out, err = emotionkit("nightly", "--sample-fps", 1, "--dask", nowhere)
    assert status == 1, err
    assert out.endswith("failed: 1 left for another night, 1 problem.\n")
    assert nowhere in err
    status, out, err = emotionkit("nightly", "--sample-fps", 1, "--dask", "local:1")
    assert (status, err) == (0, "")
    assert out.endswith("all well: 1 recording processed, 1 report made.\n")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--dask", "local:1", "--workers", "2"], 2),
        (["--since", "yesterday"], 2),
        (["--max-hours", "0"], 2),
        (["--max-hours", "some"], 2),
        (["--max-hours", "nan"], 2),
        (["--log", "nowhere/night.log"], 2),
        (["--recordings", "nowhere"], 1),
        (["--warehouse", "recordings/bad\nname.mp4"], 1),
    ],
)
def test_what_cannot_be_begun(emotionkit, recordings, arguments, status):
    ended, out, err = emotionkit("nightly", *arguments)
    assert (ended, out) == (status, "")
    assert "Traceback" not in err
    assert err
