"""What ``emotionkit doctor`` looks at. Each check returns its finding in words or raises with what to do."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

import numpy as np

from emotionkit import clocks
from emotionkit.errors import EmotionkitError

_LEAST_FREE_BYTES = 2 * 10**9


class CheckFailedError(EmotionkitError):
    """Something that emotionkit needs is missing or unusable."""


def python_version() -> str:
    """Return the version of Python in use."""
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        raise CheckFailedError(f"Python {platform.python_version()} is not supported; use 3.11, 3.12 or 3.13.")
    return f"Python {platform.python_version()}, {platform.machine()}"


def video_decoder() -> str:
    """Return the decoder's version once H.264 is known to be in it."""
    import av

    if "h264" not in av.codecs_available:
        raise CheckFailedError("The video library cannot decode H.264; reinstall av from a binary wheel.")
    return f"PyAV {av.__version__} decodes H.264"


def face_detector() -> str:
    """Return dlib's version once its detector has run and seen no face in an empty picture."""
    import dlib

    from emotionkit.config import DetectionSettings
    from emotionkit.faces import FaceReader  # noqa: F401  the whole layer must import

    found = dlib.get_frontal_face_detector()(np.zeros((120, 160), np.uint8), 0)
    if len(found):
        raise CheckFailedError("dlib sees a face in an empty picture; reinstall dlib-bin.")
    return f"dlib {dlib.__version__}, faces from {DetectionSettings().smallest_face} px"


def model() -> str:
    """Return the shipped model's name once its weights are found right and it reads a face."""
    from emotionkit.emotions.backend import keras
    from emotionkit.emotions.classifier import EmotionClassifier

    classifier = EmotionClassifier.load()
    total = float(classifier.predict([np.zeros((48, 48), np.uint8)]).sum())
    if not np.isclose(total, 1, atol=1e-4):
        raise CheckFailedError("The network gives no probabilities; reinstall keras and openvino.")
    return f"{classifier.sha256[:12]} on Keras {keras.__version__}, {keras.backend.backend()}"


def report_notebook() -> str:
    """Return where the notebooks of the reports lie."""
    from emotionkit.reports.lesson import NOTEBOOK
    from emotionkit.reports.making import notebooks_folder

    notebook = notebooks_folder() / NOTEBOOK
    if not notebook.is_file():
        raise CheckFailedError(f"The notebook {notebook} is missing; reinstall emotionkit.")
    return f"{notebook.name} in {notebook.parent}"


def policy() -> str:
    """Return the policy in force; that none is declared yet is no fault of the installation."""
    from emotionkit.policy import VARIABLES, PolicySettings, declared_policy
    from emotionkit.project import load_project_settings

    settings = load_project_settings().policy
    if settings == PolicySettings() and not any(os.environ.get(name) for name in VARIABLES):
        return "none is declared yet; `emotionkit init` does, and `emotionkit process` needs it"
    return f"{declared_policy(settings)}; a figure speaks of {settings.min_group} students at least"


def people(folder: Path) -> str:
    """Return how many students are enrolled, once what tells people apart is found to be there."""
    from emotionkit.faces.embedding import FaceEmbedder
    from emotionkit.project import load_project_settings
    from emotionkit.warehouse.register import load_register

    FaceEmbedder()
    clocks.use(load_project_settings().recordings.time_zone)
    students = load_register(folder).students
    if late := sum(student.is_lapsed(clocks.today()) for student in students):
        raise CheckFailedError(
            f"Embeddings are kept of {late} whose consents are over; `emotionkit erase --expired` removes them."
        )
    return f"people can be told apart; students enrolled: {len(students)}"


def warehouse(folder: Path) -> str:
    """Return how many lessons the warehouse holds; that there is none yet is no fault."""
    from emotionkit.warehouse import lacks_database, open_warehouse

    if not folder.exists():
        return f"{folder} is not there yet; `emotionkit process` makes it"
    if lacks_database(folder):
        raise CheckFailedError(
            f"The database of {folder} is missing; the next lesson or night makes it anew from the segments."
        )
    if not any(folder.glob("*.duckdb")):
        return f"{folder} holds no lessons yet"
    with open_warehouse(folder) as opened:
        return f"{folder} holds {len(opened.lessons())} lessons"


def classes(folder: Path) -> str:
    """Return that no class begun live, and cut off, waits to be stored."""
    from emotionkit.warehouse import cut_off_lessons

    if waiting := [lesson.lesson_id for lesson, _ in cut_off_lessons(folder)]:
        raise CheckFailedError(
            f"Begun live, cut off and not stored: {', '.join(waiting)}; `emotionkit live --resume` stores what was "
            "read."
        )
    return "none that was begun live waits to be stored"


def audit_log(folder: Path) -> str:
    """Return how long the audit log is and its last hash, once its chain was followed."""
    from emotionkit.warehouse import verify_audit

    log = verify_audit(folder)
    if not log.first_at:
        return "nothing was done yet"
    return f"{log.lines} lines since {log.first_at.date()}, unbroken; the last is {log.last_hash[:16]}"


def erasures(folder: Path) -> str:
    """Return how many recordings are not read again, once no erasure is found half done."""
    from emotionkit.warehouse import pending_erasure, read_tombstones

    if pending_erasure(folder):
        raise CheckFailedError("An erasure was cut short; `emotionkit erase` completes it.")
    stones = {stone.recording for stone in read_tombstones(folder).stones}
    return f"recordings that are not read again: {len(stones)}" if stones else "nothing was erased"


def retention(folder: Path, reports: Path) -> str:
    """Return what is kept how long, once nothing is found overdue."""
    from emotionkit.batch.retention import look_up_overdue
    from emotionkit.project import load_project_settings

    found = look_up_overdue(folder, reports, load_project_settings().retention)
    late = ", ".join(f"{kept.overdue} of {kept.kind}" for kept in found if kept.overdue)
    if late:
        raise CheckFailedError(f"Kept too long: {late}; `emotionkit erase --expired` removes what is overdue.")
    kept_days = ", ".join(f"{kept.kind} {kept.days} days" for kept in found if kept.days)
    return kept_days or "everything is kept; emotionkit.toml sets days"


def free_space(folder: Path) -> str:
    """Return the free space where the warehouse is or will be."""
    place = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    free = shutil.disk_usage(place).free
    if free < _LEAST_FREE_BYTES:
        raise CheckFailedError(f"Only {free / 1e9:.1f} GB are free at {place}; make room before the next run.")
    return f"{free / 1e9:.0f} GB free at {place}"
