"""The recordings in a folder: found without following a link, and known again by size and time without being read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from emotionkit.batch.facts_file import ENDINGS as FACTS_ENDINGS
from emotionkit.batch.roster import ROSTER
from emotionkit.errors import InvalidInputError, RecordingError, StorageError
from emotionkit.storage import RemotePath

ENDINGS = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi"})
"""Files that are taken for recordings, in any case of letters; one that is being copied in often has another."""

YOUNG_S = 120.0
"""A file written so recently, or in the future, is looked at twice."""

WATCH_S = 5.0
"""Seconds between the two looks."""

_NOT_THERE = "-"

_AnyPath = TypeVar("_AnyPath", bound=Path)

DEEPEST = 64
"""Folders within each other that are looked into."""


@dataclass(frozen=True, slots=True)
class Found:
    """A recording in the folder.

    Attributes:
        path: Where it is.
        name: Its path below the folder, with forward slashes, printable: for people and records.
        stamp: Size and time of writing; another stamp may mean another content.
        facts_stamp: The same of the files that tell of its lesson.
        written_at: When it was last written, in seconds since the epoch.
    """

    path: Path
    name: str
    stamp: str
    facts_stamp: str
    written_at: float


@dataclass(slots=True)
class Findings:
    """What is in a folder of recordings.

    Attributes:
        recordings: In the order of their names.
        passed_over: Path below the folder and reason of what looks like a recording and is not read.
        problems: A sentence for each folder that could not be looked into.
    """

    recordings: list[Found] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def find_recordings(folder: Path) -> Findings:
    """Return the recordings in a folder and the folders within it.

    Hidden files and folders are not looked at. Links are named and not followed: what they lead to may lie outside, or
    be the folder itself.

    Raises:
        InvalidInputError: The folder is not there or cannot be read.
    """
    if isinstance(folder, RemotePath):
        return _find_objects(folder)
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise InvalidInputError(f"The folder of recordings {folder} {what}.")
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise InvalidInputError(f"The folder of recordings {folder} cannot be read: {error.strerror}.") from error
    findings = Findings()
    _look_into(folder, folder, findings)
    findings.recordings.sort(key=lambda found: os.fsencode(found.path))
    return findings


def _find_objects(top: RemotePath) -> Findings:
    """Return the recordings in object storage below a path, by one list of all that is there."""
    try:
        there = dict(top.objects())
    except (FileNotFoundError, StorageError) as error:
        reason = getattr(error, "reason", "holds nothing.")
        raise InvalidInputError(f"The folder of recordings {top} {reason}") from error
    findings = Findings()
    stamps = {path: _stamp_of(status) for path, status in there.items()}
    for path in sorted(there, key=str):
        below = path.relative_to(top)
        if path.suffix.lower() in ENDINGS and not any(part.startswith(".") for part in below.parts):
            beside = " ".join(stamps.get(sidecar, _NOT_THERE) for sidecar in _sidecars(path))
            findings.recordings.append(Found(path, printable(below), stamps[path], beside, there[path].st_mtime))
    return findings


def growing(recordings: Sequence[Found], *, watch_s: float | None = None, now: float | None = None) -> set[Path]:
    """Return the recordings that are being written: those that change while they are watched.

    Only young ones are watched, all at once; without any this takes no time.
    """
    now = time.time() if now is None else now
    young = [found for found in recordings if is_young(found, now)]
    if young:
        time.sleep(WATCH_S if watch_s is None else watch_s)
    return {found.path for found in young if has_changed(found)}


def is_young(found: Found, now: float) -> bool:
    """Say whether a recording was written a moment ago, or later than the clock says it is."""
    return found.written_at > now - YOUNG_S


def was_just_written(found: Found, since: float, now: float) -> bool:
    """Say whether a recording was written a moment before an instant or after it, and not at a time to come."""
    return since - YOUNG_S < found.written_at <= now + YOUNG_S


def has_changed(found: Found) -> bool:
    """Say whether a recording is not as it was found."""
    return _stamp(found.path) != found.stamp


def check_inside(folder: Path, path: Path) -> None:
    """Check that a recording lies in the folder by its real path too, whatever was put in its place meanwhile.

    Raises:
        RecordingError: It does not.
    """
    if not path.resolve().is_relative_to(folder.resolve()):
        raise RecordingError(path, "leads out of the folder of recordings and is not read.")


def printable(path: Path) -> str:
    """Return a path with forward slashes as text that can be written anywhere; bytes that are none are spelled out."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _look_into(top: Path, folder: Path, findings: Findings) -> None:
    for entry in _entries(top, folder, findings):
        path = Path(entry.path)
        name = printable(path.relative_to(top))
        is_recording = path.suffix.lower() in ENDINGS
        if entry.is_symlink():
            if is_recording or _may_lead_to_folder(entry):
                findings.passed_over.append((name, "is a link; links are not followed."))
        elif entry.is_dir(follow_symlinks=False):
            if len(path.relative_to(top).parts) > DEEPEST:
                findings.problems.append(f"The folder {printable(path)} lies too deep and is not looked into.")
            else:
                _look_into(top, path, findings)
        elif is_recording and entry.is_file(follow_symlinks=False):
            findings.recordings.append(_found(path, name))
        elif is_recording:
            findings.passed_over.append((name, "is not an ordinary file."))


def _may_lead_to_folder(link: os.DirEntry[str]) -> bool:
    try:
        return link.is_dir()
    except OSError:
        # It leads to itself, or to where this account may not look.
        return True


def _entries(top: Path, folder: Path, findings: Findings) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        name = printable(folder.relative_to(top))
        findings.problems.append(f"The folder {name} among the recordings cannot be read: {error.strerror or error}.")


def _found(path: Path, name: str) -> Found:
    try:
        written_at = path.stat().st_mtime
    except OSError:
        written_at = 0.0
    return Found(path, name, _stamp(path), " ".join(map(_stamp, _sidecars(path))), written_at)


def _sidecars(path: _AnyPath) -> list[_AnyPath]:
    """Return the files that may tell of a recording's lesson."""
    return [*(path.with_suffix(ending) for ending in FACTS_ENDINGS), path.with_name(ROSTER)]


def _stamp(path: Path) -> str:
    try:
        return _stamp_of(path.stat())
    except OSError:
        return _NOT_THERE


def _stamp_of(status: os.stat_result) -> str:
    return f"{status.st_size}/{status.st_mtime_ns}"
