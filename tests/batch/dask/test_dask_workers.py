"""Dask gives the rows that one process gives, and nothing but names of parts comes back."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from emotionkit.batch.budget import Budget
from emotionkit.batch.dask_address import DaskAddress
from emotionkit.batch.executor import Failure
from emotionkit.errors import ClusterError, InvalidInputError


def test_local_workers_give_the_same_rows_and_tell_of_progress(
    tmp_path, run, longer_lesson, undisturbed, rows, leftovers
):
    warehouse = tmp_path / "warehouse"
    seen = []
    (outcome,) = run("local:2", [longer_lesson], warehouse, on_progress=lambda *tick: seen.append(tick))
    assert outcome.changed, outcome
    assert rows(warehouse) == undisturbed
    assert leftovers(warehouse) == []
    done = [done for _, done, _ in seen]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(seen[-1][2], abs=0.1)


def test_a_scheduler_and_three_workers_with_failures_among_the_recordings(
    tmp_path, run, start_cluster, longer_lesson, short_lesson, undisturbed, rows, leftovers
):
    cluster = start_cluster(workers=3)
    warehouse = tmp_path / "warehouse"
    recordings = [tmp_path / name for name in ("longer.mp4", "broken.mp4", "short.mp4")]
    shutil.copy(longer_lesson, recordings[0])
    recordings[1].write_text("no video")
    shutil.copy(short_lesson, recordings[2])
    results = run(cluster.address, recordings, warehouse)
    (failure,) = [result for result in results if isinstance(result, Failure)]
    assert "broken.mp4" in failure.reason
    there = {name: [row[1:] for row in table if row[0] == "longer"] for name, table in rows(warehouse).items()}
    assert there == {name: [row[1:] for row in table] for name, table in undisturbed.items()}
    assert leftovers(warehouse) == []
    (again,) = run(cluster.address, recordings[:1], warehouse)
    assert not again.changed


@pytest.mark.stress
def test_a_run_out_of_time_goes_on_elsewhere(tmp_path, run, longer_lesson, undisturbed, rows):
    warehouse = tmp_path / "warehouse"
    (failure,) = run("local:1", [longer_lesson], warehouse, budget=Budget(seconds=0.01))
    assert "the budget ran out" in failure.reason
    run("local:1", [longer_lesson], warehouse)
    assert rows(warehouse) == undisturbed


def test_nobody_there(tmp_path, run, start_cluster, longer_lesson):
    with pytest.raises(ClusterError, match="cannot be reached"):
        run("tcp://127.0.0.1:9", [longer_lesson], tmp_path / "warehouse", patience_s=1)
    cluster = start_cluster(workers=0)
    with pytest.raises(ClusterError, match="has no worker that can be used"):
        run(cluster.address, [longer_lesson], tmp_path / "warehouse", patience_s=1)


ANOTHER_MODEL = (
    "import dataclasses, emotionkit.emotions.weights as weights; real = weights.verified_weights; "
    "weights.verified_weights = lambda: (real()[0], real()[1].model_copy(update={'sha256': 'f' * 64})); "
    "from distributed.cli.dask_worker import main; import sys; sys.argv.pop(0); main()"
)


def test_workers_of_another_version_or_model_are_left_out(
    tmp_path, run, start_cluster, longer_lesson, undisturbed, rows, notices
):
    cluster = start_cluster(workers=0)
    cluster.start_worker_of_another_version()
    cluster.start_worker("--no-nanny", program=ANOTHER_MODEL)
    cluster.wait_for_workers(2)
    with pytest.raises(ClusterError, match=r"one has another model, ffffffffffff, not .*; one has emotionkit 0\.0\.1"):
        run(cluster.address, [longer_lesson], tmp_path / "warehouse", patience_s=1)
    assert len(notices) == 2
    cluster.start_worker()
    cluster.wait_for_workers(3)
    run(cluster.address, [longer_lesson], tmp_path / "warehouse")
    assert len(notices) == 4
    assert rows(tmp_path / "warehouse") == undisturbed


@pytest.mark.stress
def test_workers_that_do_not_see_the_warehouse_are_left_out(tmp_path, run, start_cluster, longer_lesson, notices):
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not hide a folder from a process")
    hidden = tmp_path / "shared"
    hidden.mkdir()
    cluster = start_cluster(workers=0)
    blind = (
        "import os, subprocess, sys; os.unshare(os.CLONE_NEWNS) if hasattr(os, 'unshare') else "
        "__import__('ctypes').CDLL(None).unshare(0x20000); "
        f"subprocess.run(['mount', '--make-rprivate', '/'], check=True); "
        f"subprocess.run(['mount', '-t', 'tmpfs', 'none', {str(hidden)!r}], check=True); "
        "from distributed.cli.dask_worker import main; sys.argv.pop(0); main()"
    )
    cluster.start_worker("--no-nanny", program=blind)
    cluster.wait_for_workers(1)
    (failure,) = run(cluster.address, [longer_lesson], hidden / "warehouse", patience_s=1)
    assert "does not see" in failure.reason
    assert "goes on from there" in failure.reason
    cluster.start_worker()
    cluster.wait_for_workers(2)
    (outcome,) = run(cluster.address, [longer_lesson], hidden / "warehouse")
    assert outcome.changed, outcome


@pytest.mark.parametrize(
    "text", ["", "local", "local:0", "scheduler:8786", "tcp://scheduler", "http://a:1", "local:2x"]
)
def test_addresses_that_are_none(text):
    with pytest.raises(InvalidInputError, match="Dask is at"):
        DaskAddress.parsed(text)
