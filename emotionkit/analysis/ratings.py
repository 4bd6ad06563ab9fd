"""From codes and readings to ratings: what each observer, and the network, said of a student in a stretch of time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.analysis.codes import CODE_COLUMNS
from emotionkit.analysis.readings import require_columns, usable_faces
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.errors import InvalidInputError, quoted
from emotionkit.records import EMOTIONS

UNIT = ["student", "start_s"]
"""What a rating is of: a student in the window that begins then."""
UNCODED_S = float(np.finfo(np.float64).min)
"""When what nobody coded began, before all else."""
PEOPLE_COLUMNS = ("student", "track_id")


def coded_windows(
    codes: pd.DataFrame, length_s: float, *, window_s: float = 1.0, uncoded: str | None = "neutral"
) -> pd.DataFrame:
    """Return what each observer said of each student in each window.

    It is the code that fills most of the window; one of a moment goes before it. Of two that fill it equally it is the
    one that began later, and what was coded before what was not.

    Args:
        codes: What :func:`emotionkit.analysis.read_codes` returns.
        length_s: How long the recording is; the last window is one that lies within it.
        window_s: How long a window is.
        uncoded: What it means where an observer who coded a student wrote nothing: an expression, or None for nothing.

    Returns:
        Indexed by ``student`` and ``start_s``; a column per coder of expressions, None for students without any code
        of theirs.

    Raises:
        InvalidInputError: A column is missing, or a value is out of range.
    """
    require_columns(codes, "codes", CODE_COLUMNS)
    if not 0 < window_s <= length_s or not math.isfinite(length_s):
        raise InvalidInputError(f"Windows of {window_s:g} s do not fit into {length_s:g} s.")
    if uncoded is not None and uncoded not in EMOTIONS:
        raise InvalidInputError(f"uncoded is {quoted(uncoded)}; expressions are {', '.join(EMOTIONS)}.")
    count = int(length_s / window_s + 1e-9)
    students = sorted(codes["student"].unique())
    starts = np.arange(count) * window_s
    index = pd.MultiIndex.from_product([students, starts], names=UNIT)
    said = {coder: np.full((len(students), count), None, dtype=object) for coder in sorted(codes["coder"].unique())}
    for (coder, student), theirs in codes.groupby(["coder", "student"]):
        said[coder][students.index(student)] = _said(*_seconds(theirs, count, window_s), window_s, uncoded)
    return pd.DataFrame({coder: pd.Series(cells.ravel(), index, dtype=object) for coder, cells in said.items()}, index)


def read_windows(
    frames: pd.DataFrame,
    faces: pd.DataFrame,
    people: pd.DataFrame,
    *,
    window_s: float = 1.0,
    settings: AnalysisSettings | None = None,
) -> pd.DataFrame:
    """Return what the network read of each student in each window in which a face could be read.

    Args:
        frames: Rows of the table ``frames`` of one lesson.
        faces: Its rows of the table ``faces``.
        people: ``student`` and ``track_id``: whose track is whose. Other tracks are left out.
        window_s: How long a window is.
        settings: What is usable; defaults where not given.

    Returns:
        Indexed by ``student`` and ``start_s``; ``angry`` to ``surprise`` (mean probabilities over the window, weighted
        by time) and ``network``, the expression of the largest.

    Raises:
        InvalidInputError: A column is missing, or a face belongs to no frame.
    """
    require_columns(people, "people", PEOPLE_COLUMNS)
    usable = usable_faces(frames, faces, settings or AnalysisSettings()).merge(people[[*PEOPLE_COLUMNS]], on="track_id")
    # A margin, for a time such as 0.6 has no exact binary form.
    usable["start_s"] = np.floor(usable["pts_s"] / window_s + 1e-6) * window_s
    weighted = usable[list(EMOTIONS)].mul(usable["weight_s"], axis=0).assign(weight_s=usable["weight_s"])
    sums = weighted.groupby([usable["student"], usable["start_s"]]).sum()
    read = sums[list(EMOTIONS)].div(sums["weight_s"], axis=0)
    read["network"] = np.array(EMOTIONS, dtype=object)[read.to_numpy().argmax(axis=1)] if len(read) else None
    return read


def with_network(ratings: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Return the observers' ratings with the network's beside them, in the column ``network``; None where it saw none.

    Args:
        ratings: What :func:`coded_windows` returns.
        read: What :func:`read_windows` returns, of the same windows.

    Raises:
        InvalidInputError: An observer has that name.
    """
    if "network" in ratings:
        raise InvalidInputError("An observer is called 'network'; rename the coder, for that column is the network's.")
    # Both number windows from 0 and multiply, so that their starts are the same floats.
    found = read["network"].reindex(ratings.index).to_numpy(dtype=object, copy=True)
    found[pd.isna(found)] = None
    return ratings.assign(network=pd.Series(found, ratings.index, dtype=object))


def majority(ratings: pd.DataFrame, coders: Sequence[str]) -> pd.Series[str]:
    """Return what more of the coders said than anything else; None where two were said equally often, or nothing."""
    counts = np.stack([(ratings[list(coders)] == emotion).sum(axis=1) for emotion in EMOTIONS], axis=1)
    most = counts.max(axis=1, initial=0)
    clear = (most > 0) & ((counts == most[:, None]).sum(axis=1) == 1)
    said = np.array(EMOTIONS, dtype=object)[counts.argmax(axis=1)]
    said[~clear] = None
    return pd.Series(said, index=ratings.index, name="observers", dtype=object)


def confusion(ratings: pd.DataFrame, truth: str, read: str) -> pd.DataFrame:
    """Return how many windows one rating held for one expression and the other for another.

    Args:
        ratings: A column per rating.
        truth: The column of the rows.
        read: The column of the columns.

    Returns:
        int64 counts, (7, 7), rows and columns in the order of ``EMOTIONS``; windows that lack either are left out.
    """
    both = ratings[[truth, read]].dropna()
    counts = pd.crosstab(both[truth], both[read]) if len(both) else pd.DataFrame()
    counts = counts.reindex(index=list(EMOTIONS), columns=list(EMOTIONS), fill_value=0).fillna(0).astype(np.int64)
    return counts.rename_axis(index=truth, columns=read)


def expression_shares(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return in which share of a student's windows each rating held each expression.

    Windows count that all ratings are there for, so that all speak of the same time.

    Returns:
        Indexed by ``emotion`` and ``student``; a column per rating, 0 to 1, NaN for students without such a window.
    """
    both = ratings.dropna()
    students = both.index.get_level_values("student")
    shares = {emotion: (both == emotion).groupby(students).mean() for emotion in EMOTIONS}
    return pd.concat(shares, names=["emotion", "student"])


def enough_students(ratings: pd.DataFrame, min_group: int) -> pd.DataFrame:
    """Return ratings of at least ``min_group`` students whom all of its columns rated; none at all of fewer."""
    rated = ratings.dropna().index.get_level_values("student").nunique()
    return ratings if rated >= min_group else ratings.iloc[:0]


def _seconds(codes: pd.DataFrame, count: int, window_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return float64 (count, 7) twice: seconds of each expression in each window, and when its last code began."""
    seconds = np.zeros((count, len(EMOTIONS)))
    began = np.full_like(seconds, UNCODED_S)
    edges = np.arange(count + 1) * window_s
    for start, end, code in zip(codes["start_s"], codes["end_s"], codes["code"], strict=True):
        inside = np.clip(np.minimum(edges[1:], end) - np.maximum(edges[:-1], start), 0, None)
        if end <= start and 0 <= start < edges[-1]:
            # The margin of read_windows, within which a moment belongs to the window that it begins. Longer than a
            # window, so that what an observer noticed for a moment goes before what was there all along.
            inside[min(int(start / window_s + 1e-6), count - 1)] = 2 * window_s
        place = EMOTIONS.index(code)
        seconds[:, place] += inside
        began[inside > 0, place] = np.maximum(began[inside > 0, place], start)
    return seconds, began


def _said(
    seconds: NDArray[np.float64], began: NDArray[np.float64], window_s: float, uncoded: str | None
) -> NDArray[np.object_]:
    if uncoded is not None:
        seconds[:, EMOTIONS.index(uncoded)] += np.clip(window_s - seconds.sum(axis=1), 0, None)
    # Windows are sums of floats: what differs by less is even, and what is shorter is nothing.
    seconds = seconds.round(6)
    longest = seconds == seconds.max(axis=1, keepdims=True)
    said = np.array(EMOTIONS, dtype=object)[np.where(longest, began, -np.inf).argmax(axis=1)]
    said[seconds.sum(axis=1) == 0] = None
    return said
