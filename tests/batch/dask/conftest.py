"""A real scheduler and real workers, each a process of its own, that can be killed, stopped and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from emotionkit.batch.budget import Budget
from emotionkit.batch.executor import Job, process_all
from emotionkit.config import ProcessingSettings

pytest.importorskip("distributed")

from emotionkit.batch.dask_address import DaskAddress
from emotionkit.batch.dask_workers import DaskWorkers

SETTINGS = ProcessingSettings(sample_fps=1, piece_s=5)
ANOTHER_VERSION = (
    "import emotionkit._version as version; version.__version__ = '0.0.1'; "
    "from distributed.cli.dask_worker import main; import sys; sys.argv.pop(0); main()"
)


def wait_until(condition: Callable[[], object], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


class Namespace:
    """A network of its own with one cable to this machine's."""

    def __init__(self, number: int) -> None:
        self.name = self.cable = f"ek{os.getpid() % 100000}-{number}"
        net = f"10.213.{number}"
        self.outside = f"{net}.1"
        for command in (
            f"ip netns add {self.name}",
            f"ip link add {self.cable} type veth peer name eth0 netns {self.name}",
            f"ip addr add {net}.1/30 dev {self.cable}",
            f"ip link set {self.cable} up",
            f"ip -n {self.name} addr add {net}.2/30 dev eth0",
            f"ip -n {self.name} link set eth0 up",
            f"ip -n {self.name} link set lo up",
        ):
            subprocess.run(command.split(), check=True, capture_output=True)

    def set(self, state: str) -> None:
        subprocess.run(["ip", "link", "set", self.cable, state], check=True)

    def close(self) -> None:
        subprocess.run(["ip", "netns", "del", self.name], check=True)


class Cluster:
    """A scheduler and its workers."""

    def __init__(
        self,
        logs: Path,
        *,
        scheme: str = "tcp",
        host: str = "127.0.0.1",
        configured: dict[str, str] | None = None,
    ) -> None:
        self._logs, self._scheme, self._host = logs, scheme, host
        # Tests load the machine so that a worker may take long to answer.
        self._environment = os.environ | (configured or {})
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"{scheme}://127.0.0.1:{free.getsockname()[1]}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.start_scheduler()

    @property
    def port(self) -> str:
        return self.address.rpartition(":")[2]

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        where = ["--host", f"{self._scheme}://{self._host}", "--port", self.port, "--no-dashboard"]
        self.scheduler = self._started("scheduler", *where)
        wait_until(self._answers)
        return self.scheduler

    def _answers(self) -> bool:
        host, _, port = self.address.partition("://")[2].rpartition(":")
        with socket.socket() as probe:
            return probe.connect_ex((host, int(port))) == 0

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many workers have been there in all."""
        wait_until(lambda: self.log().count("Register worker") >= count)

    def start_worker(
        self, *options: str, program: str | None = None, namespace: Namespace | None = None
    ) -> subprocess.Popen[bytes]:
        address = f"tcp://{namespace.outside}:{self.port}" if namespace else self.address
        common = [address, "--nthreads", "1", "--no-dashboard", "--memory-limit", "0", *options]
        before = ["ip", "netns", "exec", namespace.name] if namespace else []
        return self._started("worker", *common, program=program, before=before)

    def start_worker_of_another_version(self) -> subprocess.Popen[bytes]:
        return self.start_worker("--no-nanny", program=ANOTHER_VERSION)

    def _started(
        self, role: str, *options: str, program: str | None = None, before: Sequence[str] = ()
    ) -> subprocess.Popen[bytes]:
        command = ["-c", program, role] if program else ["-m", "dask", role]
        with (self._logs / f"{role}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [*before, sys.executable, *command, *options],
                env=self._environment,
                stdout=log,
                stderr=log,
                cwd=self._logs,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def log(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self._logs.glob("*.log")))

    def close(self) -> None:
        for process in self.processes:
            for number in (signal.SIGCONT, signal.SIGKILL):
                try:
                    os.killpg(process.pid, number)
                except ProcessLookupError:
                    break
            process.wait()


@pytest.fixture
def start_cluster(tmp_path: Path) -> Iterator[Callable[..., Cluster]]:
    """``start_cluster(workers=3, scheme="tcp")``: a scheduler with workers; ended after the test."""
    clusters = []

    def start(*, workers: int, options: tuple[str, ...] = (), **more: object) -> Cluster:
        logs = tmp_path / f"cluster-{len(clusters)}"
        logs.mkdir()
        cluster = Cluster(logs, **more)  # type: ignore[arg-type]
        clusters.append(cluster)
        for _ in range(workers):
            cluster.start_worker(*options)
        cluster.wait_for_workers(workers)
        return cluster

    yield start
    for cluster in clusters:
        cluster.close()


@pytest.fixture
def namespaces() -> Iterator[list[Namespace]]:
    """Three networks of their own, where that may be had."""
    made: list[Namespace] = []
    try:
        made += [Namespace(number) for number in range(3)]
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this user may not make network namespaces")
    else:
        yield made
    finally:
        for namespace in made:
            namespace.close()


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory, longer_lesson, rows):
    """The rows that one worker in this process gives."""
    warehouse = tmp_path_factory.mktemp("undisturbed") / "warehouse"
    list(process_all([Job(longer_lesson, warehouse, SETTINGS)], on_progress=lambda *tick: None))
    return rows(warehouse)


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def run(notices):
    """``run(address, recordings, warehouse)``: what became of them, done by Dask."""

    def run_on_dask(
        address: str,
        recordings: list[Path],
        warehouse: Path,
        *,
        on_progress: Callable[..., None] = lambda *tick: None,
        budget: Budget | None = None,
        patience_s: float = 60,
    ):
        team = DaskWorkers(DaskAddress.parsed(address), on_notice=notices.append, patience_s=patience_s)
        jobs = [Job(path, warehouse, SETTINGS) for path in recordings]
        return list(process_all(jobs, on_progress=on_progress, budget=budget, team=team))

    return run_on_dask


@pytest.fixture
def until():
    return wait_until
