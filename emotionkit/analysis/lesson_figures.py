"""All figures of a lesson together, as they may be shown: of the class, of named parts, of students who agreed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from emotionkit.analysis.disclosure import is_safe, published
from emotionkit.analysis.histogram import ClassHistogram, class_histogram
from emotionkit.analysis.readings import person_of, require_columns, usable_faces
from emotionkit.analysis.settings import AnalysisSettings
from emotionkit.analysis.timeline import Timeline, lesson_timeline
from emotionkit.analysis.withholding import without, without_bins

SEGMENT_COLUMNS = ("start_s", "end_s")

Piece = tuple[str, int]
"""A person in a stretch of time."""
Figure = tuple[str, int]
"""A figure: ``lesson``, ``segment`` or ``bin``, and which."""


@dataclass(frozen=True, slots=True, eq=False)
class LessonFigures:
    """The figures of a lesson, NaN where they would speak of too few students.

    Attributes:
        histogram: Of the class, in the whole lesson.
        timeline: Of the class, over time.
        segments: Of the class in each named part, in the order of the rows given.
        students: Of each student who agreed, by ``student_id``; intervals are over time. Empty where none may be shown.
        students_withheld: Whether there are some, and none is shown, because the class less those would be too few.
        min_group: Students that a figure speaks of, at least.
    """

    histogram: ClassHistogram
    timeline: Timeline
    segments: tuple[ClassHistogram, ...]
    students: Mapping[str, ClassHistogram]
    students_withheld: bool
    min_group: int


def lesson_figures(
    frames: pd.DataFrame,
    faces: pd.DataFrame,
    segments: pd.DataFrame,
    settings: AnalysisSettings | None = None,
    *,
    consented: Collection[str],
    min_group: int,
) -> LessonFigures:
    """Return the figures of a lesson that may be shown beside each other.

    They are taken in the order lesson, segments, bins of the timeline; what could be calculated from those shown never
    depends on fewer than ``min_group`` people (:mod:`emotionkit.analysis.disclosure`), and none is of people who mostly
    hardly weigh. Students who agreed are shown if that holds for the others alone as well, since whoever sees a student
    can subtract him.

    Args:
        frames: Rows of the table ``frames`` of one lesson.
        faces: Its rows of the table ``faces``.
        segments: Its rows of the table ``segments``; there need be none.
        settings: Defaults where not given.
        consented: Ids of students who agreed to be shown.
        min_group: Students that a figure speaks of, at least.

    Raises:
        InvalidInputError: A column is missing, or a face belongs to no frame.
    """
    settings = settings or AnalysisSettings()
    require_columns(segments, "segments", SEGMENT_COLUMNS)
    whole, timeline = class_histogram(frames, faces, settings), lesson_timeline(frames, faces, settings)
    parts = segment_histograms(frames, faces, segments, settings)
    behind = _behind(frames, faces, segments, timeline, settings)
    effective = partial(_effective, whole=whole, parts=parts, timeline=timeline)
    shown = published(behind, min_group, person=lambda piece: piece[0], effective=effective)
    asked = _named(faces, consented)
    safe = _safe_beside([behind[figure] for figure in shown], behind["lesson", 0], asked, min_group)
    small = [number for kind, number in behind if kind == "bin" and (kind, number) not in shown]
    return LessonFigures(
        histogram=without(whole, min_group, withheld=("lesson", 0) not in shown),
        timeline=without_bins(timeline, min_group, small),
        segments=tuple(
            without(histogram, min_group, withheld=("segment", number) not in shown)
            for number, histogram in enumerate(parts)
        ),
        students=student_histograms(frames, faces, asked, settings) if safe else {},
        students_withheld=bool(asked) and not safe,
        min_group=min_group,
    )


def segment_histograms(
    frames: pd.DataFrame, faces: pd.DataFrame, segments: pd.DataFrame, settings: AnalysisSettings | None = None
) -> tuple[ClassHistogram, ...]:
    """Return the class histogram of each segment, as if it were a lesson of its own; nothing is withheld.

    Args:
        frames: Rows of the table ``frames`` of one lesson.
        faces: Its rows of the table ``faces``.
        segments: ``start_s`` and ``end_s`` of each, in seconds of the lesson; a frame at ``end_s`` is past it.
        settings: Defaults where not given.

    Raises:
        InvalidInputError: A column is missing, or a face belongs to no frame.
    """
    histograms = []
    for start, end in zip(segments["start_s"], segments["end_s"], strict=True):
        inside = [rows.loc[rows["pts_s"].between(start, end, inclusive="left")] for rows in (frames, faces)]
        histograms.append(class_histogram(inside[0], inside[1], settings))
    return tuple(histograms)


def student_histograms(
    frames: pd.DataFrame, faces: pd.DataFrame, student_ids: Sequence[str], settings: AnalysisSettings | None = None
) -> dict[str, ClassHistogram]:
    """Return the histogram of each student alone, with an interval over time; of those with no usable face, without.

    Arguments as for :func:`lesson_figures`.
    """
    return {
        student: class_histogram(frames, faces.loc[faces["student_id"] == student], settings) for student in student_ids
    }


def _named(faces: pd.DataFrame, consented: Collection[str]) -> list[str]:
    named = faces["student_id"].dropna().unique() if "student_id" in faces else ()
    return sorted(str(student) for student in named if student in consented)


def _behind(
    frames: pd.DataFrame, faces: pd.DataFrame, segments: pd.DataFrame, timeline: Timeline, settings: AnalysisSettings
) -> dict[Figure, frozenset[Piece]]:
    """Return what stands behind each figure, in pieces so short that each figure is made of whole ones."""
    usable = usable_faces(frames, faces, settings)
    pts_s, starts = usable["pts_s"].to_numpy(np.float64), timeline.faces["start_s"].to_numpy(np.float64)
    spans = list(zip(segments["start_s"], segments["end_s"], strict=True))
    edges = np.unique(np.concatenate([starts, np.array(spans, dtype=np.float64).ravel()]))
    pieces = pd.DataFrame(
        {"person": person_of(usable).to_numpy(), "piece": np.searchsorted(edges, pts_s, side="right")}
    )
    first = pieces.drop_duplicates().index
    pieces, pts_s = pieces.loc[first], pts_s[first]
    behind: dict[Figure, frozenset[Piece]] = {("lesson", 0): _pieces(pieces)}
    for number, (start, end) in enumerate(spans):
        behind["segment", number] = _pieces(pieces.loc[(start <= pts_s) & (pts_s < end)])
    place = np.searchsorted(starts, pts_s, side="right") - 1
    for number in np.unique(place):
        behind["bin", int(number)] = _pieces(pieces.loc[place == number])
    return behind


def _effective(figure: Figure, whole: ClassHistogram, parts: Sequence[ClassHistogram], timeline: Timeline) -> float:
    """Return how many students of equal weight say as much as those of a figure."""
    kind, number = figure
    if kind == "bin":
        return float(timeline.effective_students[number])
    return (whole if kind == "lesson" else parts[number]).effective_students


def _pieces(rows: pd.DataFrame) -> frozenset[Piece]:
    return frozenset(zip(rows["person"], rows["piece"], strict=True))


def _safe_beside(
    shown: Collection[frozenset[Piece]], everybody: frozenset[Piece], students: Collection[str], min_group: int
) -> bool:
    """Return whether the figures shown stay safe once some students are known and can be subtracted."""
    known = {f"student {student}" for student in students}
    # Comparisons with other lessons are about those who have names, shown or not, where they are half of the class.
    named = frozenset(piece for piece in everybody if piece[0].startswith("student "))
    pairs = 2 * len({person for person, _ in named}) >= len({person for person, _ in everybody})
    figures = [*shown, named] if pairs else shown
    rest = [frozenset(piece for piece in figure if piece[0] not in known) for figure in figures]
    return is_safe([figure for figure in rest if figure], min_group, person=lambda piece: piece[0])
