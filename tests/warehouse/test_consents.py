"""Whom a consent lets be told apart: by the days of the clocks in use, as when the lesson was read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from emotionkit import clocks
from emotionkit.warehouse import load_segment, open_warehouse
from emotionkit.warehouse.exporting import export
from emotionkit.warehouse.register import Consent, Sighting, Student
from emotionkit.warehouse.students import changing_register

MIDNIGHT_IN_BERLIN = datetime(2026, 9, 13, 22, tzinfo=UTC)
EVENING_IN_NEW_YORK = datetime(2026, 9, 15, 1, tzinfo=UTC)
DAY = date(2026, 9, 14)
STUDENT = "s-00000001"


@pytest.fixture
def agreed(folder: Path, write_segment: Callable[..., Path]) -> Callable[..., None]:
    """``agreed(start, consent)``: the lesson algebra of some start, with Ada in it, who agreed."""

    def store(start: datetime, consent: Consent) -> None:
        load_segment(folder, write_segment("algebra", started_at=start))
        with changing_register(folder) as register:
            sighting = Sighting("algebra", "run-1", 1, DAY)
            register.students.append(Student(STUDENT, "Ada", DAY, [consent], sightings=[sighting]))

    return store


def exported(folder: Path, out: Path) -> set[str | None]:
    export(folder, out, student_ids=True)
    return set(pq.read_table(out / "tracks.parquet")["student_id"].to_pylist())


@pytest.mark.parametrize(
    ("start", "machine", "time_zone"),
    [
        (MIDNIGHT_IN_BERLIN, "Europe/Berlin", None),
        (MIDNIGHT_IN_BERLIN, "UTC", "Europe/Berlin"),
        (EVENING_IN_NEW_YORK, "America/New_York", None),
        (EVENING_IN_NEW_YORK, "UTC", "America/New_York"),
    ],
)
@pytest.mark.parametrize(
    ("consent", "covers"),
    [
        (Consent(DAY, ends=DAY), True),
        (Consent(DAY, "mathematics"), True),
        (Consent(date(2026, 9, 15)), False),
        (Consent(date(2026, 9, 1), ends=date(2026, 9, 13)), False),
    ],
    ids=["that day", "from that day on", "from the next day on", "to the day before"],
)
def test_the_day_of_a_lesson_is_that_of_its_own_clocks(
    folder: Path,
    tmp_path: Path,
    agreed: Callable[..., None],
    machine_in: Callable[[str], None],
    start: datetime,
    machine: str,
    time_zone: str | None,
    consent: Consent,
    covers: bool,
) -> None:
    machine_in(machine)
    clocks.use(time_zone)
    agreed(start, consent)
    with open_warehouse(folder) as warehouse:
        assert warehouse.consented("algebra") == ({STUDENT: "Ada"} if covers else {})
        assert list(warehouse.lessons_of(STUDENT)["lesson_id"]) == (["algebra"] if covers else [])
    assert exported(folder, tmp_path / "out") == ({None, STUDENT} if covers else {None})
