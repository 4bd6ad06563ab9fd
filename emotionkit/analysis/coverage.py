"""How much of a lesson the figures stand on, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from emotionkit.analysis.readings import usable_faces
from emotionkit.analysis.settings import AnalysisSettings


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What was looked at, found and used.

    Attributes:
        sampled_s: Seconds that the sampled frames stand for.
        sampled_frames: Frames looked at.
        seen_share: Share of that time with at least one usable face, 0 to 1; 0 without frames.
        mean_faces: Mean number of usable faces at a time, over all of that time.
        most_faces: The largest number of usable faces in a frame.
        faces_found: Faces in all sampled frames together.
        faces_used: Those that the figures stand on.
        left_out: A row per reason (index ``reason``) with ``faces``, how many were left out for it. The reasons:
            ``quality``, below ``settings.minimum_quality``.
        tracks: Continuous presences found, usable or not.
        settings: The settings that made it.
    """

    sampled_s: float
    sampled_frames: int
    seen_share: float
    mean_faces: float
    most_faces: int
    faces_found: int
    faces_used: int
    left_out: pd.DataFrame
    tracks: int
    settings: AnalysisSettings


def lesson_coverage(frames: pd.DataFrame, faces: pd.DataFrame, settings: AnalysisSettings | None = None) -> Coverage:
    """Return the coverage of a lesson.

    Args:
        frames: Rows of the table ``frames`` of one lesson.
        faces: Its rows of the table ``faces``.
        settings: Defaults where not given.

    Raises:
        InvalidInputError: A column is missing, or a face belongs to no frame.
    """
    settings = settings or AnalysisSettings()
    usable = usable_faces(frames, faces, settings)
    sampled_s = float(frames["weight_s"].sum())
    per_frame = usable.groupby("pts_s")["weight_s"].agg(["first", "size"])
    low_quality = int((faces["quality"] < settings.minimum_quality).sum())
    return Coverage(
        sampled_s=sampled_s,
        sampled_frames=len(frames),
        seen_share=min(1.0, float(per_frame["first"].sum()) / sampled_s) if sampled_s else 0.0,
        mean_faces=float(usable["weight_s"].sum()) / sampled_s if sampled_s else 0.0,
        most_faces=int(per_frame["size"].max()) if len(per_frame) else 0,
        faces_found=len(faces),
        faces_used=len(usable),
        left_out=pd.DataFrame({"faces": [low_quality]}, index=pd.Index(["quality"], name="reason")),
        tracks=int(faces["track_id"].nunique()),
        settings=settings,
    )
