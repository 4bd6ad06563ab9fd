"""What must be declared before the first recording, and what is refused."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotionkit.cli import main
from emotionkit.errors import InvalidFileError, PolicyError, SettingsError
from emotionkit.policy import (
    GROUNDS,
    Policy,
    PolicySettings,
    Purpose,
    applies_ai_act,
    declared_policy,
    parse_jurisdiction,
    parse_purpose,
)
from emotionkit.project import ProjectSettings, declare_policy, load_project_settings


@pytest.fixture
def settings_file(tmp_path):
    """``settings_file(text)``: a settings file of that text."""

    def write(text):
        path = tmp_path / "emotionkit.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("jurisdiction", ["DE", "FR", "IE", "NO", "IS", "LI", "EU", "EEA", "RE", "AX", "el"])
def test_teaching_feedback_is_refused_in_the_eu_and_eea(jurisdiction):
    with pytest.raises(PolicyError, match=r"Article 5\(1\)\(f\).*\(Regulation \(EU\) 2024/1689\)") as refused:
        Policy(Purpose.TEACHING_FEEDBACK, parse_jurisdiction(jurisdiction))
    assert str(refused.value).count("\n") == 0


@pytest.mark.parametrize("jurisdiction", ["US", "GB", "UK", "CH", "JP", "GL"])
def test_teaching_feedback_is_possible_elsewhere(jurisdiction):
    assert Policy(Purpose.TEACHING_FEEDBACK, parse_jurisdiction(jurisdiction))


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - {Purpose.TEACHING_FEEDBACK}))
def test_other_purposes_are_possible_in_the_eu(purpose):
    assert str(Policy(purpose, "DE")) == f"{purpose} in DE"


def test_every_purpose_has_its_ground():
    assert list(GROUNDS) == list(Purpose)
    assert "Article 2(6)" in GROUNDS[Purpose.RESEARCH]
    assert "5(1)(f)" in GROUNDS[Purpose.MEDICAL_OR_SAFETY]


@pytest.mark.parametrize("jurisdiction", ["BR", "CH", "GB", "GL", "NC", "TR", "UA", "US"])
def test_the_act_ends_at_the_border(jurisdiction):
    assert not applies_ai_act(jurisdiction)


@pytest.mark.parametrize("text", ["medical or safety", "MEDICAL_OR_SAFETY", " medical-or-safety\n"])
def test_purposes_are_read_with_any_separators(text):
    assert parse_purpose(text) is Purpose.MEDICAL_OR_SAFETY


@given(st.text() | st.integers() | st.none() | st.booleans())
def test_anything_else_is_no_purpose_and_no_country(value):
    for parse, known in ((parse_purpose, Purpose), (parse_jurisdiction, None)):
        try:
            parsed = parse(value)
        except ValueError:
            continue
        assert parsed in known if known else len(parsed) in {2, 3}


def test_the_environment_comes_before_the_file():
    settings = PolicySettings(purpose=Purpose.RESEARCH, jurisdiction="DE")
    assert declared_policy(settings, {}) == Policy(Purpose.RESEARCH, "DE")
    assert declared_policy(settings, {"EMOTIONKIT_JURISDICTION": "us"}) == Policy(Purpose.RESEARCH, "US")
    both = {"EMOTIONKIT_PURPOSE": "demonstration", "EMOTIONKIT_JURISDICTION": "JP"}
    assert declared_policy(PolicySettings(), both) == Policy(Purpose.DEMONSTRATION, "JP")
    assert declared_policy(settings, {"EMOTIONKIT_PURPOSE": ""}) == Policy(Purpose.RESEARCH, "DE")
    with pytest.raises(PolicyError, match=r"5\(1\)\(f\)"):
        declared_policy(settings, {"EMOTIONKIT_PURPOSE": "teaching feedback"})
    with pytest.raises(SettingsError, match="EMOTIONKIT_JURISDICTION = 'Atlantis' cannot be used: give a country's"):
        declared_policy(settings, {"EMOTIONKIT_JURISDICTION": "Atlantis"})


def test_half_a_declaration_is_none():
    with pytest.raises(
        PolicyError, match="No jurisdiction is declared for processing recordings: run `emotionkit init"
    ):
        declared_policy(PolicySettings(), {"EMOTIONKIT_PURPOSE": "research"})


def test_without_a_file_everything_has_its_default(tmp_path):
    settings = load_project_settings(tmp_path / "none.toml")
    assert settings == ProjectSettings()
    assert settings.policy.min_group == 5
    assert settings.retention.segments is None


def test_what_init_writes_can_be_read(tmp_path):
    path = tmp_path / "emotionkit.toml"
    assert declare_policy(Policy(Purpose.RESEARCH, "DE"), path)
    written = path.read_text()
    assert load_project_settings(path).policy == PolicySettings(purpose="research", jurisdiction="DE")
    assert not declare_policy(Policy(Purpose.RESEARCH, "DE"), path)
    with pytest.raises(InvalidFileError, match=r"has a section \[policy\] that says otherwise"):
        declare_policy(Policy(Purpose.RESEARCH, "US"), path)
    assert path.read_text() == written


def test_every_setting_that_init_shows_in_a_comment_is_one(tmp_path):
    path = tmp_path / "emotionkit.toml"
    declare_policy(Policy(Purpose.RESEARCH, "DE"), path)
    lines = [line.removeprefix("# ") if "=" in line else line for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines))
    settings = load_project_settings(path)
    assert settings.recordings.time_zone == "Europe/Berlin"
    assert settings.retention.model_dump() == {"segments": 730, "reports": 365, "notebooks": 365, "audit": 1825}


def test_init_keeps_what_else_is_set(settings_file):
    path = settings_file("[retention]\nreports = 30\n")
    assert declare_policy(Policy(Purpose.RESEARCH, "DE"), path)
    settings = load_project_settings(path)
    assert (settings.retention.reports, settings.policy.jurisdiction) == (30, "DE")


@pytest.mark.parametrize(
    "text", ["[policy]\n# purpose = 'research'\n", "[policy]\nmin_group = 5\n", "policy.min_group = 5\n"]
)
def test_init_writes_no_second_section(settings_file, text):
    path = settings_file(text)
    with pytest.raises(InvalidFileError, match=r'section \[policy\] without these; add purpose = "research" and juris'):
        declare_policy(Policy(Purpose.RESEARCH, "US"), path)
    assert path.read_text() == text


def test_init_writes_all_or_nothing(settings_file):
    path = settings_file("[retention]\nreports = 30\n")
    beside = set(path.parent.iterdir())
    path.chmod(0o640)
    before = path.stat().st_ino
    assert declare_policy(Policy(Purpose.RESEARCH, "US"), path)
    assert path.stat().st_ino != before, "a new file was put in the place of the old one"
    assert path.stat().st_mode & 0o777 == 0o640
    assert set(path.parent.iterdir()) == beside


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '[policy]\npurpose = "profit"',
            "line 2: policy.purpose = 'profit' cannot be used: the purposes are research, ",
        ),
        ('[policy]\n\njurisdiction = "Germany"', "line 3: policy.jurisdiction = 'Germany' cannot be used: give a "),
        ("[policy]\nmin_group = 1", "line 2: policy.min_group = 1 cannot be used: input should be greater than or "),
        ('[policy]\nmin_group = "5"', "line 2: policy.min_group = '5' cannot be used: "),
        ("[policy]\nmin_group = true", "line 2: policy.min_group = True cannot be used: "),
        ("policy.min_group = 1", "line 1: policy.min_group = 1 cannot be used: "),
        ("[policy]\n# a remark\nmingroup = 5", "line 3: policy.mingroup is not known here; there are purpose, juris"),
        (
            "[polcy]\nmin_group = 5",
            "line 1: polcy is not known here; there are policy, recordings, retention, nightly, reports.",
        ),
        ("[retention]\nreports = 0", "line 2: retention.reports = 0 cannot be used: "),
        ('[recordings]\ntime_zone = "Middle/Earth"', "line 2: recordings.time_zone = 'Middle/Earth' cannot be used: g"),
        ('[recordings]\ntime_zone = "../../etc/passwd"', "line 2: recordings.time_zone = '../../etc/passwd' cannot be"),
        ("[policy]\npurpose = \n", "line 2: this is not TOML: Invalid value."),
        ("policy = 3", "line 1: policy = 3 cannot be used: "),
        ('[policy]\n"\\u202e\\u0000" = 3', "'policy.\\u202e\\x00' is not known here"),
        (f'[policy]\npurpose = "{"x" * 10_000}"', "line 2: policy.purpose = 'xxx"),
        ('[policy]\npurpose = "<script>{{ 7*7 }}\\u202e"', "= '<script>{{ 7*7 }}\\u202e' cannot be used"),
    ],
)
def test_a_wrong_value_is_named_with_file_line_and_key(settings_file, text, sentence):
    path = settings_file(text)
    with pytest.raises(InvalidFileError) as raised:
        load_project_settings(path)
    assert sentence in str(raised.value)
    assert str(raised.value).startswith(str(path))
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < len(str(path)) + 300


def test_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidFileError, match="cannot be read: it is no text"):
        load_project_settings(tmp_path / "binary.toml")
    with pytest.raises(InvalidFileError, match="cannot be read: Is a directory"):
        load_project_settings(tmp_path)


@pytest.fixture
def emotionkit(tmp_path, monkeypatch, capsys):
    """``emotionkit(*arguments)``: run a command in an empty folder with nothing declared."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EMOTIONKIT_PURPOSE")
    monkeypatch.delenv("EMOTIONKIT_JURISDICTION")

    def run(*arguments, answers=""):
        reading, writing = os.pipe()
        os.write(writing, answers.encode())
        os.close(writing)
        with os.fdopen(reading) as stdin, monkeypatch.context() as patch:
            patch.setattr("sys.stdin", stdin)
            with pytest.raises(SystemExit) as ended:
                main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return run


def test_nothing_is_processed_before_a_purpose_is_declared(emotionkit, tmp_path, short_lesson):
    status, out, err = emotionkit("process", short_lesson)
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "`emotionkit init`" in err
    assert not list(tmp_path.iterdir())


def test_init_for_scripts(emotionkit, tmp_path):
    status, out, err = emotionkit("init", "--purpose", "research", "--jurisdiction", "US", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "settings": "emotionkit.toml",
        "changed": True,
        "purpose": "research",
        "jurisdiction": "US",
    }
    status, out, _ = emotionkit("init", "--purpose", "research", "--jurisdiction", "US")
    assert (status, out.split(",")[0]) == (0, "emotionkit.toml already declares research in US")
    status, out, _ = emotionkit("doctor", "--json")
    (policy,) = [check for check in json.loads(out) if check["check"] == "policy"]
    assert policy["finding"].startswith("research in US; a figure speaks of 5 students at least")


def test_init_asks_again_until_the_answer_can_be_used(emotionkit, tmp_path):
    status, out, err = emotionkit("init", answers="profit\nteaching-feedback\nNowhere\nUS\n")
    assert status == 0, err
    assert "the purposes are research" in err
    assert "ISO 3166" in err
    assert out.startswith("emotionkit.toml now declares teaching feedback in US")
    assert load_project_settings(tmp_path / "emotionkit.toml").policy.purpose is Purpose.TEACHING_FEEDBACK


def test_init_refuses_what_is_forbidden_and_writes_nothing(emotionkit, tmp_path):
    status, out, err = emotionkit("init", "--purpose", "teaching feedback", "--jurisdiction", "EU")
    assert (status, out) == (1, "")
    assert "Article 5(1)(f)" in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [["init"], ["init", "--purpose", "research"], ["init", "--purpose", "gain"], ["init", "--jurisdiction", "Utopia"]],
)
def test_init_without_answers_is_wrong_usage(emotionkit, tmp_path, arguments):
    status, out, err = emotionkit(*arguments)
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_what_the_law_forbids_is_not_processed(emotionkit, tmp_path, short_lesson):
    (tmp_path / "emotionkit.toml").write_text('[policy]\npurpose = "teaching feedback"\njurisdiction = "DE"\n')
    status, _, err = emotionkit("process", short_lesson)
    assert (status, err.count("\n")) == (1, 1)
    assert "Article 5(1)(f)" in err
    status, out, _ = emotionkit("doctor", "--json")
    assert status == 1
    assert [check["check"] for check in json.loads(out) if not check["ok"]] == ["policy"]


def test_a_broken_settings_file_stops_processing(emotionkit, tmp_path, short_lesson):
    (tmp_path / "emotionkit.toml").write_text("[policy]\npurpse = 1\n")
    status, _, err = emotionkit("process", short_lesson)
    assert (status, err) == (
        1,
        "emotionkit.toml, line 2: policy.purpse is not known here; there are purpose, jurisdiction, min_group.\n",
    )
