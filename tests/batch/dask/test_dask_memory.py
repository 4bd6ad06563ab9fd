"""Memory: what Dask limits is the worker, what the system limits ends the child that has the most."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from emotionkit.batch.executor import Failure

pytestmark = pytest.mark.stress

MIB = 1 << 20
GROUPS = Path("/sys/fs/cgroup/memory")

SWELLS = f"""
import sys
sys.path.append({str(Path(__file__).parents[2])!r})
import confinement_targets
import emotionkit.batch.dask_task as dask_task
from emotionkit.batch.confined_work import call_confined
def perform(task, *more):
    if task.recording.name == "swelling.mp4":
        return call_confined(task.recording, confinement_targets.swell)
    return dask_task.real(task, *more)
if not hasattr(dask_task, "real"):  # Dask loads this more than once
    dask_task.real, dask_task.perform_confined = dask_task.perform_confined, perform
"""
"""The child of a worker wants 3 GiB for a recording, and uses them."""


@pytest.fixture
def within() -> Iterator[str]:
    """A program that runs Dask with a limit of the system's on what it and its children use: 1.5 GiB."""
    group = GROUPS / f"emotionkit-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(1536 * MIB))
    except OSError:
        pytest.skip("this user may not limit the memory of a group of processes here (cgroup v1)")
    yield (
        f"import os, sys; open({str(group / 'cgroup.procs')!r}, 'w').write(str(os.getpid())); "
        "os.execv(sys.executable, [sys.executable, '-m', 'dask', *sys.argv[1:]])"
    )
    for process in (group / "cgroup.procs").read_text().split():
        (GROUPS / "cgroup.procs").write_text(process)
    group.rmdir()


def test_a_recording_whose_child_the_system_ends_fails_alone(
    tmp_path, run, start_cluster, within, longer_lesson, short_lesson, undisturbed, rows, leftovers
):
    preload = tmp_path / "swells.py"
    preload.write_text(SWELLS)
    swelling = Path(shutil.copy(short_lesson, tmp_path / "swelling.mp4"))
    cluster = start_cluster(workers=0)
    worker = cluster.start_worker("--preload", str(preload), program=within)
    cluster.wait_for_workers(1)
    warehouse = tmp_path / "warehouse"
    results = run(cluster.address, [swelling, longer_lesson], warehouse)
    failures = [result.reason for result in results if isinstance(result, Failure)]
    assert failures == [f"{swelling} made the process that read it crash (Killed)."]
    assert worker.poll() is None
    assert cluster.log().count("Register worker") == 1, "the worker itself went on"
    assert rows(warehouse) == undisturbed
    assert leftovers(warehouse) == []
    cluster.close()


def test_a_limit_of_dask_counts_the_worker_and_not_its_child(
    tmp_path, run, start_cluster, longer_lesson, undisturbed, rows
):
    cluster = start_cluster(workers=0)
    cluster.start_worker("--memory-limit", "250MiB")
    cluster.wait_for_workers(1)
    run(cluster.address, [longer_lesson], tmp_path / "warehouse")
    assert cluster.log().count("Register worker") == 1
    assert rows(tmp_path / "warehouse") == undisturbed


def test_a_worker_that_dask_ends_for_its_memory_costs_nothing(
    tmp_path, run, start_cluster, longer_lesson, undisturbed, rows, leftovers
):
    """Its nanny starts it anew, over and over, until there is one with room."""
    cluster = start_cluster(workers=0)
    cluster.start_worker("--memory-limit", "60MiB")
    cluster.start_worker()
    cluster.wait_for_workers(2)
    run(cluster.address, [longer_lesson], tmp_path / "warehouse")
    assert "exceeded 95% memory budget" in cluster.log()
    assert rows(tmp_path / "warehouse") == undisturbed
    assert leftovers(tmp_path / "warehouse") == []
