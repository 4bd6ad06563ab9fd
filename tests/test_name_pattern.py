"""Names of files taken apart by a pattern, in one way and quickly."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotionkit.name_pattern import DEFAULT_PATTERN, compiled, parse_pattern


@pytest.mark.parametrize(
    ("pattern", "name", "told"),
    [
        (
            DEFAULT_PATTERN,
            "2026-09-14_physics-101_waves",
            {"date": "2026-09-14", "course": "physics-101", "title": "waves"},
        ),
        (DEFAULT_PATTERN, "2026-09-14_a_b_c", {"date": "2026-09-14", "course": "a", "title": "b_c"}),
        ("{course} - {title} ({teacher})", "Bio - Cells (Ada)", {"course": "Bio", "title": "Cells", "teacher": "Ada"}),
        (
            "Zoom {date} {time} {course}",
            "Zoom 20260914 9.05 Bio",
            {"date": "20260914", "time": "9.05", "course": "Bio"},
        ),
        (
            "{date} - {course} - {title}",
            "2026-09-14 - Physics 101 - Waves and light",
            {"date": "2026-09-14", "course": "Physics 101", "title": "Waves and light"},
        ),
        ("{course}_-_{title}", "physics_101_-_waves", {"course": "physics_101", "title": "waves"}),
        ("{title} ({teacher})", "Waves and light (Ada)", {"title": "Waves and light", "teacher": "Ada"}),
        ("{title}", "anything [at] all", {"title": "anything [at] all"}),
        (DEFAULT_PATTERN, "waves", None),
        ("{course}+{title}", "a.b", None),
    ],
)
def test_names_are_taken_apart(pattern, name, told):
    parts = compiled(pattern).fullmatch(name)
    assert (parts and parts.groupdict()) == told


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("", "give something like"),
        ("waves", "give something like"),
        ("{}", "give something like"),
        ("{course", "give something like"),
        ("{{course}}", "give something like"),
        ("{room}_{title}", "{room} is not known"),
        ("{title}_{title}", "a field comes twice"),
        ("{course}{title}", "something has to stand between"),
        ("{title!r}", "give something like"),
    ],
)
def test_a_pattern_that_cannot_be_used(pattern, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        parse_pattern(pattern)


@given(st.text(max_size=30))
def test_any_other_text_is_no_pattern(text):
    if "{" not in text:
        with pytest.raises(ValueError, match="give something like"):
            parse_pattern(text)


def test_a_name_that_fits_badly_takes_no_longer():
    pattern = compiled("{course}_{title}_{teacher}_{date}x")
    started = time.perf_counter()
    assert pattern.fullmatch("_".join(["a"] * 5000)) is None
    assert time.perf_counter() - started < 1
