"""Whatever happens to workers and scheduler, nothing is lost, nothing is there twice, and no innocent is blamed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from emotionkit.batch import dask_task
from emotionkit.batch.executor import Failure

SUPERVISED = "import subprocess, sys\nwhile True: subprocess.run([sys.executable, '-m', 'dask', *sys.argv[1:]])"
"""Workers end when their scheduler is gone; whatever runs them starts them again, as systemd or Kubernetes does."""


@pytest.fixture
def lessons(tmp_path, longer_lesson):
    """Two recordings of the same lesson, four pieces each."""
    return [shutil.copy(longer_lesson, tmp_path / f"{name}.mp4") for name in "ab"]


@pytest.fixture
def same_as(undisturbed, rows):
    """``same_as(warehouse, "ab")``: its lessons have the rows of an undisturbed run, once."""

    def check(warehouse, names):
        there = rows(warehouse)
        for table, wanted in undisturbed.items():
            for name in names:
                assert [row[1:] for row in there[table] if row[0] == name] == [row[1:] for row in wanted]
            assert len(there[table]) == len(names) * len(wanted)

    return check


def when_parts(warehouse, count, action):
    """Do something in another thread once so many parts have been there."""

    def watch():
        while len(list(warehouse.rglob("piece-*.parquet"))) < count and not stop.wait(0.02):
            pass
        action()

    stop = threading.Event()
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


@pytest.mark.stress
def test_a_worker_is_killed_and_another_cut_off(tmp_path, run, start_cluster, lessons, same_as, leftovers, until):
    cluster = start_cluster(workers=0, configured={"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "10s"})
    killed, cut_off, _ = (cluster.start_worker(program=SUPERVISED) for _ in range(3))
    cluster.wait_for_workers(3)
    warehouse = tmp_path / "warehouse"

    def strike():
        os.killpg(killed.pid, signal.SIGKILL)
        os.killpg(cut_off.pid, signal.SIGSTOP)

    thread = when_parts(warehouse, 2, strike)
    results = run(cluster.address, lessons, warehouse)
    assert not thread.is_alive()
    assert not [result for result in results if isinstance(result, Failure)]
    same_as(warehouse, "ab")
    before = cluster.log().count("Register worker")
    os.killpg(cut_off.pid, signal.SIGCONT)
    until(lambda: cluster.log().count("Register worker") > before)
    assert leftovers(warehouse) == [], "the worker that was cut off comes back, and leaves nothing"


def test_a_worker_that_is_begun_anew_beside_one_that_is_left_out(tmp_path, run, start_cluster, lessons, same_as):
    """It has another address than the one that tasks were meant for."""
    cluster = start_cluster(workers=0)
    cluster.start_worker_of_another_version()
    killed = cluster.start_worker("--no-nanny")
    cluster.wait_for_workers(2)
    warehouse = tmp_path / "warehouse"

    def replace():
        os.killpg(killed.pid, signal.SIGKILL)
        cluster.start_worker("--no-nanny")

    thread = when_parts(warehouse, 2, replace)
    results = run(cluster.address, lessons, warehouse)
    assert not thread.is_alive()
    assert not [result for result in results if isinstance(result, Failure)]
    same_as(warehouse, "ab")


def test_files_that_a_worker_may_not_use_are_hidden_from_it(tmp_path):
    there = tmp_path / "class.mp4"
    assert dask_task._hidden(there, os.R_OK) == f"{there}."
    there.touch()
    assert dask_task._hidden(there, os.R_OK) is None
    assert dask_task._hidden(Path("x" * 300), os.R_OK).endswith(" (file name too long).")
    if os.geteuid():
        there.chmod(0)
        assert dask_task._hidden(there, os.R_OK) == f"{there} (permission denied)."


@pytest.mark.stress
def test_a_cable_is_pulled_and_put_back(tmp_path, run, start_cluster, namespaces, lessons, same_as, leftovers, until):
    settings = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "10s"}
    cluster = start_cluster(workers=0, host="0.0.0.0", configured=settings)
    for namespace in namespaces:
        cluster.start_worker(program=SUPERVISED, namespace=namespace)
    cluster.wait_for_workers(3)
    warehouse = tmp_path / "warehouse"
    pulled = when_parts(warehouse, 2, lambda: namespaces[0].set("down"))
    results = run(cluster.address, lessons, warehouse)
    assert not pulled.is_alive()
    assert not [result for result in results if isinstance(result, Failure)]
    same_as(warehouse, "ab")
    before = cluster.log().count("Register worker")
    namespaces[0].set("up")
    until(lambda: cluster.log().count("Register worker") > before, seconds=120)
    assert leftovers(warehouse) == []


@pytest.mark.stress
def test_the_scheduler_is_killed_and_started_again(tmp_path, run, start_cluster, lessons, same_as, leftovers, notices):
    cluster = start_cluster(workers=0)
    for _ in range(3):
        cluster.start_worker(program=SUPERVISED)
    cluster.wait_for_workers(3)
    warehouse = tmp_path / "warehouse"

    def strike():
        cluster.scheduler.kill()
        cluster.scheduler.wait()
        cluster.start_scheduler()

    when_parts(warehouse, 2, strike)
    results = run(cluster.address, lessons, warehouse)
    assert any("Lost the Dask scheduler" in notice for notice in notices)
    assert not [result for result in results if isinstance(result, Failure)]
    same_as(warehouse, "ab")
    assert leftovers(warehouse) == []


@pytest.mark.stress
def test_a_scheduler_that_stays_away_costs_a_sentence_and_the_next_run_goes_on(
    tmp_path, run, start_cluster, lessons, same_as, leftovers
):
    cluster = start_cluster(workers=1)
    warehouse = tmp_path / "warehouse"
    when_parts(warehouse, 2, cluster.scheduler.kill)
    failures = run(cluster.address, lessons, warehouse, patience_s=2)
    assert len(failures) == 2
    assert all("goes on from there" in failure.reason for failure in failures)
    kept = {path: path.stat().st_mtime_ns for path in warehouse.rglob("piece-*.parquet")}
    assert kept
    run("local:2", lessons, warehouse)
    same_as(warehouse, "ab")
    assert leftovers(warehouse) == []


KILLS_ITS_READER = """
import os, signal
import emotionkit.batch.dask_task as dask_task
def perform(task, *more):
    if task.recording.name == "killer.mp4":
        os.kill(os.getpid(), signal.SIGKILL)
    return dask_task.real(task, *more)
if not hasattr(dask_task, "real"):  # Dask loads this more than once
    dask_task.real, dask_task.perform_confined = dask_task.perform_confined, perform
"""
"""Native code runs in a child, which may die alone; this ends the worker itself, as the system does for memory."""


@pytest.mark.stress
def test_a_recording_that_ends_workers_takes_no_other_with_it(
    tmp_path, run, start_cluster, lessons, short_lesson, same_as, leftovers
):
    preload = tmp_path / "kills.py"
    preload.write_text(KILLS_ITS_READER)
    killer = shutil.copy(short_lesson, tmp_path / "killer.mp4")
    cluster = start_cluster(
        workers=2,
        options=("--preload", str(preload)),
        configured={"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"},
    )
    warehouse = tmp_path / "warehouse"
    results = run(cluster.address, [lessons[0], killer, *lessons[1:]], warehouse)
    failures = [result.reason for result in results if isinstance(result, Failure)]
    assert failures == [f"{killer} ends every worker that reads it."]
    same_as(warehouse, "ab")
    assert leftovers(warehouse) == []


def test_ctrl_c_calls_off_what_is_under_way(tmp_path, start_cluster, lessons, rows, until, leftovers):
    cluster = start_cluster(workers=2)
    warehouse = tmp_path / "warehouse"
    command = [sys.executable, "-m", "emotionkit", "process", *map(str, lessons), "--warehouse", str(warehouse)]
    command += ["--sample-fps", "1", "--dask", cluster.address]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: list(warehouse.rglob("piece-*.parquet")))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.split("\n") == ["", "Stopped. What was finished is stored; the rest can be started again.", ""]
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert len(rows(warehouse)["frames"]) == 40
    assert leftovers(warehouse) == []


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def certificate(folder, name, *, issuer=None):
    """Make a key and a certificate, signed by an authority or by itself; return the path of each."""
    key, request, signed = (folder / f"{name}.{kind}" for kind in ("key", "csr", "pem"))
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
    by = ["-signkey", key] if issuer is None else ["-CA", issuer[1], "-CAkey", issuer[0], "-CAcreateserial"]
    openssl("x509", "-req", "-in", request, "-out", signed, "-days", "2", *by)
    return key, signed


def tls_settings(authority, key, signed):
    prefix = "DASK_DISTRIBUTED__COMM__"
    settings = {f"{prefix}TLS__CA_FILE": str(authority), f"{prefix}REQUIRE_ENCRYPTION": "True"}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        settings |= {f"{prefix}TLS__{role}__CERT": str(signed), f"{prefix}TLS__{role}__KEY": str(key)}
    return settings


@pytest.mark.stress
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
def test_tls_lets_in_whoever_has_a_certificate_of_the_authority(tmp_path, start_cluster, longer_lesson):
    authority = certificate(tmp_path, "authority")
    ours = tls_settings(authority[1], *certificate(tmp_path, "ours", issuer=authority))
    stranger = certificate(tmp_path, "stranger")
    theirs = tls_settings(authority[1], *certificate(tmp_path, "theirs", issuer=stranger))
    cluster = start_cluster(workers=1, scheme="tls", configured=ours)
    command = ["process", str(longer_lesson), "--sample-fps", "0.5", "--dask", cluster.address]

    def emotionkit(settings):
        return subprocess.run(
            [sys.executable, "-m", "emotionkit", *command, "--warehouse", str(tmp_path / "warehouse")],
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=False,
        )

    needed = {name: "/missing" if "CA_FILE" in name else value for name, value in ours.items()}
    for settings, sentence in (
        (theirs, "cannot be reached: "),
        ({}, "needs certificates: set"),
        (needed, "needs certificates that cannot be read"),
    ):
        refused = emotionkit(settings)
        assert refused.returncode == 1
        assert refused.stderr.startswith(f"Dask at {cluster.address} {sentence}")
        assert refused.stderr.count("\n") == 1
    let_in = emotionkit(ours)
    assert let_in.returncode == 0, let_in.stderr
