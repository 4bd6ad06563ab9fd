"""What is told of a lesson by hand: in which forms, in which order of precedence, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotionkit.batch.facts import Facts, Known, parse_name, parse_segment, parse_start, tidied
from emotionkit.batch.facts_file import read_facts_file
from emotionkit.batch.identification import day_of
from emotionkit.batch.lesson_facts import describe_lesson
from emotionkit.batch.roster import read_roster
from emotionkit.errors import InvalidFileError
from emotionkit.project import RecordingsSettings
from emotionkit.records import LessonSegment
from emotionkit.video import probe

BERLIN = ZoneInfo("Europe/Berlin")
KNOWN = Known(duration_s=5400.0, zone=BERLIN)
NINE = datetime(2026, 9, 14, 9, 0, tzinfo=BERLIN)
SEGMENTS = (LessonSegment(0, 750, "intro"), LessonSegment(750, 5400, "group work"))

PAYLOADS = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}{0.__class__}",
    "'; drop table lessons; --",
    "=cmd|' /C calc'!A0",
    "$x^2$ \\ % \" ' `id` $(id)",
    "a\u202egnp.exe",
    "\u2066\u200b\ufeff",
    "x" * 10_000,
    "bell\x07 \x1b[31mred\x1b[0m",
    "two\nlines\tand a tab",
    "e\u0301",
    "\U0001f600",
    "NULL",
    "no",
    "007",
]


@pytest.fixture
def beside(tmp_path):
    """``beside(name, text)``: put a file beside the recording ``waves.mp4``, and return the recording."""

    def write(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / "waves.mp4"

    return write


@pytest.mark.parametrize(
    "text",
    [
        "course: 101\ntitle: no\nteacher: ~\nstart: 2026-09-14 09:00\n"
        "segments:\n  - 00:00 intro\n  - 12:30 group work\n",
        'course: "101"\ntitle: "no"\nstart: 2026-09-14T09:00:00+02:00\n'
        "segments: |\n  00:00 intro\n\n  12:30 group work\n",
        "# remark\n---\ncourse: !!str 101\ntitle: no\nteacher:\nstart: 2026-09-14 9:00 Europe/Berlin\n"
        "segments: ['0:00 intro', 12:30 group work]\n",
        "{course: 101, title: no, start: '2026-09-14 07:00Z', segments: [000:00  intro, 0:12:30 group work]}",
    ],
)
def test_a_file_of_facts(beside, text):
    facts = read_facts_file(beside("waves.yml", text), KNOWN)
    assert facts == Facts("101", "no", None, NINE, SEGMENTS)


def test_no_file_tells_nothing(tmp_path):
    assert read_facts_file(tmp_path / "waves.mp4", KNOWN) == read_roster(tmp_path / "waves.mp4", KNOWN) == Facts()


@pytest.mark.parametrize("text", ["", "---\n", "# only a remark\n", "title:\n", "segments: []\n", "{}"])
def test_an_empty_file_tells_nothing(beside, text):
    assert read_facts_file(beside("waves.yaml", text), KNOWN) == Facts()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "title: Waves\ntutor: Ada\n",
            "line 2: 'tutor' is not known here; there are course, title, teacher, start, segm",
        ),
        ("title: [a, b]\n", "line 1: title takes one value, not a list."),
        ("title: {a: b}\n", "line 1: title takes plain text."),
        ("title: a\ntitle: b\n", "line 2: title is given twice."),
        (
            "\n\nstart: yesterday\n",
            "line 3: start = 'yesterday' cannot be used: give it like 2026-09-14 09:00 Europe/Ber",
        ),
        (
            "start: 2026-02-30 09:00\n",
            "line 1: start = '2026-02-30 09:00' cannot be used: there is no such day or time.",
        ),
        ("start: 2026-09-14 25:00\n", "cannot be used: there is no such day or time."),
        ("start: 2026-09-14 09:00 Mars/Base\n", "cannot be used: give a time zone such as Europe/Berlin or UTC."),
        ("start: 2026-09-14 09:00+02:00 UTC\n", "cannot be used: it names two time zones."),
        ("start: 2026-03-29 02:30\n", "cannot be used: the clocks of its time zone leave out that time."),
        ("start: 0001-01-01\n", "cannot be used: its year is not between 1990 and 2100."),
        (
            "segments:\n- 00:00 intro\n- group work\n",
            "line 3: segments has 'group work', which cannot be used: give it li",
        ),
        (
            "segments:\n- 10:00 a\n- 05:00 b\n",
            "line 3: segments has '05:00 b', which cannot be used: it does not begin ",
        ),
        (
            "segments:\n- 90:00 late\n",
            "line 2: segments has '90:00 late', which cannot be used: the recording ends afte",
        ),
        ("segments:\n- 00:75 a\n", "line 2: segments has '00:75 a', which cannot be used"),
        ("segments: |\n  00:00 a\n  oops\n", "line 3: segments has 'oops'"),
        ("segments:\n- 00:00\n", "line 2: segments has '00:00', which cannot be used"),
        ("segments:\n- [00:00 a]\n", "line 2: segments takes plain text."),
        ("- a\n- b\n", "line 1: give keys with values, such as title: Waves."),
        ("title: Waves\n  course: [\n", "line 2: this is not YAML: "),
        ("title: !!python/object/apply:os.system [id]\n", "line 1: title takes plain text."),
        ("title: !!python/name:os.system x\n", "line 1: title takes plain text."),
        ("[" * 50_000, "is nested too deeply."),
        ("title: Waves\n---\ntitle: Light\n", "line 2: this is not YAML: but found another document."),
        ("title: \x00\n", "cannot be read: it holds characters that no text has."),
        ("x: " + "y" * 300_000, "is larger than 256 KiB."),
        ("? [a]\n: b\n", "line 1: '' is not known here"),
        ("segments: &a [*a, *a]\n", "line 1: segments takes plain text."),
    ],
)
def test_a_wrong_file_is_named_with_line_and_key(beside, text, sentence):
    recording = beside("waves.yml", text)
    with pytest.raises(InvalidFileError) as raised:
        read_facts_file(recording, KNOWN)
    told = str(raised.value)
    assert sentence in told
    assert told.startswith(str(recording.with_suffix(".yml")))
    assert told.isprintable()


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "waves.yml").write_bytes(b"title: \xff\n")
    with pytest.raises(InvalidFileError, match=r"waves\.yml: cannot be read"):
        read_facts_file(tmp_path / "waves.mp4", KNOWN)
    (tmp_path / "waves.yml").unlink()
    (tmp_path / "waves.yml").mkdir()
    with pytest.raises(InvalidFileError, match=r"waves\.yml: cannot be read: Is a directory"):
        read_facts_file(tmp_path / "waves.mp4", KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "recording,course,title,teacher,start,segments,room\n"
        'waves.mp4,101,no,,2026-09-14 09:00,"00:00 intro; 12:30 group work",B2\n',
        "\ufeffRecording; Course;Title;Start;Segments\nother;x;y;nonsense;\nwaves;101;no;2026-09-14 09:00;"
        '"00:00 intro\n12:30 group work"\n',
    ],
)
def test_a_roster(beside, text):
    assert read_roster(beside("roster.csv", text), KNOWN) == Facts("101", "no", None, NINE, SEGMENTS)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("course,title\n", "line 1: has no column 'recording'."),
        ("recording,title,title\n", "line 1: title is a column twice."),
        ("recording,title\nwaves,a\nother,b\nwaves.mp4,c\n", "line 4: recording names 'waves' twice, first in line 2."),
        ("recording,title\nwaves,a,b\n", "line 2: has 3 cells under 2 columns."),
        (
            'recording,title\nother,"two\nlines"\nwaves,a\x07b\n',
            "line 4: title = 'a\\x07b' cannot be used: it contains",
        ),
        ("recording,start\nwaves,soon\n", "line 2: start = 'soon' cannot be used"),
        ('recording,title\nwaves,"a\n', "this is not CSV: "),
        ("", "line 1: has no column 'recording'."),
    ],
)
def test_a_wrong_roster_is_named_with_line_and_column(beside, text, sentence):
    recording = beside("roster.csv", text)
    with pytest.raises(InvalidFileError) as raised:
        read_roster(recording, KNOWN)
    assert sentence in str(raised.value)
    assert "roster.csv" in str(raised.value)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_refused_or_stay_letters(beside, payload):
    recording = beside("waves.yml", f"title: {_yaml(payload)}\n")
    title, refused = _outcome(recording)
    if title is None:
        assert refused.isprintable()
        assert len(refused) < len(str(recording)) + 250
    else:
        assert len(title) <= 200
        assert not set(title) & set("\n\x07\x1b\u202e\u2066\u200b\ufeff")


def _outcome(recording):
    try:
        return read_facts_file(recording, KNOWN).title, ""
    except InvalidFileError as error:
        return None, str(error)


def _yaml(text):
    return '"' + "".join(char if char.isalnum() else f"\\U{ord(char):08x}" for char in text) + '"'


@given(st.text())
def test_any_text_is_refused_or_visible(text):
    try:
        name = parse_name(text)
    except ValueError:
        assert tidied(text) != text or not text
    else:
        assert name == parse_name(name) == tidied(text)


@given(st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30)).map(lambda moment: moment.replace(microsecond=0)))
def test_every_form_of_an_instant_names_the_same(moment):
    instant = moment.replace(tzinfo=UTC)
    for text in (f"{moment:%Y-%m-%d %H:%M:%S} UTC", f"{moment:%Y-%m-%dT%H:%M:%S}Z", instant.isoformat()):
        assert parse_start(text, BERLIN) == instant
    east = instant.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert parse_start(east.isoformat(" "), None) == instant


@given(st.integers(0, 9), st.integers(0, 59), st.integers(0, 59))
def test_every_form_of_a_segment_names_the_same(hours, minutes, seconds):
    start_s = 3600 * hours + 60 * minutes + seconds
    assert parse_segment(f"{hours}:{minutes:02d}:{seconds:02d} a b") == (start_s, "a b")
    assert parse_segment(f"{60 * hours + minutes}:{seconds:02d} a b") == (start_s, "a b")


@pytest.fixture
def recording(tmp_path, short_lesson):
    """A recording of ten seconds in a folder of its own, with a telling name."""
    path = tmp_path / "2026-09-28_physics-101_short.mp4"
    path.symlink_to(short_lesson)
    return path


def test_a_roster_names_recordings_however_their_accents_are_written(tmp_path):
    (tmp_path / "roster.csv").write_text("recording,title\n\u00dcbung.mp4,Practice\n", "utf-8")
    assert read_roster(tmp_path / "U\u0308bung.mp4", KNOWN).title == "Practice"


def test_each_fact_comes_from_the_first_that_tells_it(recording):
    naming = RecordingsSettings(time_zone="Europe/Berlin")

    def told():
        lesson = describe_lesson(probe(recording), "an-id", "00", naming)
        return lesson.course, lesson.title, lesson.teacher, lesson.started_at, lesson.segments

    day = datetime(2026, 9, 28, tzinfo=BERLIN)
    assert told() == ("physics-101", "short", None, day, ())
    recording.with_name("roster.csv").write_text(
        f"recording,course,title,teacher,segments\n{recording.name},Physics,,Ada,0:05 end\n"
    )
    assert told() == ("Physics", "short", "Ada", day, (LessonSegment(5, pytest.approx(10, abs=0.1), "end"),))
    recording.with_suffix(".yml").write_text("title: Waves\nteacher: Emmy\nstart: 2026-09-28 10:00\n")
    lesson = told()
    assert lesson[:4] == ("Physics", "Waves", "Emmy", day.replace(hour=10))
    assert lesson[4][0].title == "end"


def test_a_start_told_in_another_zone_is_on_the_clocks_of_the_project(recording):
    recording.with_suffix(".yml").write_text("start: 2026-09-28 20:00 America/New_York\n")
    lesson = describe_lesson(probe(recording), "an-id", "00", RecordingsSettings(time_zone="Europe/Berlin"))
    assert lesson.started_at.isoformat() == "2026-09-29T02:00:00+02:00"
    assert day_of(lesson) == date(2026, 9, 29)


def test_a_pattern_of_the_settings(tmp_path, short_lesson):
    path = tmp_path / "Bio 20260914 0905 - Cells_and_light (A. Example).mp4"
    path.symlink_to(short_lesson)
    naming = RecordingsSettings(pattern="{course} {date} {time} - {title} ({teacher})", time_zone="Asia/Kathmandu")
    lesson = describe_lesson(probe(path), "an-id", "00", naming)
    assert (lesson.course, lesson.title, lesson.teacher) == ("Bio", "Cells and light", "A. Example")
    assert lesson.started_at == datetime(2026, 9, 14, 9, 5, tzinfo=ZoneInfo("Asia/Kathmandu"))


@pytest.mark.parametrize("name", ["0001-01-01_a_b", "9999-12-31_a_b", "2026-09-14_\u202e_\x07", "\u202e", "x" * 200])
def test_a_name_that_makes_no_sense_tells_what_it_can(tmp_path, short_lesson, name):
    path = tmp_path / f"{name}.mp4"
    path.symlink_to(short_lesson)
    lesson = describe_lesson(probe(path), "an-id", "00")
    assert lesson.title
    assert lesson.title.isprintable()
    assert lesson.course is None or lesson.course.isprintable()
