"""Taking reports away: those that speak of something erased, and those older than they may become."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from emotionkit.errors import ErasureError
from emotionkit.reports.night import NIGHTLY
from emotionkit.warehouse import Erasure, Words, lesson_mark
from emotionkit.warehouse.mentions import is_marked

NOTEBOOK_SUFFIX = ".ipynb"


def erase_reports(out: Path, erasure: Erasure) -> Counter[str]:
    """Remove every report that tells of what is erased, whole with its executed notebook.

    A report shows figures of all who were in a lesson, as pictures too, in which no word can be found; so those of
    their lessons go, and nothing of them is kept. They can be rendered anew from what is left.

    Args:
        out: The folder of the reports; there need be none.
        erasure: What is erased.

    Returns:
        How many reports and other files went.

    Raises:
        ErasureError: One cannot be read or removed.
    """
    removed: Counter[str] = Counter()
    for entry in reports_telling_of(out, erasure):
        try:
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
                removed["reports"] += 1
            else:
                entry.unlink()
                removed["other files of reports"] += 1
        except OSError as error:
            raise _unremovable(error, entry) from error
    return removed


def reports_telling_of(out: Path, erasure: Erasure) -> list[Path]:
    """Return the entries of the folder of reports that tell of what is erased.

    A report is marked with the lessons that it tells of. What is not, such as the index, a night or a report of an
    earlier version, tells of a lesson if it mentions what the lesson is known by.

    Raises:
        ErasureError: One cannot be read.
    """
    marks = Words([lesson_mark(lesson_id) for lesson_id in (*erasure.lessons, *erasure.tracks)])
    names, words = Words(erasure.names), Words([*erasure.words, *erasure.report_words])

    def tells(place: Path) -> bool:
        if place.is_file() and not place.is_symlink() and is_marked(place):
            return marks.mentioned_in(place) or names.mentioned_in(place)
        return words.mentioned_in(place)

    try:
        entries = sorted(out.iterdir()) if out.is_dir() else []
        # Each night is a record of its own.
        nights = [night for entry in entries if entry.name == NIGHTLY and entry.is_dir() for night in entry.iterdir()]
        entries = [entry for entry in entries if entry.name != NIGHTLY or not entry.is_dir()]
        return [entry for entry in [*entries, *sorted(nights)] if any(map(tells, (entry, *entry.rglob("*"))))]
    except OSError as error:
        raise _unremovable(error, out) from error


def old_report_files(out: Path, before: datetime, *, notebooks: bool) -> list[Path]:
    """Return the files of reports last written before an instant: executed notebooks, or all but those."""
    return [
        path
        for path in _files(out)
        if (path.suffix == NOTEBOOK_SUFFIX) == notebooks and path.stat().st_mtime < before.timestamp()
    ]


def remove_report_files(out: Path, paths: list[Path]) -> None:
    """Remove files of reports, and the folders that are empty then.

    Raises:
        ErasureError: One cannot be removed.
    """
    for path in paths:
        try:
            path.unlink(missing_ok=True)
            if path.parent != out and not any(path.parent.iterdir()):
                path.parent.rmdir()
        except OSError as error:
            raise _unremovable(error, path) from error


def remove_unfinished(out: Path) -> None:
    """Remove what processes that were killed left half written among the reports.

    The caller holds the lock of the nightly run. A page that ``emotionkit report`` writes meanwhile is known by the
    number of its process, and left alone.

    Raises:
        ErasureError: Something cannot be removed.
    """
    try:
        own = [*out.glob(".*.tmp"), *(out / NIGHTLY).glob(".*.tmp")]
        for path in [*own, *(page for page in out.glob("*/.*.*.tmp") if not _is_at_work(page))]:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise _unremovable(error, out) from error


def _is_at_work(page: Path) -> bool:
    number = page.suffixes[-2].removeprefix(".")
    try:
        os.kill(int(number), 0)
    except (ValueError, ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return int(number) > 0


def _files(out: Path) -> Iterator[Path]:
    """Yield the files within the folders of reports; what lies beside those is no report."""
    entries = sorted(out.iterdir()) if out.is_dir() else []
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            yield from (path for path in sorted(entry.rglob("*")) if path.is_file())


def _unremovable(error: OSError, path: Path) -> ErasureError:
    return ErasureError(Path(error.filename or path), f"cannot be read or removed ({error.strerror or error}).")
