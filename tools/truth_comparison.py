"""How a processed sample lesson compares with the truth it was rendered from: pure functions over tables.

``truth`` is a lesson's ``.truth.csv``; ``frames`` and ``faces`` are its rows in the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from emotionkit.analysis import class_histogram
from emotionkit.records import EMOTIONS

TRUTH_STEPS_PER_SECOND = 5


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """One lesson's truth beside what was read from its recording.

    Attributes:
        truth: Share of each emotion drawn, float64 indexed by ``EMOTIONS``, sums to 1.
        read: Share of each emotion read, as the report shows it; NaN where no face was found.
        found: Share of the student-seconds with a face on screen in which that face was found, 0 to 1.
        students: Students whose face is ever on screen.
        tracks: People that the tracker told apart.
    """

    truth: pd.Series[float]
    read: pd.Series[float]
    found: float
    students: int
    tracks: int


def compare(truth: pd.DataFrame, frames: pd.DataFrame, faces: pd.DataFrame) -> Comparison:
    """Return how a lesson's rows compare with its truth."""
    return Comparison(
        truth=truth_shares(truth),
        read=class_histogram(frames, faces).table["mean"],
        found=found_share(truth, frames, faces),
        students=int(on_screen(truth)["student"].nunique()),
        tracks=int(faces["track_id"].nunique()),
    )


def on_screen(truth: pd.DataFrame) -> pd.DataFrame:
    """Return the truth rows of students who are present with the camera on."""
    return truth[(truth["present"] == 1) & (truth["camera_on"] == 1)]


def truth_shares(truth: pd.DataFrame) -> pd.Series[float]:
    """Return the share of each emotion drawn: over time within a student, then over students."""
    visible = on_screen(truth)
    within = pd.crosstab(visible["student"], visible["expression"], normalize="index")
    return within.reindex(columns=list(EMOTIONS), fill_value=0.0).mean()


def found_share(truth: pd.DataFrame, frames: pd.DataFrame, faces: pd.DataFrame) -> float:
    """Return the share of student-seconds in which a face was found whose centre lies in the student's face box.

    Every sampled frame is held against the state drawn at that time, for every student on screen, and counts with the
    time it stands for. NaN if nobody is on screen in any sampled frame.
    """
    visible = on_screen(truth)
    expected = visible.assign(step=_step(visible["pts_s"])).drop(columns="pts_s")
    expected = frames[["pts_s", "weight_s"]].assign(step=_step(frames["pts_s"])).merge(expected, on="step")
    pairs = expected.merge(faces[["pts_s", "x", "y", "w", "h"]], on="pts_s", how="left")
    inside = _centre_inside(pairs, "x", "w") & _centre_inside(pairs, "y", "h")
    found = inside.groupby([pairs["pts_s"], pairs["student"]]).any()
    seconds = expected.set_index(["pts_s", "student"])["weight_s"]
    total = seconds.sum()
    return float(seconds[found.reindex(seconds.index)].sum() / total) if total else float("nan")


def _step(seconds: pd.Series[float]) -> pd.Series[int]:
    # A fifth of a second has no exact binary form; the margin keeps 0.6 in step 3.
    return (seconds * TRUTH_STEPS_PER_SECOND + 1e-6).astype(int)


def _centre_inside(pairs: pd.DataFrame, start: str, size: str) -> pd.Series[bool]:
    centre = pairs[start] + pairs[size] / 2
    low = pairs[f"face_{start}"]
    return (centre >= low) & (centre <= low + pairs[f"face_{size}"])
