"""What a researcher has chosen, as a value: it gives rows and figures, and writes itself down as code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from emotionkit import clocks
from emotionkit.analysis import (
    AnalysisSettings,
    ClassHistogram,
    course_histogram,
    large_lessons,
    over_lessons,
    student_means,
)
from emotionkit.errors import InvalidInputError
from emotionkit.policy import DEFAULT_MIN_GROUP
from emotionkit.records import EMOTIONS
from emotionkit.warehouse import Warehouse, append_audit, open_warehouse, writers_lock
from emotionkit.warehouse.consents import CONSENTED_SQL, consented

_ROWS_SQL = f"""
SELECT lesson_id, pts_s, weight_s, track_id,
    agreed.student_id AS student_id, x, y, w, h, quality, $columns, emotion
FROM faces JOIN frames USING (lesson_id, pts_s) LEFT JOIN ({CONSENTED_SQL}) agreed USING (lesson_id, student_id)
WHERE lesson_id IN ($lessons) AND pts_s >= $start_s AND pts_s < $end_s
    AND (len($students) = 0 OR agreed.student_id IN (SELECT unnest($students)))
ORDER BY lesson_id, pts_s, track_id
"""  # noqa: S608 - a query within a query


def with_lessons(query: str, lessons: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return a query with its ``$lessons`` told one by one, and their values: DuckDB then skips all others unread."""
    named = {f"lesson{number}": lesson for number, lesson in enumerate(lessons or ("",))}
    return query.replace("$lessons", ", ".join(f"${name}" for name in named)), named


@dataclass(frozen=True, slots=True)
class Selection:
    """Lessons, students, expressions and a stretch of time.

    Attributes:
        lessons: Ids.
        students: Ids of students who agreed; none stands for everybody.
        emotions: Some of ``EMOTIONS``, in that order.
        start_s: From here in each lesson, in seconds.
        end_s: To here, itself excluded.
        smoothing_s: Width of the bins of the timeline; None leaves it to the length of the lesson.
    """

    lessons: tuple[str, ...]
    students: tuple[str, ...] = ()
    emotions: tuple[str, ...] = EMOTIONS
    start_s: float = 0.0
    end_s: float = float("inf")
    smoothing_s: float | None = None

    def __post_init__(self) -> None:
        if unknown := [emotion for emotion in self.emotions if emotion not in EMOTIONS]:
            raise InvalidInputError(f"There is no emotion {unknown[0]!r}; there are {', '.join(EMOTIONS)}.")
        if not 0 <= self.start_s < self.end_s:
            raise InvalidInputError(f"From {self.start_s:g} s to {self.end_s:g} s is no stretch of time.")

    def rows(self, warehouse: str | Path) -> pd.DataFrame:
        """Return a row per face: lesson, time and the time it stands for, track, box, quality and the probabilities.

        ``student_id`` is told only of students whose consent covers the lesson and was not taken back. Rows speak of
        single persons, which no smallest group withholds.

        Raises:
            WarehouseError: The warehouse cannot be read.
        """
        query = _ROWS_SQL.replace("$columns", ", ".join(self.emotions) or "NULL AS none")
        span = {"start_s": self.start_s, "end_s": min(self.end_s, 1e12)}
        query, named = with_lessons(query, self.lessons)
        with open_warehouse(warehouse) as opened:
            values = {"students": list(self.students), **span, **named, **consented(opened.sql, self.lessons)}
            found: pd.DataFrame = opened.sql(query, values).to_arrow_table().to_pandas()
        return found

    def histogram(
        self, warehouse: str | Path, min_group: int = DEFAULT_MIN_GROUP, settings: AnalysisSettings | None = None
    ) -> ClassHistogram:
        """Return the histogram of the selection, with the numbers of the reports.

        Of one lesson over its students; of several as in the report of a course; of chosen students over their
        lessons. Where nobody was seen, and without lessons, it is that of nobody.

        Raises:
            WarehouseError: The warehouse cannot be read.
            UnknownLessonError: There is no lesson of an id.
        """
        with open_warehouse(warehouse) as rows:
            tables = [self._within(rows, lesson_id) for lesson_id in self.lessons]
        if not tables:
            return _of_nobody(settings)
        frames, faces = (pd.concat([pair[side] for pair in tables]) for side in (0, 1))
        return self.histogram_of(student_means(frames, faces, settings), min_group, settings)

    def histogram_of(
        self, means: pd.DataFrame, min_group: int = DEFAULT_MIN_GROUP, settings: AnalysisSettings | None = None
    ) -> ClassHistogram:
        """Return the histogram from rows of :func:`emotionkit.analysis.student_means` of the lessons in this time."""
        chosen = self._theirs(means) if self.students else means
        if chosen.empty:
            return _of_nobody(settings)
        if self.students:
            # They agreed: what is shown of them is theirs alone. Of one of them, lessons are what can differ.
            theirs = chosen.assign(student_id=None) if len(self.students) == 1 else chosen
            return course_histogram(theirs, 1, settings)
        return course_histogram(chosen, min_group, settings)

    def people_of(self, means: pd.DataFrame, min_group: int = DEFAULT_MIN_GROUP) -> int | None:
        """Return how many people :meth:`histogram_of` speaks of; None over several lessons if not all have names."""
        shown = self._theirs(means) if self.students else large_lessons(means, min_group)
        if shown["lesson_id"].nunique() == 1:
            return len(shown)
        return shown["student_id"].nunique() if shown["student_id"].notna().all() else None

    def save(self, warehouse: str | Path, path: str | Path) -> int:
        """Write the rows as Parquet into a new file, note it in the audit log, and return how many there are.

        Raises:
            InvalidInputError: The file exists, or cannot be written.
            WarehouseError: The warehouse cannot be read, or its audit log not be written.
        """
        path, rows = Path(path).expanduser(), self.rows(warehouse)
        try:
            file = path.open("xb")
        except FileExistsError:
            raise InvalidInputError(f"{path} exists already: name a new file.") from None
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            with file:
                rows.to_parquet(file)
            with writers_lock(Path(warehouse)):
                facts = {"lessons": len(self.lessons), "rows": {"faces": len(rows)}, "format": "parquet"}
                append_audit(Path(warehouse), "exported", facts)
        except BaseException as error:
            # No rows leave of which the log does not tell, and nothing half written stays.
            path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _unwritable(path, error) from error
            raise
        return len(rows)

    def code(
        self, warehouse: str | Path, min_group: int = DEFAULT_MIN_GROUP, settings: AnalysisSettings | None = None
    ) -> str:
        """Return Python that gives the same rows and the same histogram again; what is the default is left out."""
        lines = [f"    {name}={getattr(self, name)!r}," for name in self.__slots__]
        end = "float('inf')"
        body = "\n".join(lines).replace("end_s=inf", f"end_s={end}")
        place, time_zone = repr(str(warehouse)), clocks.in_use()
        changed = settings.model_dump(exclude_defaults=True) if settings else {}
        imports = ["from emotionkit.widgets import Selection"]
        arguments = [place]
        if min_group != DEFAULT_MIN_GROUP:
            arguments.append(f"{min_group=}")
        if changed:
            imports.insert(0, "from emotionkit.analysis import AnalysisSettings")
            values = ", ".join(f"{name}={value!r}" for name, value in changed.items())
            arguments.append(f"settings=AnalysisSettings({values})")
        if time_zone:
            imports.insert(0, "from emotionkit import clocks")
        used = f"clocks.use({time_zone!r})\n" if time_zone else ""
        return (
            "\n".join(imports) + f"\n\n{used}selection = Selection(\n{body}\n)\n"
            f"rows = selection.rows({place})\nhistogram = selection.histogram({', '.join(arguments)}).table\n"
        )

    def _theirs(self, means: pd.DataFrame) -> pd.DataFrame:
        return means.loc[means["student_id"].isin(self.students)]

    def _within(self, rows: Warehouse, lesson_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        agreed = rows.consented(lesson_id)
        frames, faces = (
            table.loc[table["pts_s"].between(self.start_s, self.end_s, inclusive="left")].assign(lesson_id=lesson_id)
            for table in (rows.frames(lesson_id), rows.faces(lesson_id))
        )
        return frames, faces.assign(student_id=faces["student_id"].where(faces["student_id"].isin(agreed), None))


def _unwritable(path: Path, error: OSError) -> InvalidInputError:
    return InvalidInputError(f"{path} cannot be written ({error.strerror or error}).")


def _of_nobody(settings: AnalysisSettings | None) -> ClassHistogram:
    return over_lessons({}, settings)
