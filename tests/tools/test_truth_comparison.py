"""The comparison with the truth, on lessons small enough to reckon by hand, and on the sample class itself."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from emotionkit.records import EMOTIONS
from truth_comparison import compare, found_share, on_screen, truth_shares

FACE = {"face_x": 100, "face_y": 50, "face_w": 80, "face_h": 100}
LESSONS = ("2026-09-14_physics-101_waves", "2026-09-21_physics-101_interference", "2026-09-28_physics-101_exam-review")


def truth_row(pts_s: float, student: str, expression: str = "neutral", **changes: object) -> dict[str, object]:
    return {"pts_s": pts_s, "student": student, "present": 1, "camera_on": 1, "expression": expression} | FACE | changes


def face_row(pts_s: float, track_id: int, emotion: str = "neutral", **changes: object) -> dict[str, object]:
    probabilities = {name: float(name == emotion) for name in EMOTIONS}
    face = {"pts_s": pts_s, "track_id": track_id, "x": 100.0, "y": 60.0, "w": 80.0, "h": 80.0, "quality": 1.0}
    return face | probabilities | changes


def frame_rows(*times: float, weight_s: float = 0.5) -> pd.DataFrame:
    return pd.DataFrame({"pts_s": times, "weight_s": weight_s, "faces": 1})


@pytest.fixture
def no_faces() -> pd.DataFrame:
    return pd.DataFrame([face_row(0.0, 1)]).iloc[:0]


class TestTruthShares:
    def test_counts_students_not_rows(self) -> None:
        truth = pd.DataFrame(
            [truth_row(t / 5, "Ada", "happy") for t in range(9)]
            + [truth_row(0.0, "Ben", "sad"), truth_row(0.2, "Ben", "neutral")]
        )
        shares = truth_shares(truth)
        assert shares["happy"] == pytest.approx(0.5)
        assert shares["sad"] == shares["neutral"] == pytest.approx(0.25)

    def test_keeps_the_order_of_the_emotions_and_sums_to_one(self) -> None:
        shares = truth_shares(pd.DataFrame([truth_row(0.0, "Ada", "surprise")]))
        assert tuple(shares.index) == EMOTIONS
        assert shares.sum() == pytest.approx(1)

    def test_leaves_out_who_is_absent_or_has_the_camera_off(self) -> None:
        truth = pd.DataFrame(
            [
                truth_row(0.0, "Ada", "happy"),
                truth_row(0.2, "Ada", "", camera_on=0),
                truth_row(0.0, "Ben", "", present=0, camera_on=0),
            ]
        )
        assert truth_shares(truth)["happy"] == 1
        assert len(on_screen(truth)) == 1


class TestReadShares:
    def test_are_those_of_the_report(self) -> None:
        frames = pd.DataFrame({"pts_s": [0.0, 1.0, 4.0], "weight_s": [1.0, 3.0, 1.0]})
        faces = pd.DataFrame([face_row(0.0, 1, "happy"), face_row(1.0, 1, "sad"), face_row(4.0, 2, "angry")])
        shares = compare(pd.DataFrame([truth_row(0.0, "Ada")]), frames, faces).read
        assert shares["angry"] == pytest.approx(1 / 2)
        assert shares["happy"] == pytest.approx(1 / 8)
        assert shares["sad"] == pytest.approx(3 / 8)
        assert tuple(shares.index) == EMOTIONS

    def test_without_faces_there_are_none(self, no_faces: pd.DataFrame) -> None:
        comparison = compare(pd.DataFrame([truth_row(0.0, "Ada")]), frame_rows(0.0), no_faces)
        assert comparison.read.isna().all()
        assert comparison.tracks == 0
        assert comparison.students == 1


class TestFoundShare:
    def test_counts_a_face_whose_centre_lies_in_the_truth_box(self) -> None:
        truth = pd.DataFrame([truth_row(0.0, "Ada")])
        assert found_share(truth, frame_rows(0.0), pd.DataFrame([face_row(0.0, 1)])) == 1

    @pytest.mark.parametrize("shift", [{"x": 50.0}, {"x": 150.0}, {"y": -100.0}, {"y": 120.0}])
    def test_does_not_count_one_beside_it(self, shift: dict[str, float]) -> None:
        faces = pd.DataFrame([face_row(0.0, 1, **shift)])
        assert found_share(pd.DataFrame([truth_row(0.0, "Ada")]), frame_rows(0.0), faces) == 0

    def test_a_false_face_neither_helps_nor_harms(self) -> None:
        truth = pd.DataFrame([truth_row(0.0, "Ada")])
        faces = pd.DataFrame([face_row(0.0, 1), face_row(0.0, 2, x=600.0)])
        assert found_share(truth, frame_rows(0.0), faces) == 1

    def test_weighs_each_frame_with_the_time_it_stands_for(self) -> None:
        truth = pd.DataFrame([truth_row(0.0, "Ada"), truth_row(1.0, "Ada")])
        frames = pd.DataFrame({"pts_s": [0.0, 1.0], "weight_s": [1.0, 3.0]})
        assert found_share(truth, frames, pd.DataFrame([face_row(1.0, 1)])) == pytest.approx(3 / 4)

    def test_counts_each_student_on_screen(self) -> None:
        truth = pd.DataFrame([truth_row(0.0, "Ada"), truth_row(0.0, "Ben", face_x=500)])
        assert found_share(truth, frame_rows(0.0), pd.DataFrame([face_row(0.0, 1)])) == pytest.approx(1 / 2)

    def test_expects_no_face_while_the_camera_is_off(self) -> None:
        truth = pd.DataFrame([truth_row(0.0, "Ada"), truth_row(1.0, "Ada", camera_on=0)])
        assert found_share(truth, frame_rows(0.0, 1.0), pd.DataFrame([face_row(0.0, 1)])) == 1

    @pytest.mark.parametrize("pts_s", [0.6, 0.64, 0.79])
    def test_holds_a_frame_against_the_state_drawn_at_its_time(self, pts_s: float) -> None:
        truth = pd.DataFrame([truth_row(t / 5, "Ada", face_x=100 if t == 3 else 900) for t in range(6)])
        assert found_share(truth, frame_rows(pts_s), pd.DataFrame([face_row(pts_s, 1)])) == 1

    def test_without_faces_nothing_is_found(self, no_faces: pd.DataFrame) -> None:
        assert found_share(pd.DataFrame([truth_row(0.0, "Ada")]), frame_rows(0.0), no_faces) == 0

    def test_without_students_there_is_no_share(self) -> None:
        truth = pd.DataFrame([truth_row(0.0, "Ada", present=0, camera_on=0)])
        assert pd.isna(found_share(truth, frame_rows(0.0), pd.DataFrame([face_row(0.0, 1)])))


@pytest.mark.parametrize(("lesson", "students"), list(zip(LESSONS, (9, 9, 7), strict=True)))
def test_a_perfect_reading_of_a_sample_lesson_agrees_with_its_truth(
    sample_class: Path, lesson: str, students: int
) -> None:
    truth = pd.read_csv(sample_class / f"{lesson}.truth.csv")
    visible = on_screen(truth).rename(columns={f"face_{side}": side for side in "xywh"})
    faces = visible.assign(track_id=visible["student"].astype("category").cat.codes + 1, quality=1.0)
    faces = faces.assign(**{name: (faces["expression"] == name).astype(float) for name in EMOTIONS})
    frames = frame_rows(*truth["pts_s"].unique(), weight_s=0.2)
    comparison = compare(truth, frames, faces)
    assert comparison.read.to_numpy() == pytest.approx(comparison.truth.to_numpy())
    assert comparison.found == 1
    assert comparison.tracks == comparison.students == students


def test_the_three_lessons_differ_in_what_was_drawn(sample_class: Path) -> None:
    waves, interference, review = (truth_shares(pd.read_csv(sample_class / f"{name}.truth.csv")) for name in LESSONS)
    assert interference["happy"] > 1.5 * waves["happy"]
    assert review["sad"] + review["fear"] + review["angry"] > 0.3
    assert all(shares.idxmax() == "neutral" for shares in (waves, interference, review))
