"""Lesson ids become folders; what they may look like."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotionkit.errors import InvalidInputError
from emotionkit.warehouse import validated_lesson_id


@pytest.mark.parametrize("lesson_id", ["algebra", "Física 2-B (tarde)", "数学-第3課", "a", "lesson_1.v2", "x" * 100])
def test_ordinary_names_stay_as_they_are(lesson_id: str) -> None:
    assert validated_lesson_id(lesson_id) == lesson_id


@pytest.mark.parametrize(
    ("lesson_id", "complaint"),
    [
        ("", "is empty"),
        ("..", "dot"),
        (".hidden", "dot"),
        ("-rf", "hyphen"),
        (" lead", "space"),
        ("trail ", "space"),
        ("trail.", "dot"),
        ("../up", "'/'"),
        ("a\\b", r"'\\\\'"),
        ("C:", "':'"),
        ("a\nb", r"'\\n'"),
        ("a\0b", r"'\\x00'"),
        ("gpj\u202e.exe", r"'\\u202e'"),
        ("zero\u200bwidth", r"'\\u200b'"),
        ("no\u00a0break", r"'\\xa0'"),
        ("half \ud800 pair", r"'\\ud800'"),
        ("x" * 101, "longer than 100 characters"),
        ("学" * 99, "bytes"),
    ],
)
def test_names_that_cannot_be_folders_are_refused_in_one_sentence(lesson_id: str, complaint: str) -> None:
    with pytest.raises(InvalidInputError, match=complaint) as caught:
        validated_lesson_id(lesson_id)
    assert "\n" not in str(caught.value)


def test_both_ways_to_write_an_accent_are_one_name() -> None:
    decomposed = unicodedata.normalize("NFD", "géométrie")
    assert validated_lesson_id(decomposed) == "géométrie"


@given(st.text(max_size=120))
def test_whatever_passes_is_a_folder_of_its_own(lesson_id: str) -> None:
    try:
        name = validated_lesson_id(lesson_id)
    except InvalidInputError:
        return
    assert Path("warehouse", "segments", name).parts == ("warehouse", "segments", name)
    assert name not in {".", ".."}
    assert len(name.encode()) < 255
    assert validated_lesson_id(name) == name
