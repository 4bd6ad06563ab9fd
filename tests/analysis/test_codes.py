"""What observers wrote, in the formats of their tools, and the ratings that come of it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sample_codes
from emotionkit.analysis import (
    coded_windows,
    confusion,
    enough_students,
    enrolled_people,
    expression_reliability,
    expression_shares,
    majority,
    people_at,
    read_codes,
    read_places,
    read_windows,
    with_network,
)
from emotionkit.errors import InvalidFileError, InvalidInputError
from emotionkit.records import EMOTIONS

EXPECTED = [("Ada", 1.5, 4.0, "happy"), ("Ada", 6.0, 6.0, "surprise"), ("Bo", 62.25, 3605.0, "sad")]
"""The same three codes in every format; those that know no moments have the second last 0 s."""

BORIS_2024 = (
    "Observation id,Observation date,Description,Observation duration,Observation type,Source,Time offset (s),"
    "Coding duration,Media duration (s),FPS (frame/s),Subject,Observation duration by subject by observation,Behavior,"
    "Behavioral category,Behavior type,Modifier #1,Time,Media file name,Image index,Image file path,Comment\n"
)
BORIS_ROW = "obs,2026-10-01,,3700,Media file(s),player #1:a.mp4,0,3700,3700,25,{},3700,{},,{},,{},a.mp4,1,,\n"
AGGREGATED = (
    "Observation id,Observation date,Description,Media file,Total length,FPS,Subject,Behavior,Behavioral category,"
    "Modifiers,Behavior type,Start (s),Stop (s),Duration (s),Comment start,Comment stop\n"
)
AGGREGATED_ROW = "obs,2026-10-01,,a.mp4,3700,25,{},{},,,{},{},{},{},,\n"

FORMATS = {
    "elan.txt": (
        "Ada\t\t00:00:01.500\t1.5\t00:00:04.000\t4.0\t00:00:02.500\t2.5\thappy\n"
        "Ada\t\t00:00:06.000\t6.0\t00:00:06.000\t6.0\t00:00:00.000\t0.0\tsurprise\n"
        "Bo\t\t00:01:02.250\t62.25\t01:00:05.000\t3605.0\t00:59:02.750\t3542.75\tsad\n"
    ),
    "elan, milliseconds, participants.txt": (
        "#file:///a.eaf\nface\tAda\t1500\t4000\t2500\thappy\nface\tAda\t6000\t6000\t0\tsurprise\n"
        "face\tBo\t62250\t3605000\t3542750\tsad\n"
    ),
    "elan, named.csv": (
        "Tier,Participant,Begin Time - ss.msec,End Time - ss.msec,Duration - ss.msec,Annotation\n"
        "Ada,,1.5,4.0,2.5,Happy\nAda,,6,6,0,surprise\nBo,,62.25,3605,3542.75,sad\n"
    ),
    "elan, tiers beside each other, French.txt": (
        "Temps de départ - hh:mm:ss:ff (PAL)\tTemps de départ - msec\ttemps de fin - msec\tDurée - msec\tAda\tBo\n"
        "00:00:01:12\t1500\t4000\t2500\thappy\t\n00:00:06:00\t6000\t6000\t0\tsurprise\t\n"
        "00:01:02:06\t62250\t3605000\t3542750\t\tsad\n"
    ),
    "boris.csv": BORIS_2024
    + BORIS_ROW.format("Ada", "happy", "START", "1.500")
    + BORIS_ROW.format("Ada", "happy", "STOP", "4.000")
    + BORIS_ROW.format("Ada", "surprise", "POINT", "6.000")
    + BORIS_ROW.format("Bo", "sad", "START", "62.250")
    + BORIS_ROW.format("Bo", "sad", "STOP", "3605.000"),
    "boris of long ago.tsv": (
        "Observation id\tobs\n\nMedia file(s)\n\nPlayer #1\ta.mp4\n\n"
        "Time\tMedia file path\tTotal length\tFPS\tSubject\tBehavior\tBehavioral category\tComment\tStatus\n"
        "1.5\ta.mp4\t3700\t25\tAda\thappy\t\t\tSTART\n4.0\ta.mp4\t3700\t25\tAda\thappy\t\t\tSTOP\n"
        "6.0\ta.mp4\t3700\t25\tAda\tsurprise\t\t\tPOINT\n"
        "62.25\ta.mp4\t3700\t25\tBo\tsad\t\t\tSTART\n3605\ta.mp4\t3700\t25\tBo\tsad\t\t\tSTOP\n"
    ),
    "boris, aggregated.csv": AGGREGATED
    + AGGREGATED_ROW.format("Ada", "happy", "STATE", "1.500", "4.000", "2.500")
    + AGGREGATED_ROW.format("Ada", "surprise", "POINT", "6.000", "NA", "NA")
    + AGGREGATED_ROW.format("Bo", "sad", "STATE", "62.250", "3605.000", "3542.750"),
    "plain.csv": "student,start_s,end_s,code\nAda,1.5,4,happy\nAda,6,,surprise\nBo,1:02.25,1:00:05,sad\n",
    "from a spreadsheet.csv": (
        "Student;Start;Duration;Emotion\nAda;1,5;2,5;joy\nAda;6;;Surprised\nBo;62,25;3542,75;sadness\n"
    ),
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_format_gives_the_same_codes(tmp_path, name, encoding):
    (tmp_path / name).write_text(FORMATS[name], encoding=encoding)
    codes = read_codes(tmp_path / name)
    assert list(codes.drop(columns="coder").itertuples(index=False, name=None)) == EXPECTED
    assert set(codes["coder"]) == {Path(name).stem}


OBSERVERS = Path(__file__).parent / "observers"
"""Exports that BORIS 10.0.2 made of the codes above, alike from 8.27.4, and a file of ELAN's format from pympi 1.71."""


@pytest.mark.parametrize(
    "name",
    [
        "tabular.csv",
        "tabular.tsv",
        "aggregated.csv",
        "aggregated.tsv",
        "tabular with an offset.csv",
        "aggregated with an offset.csv",
        "tabular with a negative offset.csv",
        "aggregated with a negative offset.csv",
        "elan, by pympi.eaf",
    ],
)
def test_files_of_the_real_programs_give_the_same_codes(name):
    """BORIS adds an observation's offset to its times; what is wanted is the time in the recording."""
    codes = read_codes(OBSERVERS / name)
    told = [(student, start, end, code) for _, student, start, end, code in codes.to_numpy().tolist()]
    if name.endswith(".eaf"):  # no annotation of ELAN is of a moment
        told[1] = (*told[1][:2], 6.0, told[1][3])
    assert told == EXPECTED
    assert set(codes["coder"]) == {"anna" if name.endswith(".eaf") else Path(name).stem}


@pytest.mark.parametrize("name", ["tabular with modifiers.csv", "aggregated with modifiers.csv"])
def test_states_of_boris_with_other_modifiers_run_beside_each_other(name):
    codes = read_codes(OBSERVERS / name)
    assert codes[["start_s", "end_s"]].to_numpy().tolist() == [[1, 3], [2, 5]]


def test_observations_of_boris_in_one_file_are_of_their_observers():
    """Also where an observation begins as a comment would, and a variable is called as a column that is looked for."""
    by_observation = read_codes(OBSERVERS / "aggregated of two observations.tsv")
    assert by_observation.groupby("coder").size().to_dict() == {"#2": 1, "anna": 3}
    by_observer = read_codes(OBSERVERS / "aggregated of two observers.tsv")
    assert by_observer.groupby("coder").size().to_dict() == {"Anna": 3, "Ben": 1}
    assert set(by_observer["student"]) == {"Ada", "Bo"}


def test_several_recordings_in_one_file_of_boris_are_refused(tmp_path):
    text = (OBSERVERS / "aggregated of two observations.tsv").read_text("utf-8")
    media = "2026-09-28_physics-101_exam-review.mp4"
    (tmp_path / "a.tsv").write_text(text.replace(f"\t4.200\t2.600\t{media}", "\t4.200\t2.600\tC:\\\\b.mp4"))
    with pytest.raises(
        InvalidFileError, match=r"line 5: Media file name is 'b.mp4', and '2026.*one recording at a time"
    ):
        read_codes(tmp_path / "a.tsv")
    (tmp_path / "a.tsv").write_text(text.replace(f"\t2.600\t{media}", f"\t2.600\tC:\\\\videos\\\\{media}"))
    assert len(read_codes(tmp_path / "a.tsv")) == 4


EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-10-01T10:00:00+00:00" FORMAT="3.0" VERSION="3.0">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"><MEDIA_DESCRIPTOR MEDIA_URL="a.mp4" TIME_ORIGIN="500"/></HEADER>
<TIME_ORDER>
<TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="1000"/><TIME_SLOT TIME_SLOT_ID="t2"/><TIME_SLOT TIME_SLOT_ID="t3"/>
<TIME_SLOT TIME_SLOT_ID="t4" TIME_VALUE="4000"/></TIME_ORDER>
<TIER TIER_ID="Ada" LINGUISTIC_TYPE_REF="free">{annotations}</TIER>
<TIER TIER_ID="again@Bo" PARTICIPANT="Bo" PARENT_REF="Ada" LINGUISTIC_TYPE_REF="within">{within}</TIER>
</ANNOTATION_DOCUMENT>
"""


def eaf(path, annotations, within=()):
    """Write annotations, given by key, slots and value, and those within others, given by key, other and value."""
    form = (
        '<ANNOTATION><{0}_ANNOTATION ANNOTATION_ID="{1}" {2}><ANNOTATION_VALUE>{3}</ANNOTATION_VALUE></{0}_ANNOTATION>'
    )
    outer = [
        form.format("ALIGNABLE", key, f'TIME_SLOT_REF1="{first}" TIME_SLOT_REF2="{second}"', value) + "</ANNOTATION>"
        for key, first, second, value in annotations
    ]
    inner = [form.format("REF", key, f'ANNOTATION_REF="{of}"', value) + "</ANNOTATION>" for key, of, value in within]
    path.write_text(EAF.format(annotations="".join(outer), within="".join(inner)), "utf-8")
    return path


def test_times_that_elan_leaves_open_are_shared_out(tmp_path):
    path = eaf(
        tmp_path / "anna.eaf",
        [("a1", "t1", "t2", "happy"), ("a2", "t2", "t3", ""), ("a3", "t3", "t4", "sa&#100;")],
        [("b1", "a1", "fear"), ("b2", "a1", "angry"), ("c1", "b2", "disgust")],
    )
    codes = read_codes(path)
    assert codes.to_numpy().tolist() == [
        ["anna", "Ada", 1.5, 2.5, "happy"],
        ["anna", "Ada", 3.5, 4.5, "sad"],
        ["anna", "Bo", 1.5, 2.0, "fear"],
        ["anna", "Bo", 2.0, 2.5, "angry"],
        ["anna", "Bo", 2.0, 2.5, "disgust"],
    ]


BAD_EAF = {
    "not XML": "<ANNOTATION_DOCUMENT><TIER>",
    "another document": "<html></html>",
    "no time": EAF.format(annotations="", within="").replace(
        "</ANNOTATION_DOCUMENT>",
        '<TIER TIER_ID="x"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a" ANNOTATION_REF="a">'
        "<ANNOTATION_VALUE>sad</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>",
    ),
    "an attribute is missing": '<ANNOTATION_DOCUMENT><TIME_SLOT TIME_VALUE="1"/></ANNOTATION_DOCUMENT>',
    "entities": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><ANNOTATION_DOCUMENT>&x;</ANNOTATION_DOCUMENT>',
    "nothing": "",
    "an encoding that nobody knows": '<?xml version="1.0" encoding="klingon"?><ANNOTATION_DOCUMENT/>',
}


@pytest.mark.parametrize("content", BAD_EAF.values(), ids=BAD_EAF)
def test_a_file_of_elan_that_cannot_be_used_is_one_sentence(tmp_path, content):
    (tmp_path / "a.eaf").write_text(content, "utf-8")
    with pytest.raises(InvalidFileError, match=r"a.eaf(, line \d+)?: (this is no file of ELAN|annotation 'a' of)"):
        read_codes(tmp_path / "a.eaf")


def test_a_tier_may_name_its_coder(tmp_path):
    (tmp_path / "a.txt").write_text("Ada@anna\t\t1.5\t4.0\t2.5\thappy\nAda@ben\t\t1.6\t4.0\t2.4\thappy\n")
    codes = read_codes(tmp_path / "a.txt", offset_s=10)
    assert codes[["coder", "student", "start_s"]].to_numpy().tolist() == [["anna", "Ada", 11.5], ["ben", "Ada", 11.6]]


def test_the_name_of_elans_last_column_may_be_lost(tmp_path):
    (tmp_path / "a.txt").write_text(
        "Tier\t\tBegin Time - ss.msec\tEnd Time - ss.msec\nAda\t\t1.0\t2.0\thappy\nBo\t\t1\t2\n"
    )
    assert read_codes(tmp_path / "a.txt").to_numpy().tolist() == [["a", "Ada", 1.0, 2.0, "happy"]]


def test_words_of_other_schemes_are_told(tmp_path):
    (tmp_path / "a.csv").write_text("student,start,code\nAda,1,Smile\nAda,2,off screen\n")
    codes = read_codes([tmp_path / "a.csv"], labels={"smile": "happy", "Off screen": None})
    assert codes["code"].tolist() == ["happy"]
    with pytest.raises(InvalidInputError, match="labels leads to 'glad'; expressions are angry"):
        read_codes(tmp_path / "a.csv", labels={"smile": "glad"})


HEAD = "student,start_s,end_s,code\n"
BAD = {
    "": "holds no rows",
    HEAD: "holds no code of an expression",
    "a,b\n1,2\n": "no row names columns for a student, a start and a code",
    HEAD + "Ada,1,2,happy\nAda,x,2,happy\n": "line 3: start_s holds 'x', which is no time",
    HEAD + "Ada,1:75,2,happy\n": "line 2: start_s holds '1:75', which is no time",
    HEAD + "Ada,-1,2,happy\n": "line 2: start_s holds '-1', which is no time",
    HEAD + f"Ada,{'9' * 400},2,happy\n": "line 2: start_s holds '9999",
    HEAD + "Ada,3,2,happy\n": "line 2: code ends at 2 s, before it begins at 3 s",
    HEAD + "Ada,1,2,<script>alert(1)</script>\n": "line 2: code holds '<script>alert",
    HEAD + ",1,2,happy\n": "line 2: student names no student",
    HEAD + 'Ada,1,2,"happy\n': "line 2: this is no row of a table",
    HEAD + f"Ada,1,2,{'x' * 200_000}\n": "line 2: this is no row of a table",
    BORIS_2024 + BORIS_ROW.format("Ada", "sad", "START", "1"): "line 2: Behavior type 'sad' starts and never stops",
    BORIS_2024 + BORIS_ROW.format("Ada", "sad", "STOP", "1"): "line 2: Behavior type stops what never started",
    BORIS_2024 + BORIS_ROW.format("Ada", "sad", "?", "1"): "line 2: Behavior type holds neither START, STOP nor POINT",
    BORIS_2024 + 2 * BORIS_ROW.format("Ada", "sad", "START", "1"): "line 3: Behavior type starts what is running",
    BORIS_2024 + BORIS_ROW.format("No focal subject", "sad", "POINT", "1"): "line 2: Subject names no student",
    "Ada\t\t00:00:01:12\t00:00:04:00\t00:00:02:13\thappy\n": "line 1: begin and end are needed as hh:mm:ss.ms, seconds",
    "Tier\t\tBegin Time - ss.msec\tEnd Time - ss.msec\nAda\t\t1.0\t2.0\n": "line 1: holds no column of annotations",
    "Ada\t\t1.5\t4.0\t2.5\thappy\nAda\t\tx\t4.0\t2.5\thappy\n": "line 2: column 3 holds 'x', which is no time",
}


@pytest.mark.parametrize("content", BAD, ids=BAD.values())
def test_what_cannot_be_used_is_one_sentence(tmp_path, content):
    path = tmp_path / "codes.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(InvalidFileError) as caught:
        read_codes(path)
    assert str(caught.value).startswith(str(path))
    assert BAD[content] in str(caught.value)
    assert len(str(caught.value)) < len(str(path)) + 250


def test_files_that_are_no_text_are_one_sentence(tmp_path):
    (tmp_path / "a.csv").write_bytes(HEAD.encode() + b"Ada,1,2,\xff\n")
    with pytest.raises(InvalidFileError, match="line 2: this is no text in UTF-8"):
        read_codes(tmp_path / "a.csv")
    with pytest.raises(InvalidFileError, match="it cannot be read"):
        read_codes(tmp_path)


def test_names_are_those_of_the_enrolled_however_accents_are_written(tmp_path):
    apart = unicodedata.normalize("NFD", "José")
    (tmp_path / "anna.csv").write_text(f"{HEAD}{apart},1,2,happy\n", "utf-8")
    (tmp_path / "places.csv").write_text(f"student,at_s,x,y\n{apart},1,2,3\n", "utf-8")
    assert read_codes(tmp_path / "anna.csv")["student"].tolist() == ["José"]
    assert read_places(tmp_path / "places.csv")["student"].tolist() == ["José"]


def rows(*codes: tuple[str, str, float, float, str]) -> pd.DataFrame:
    return pd.DataFrame(codes, columns=["coder", "student", "start_s", "end_s", "code"])


class TestWindows:
    codes = rows(
        ("anna", "Ada", 0.4, 2.6, "happy"),
        ("anna", "Ada", 3.0, 3.0, "surprise"),
        ("ben", "Ada", 0.6, 9.0, "happy"),
        ("anna", "Bo", 1.0, 2.0, "sad"),
    )

    def test_hold_what_fills_most_of_them(self):
        ratings = coded_windows(self.codes, 4.5)
        assert ratings.loc["Ada", "anna"].tolist() == ["happy", "happy", "happy", "surprise"]
        assert ratings.loc["Ada", "ben"].tolist() == ["neutral", "happy", "happy", "happy"]
        assert ratings.loc["Bo", "anna"].tolist() == ["neutral", "sad", "neutral", "neutral"]
        assert ratings.loc["Bo", "ben"].tolist() == [None] * 4

    def test_hold_nothing_where_nothing_was_written_if_that_is_meant(self):
        ratings = coded_windows(self.codes, 4, uncoded=None)
        assert ratings.loc["Bo", "anna"].tolist() == [None, "sad", None, None]

    @pytest.mark.parametrize("code", [emotion for emotion in EMOTIONS if emotion != "neutral"])
    def test_do_not_depend_on_the_order_of_expressions(self, code):
        """A moment within a state, and a state that ends in the middle of a window."""
        within = rows(("anna", "Ada", 0, 4, "neutral"), ("anna", "Ada", 2.3, 2.3, code))
        assert coded_windows(within, 4)["anna"].tolist() == ["neutral", "neutral", code, "neutral"]
        turning = rows(("anna", "Ada", 0, 1.5, code), ("anna", "Ada", 1.5, 4, "neutral"))
        assert coded_windows(turning, 3)["anna"].tolist() == [code, "neutral", "neutral"]
        alone = rows(("anna", "Ada", 0, 1.5, code))
        assert coded_windows(alone, 3)["anna"].tolist() == [code, code, "neutral"]

    def test_have_no_fault_of_floats(self):
        moment = rows(("anna", "Ada", 0.3, 0.3, "happy"))
        assert coded_windows(moment, 0.5, window_s=0.1)["anna"].tolist().index("happy") == 3
        state = rows(("anna", "Ada", 0, 2.1, "happy"))
        assert coded_windows(state, 2.8, window_s=0.7, uncoded=None)["anna"].tolist() == ["happy"] * 3 + [None]

    @pytest.mark.parametrize(("length_s", "settings"), [(4, {"window_s": 5}), (4, {"window_s": 0}), (np.nan, {})])
    def test_have_to_fit(self, length_s, settings):
        with pytest.raises(InvalidInputError, match="do not fit"):
            coded_windows(self.codes, length_s, **settings)

    def test_of_one_time_are_counted_and_shared(self):
        ratings = coded_windows(self.codes, 4)
        assert confusion(ratings, "anna", "ben").loc["happy"].tolist() == [0, 0, 0, 2, 1, 0, 0]
        assert confusion(ratings.iloc[:0], "anna", "ben").to_numpy().sum() == 0
        shares = expression_shares(ratings)
        assert shares.loc[("happy", "Ada")].tolist() == [0.75, 0.75]
        assert ("happy", "Bo") not in shares.index
        assert enough_students(ratings, 1) is ratings
        assert len(enough_students(ratings, 2)) == 0
        assert expression_reliability(ratings)["icc"].isna().all()
        assert len(expression_reliability(ratings.iloc[:0])) == 7

    def test_have_a_majority_or_none(self):
        ratings = pd.DataFrame(
            [["sad", "sad", "fear"], ["sad", "fear", None], [None, None, None], [None, "happy", None]],
            columns=list("abc"),
        )
        assert majority(ratings, list("abc")).tolist() == ["sad", None, None, "happy"]

    def test_of_the_network_lie_on_the_same_grid(self):
        pts_s = np.arange(30) / 10
        frames = pd.DataFrame({"pts_s": pts_s, "weight_s": 0.1})
        happy = np.where(pts_s < 1.45, 0.9, 0.1)
        faces = pd.DataFrame({"pts_s": pts_s, "track_id": 7, "quality": 0.9, "student_id": None}).assign(
            **(dict.fromkeys(EMOTIONS, 0.0) | {"happy": happy, "neutral": 1 - happy})
        )
        people = pd.DataFrame({"student": ["Ada"], "track_id": [7]})
        read = read_windows(frames, faces, people, window_s=0.3)
        assert read["network"].tolist() == ["happy"] * 5 + ["neutral"] * 5
        ratings = with_network(coded_windows(self.codes, 3, window_s=0.3), read)
        assert ratings.loc["Ada", "network"].tolist() == read["network"].tolist()
        assert ratings.loc["Bo", "network"].tolist() == [None] * 10
        with pytest.raises(InvalidInputError, match="observer is called 'network'"):
            with_network(ratings, read)


class TestPeople:
    faces = pd.DataFrame(
        {
            "pts_s": [0, 0, 5],
            "track_id": [1, 2, 3],
            "x": [0, 90, 0],
            "y": 0,
            "w": 100,
            "h": 100,
            "student_id": [None, "s", "s"],
        }
    )

    def test_are_found_by_place_and_time(self, tmp_path):
        (tmp_path / "places.csv").write_text("student,at_s,x,y\nAda,0,94,50\nBo,0:00,96,50\nAda,5.9,50,50\n")
        people = people_at(self.faces, read_places(tmp_path / "places.csv"))
        assert people.to_numpy().tolist() == [["Ada", 1], ["Bo", 2], ["Ada", 3]]

    def test_are_found_by_enrolment(self):
        assert enrolled_people(self.faces, {"s": "Ada"}).to_numpy().tolist() == [["Ada", 2], ["Ada", 3]]
        assert enrolled_people(self.faces, {}).empty

    @pytest.mark.parametrize(
        ("places", "sentence"),
        [
            ([("Ada", 0, 500, 50)], r"No face is at \(500, 50\) at 0 s, where 'Ada' should be."),
            ([("Ada", 3, 50, 50)], "No face is at"),
            ([("Ada", 0, 50, 50), ("Bo", 0, 40, 50)], "'Ada' and 'Bo' have the same track"),
        ],
    )
    def test_who_are_not_there_are_told(self, places, sentence):
        with pytest.raises(InvalidInputError, match=sentence):
            people_at(self.faces, pd.DataFrame(places, columns=["student", "at_s", "x", "y"]))

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            ("student,x\nAda,1\n", "has the columns student, at_s, x, y"),
            ("student,at_s,x,y\nAda,0,left,1\n", "line 2: x holds"),
        ],
    )
    def test_have_places_that_can_be_read(self, tmp_path, content, sentence):
        (tmp_path / "places.csv").write_text(content)
        with pytest.raises(InvalidFileError, match=sentence):
            read_places(tmp_path / "places.csv")


def test_the_example_is_the_script(sample_class):
    truth = pd.read_csv(sample_class / f"{sample_codes.LESSON}.truth.csv")
    for name, content in sample_codes.files(truth).items():
        assert (sample_class / "codes" / name).read_bytes().decode() == content
    codes = read_codes([sample_class / "codes" / name for name in ("script.txt", "strong.csv", "late.csv")])
    assert codes.groupby("coder").size().to_dict() == {"late": 35, "script": 35, "strong": 35}
    drawn = coded_windows(codes, 60, window_s=0.2)["script"].map(EMOTIONS.index)
    shown = truth[truth["camera_on"] == 1].set_index(["student", "pts_s"])["expression"].map(EMOTIONS.index)
    assert drawn.sort_index().tolist() == shown.sort_index().tolist()
