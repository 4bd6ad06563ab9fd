"""Whose track is whose, for observers who know the students: by a place in the picture, or by enrolment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from emotionkit.analysis.code_events import STUDENT, Cells
from emotionkit.analysis.code_tables import read_table
from emotionkit.analysis.codes import composed
from emotionkit.analysis.ratings import PEOPLE_COLUMNS
from emotionkit.analysis.readings import require_columns
from emotionkit.errors import InvalidFileError, InvalidInputError, quoted

PLACE_COLUMNS = ("student", "at_s", "x", "y")


def read_places(path: Path | str) -> pd.DataFrame:
    """Return where students are in the picture, from a table with the columns ``student``, ``at_s``, ``x`` and ``y``.

    A row says that at a second of the recording the student's face is at a point, in pixels; a student who leaves and
    comes back has a row for each time.

    Returns:
        ``student``, ``at_s``, ``x`` and ``y``.

    Raises:
        InvalidFileError: The file cannot be used; the sentence names file, line and column.
    """
    table = read_table(Path(path))
    cells = Cells(table.path, table.rows[0][1])
    student = cells.first(STUDENT)
    numbers = [cells.first((name,)) for name in PLACE_COLUMNS[1:]]
    if student is None or None in numbers:
        raise InvalidFileError(table.path, f"a table of places has the columns {', '.join(PLACE_COLUMNS)}.", line=1)
    rows = [
        (composed(row[student]), *(cells.time(row, place, line) for place in numbers if place is not None))
        for line, row in table.after(0)
    ]
    return pd.DataFrame(rows, columns=list(PLACE_COLUMNS))


def people_at(faces: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return whose track is whose, by where students are in the picture.

    Args:
        faces: Rows of the table ``faces`` of one lesson.
        places: What :func:`read_places` returns.

    Returns:
        ``student`` and ``track_id``, a row per track.

    Raises:
        InvalidInputError: A column is missing, no face is there within a second, or two students have one track.
    """
    require_columns(faces, "faces", ("pts_s", "track_id", "x", "y", "w", "h"))
    require_columns(places, "places", PLACE_COLUMNS)
    rows = []
    for student, at_s, x, y in zip(*(places[column] for column in PLACE_COLUMNS), strict=True):
        off_x, off_y = faces["x"] + faces["w"] / 2 - x, faces["y"] + faces["h"] / 2 - y
        inside = (
            (off_x.abs() <= faces["w"] / 2) & (off_y.abs() <= faces["h"] / 2) & ((faces["pts_s"] - at_s).abs() <= 1)
        )
        if not inside.any():
            raise InvalidInputError(f"No face is at ({x:g}, {y:g}) at {at_s:g} s, where {quoted(student)} should be.")
        # The face nearest in time, then the one whose centre is nearest.
        order = np.lexsort((np.hypot(off_x, off_y)[inside], (faces["pts_s"] - at_s).abs()[inside]))
        rows.append((student, int(faces.loc[inside, "track_id"].iloc[order[0]])))
    people = pd.DataFrame(rows, columns=list(PEOPLE_COLUMNS)).drop_duplicates(ignore_index=True)
    shared = people.loc[people["track_id"].duplicated(keep=False)]
    if len(shared):
        first, second = shared.sort_values("track_id")["student"].iloc[:2]
        raise InvalidInputError(f"{quoted(first)} and {quoted(second)} have the same track; one place is wrong.")
    return people


def enrolled_people(faces: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return whose track is whose among students who are enrolled.

    Args:
        faces: Rows of the table ``faces`` of one lesson.
        names: Names by ``student_id``, as ``Warehouse.consented`` gives them.

    Returns:
        ``student`` (the name) and ``track_id``, a row per track.
    """
    require_columns(faces, "faces", ("track_id", "student_id"))
    named = faces.loc[faces["student_id"].isin(list(names)), ["student_id", "track_id"]].drop_duplicates()
    people = named.assign(student=named["student_id"].map(dict(names)))
    return people[list(PEOPLE_COLUMNS)].reset_index(drop=True)
