"""The audit log: every line vouches for the one before."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from emotionkit.errors import WarehouseError
from emotionkit.warehouse import append_audit, audit, count_audit, forget_audit, verify_audit
from emotionkit.warehouse.audit import AUDIT_LOG


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The audit log of a folder in which three things were done."""
    for number in range(3):
        append_audit(tmp_path, "processed", {"lesson": f"{number:016x}"})
    return tmp_path / AUDIT_LOG


def test_a_line_tells_who_did_what_and_when(log: Path) -> None:
    entry = json.loads(log.read_text().splitlines()[1])
    assert {"number", "at", "user", "host", "did", "what", "previous", "hash"} == entry.keys()
    assert (entry["number"], entry["did"], entry["what"]) == (2, "processed", {"lesson": "0000000000000001"})
    assert abs(datetime.now(UTC) - datetime.fromisoformat(entry["at"])) < timedelta(minutes=1)
    assert verify_audit(log.parent).lines == 3


def test_no_log_is_a_whole_log(tmp_path: Path) -> None:
    assert verify_audit(tmp_path).lines == 0


def swapped(lines: list[str]) -> list[str]:
    return [lines[1], lines[0], lines[2]]


TAMPERED: dict[str, Callable[[list[str]], list[str]]] = {
    "changed": lambda lines: [lines[0], lines[1].replace("processed", "exported!"), lines[2]],
    "taken out": lambda lines: [lines[0], lines[2]],
    "taken from the start": lambda lines: lines[1:],
    "swapped": swapped,
    "doubled": lambda lines: [lines[0], lines[0], *lines[1:]],
    "no JSON": lambda lines: [lines[0], "hello", lines[2]],
    "no object": lambda lines: [lines[0], "[]", lines[2]],
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_tampered_with_is_noticed(log: Path, how: str) -> None:
    log.write_text("".join(f"{line}\n" for line in TAMPERED[how](log.read_text().splitlines())))
    with pytest.raises(WarehouseError, match=r"audit log that cannot be trusted from line \d on: .*\.$"):
        verify_audit(log.parent)


def test_a_line_cut_short_by_a_crash_is_in_nobodys_way(log: Path) -> None:
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"number": 4, "at"')
    assert verify_audit(log.parent).lines == 3
    append_audit(log.parent, "erased", {})
    assert verify_audit(log.parent).lines == 4
    assert log.read_bytes().startswith(whole)


def test_old_lines_go_and_the_chain_holds(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert forget_audit(log.parent, datetime.now(UTC) - timedelta(days=1)) == 0
    soon = datetime.now(UTC) + timedelta(seconds=2)
    assert count_audit(log.parent, soon) == 3
    assert forget_audit(log.parent, soon) == 3
    assert verify_audit(log.parent).lines == 1
    append_audit(log.parent, "processed", {})
    assert forget_audit(log.parent, soon) == 2
    assert verify_audit(log.parent).lines == 1

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(audit, "write_durably", killed)
    with pytest.raises(KeyboardInterrupt):
        forget_audit(log.parent, soon)
    monkeypatch.undo()
    assert verify_audit(log.parent).lines == 2


@pytest.mark.parametrize(
    ("days_ago", "gone"),
    [
        ([9, 8, 1, 0], 2),
        ([-900, 9, 8, 1, 0], 3),  # written by a clock that was years ahead
        ([9, 1, 9000, 0], 1),  # by one that had forgotten the year
        ([1, 9, 0], 0),
        ([-900, -900], 0),  # read by one
    ],
)
def test_a_clock_that_was_wrong_breaks_no_chain(tmp_path, monkeypatch, days_ago: list[int], gone: int) -> None:
    now = datetime.now(UTC)

    class Clock(datetime):
        ago = timedelta()

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return now.astimezone(tz) - cls.ago

    monkeypatch.setattr(audit, "datetime", Clock)
    for days in days_ago:
        Clock.ago = timedelta(days=days)
        append_audit(tmp_path, "processed", {})
    Clock.ago = timedelta()
    before = now - timedelta(days=5)
    assert count_audit(tmp_path, before) == gone
    assert forget_audit(tmp_path, before) == gone
    assert verify_audit(tmp_path).lines == len(days_ago) - gone + bool(gone)
    assert forget_audit(tmp_path, before) == 0
