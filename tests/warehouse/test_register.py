"""The register of students: durable, for its owner's eyes, and what the database says is what it says."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotionkit.errors import WarehouseError
from emotionkit.warehouse import load_segment, open_warehouse, rebuild
from emotionkit.warehouse.connection import DATABASE
from emotionkit.warehouse.register import REGISTER, Consent, Register, Sighting, Student, load_register
from emotionkit.warehouse.students import changing_register

TODAY = date(2026, 11, 25)
MONDAY = date(2026, 9, 14)


def ada(**changes: Any) -> Student:
    facts: dict[str, Any] = {
        "student_id": "s-1",
        "name": "Ada",
        "enrolled": date(2026, 9, 1),
        "consents": [Consent(date(2026, 9, 1), "Mathematics", date(2099, 7, 31))],
        "embeddings": [[0.25] * 128],
        "sightings": [Sighting("algebra", "run-1", 2, MONDAY)],
    }
    return Student(**{**facts, **changes})


@pytest.fixture
def with_ada(two_lessons: Path) -> Path:
    """A warehouse in which track 2 of algebra is Ada."""
    with changing_register(two_lessons) as register:
        register.students.append(ada())
    return two_lessons


def names(folder: Path) -> dict[tuple[str, int], str | None]:
    with open_warehouse(folder) as warehouse:
        rows = warehouse.sql("SELECT lesson_id, track_id, student_id FROM tracks ORDER BY ALL").fetchall()
        faces = warehouse.sql("SELECT DISTINCT lesson_id, track_id, student_id FROM faces ORDER BY ALL").fetchall()
    assert rows == faces
    return {(lesson_id, track_id): student_id for lesson_id, track_id, student_id in rows}


@pytest.mark.parametrize(
    ("consent", "day", "course", "covers"),
    [
        (Consent(MONDAY), MONDAY, None, True),
        (Consent(MONDAY), date(2026, 9, 13), None, False),
        (Consent(MONDAY), date(2099, 1, 1), "any", True),
        (Consent(MONDAY, ends=MONDAY), MONDAY, None, True),
        (Consent(MONDAY, ends=MONDAY), date(2026, 9, 15), None, False),
        (Consent(MONDAY, withdrawn=date(2026, 9, 20)), date(2026, 9, 19), None, True),
        (Consent(MONDAY, withdrawn=date(2026, 9, 20)), date(2026, 9, 20), None, False),
        (Consent(MONDAY, "Physics 101"), MONDAY, "physics 101", True),
        (Consent(MONDAY, "Physics 101"), MONDAY, "Physics 102", False),
        (Consent(MONDAY, "Physics 101"), MONDAY, None, False),
    ],
)
def test_what_a_consent_covers(consent: Consent, day: date, course: str | None, covers: bool) -> None:
    assert consent.covers(day, course) is covers
    assert ada(consents=[consent]).covered(day, course) is covers
    assert not ada(consents=[consent]).covered(None, course)


def test_the_database_says_what_the_register_says(with_ada: Path) -> None:
    warehouse = open_warehouse(with_ada)
    assert warehouse.sql("SELECT student_id, name FROM students").fetchall() == [("s-1", "Ada")]
    scope = "SELECT scope, course, given_at::DATE, ends_at::DATE, withdrawn_at FROM consents"
    days = (date(2026, 9, 1), date(2099, 7, 31), None)
    assert warehouse.sql(scope).fetchall() == [("course", "Mathematics", *days)]
    assert [pair for pair, student_id in names(with_ada).items() if student_id] == [("algebra", 2)]


def test_a_rebuild_gives_names_back(with_ada: Path) -> None:
    before = names(with_ada)
    (with_ada / DATABASE).unlink()
    assert rebuild(with_ada) == 2
    assert names(with_ada) == before
    assert open_warehouse(with_ada).sql("SELECT count(*) FROM consents").fetchall() == [(1,)]


def test_a_lesson_loaded_later_gets_its_names(folder: Path, write_segment: Any) -> None:
    with changing_register(folder) as register:
        register.students.append(ada())
    load_segment(folder, write_segment("algebra"))
    assert names(folder) == {("algebra", 1): None, ("algebra", 2): "s-1"}
    load_segment(folder, write_segment("algebra", "run-2", ended_s=90.0))
    assert set(names(folder).values()) == {None}


def test_a_student_taken_out_is_gone_everywhere(with_ada: Path) -> None:
    with changing_register(with_ada) as register:
        register.forget_student("s-1")
    assert set(names(with_ada).values()) == {None}
    assert b"Ada" not in (with_ada / REGISTER).read_bytes()


def test_a_lesson_taken_out_leaves_its_students(with_ada: Path) -> None:
    with changing_register(with_ada) as register:
        register.forget_lesson("algebra")
    assert set(names(with_ada).values()) == {None}
    assert load_register(with_ada).find("ADA") == ada(sightings=[])


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_only_its_owner_may_read_it(with_ada: Path) -> None:
    assert stat.S_IMODE((with_ada / REGISTER).stat().st_mode) == 0o600
    assert not list(with_ada.glob(".*.tmp"))


def test_what_fails_leaves_it_as_it_was(with_ada: Path) -> None:
    before = (with_ada / REGISTER).read_bytes()
    with suppress(TypeError), changing_register(with_ada) as register:
        register.students.clear()
        raise TypeError
    assert (with_ada / REGISTER).read_bytes() == before
    assert ("algebra", 2) in names(with_ada)


def test_without_a_change_not_a_byte_changes(with_ada: Path) -> None:
    path = with_ada / REGISTER
    before = path.stat().st_mtime_ns, path.read_bytes()
    with changing_register(with_ada):
        pass
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "damaged at its start"),
        (b"{", "damaged at its start"),
        (b"[]", "damaged at its start"),
        (b'{"format": 1, "students": [{"name": "Ada"}]}', r"damaged at students\.0\.student_id"),
        (b'{"format": 2, "people": []}', "of a newer emotionkit"),
        (b'{"format": 1, "strangers": []}', "damaged at strangers"),
        (b"\xff\xfe", "damaged at its start"),
    ],
)
def test_a_damaged_register_is_named_and_kept(two_lessons: Path, content: bytes, why: str) -> None:
    (two_lessons / REGISTER).write_bytes(content)
    with pytest.raises(WarehouseError, match=rf"students\.json.*{why}"), changing_register(two_lessons):
        pass
    assert (two_lessons / REGISTER).read_bytes() == content


def test_there_is_none_where_nobody_is_enrolled(tmp_path: Path, two_lessons: Path) -> None:
    assert load_register(tmp_path / "nowhere") == load_register(two_lessons) == Register()
    assert not (tmp_path / "nowhere").exists()
    assert not (two_lessons / REGISTER).exists()


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
consents = st.builds(Consent, st.dates(), st.none() | text, st.none() | st.dates(), st.none() | st.dates())
sightings = st.builds(Sighting, text, text, st.integers(1, 99), st.dates())
people = st.builds(
    Student, text, text, st.dates(), st.lists(consents, max_size=3), st.just([]), st.lists(sightings, max_size=3)
)


@given(st.lists(people, max_size=3))
def test_what_is_stored_comes_back(enrolled: list[Student]) -> None:
    register = Register(students=enrolled)
    assert Register.model_validate_json(register.model_dump_json()) == register
    assert json.loads(register.model_dump_json())["format"] == 1


def _enrol_one(folder: Path, number: int) -> None:
    with changing_register(folder) as register:
        register.students.append(ada(student_id=f"s-{number}", name=str(number), sightings=[]))


def test_two_at_a_time_lose_nothing(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        pool.starmap(_enrol_one, [(folder, number) for number in range(6)])
    assert {student.name for student in load_register(folder).students} == set("012345")
