"""The audit log: who did what to a warehouse, and when; each line vouches for the one before it.

A line is JSON with the SHA-256 of the line before and its own, so that a line changed or taken out is noticed. What it
speaks of is named by keyed hashes and numbers of receipts alone: an erasure leaves no name to erase here.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from emotionkit.durable import sync_folder, write_durably
from emotionkit.errors import WarehouseError
from emotionkit.warehouse.faults import told

AUDIT_LOG = "audit.jsonl"
_START = "0" * 64
_FORGOTTEN = "forgot lines"


@dataclass(frozen=True, slots=True)
class AuditedLog:
    """An audit log whose chain was followed from end to end.

    Attributes:
        lines: How many lines it has.
        first_at: When the oldest was written, None without any.
        last_hash: SHA-256 of the last; noted elsewhere, it shows later that no line was taken from the end.
    """

    lines: int
    first_at: datetime | None
    last_hash: str


def append_audit(folder: Path, did: str, *whats: Mapping[str, object]) -> None:
    """Add lines to the audit log, on the disk when this returns. The caller holds the writers' lock.

    Args:
        folder: The warehouse.
        did: A verb in the past: processed, exported, erased, ...
        whats: JSON values, a line for each; counts, receipts and keyed hashes, never a name.

    Raises:
        WarehouseError: The log cannot be read or written.
    """
    with told(folder, "cannot be written"):
        lines = _lines(folder)
        last: dict[str, Any] = {"number": 0, "hash": _START}
        if lines:
            last = _parsed(folder, len(lines), lines[-1])
        common = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "user": _user(),
            "host": socket.gethostname(),
            "did": did,
        }
        added = []
        for what in whats:
            entry = common | {"number": last["number"] + 1, "what": dict(what), "previous": last["hash"]}
            last = entry | {"hash": _hash(entry)}
            added.append(json.dumps(last, ensure_ascii=False, sort_keys=True) + "\n")
        is_new = not (folder / AUDIT_LOG).exists()
        with (folder / AUDIT_LOG).open("ab") as file:
            file.truncate(sum(len(whole) + 1 for whole in lines))
            file.write("".join(added).encode())
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(folder)


def verify_audit(folder: Path) -> AuditedLog:
    """Follow the chain of an audit log.

    Raises:
        WarehouseError: A line was changed, taken out or put in; the sentence says which.
    """
    with told(folder, "cannot be read"):
        lines = _lines(folder)
    entries = [_parsed(folder, number, line) for number, line in enumerate(lines, start=1)]
    previous, number = (entries[0]["previous"], entries[0]["number"] - 1) if entries else (_START, 0)
    if number and {"until": number, "hash": previous} not in [e["what"] for e in entries if e["did"] == _FORGOTTEN]:
        raise _broken(folder, 1, "those before it are gone, and no line says that they were to go")
    if not number and previous != _START:
        raise _broken(folder, 1, "it does not begin a log")
    for position, entry in enumerate(entries, start=1):
        if entry["previous"] != previous or entry["number"] != number + 1:
            raise _broken(folder, position, "it does not follow the one before")
        previous, number = entry["hash"], entry["number"]
    first_at = datetime.fromisoformat(entries[0]["at"]) if entries else None
    return AuditedLog(len(entries), first_at, previous)


def trusted_entries(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of an audit log, oldest first, less those that were changed since they were written.

    Raises:
        WarehouseError: The log cannot be read.
    """
    entries = []
    with told(folder, "cannot be read"):
        for position, line in enumerate(_lines(folder), start=1):
            with contextlib.suppress(WarehouseError):
                entries.append(_parsed(folder, position, line))
    return entries


def forget_audit(folder: Path, before: datetime) -> int:
    """Take the lines written before an instant out of the log, and say so in a new line; return how many went.

    They are taken from the first on, as long as they are of before, for the chain has to stay one. A line that seems to
    be of the future, of a clock that was wrong, goes with those around it.

    The caller holds the writers' lock.

    Raises:
        WarehouseError: The chain is broken, or the log cannot be written; it is as before then.
    """
    verify_audit(folder)
    lines = _lines(folder)
    entries = [_parsed(folder, number, line) for number, line in enumerate(lines, start=1)]
    old = _old(entries, before)
    if not old:
        return 0
    # Written first, so that a log cut short in between is whole as well.
    append_audit(folder, _FORGOTTEN, {"until": old[-1]["number"], "hash": old[-1]["hash"]})
    with told(folder, "cannot be written"):
        kept = _lines(folder)[len(old) :]
        write_durably(folder / AUDIT_LOG, b"".join(line + b"\n" for line in kept))
    return len(old)


def count_audit(folder: Path, before: datetime) -> int:
    """Return how many lines were written before an instant.

    Raises:
        WarehouseError: A line cannot be read.
    """
    with told(folder, "cannot be read"):
        lines = _lines(folder)
    return len(_old([_parsed(folder, number, line) for number, line in enumerate(lines, start=1)], before))


def _old(entries: Sequence[dict[str, Any]], before: datetime) -> Sequence[dict[str, Any]]:
    """Return the entries from the first on that were written before an instant, and none after one that was not."""
    now, count = datetime.now(UTC), 0
    for place, entry in enumerate(entries, start=1):
        at = datetime.fromisoformat(entry["at"])
        if before <= at <= now:
            break
        if at < before:
            count = place
    return entries[:count]


def _lines(folder: Path) -> list[bytes]:
    try:
        content = (folder / AUDIT_LOG).read_bytes()
    except FileNotFoundError:
        return []
    # A last line that was cut short by a crash was never acknowledged.
    return content[: content.rfind(b"\n") + 1].splitlines()


def _parsed(folder: Path, position: int, line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
        claimed = entry.pop("hash")
        datetime.fromisoformat(entry["at"])
        honest = claimed == _hash(entry) and {"number", "previous", "did", "what"} <= entry.keys()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(folder, position, "it is no line of an audit log") from error
    if not honest:
        raise _broken(folder, position, "it was changed")
    return entry | {"hash": claimed}


def _broken(folder: Path, position: int, why: str) -> WarehouseError:
    return WarehouseError(folder, f"has an audit log that cannot be trusted from line {position} on: {why}.")


def _hash(entry: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A user without a name, as in some containers.
        return str(os.getuid())
