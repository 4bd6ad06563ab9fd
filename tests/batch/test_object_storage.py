"""Recordings in object storage, read from a real server: one of the tests' own, and moto's where that is installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from object_server import object_server, put, settings

from emotionkit.widgets.focus import Focus

BUCKET = "class"
NAME = "2026-09-28_physics-101_short.mp4"


@contextmanager
def moto() -> Iterator[str]:
    """Run moto's server, which is kept out of this environment: with what it needs it takes 300 MB."""
    program = shutil.which("moto_server")
    if program is None:
        pytest.skip("pip install 'moto[server]' in an environment of its own, and have its moto_server on the path")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([program, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    try:
        while not _answers(port):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def our_own() -> Iterator[str]:
    with object_server() as server:
        yield server.address


@pytest.fixture(params=[our_own, pytest.param(moto, marks=pytest.mark.stress)])
def address(request) -> Iterator[str]:
    with request.param() as address:
        put(address, BUCKET, b"")
        yield address


def emotionkit(*arguments: object, address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "emotionkit", *map(str, arguments)],
        env=os.environ | settings(address),
        capture_output=True,
        text=True,
        check=False,
    )


def test_rows_read_by_dask_are_those_of_the_file(tmp_path, address, short_lesson, processed, rows, monkeypatch):
    pytest.importorskip("distributed")
    put(address, f"{BUCKET}/autumn/{NAME}", short_lesson.read_bytes())
    put(address, f"{BUCKET}/autumn/roster.csv", f"recording,title\n{NAME},From the roster\n".encode())
    url = f"s3://{BUCKET}/autumn/{NAME}"
    done = emotionkit("process", url, "--warehouse", tmp_path, "--dask", "local:2", "--json", address=address)
    assert done.returncode == 0, done.stderr
    assert [one["recording"] for one in json.loads(done.stdout)["done"]] == [url]
    assert rows(tmp_path) == rows(processed)
    for name, value in settings(address).items():
        monkeypatch.setenv(name, value)
    assert Focus(tmp_path, NAME.removesuffix(".mp4"), everybody=True).picture(3.0).startswith(b"\xff\xd8")
    (lesson,) = json.loads(emotionkit("lessons", "--warehouse", tmp_path, "--json", address=address).stdout)
    assert lesson["title"] == "From the roster"
    again = emotionkit("process", url, "--warehouse", tmp_path, address=address)
    assert "nothing to do" in again.stdout


def test_a_night_over_a_bucket(tmp_path, address, short_lesson, longer_lesson):
    put(address, f"{BUCKET}/autumn/week 1/{NAME}", short_lesson.read_bytes())
    put(address, f"{BUCKET}/autumn/week 1/.hidden/{NAME}", b"")
    put(address, f"{BUCKET}/autumn/notes.txt", b"")
    night = [*("nightly", "--warehouse", tmp_path / "warehouse", "--reports", tmp_path / "reports", "--sample-fps", 1)]
    night += ["--recordings", f"s3://{BUCKET}/autumn", "--json"]

    def told(*more):
        done = emotionkit(*night, *more, address=address)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    (lesson,) = told()["done"]
    assert lesson["recording"] == f"week 1/{NAME}"
    assert told("--dry-run")["due"] == []
    put(address, f"{BUCKET}/autumn/week 1/{NAME}", longer_lesson.read_bytes())
    assert [one["why"] for one in told("--dry-run")["due"]] == ["changed"]


def test_a_storage_that_gives_out_costs_a_sentence_and_the_next_run_goes_on(tmp_path, short_lesson, processed, rows):
    url = f"s3://{BUCKET}/{NAME}"
    with object_server() as server:
        put(server.address, f"{BUCKET}/{NAME}", short_lesson.read_bytes())
        for allowed in (1, 18):
            server.left = allowed
            done = emotionkit("process", url, "--warehouse", tmp_path, address=server.address)
            assert done.returncode == 1, allowed
            assert re.fullmatch(r"s3://\S+ cannot be read from its storage: ACCESS_DENIED .*\.\n", done.stderr)
        server.left = 10**9
        assert emotionkit("process", url, "--warehouse", tmp_path, address=server.address).returncode == 0
    assert rows(tmp_path) == rows(processed)


def test_what_is_not_there(tmp_path, address):
    for url, sentence in (
        (f"s3://{BUCKET}/none.mp4", "does not exist."),
        ("carrier-pigeon://class/none.mp4", "cannot be read from its storage: Protocol not known: carrier-pigeon."),
    ):
        done = emotionkit("process", url, "--warehouse", tmp_path, address=address)
        assert (done.returncode, done.stderr) == (1, f"{url} {sentence}\n")
    night = ["nightly", "--warehouse", tmp_path, "--reports", tmp_path / "reports", "--recordings", "s3://no-such"]
    done = emotionkit(*night, address=address)
    assert done.returncode == 1
    assert done.stderr.startswith("The folder of recordings s3://no-such ")
    assert done.stderr.count("\n") == 1
