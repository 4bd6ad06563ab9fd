"""``emotionkit students`` as an administrator meets it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest


@pytest.fixture
def photo(clips):
    return clips / "single_face.jpg"


def test_enroll_list_and_withdraw(emotionkit, photo):
    status, out, err = emotionkit(
        "students", "enroll", "Ada [L]", "--photo", photo, "--consent", "2026-09-01", "--course", "physics-101",
        "--until", "2099-07-31",
    )  # fmt: skip
    assert (status, err) == (0, "")
    assert out.startswith("Ada [L] is enrolled as s-")
    status, out, err = emotionkit("students", "enroll", "ada [l]", "--consent", "2026-10-01", "--whole", "--json")
    assert (status, err) == (0, "")
    student = json.loads(out)
    assert [consent["scope"] for consent in student["consents"]] == ["course", "whole"]

    status, out, _ = emotionkit("students", "list")
    assert status == 0
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["student", "name", "consent", "for", "given", "holds"]
    assert lines[1] == [student["student_id"], "Ada", "[L]", "physics-101", "2026-09-01", "until", "2099-07-31"]
    assert lines[2] == [student["student_id"], "Ada", "[L]", "all", "lessons", "2026-10-01", "yes"]

    status, out, err = emotionkit("students", "withdraw", "ADA [L]", "--on", "2026-11-01")
    assert (status, out, err) == (0, "Ada [L] is no longer recognised from 2026-11-01 on\n", "")
    (listed,) = json.loads(emotionkit("students", "list", "--json")[1])
    assert listed["photos"] == 0
    assert [consent["withdrawn"] for consent in listed["consents"]] == ["2026-11-01"] * 2
    assert not any(consent["holds"] for consent in listed["consents"])


def test_nobody_is_enrolled(emotionkit, tmp_path):
    assert emotionkit("students", "list") == (0, "Nobody is enrolled.\n", "")
    assert emotionkit("students", "list", "--json") == (0, "[]\n", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["enroll", "Ada"],
        ["enroll", "Ada", "--consent", "2026-09-01"],
        ["enroll", "Ada", "--consent", "2026-09-01", "--whole", "--course", "physics"],
        ["enroll", "Ada", "--consent", "last week", "--whole"],
        ["enroll", "A\u202eda", "--consent", "2026-09-01", "--whole"],
        ["enroll", " ", "--consent", "2026-09-01", "--whole"],
        ["enroll", "x" * 10_000, "--consent", "2026-09-01", "--whole"],
        ["enroll", "Ada", "--consent", "2026-09-01", "--course", "\x1b[31m"],
        ["withdraw"],
        ["withdraw", "Ada", "--on", "2999-01-01"],
        ["enrol"],
    ],
)
def test_wrong_usage(emotionkit, tmp_path, arguments):
    status, out, err = emotionkit("students", *arguments)
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["withdraw", "Eve"], "Nobody called 'Eve' is enrolled; `emotionkit students list` shows who is.\n"),
        (
            ["enroll", "Ada", "--consent", "2026-09-01", "--whole"],
            "Ada needs at least one photo to be recognised by.\n",
        ),
        (
            ["enroll", "Ada", "--consent", "2026-09-01", "--whole", "--photo", "gone.jpg"],
            "gone.jpg: cannot be read: No such file or directory.\n",
        ),
    ],
)
def test_a_fault_is_one_sentence(emotionkit, arguments, sentence):
    assert emotionkit("students", *arguments) == (1, "", sentence)


def test_whoever_is_withdrawn_from_nowhere_leaves_nothing_there(emotionkit, tmp_path):
    assert emotionkit("students", "withdraw", "Eve", "--warehouse", "misspelt")[0] == 1
    assert not list(tmp_path.iterdir())


def test_nobody_is_enrolled_without_a_purpose(emotionkit, monkeypatch, photo):
    monkeypatch.delenv("EMOTIONKIT_PURPOSE")
    status, _, err = emotionkit("students", "enroll", "Ada", "--photo", photo, "--consent", "2026-09-01", "--whole")
    assert (status, err.count("\n")) == (1, 1)
    assert "`emotionkit init`" in err


@pytest.mark.parametrize("command", [[], ["enroll"], ["list"], ["withdraw"]])
def test_help_fits_a_terminal(emotionkit, command):
    status, out, _ = emotionkit("students", *command, "--help")
    assert status == 0
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_days_are_those_of_the_clocks_of_the_project(emotionkit, photo, machine_in, zone):
    """At any time one of the two has another day than this machine."""
    machine_in("UTC")
    Path("emotionkit.toml").write_text(f'[recordings]\ntime_zone = "{zone}"\n')
    today = datetime.now(ZoneInfo(zone)).date()
    enrolled = emotionkit(
        "students", "enroll", "Ada", "--photo", photo, "--consent", today - timedelta(9), "--whole", "--until", today
    )
    assert enrolled[0] == 0, enrolled
    assert emotionkit("doctor", "--json")[0] == 0
    (listed,) = json.loads(emotionkit("students", "list", "--json")[1])
    assert listed["consents"][0]["holds"]
    _, out, _ = emotionkit("students", "withdraw", "Ada")
    assert out == f"Ada is no longer recognised from {today} on\n"


def test_a_name_is_found_however_it_is_typed(emotionkit, photo):
    consent = ("--photo", photo, "--consent", "2026-09-01", "--whole")
    assert emotionkit("students", "enroll", "Jos\u00e9 Ruiz", *consent)[0] == 0
    assert emotionkit("students", "withdraw", " jose\u0301  ruiz", "--on", "2026-11-01")[0] == 0
