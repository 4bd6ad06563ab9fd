"""One writer or several readers: whoever comes meanwhile waits, and is told if it takes too long."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from emotionkit.errors import WarehouseError
from emotionkit.warehouse import connection, find_run, load_segment, locking, open_warehouse, replacing
from emotionkit.warehouse.connection import DATABASE


@contextlib.contextmanager
def another_process(setup: str) -> Iterator[subprocess.Popen[str]]:
    """Run ``setup`` in a process of its own, and keep what it opened until the block ends or it is told to let go."""
    script = f"{setup}\nprint('ready', flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            let_go(process)


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError, ValueError):
        process.stdin.write("\n")
        process.stdin.close()


def holding(folder: Path, *, read_only: bool) -> str:
    return f"import duckdb; held = duckdb.connect({str(folder / DATABASE)!r}, read_only={read_only})"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "READERS_PATIENCE_S", 0.1)
    monkeypatch.setattr(connection, "WRITERS_PATIENCE_S", 0.1)
    monkeypatch.setattr(replacing, "IN_PLACE_PATIENCE_S", 0.1)
    monkeypatch.setattr(locking, "PATIENCE_S", 0.1)


@pytest.mark.usefixtures("impatient")
def test_who_waits_in_vain_is_told_which_process_writes_the_warehouse(two_lessons: Path, write_segment: Any) -> None:
    segment = write_segment("algebra", "run-9", ended_s=61)
    with another_process(holding(two_lessons, read_only=False)) as writer:
        for ask in (
            lambda: open_warehouse(two_lessons),
            lambda: find_run(two_lessons, "algebra"),
            lambda: load_segment(two_lessons, segment),
        ):
            with pytest.raises(WarehouseError, match=rf"is in use by process {writer.pid}: try again"):
                ask()
    assert load_segment(two_lessons, segment)


READING = """
from emotionkit.warehouse import open_warehouse
warehouse = open_warehouse({folder!r}).__enter__()
"""


@pytest.mark.usefixtures("impatient")
def test_a_reader_keeps_no_one_from_loading_and_goes_on_reading(
    two_lessons: Path, usual_files: set[str], write_segment: Any
) -> None:
    segment = write_segment("algebra", "run-9", ended_s=61)
    asking = f"{READING.format(folder=str(two_lessons))}\nprint('ready', flush=True); input()\n"
    told = subprocess.Popen(
        [sys.executable, "-c", f"{asking}print(warehouse.run('algebra').run_id, len(warehouse.faces('algebra')))"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert told.stdout is not None
    assert told.stdout.readline() == "ready\n"
    assert load_segment(two_lessons, segment)
    assert find_run(two_lessons, "algebra") == "run-9"
    assert told.communicate("\n")[0] == "run-1 12\n"
    assert {path.name for path in two_lessons.iterdir()} == usual_files


@pytest.mark.usefixtures("impatient")
def test_a_load_beside_a_reader_that_fails_leaves_the_database_as_it_was(
    two_lessons: Path, usual_files: set[str], write_segment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = write_segment("algebra", "run-9", ended_s=61)
    before = (two_lessons / DATABASE).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with another_process(holding(two_lessons, read_only=True)):
        monkeypatch.setattr(replacing, "sync_file", full)
        with pytest.raises(WarehouseError, match=r"cannot be written: the disk is full\.$"):
            load_segment(two_lessons, segment)
    assert (two_lessons / DATABASE).read_bytes() == before
    assert {path.name for path in two_lessons.iterdir()} == usual_files


@pytest.mark.usefixtures("impatient")
def test_what_waits_in_the_log_is_loaded_beside_a_reader_too(two_lessons: Path, write_segment: Any) -> None:
    script = f"""
import duckdb, os
held = duckdb.connect({str(two_lessons / DATABASE)!r})
held.execute("INSERT INTO students VALUES ('s-1', 'Ada', NULL)")
os._exit(9)
"""
    subprocess.run([sys.executable, "-c", script], check=False)
    assert (two_lessons / f"{DATABASE}.wal").exists()
    with another_process(holding(two_lessons, read_only=True)):
        assert load_segment(two_lessons, write_segment("algebra", "run-9", ended_s=61))
    assert open_warehouse(two_lessons).sql("SELECT name FROM students").fetchall() == [("Ada",)]
    assert not (two_lessons / f"{DATABASE}.wal").exists()


def test_who_waits_long_enough_goes_on(two_lessons: Path, write_segment: Any) -> None:
    segment = write_segment("algebra", "run-9", ended_s=61)
    with another_process(holding(two_lessons, read_only=False)) as writer:
        threading.Timer(0.3, let_go, [writer]).start()
        assert find_run(two_lessons, "algebra") == "run-1"
    with another_process(holding(two_lessons, read_only=True)) as reader:
        threading.Timer(0.3, let_go, [reader]).start()
        assert load_segment(two_lessons, segment)


def test_threads_that_ask_at_one_moment_all_get_their_answer(two_lessons: Path) -> None:
    # Rounds, since only connections that are opened together can come in each other's way.
    for _ in range(20):
        together = threading.Barrier(8)

        def ask(together: threading.Barrier = together) -> str | None:
            together.wait()
            return find_run(two_lessons, "algebra")

        with ThreadPoolExecutor(8) as threads:
            answers = [threads.submit(ask) for _ in range(8)]
        assert [answer.result() for answer in answers] == ["run-1"] * 8


@pytest.mark.usefixtures("impatient")
def test_writers_take_turns(two_lessons: Path, write_segment: Any) -> None:
    segment = write_segment("algebra", "run-9", ended_s=61)
    with (
        locking.writers_lock(two_lessons),
        pytest.raises(WarehouseError, match="is being written by another process: try again when it is done"),
    ):
        load_segment(two_lessons, segment)
    assert load_segment(two_lessons, segment)


@pytest.mark.usefixtures("impatient")
def test_a_warehouse_left_open_in_a_notebook_keeps_no_one_from_loading(
    two_lessons: Path, write_segment: Any, invent: Any
) -> None:
    warehouse = open_warehouse(two_lessons)
    relation = warehouse.sql("SELECT count(*) FROM faces WHERE lesson_id = 'algebra'")
    assert load_segment(two_lessons, write_segment("algebra", "run-9", invent.readings(3, 1), ended_s=61))
    assert relation.fetchall() == [(12,)]
    assert len(warehouse.faces("algebra")) == 2


@pytest.mark.usefixtures("impatient")
def test_within_a_block_the_warehouse_stays_as_it_is(two_lessons: Path, write_segment: Any) -> None:
    segment = write_segment("algebra", "run-9", ended_s=61)
    with open_warehouse(two_lessons) as warehouse:
        assert load_segment(two_lessons, segment)
        assert warehouse.run("algebra").run_id == "run-1"
        # In one process DuckDB hands out the file that was opened first, for as long as somebody holds it.
        assert find_run(two_lessons, "algebra") == "run-1"
    assert find_run(two_lessons, "algebra") == "run-9"


def test_readers_see_the_old_lesson_or_the_new_one_and_nothing_between(
    two_lessons: Path, write_segment: Any, invent: Any
) -> None:
    runs = [write_segment("algebra", f"run-{n}", invent.readings(n, 1), ended_s=n) for n in range(60, 64)]
    loads = threading.Thread(target=lambda: [load_segment(two_lessons, segment) for segment in runs])
    warehouse = open_warehouse(two_lessons)
    loads.start()
    seen = []
    while loads.is_alive():
        with warehouse:
            seen.append((warehouse.run("algebra").run_id, len(warehouse.frames("algebra"))))
    loads.join()
    assert set(seen) <= {("run-1", 7)} | {(f"run-{n}", n) for n in range(60, 64)}
    assert find_run(two_lessons, "algebra") == "run-63"
