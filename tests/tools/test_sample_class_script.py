"""Script, layout and truth of the sample class: they reproduce the committed tables."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotionkit.records import EMOTIONS
from sample_class.cast import NAMES, STUDENTS
from sample_class.expressions import EXPRESSIONS, NEUTRAL, ladder, mix, neighbours, shots
from sample_class.layout import HEIGHT, WIDTH, layout
from sample_class.lessons import FPS, LESSONS, STALLS, Lesson, kept_frames
from sample_class.script import Actor, Episode, episodes, intensity_at, labelled, smooth
from sample_class.tile import Tile
from sample_class.truth import FIELDS, write_truth

WAVES, INTERFERENCE, REVIEW = LESSONS
SCRIPTED = [name for name in FIELDS if not name.startswith("face_")]


def committed(folder: Path, lesson: Lesson) -> pd.DataFrame:
    return pd.read_csv(folder / f"{lesson.name}.truth.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module", params=LESSONS, ids=lambda lesson: lesson.name.rsplit("_")[-1])
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return request.param


@pytest.fixture(scope="module")
def actors(lesson: Lesson) -> dict[str, Actor]:
    return {name: Actor(lesson, name) for name in lesson.students}


@pytest.fixture(scope="module")
def written(lesson: Lesson, pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The lesson's truth table, made anew; its face boxes are those of the stand-in pictures."""
    folder = tmp_path_factory.mktemp("truth")
    tiles = {name: Tile(lesson, name, pictures) for name in lesson.students}
    write_truth(folder / f"{lesson.name}.truth.csv", lesson, tiles)
    return committed(folder, lesson)


class TestTruth:
    def test_all_but_the_face_boxes_is_that_of_the_committed_table(
        self, lesson: Lesson, written: pd.DataFrame, sample_class: Path
    ) -> None:
        wanted = committed(sample_class, lesson)
        assert list(written.columns) == list(wanted.columns) == list(FIELDS)
        pd.testing.assert_frame_equal(written[SCRIPTED], wanted[SCRIPTED])

    def test_face_boxes_are_given_in_the_very_rows_of_the_committed_table(
        self, lesson: Lesson, written: pd.DataFrame, sample_class: Path
    ) -> None:
        assert ((written["face_w"] == "") == (committed(sample_class, lesson)["face_w"] == "")).all()

    @pytest.mark.parametrize("student", ["Amara", "Hiro"])
    def test_committed_faces_move_as_the_script_sways(self, lesson: Lesson, student: str, sample_class: Path) -> None:
        # A resting face has one size as rendered, so its width on screen tells the zoom of the moment.
        actor = Actor(lesson, student)
        truth = pd.read_csv(sample_class / f"{lesson.name}.truth.csv").query("student == @student")
        resting = truth[[actor.face(t)[0] == "neutral" for t in truth["pts_s"]]]
        scales = np.array([actor.sway(t).scale for t in resting["pts_s"]])
        rendered = np.median(resting["face_w"] / scales)
        assert np.abs(resting["face_w"] - rendered * scales).max() <= 1

    def test_students_get_the_committed_pseudonyms(self, sample_class: Path) -> None:
        table = pd.read_csv(sample_class / "students.csv")
        assert tuple(table["student"]) == NAMES
        assert table["pseudonym"].is_unique


class TestEpisodes:
    def test_are_the_same_every_time(self, lesson: Lesson) -> None:
        assert episodes(lesson, lesson.students[0]) == episodes(lesson, lesson.students[0])

    def test_follow_each_other_without_overlap(self, lesson: Lesson) -> None:
        for student in lesson.students:
            for before, after in itertools.pairwise(episodes(lesson, student)):
                assert before.end < after.start

    def test_are_between_three_and_eight_seconds_of_known_expressions(self, lesson: Lesson) -> None:
        for episode in itertools.chain.from_iterable(episodes(lesson, student) for student in lesson.students):
            assert 3 <= episode.end - episode.start <= 8
            assert episode.expression in EXPRESSIONS
            assert 0.5 <= episode.peak <= 1

    @pytest.mark.parametrize(("lesson", "at", "expression"), [(WAVES, 42, "happy"), (INTERFERENCE, 48, "happy")])
    def test_most_react_to_what_happens(self, lesson: Lesson, at: float, expression: str) -> None:
        reacting = [Actor(lesson, student).face(at)[0] == expression for student in lesson.students]
        assert sum(reacting) > len(reacting) / 2

    def test_strength_rises_holds_and_falls(self) -> None:
        episode = Episode(10.0, 16.0, "happy", 0.9)
        assert intensity_at(episode, 9.9) == intensity_at(episode, 16.0) == 0
        assert intensity_at(episode, 10.1) < intensity_at(episode, 10.5) < intensity_at(episode, 11)
        assert 0.7 < intensity_at(episode, 13) <= 0.9
        assert intensity_at(episode, 15.8) < 0.3


class TestActor:
    def test_joins_leaves_and_switches_the_camera_off_when_the_lesson_says(self) -> None:
        isabel, elena, farid = (Actor(WAVES, name) for name in ("Isabel", "Elena", "Farid"))
        assert [isabel.present(t) for t in (0, 19.9, 20, 119)] == [False, False, True, True]
        assert [elena.present(t) for t in (0, 99.9, 100)] == [True, True, False]
        assert [farid.camera_on(t) for t in (59.9, 60, 74.9, 75)] == [True, False, False, True]

    def test_does_one_thing_at_a_time(self, actors: dict[str, Actor], lesson: Lesson) -> None:
        channels = {*EXPRESSIONS, "neutral", "blink", "yaw_left", "yaw_right"}
        for actor in actors.values():
            states = [actor.face(t) for t in np.arange(0, lesson.seconds, 0.1)]
            assert {channel for channel, _ in states} <= channels
            assert all(0 <= amount <= 1 for _, amount in states)

    def test_sways_a_little(self, actors: dict[str, Actor], lesson: Lesson) -> None:
        for actor in actors.values():
            for t in np.arange(0, lesson.seconds, 1.0):
                sway = actor.sway(t)
                assert abs(sway.dx) <= 6
                assert abs(sway.dy) <= 4
                assert abs(sway.degrees) <= 1.1
                assert 0.95 < sway.scale < 1.1
                assert actor.light(t) == pytest.approx(1, abs=0.02)


class TestLabels:
    @pytest.mark.parametrize(
        ("channel", "amount", "label", "intensity"),
        [
            ("happy", 0.25, "happy", 0.25),
            ("happy", 0.24, "neutral", 0.24),
            ("blink", 1.0, "neutral", 0.0),
            ("yaw_left", 0.8, "neutral", 0.0),
            ("neutral", 0.0, "neutral", 0.0),
        ],
    )
    def test_count_from_a_quarter_of_the_strength(
        self, channel: str, amount: float, label: str, intensity: float
    ) -> None:
        assert labelled(channel, amount) == (label, intensity)

    def test_are_those_of_the_toolkit(self) -> None:
        assert {*EXPRESSIONS, "neutral"} == set(EMOTIONS)

    def test_smooth_step_is_clipped(self) -> None:
        assert [smooth(x) for x in (-1, 0, 0.5, 1, 2)] == [0, 0, 0.5, 1, 1]


class TestLayout:
    @pytest.mark.parametrize(("t", "tiles"), [(0, 8), (19.9, 8), (20, 9), (99.9, 9), (100, 8)])
    def test_has_a_tile_for_everybody_present(self, t: float, tiles: int) -> None:
        actors = {name: Actor(WAVES, name) for name in WAVES.students}
        assert len(layout(WAVES, actors, t)) == tiles

    def test_who_joins_late_comes_last(self) -> None:
        actors = {name: Actor(WAVES, name) for name in WAVES.students}
        assert list(layout(WAVES, actors, 30))[-1] == "Isabel"

    def test_closes_up_when_somebody_leaves(self) -> None:
        actors = {name: Actor(WAVES, name) for name in WAVES.students}
        before, after = layout(WAVES, actors, 99), layout(WAVES, actors, 101)
        assert after["Farid"] == before["Elena"]
        assert after["Amara"] == before["Amara"]

    def test_keeps_tiles_inside_and_apart(self, lesson: Lesson, actors: dict[str, Actor]) -> None:
        boxes = layout(lesson, actors, 50).values()
        for box in boxes:
            assert 0 <= box.x <= WIDTH - box.w
            assert 0 <= box.y <= HEIGHT - box.h
        for a, b in itertools.combinations(boxes, 2):
            assert a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y


class TestKeptFrames:
    def test_a_constant_rate_keeps_all(self) -> None:
        assert kept_frames(WAVES).all()
        assert len(kept_frames(WAVES)) == WAVES.seconds * FPS

    def test_a_variable_rate_stalls(self) -> None:
        keep = kept_frames(INTERFERENCE)
        assert keep[0]
        assert keep[-1]
        assert 0.4 < keep.mean() < 0.8
        for start, length in STALLS:
            assert not keep[int(start * FPS) + 1 : int((start + length) * FPS)].any()


class TestCast:
    def test_mixes_sum_to_one(self) -> None:
        for student in STUDENTS:
            for shares in (student.age, student.origin, student.weight):
                assert sum(shares.values()) == pytest.approx(1)

    def test_everybody_in_a_lesson_is_in_the_cast(self, lesson: Lesson) -> None:
        assert set(lesson.students) <= set(NAMES)
        assert {*lesson.joins, *lesson.leaves, *lesson.camera_off} <= set(lesson.students)
        assert {lesson.dim, lesson.far} - {None} <= set(lesson.students)
        assert sum(lesson.weights.values()) == pytest.approx(1)


class TestShots:
    def test_every_step_of_every_channel_is_rendered(self) -> None:
        for channel in (*EXPRESSIONS, "blink", "yaw_left", "yaw_right"):
            names, strengths = zip(*ladder(channel), strict=True)
            assert set(names) <= shots().keys()
            assert list(strengths) == sorted(strengths)
            assert strengths[0] == 0
            assert strengths[-1] == 1

    def test_mixing_starts_at_neutral_and_ends_at_the_expression(self) -> None:
        units = EXPRESSIONS["surprise"]
        assert mix(units, 0) == {**dict.fromkeys(units, 0), **NEUTRAL}
        assert mix(units, 1) == {**dict.fromkeys(NEUTRAL, 0), **units}

    @pytest.mark.parametrize(
        ("channel", "amount", "around"),
        [
            ("neutral", 0.0, ("neutral", "neutral", 0)),
            ("happy", 0.005, ("neutral", "neutral", 0)),
            ("happy", 0.125, ("neutral", "happy_25", 0.5)),
            ("happy", 0.25, ("happy_25", "happy_50", 0)),
            ("happy", 1.0, ("happy_75", "happy_100", 1)),
            ("blink", 0.75, ("blink_50", "blink_100", 0.5)),
            ("yaw_left", 0.4, ("neutral", "yaw_left", 0.4)),
        ],
    )
    def test_a_state_lies_between_its_neighbours(
        self, channel: str, amount: float, around: tuple[str, str, float]
    ) -> None:
        first, second, t = neighbours(channel, amount)
        assert (first, second) == around[:2]
        assert t == pytest.approx(around[2])
