"""Pictures, rooms, tiles and frames of the sample class, made from stand-ins for Blender's pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sample_class import compose
from sample_class.cast import NAMES
from sample_class.compose import encoder_command, frame, frames, write_students
from sample_class.expressions import PICTURE_HEIGHT, PICTURE_WIDTH
from sample_class.layout import HEIGHT, TILE_HEIGHT, TILE_WIDTH, WIDTH, layout
from sample_class.lessons import LESSONS, Lesson, kept_frames
from sample_class.pictures import Pictures
from sample_class.rooms import room
from sample_class.tile import FAR_FACE, Tile

WAVES, INTERFERENCE, REVIEW = LESSONS


@pytest.fixture(scope="module")
def amara(pictures: Path) -> Pictures:
    return Pictures(pictures, "Amara")


@pytest.fixture(scope="module")
def farid(pictures: Path) -> Tile:
    return Tile(WAVES, "Farid", pictures)


class TestPictures:
    def test_rendered_states_are_shown_as_rendered(self, amara: Pictures) -> None:
        picture = amara.picture("happy", 0.5)
        assert picture.shape == (PICTURE_HEIGHT, PICTURE_WIDTH, 4)
        assert picture.dtype == np.uint8
        assert (picture[picture[..., 3] == 0] == 0).all()

    def test_a_state_in_between_differs_from_both(self, amara: Pictures) -> None:
        low, between, high = (amara.picture("happy", amount).astype(int) for amount in (0.25, 0.375, 0.5))
        assert 0 < np.abs(between - low).mean() < 2 * np.abs(high - low).mean()
        assert np.abs(between - high).mean() > 0

    def test_a_morph_is_made_once(self, amara: Pictures) -> None:
        assert amara.picture("sad", 0.33) is amara.picture("sad", 0.33)

    def test_face_boxes_are_interpolated(self, amara: Pictures) -> None:
        boxes = dict(amara.boxes, happy_25=[0.0, 0.0, 100.0, 100.0], happy_50=[10.0, 20.0, 120.0, 140.0])
        mixed = Pictures.__new__(Pictures)
        mixed.boxes = boxes
        assert mixed.box("happy", 0.375) == pytest.approx([5, 10, 110, 120])

    def test_a_missing_picture_is_named(self, pictures: Path, tmp_path: Path) -> None:
        (tmp_path / "amara.json").write_bytes((pictures / "amara.json").read_bytes())
        with pytest.raises(FileNotFoundError, match=r"amara_neutral\.png"):
            Pictures(tmp_path, "Amara").picture("neutral", 0)


class TestRooms:
    @pytest.mark.parametrize("number", range(3))
    def test_fill_a_tile_and_never_change(self, number: int) -> None:
        picture = room(number)
        assert picture.shape == (TILE_HEIGHT, TILE_WIDTH, 3)
        assert picture.dtype == np.uint8
        assert (picture == room(number)).all()

    def test_differ(self) -> None:
        assert len({room(number).tobytes() for number in range(len(NAMES))}) == len(NAMES)


class TestTile:
    def test_shows_a_person_before_a_room(self, farid: Tile) -> None:
        picture = farid.draw(10.0, 250)
        assert picture.shape == (TILE_HEIGHT, TILE_WIDTH, 3)
        x, y, w, h = (round(value) for value in farid.state(10.0).box)
        face, corner = picture[y : y + h, x : x + w], picture[5:60, 5:60]
        assert np.abs(face.mean((0, 1)) - corner.mean((0, 1))).max() > 20

    def test_shows_the_initial_while_the_camera_is_off(self, farid: Tile) -> None:
        assert (farid.draw(65.0, 1625) == farid.draw(70.0, 1750)).all()
        assert (farid.draw(50.0, 1250) != farid.draw(50.04, 1251)).any()

    def test_a_far_face_is_small_and_a_dim_tile_dark(self, pictures: Path) -> None:
        far, dim, plain = (Tile(REVIEW, name, pictures) for name in ("Farid", "Dieter", "Grace"))
        assert far.state(1.0).box[2] == pytest.approx(FAR_FACE, rel=0.03)
        assert plain.state(1.0).box[2] > 2 * FAR_FACE
        assert dim.draw(1.0, 25).mean() < 0.5 * plain.draw(1.0, 25).mean()

    def test_keeps_the_face_box_inside(self, pictures: Path) -> None:
        tile = Tile(INTERFERENCE, "Chen", pictures)
        for t in np.arange(0, 60, 0.5):
            x, y, w, h = tile.state(t).box
            assert min(x, y) >= 0
            assert x + w <= TILE_WIDTH
            assert y + h <= TILE_HEIGHT


class TestFrames:
    def test_show_every_tile_in_its_place(self, pictures: Path) -> None:
        tiles = {name: Tile(REVIEW, name, pictures) for name in REVIEW.students}
        picture = frame(REVIEW, tiles, 100)
        assert picture.shape == (HEIGHT, WIDTH, 3)
        actors = {name: tile.actor for name, tile in tiles.items()}
        for name, (x, y, w, h) in layout(REVIEW, actors, 4.0).items():
            assert (picture[y : y + h, x : x + w] == tiles[name].draw(4.0, 100)).all()

    def test_that_are_not_kept_repeat_the_one_before(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(compose, "frame", lambda _lesson, _tiles, number: np.array([number]))
        numbers = [int(picture[0]) for picture in frames(INTERFERENCE, {})]
        kept = np.flatnonzero(kept_frames(INTERFERENCE))
        assert sorted(set(numbers)) == kept.tolist()
        assert numbers == sorted(numbers)
        assert len(numbers) == len(kept_frames(INTERFERENCE))

    def test_reach_the_encoder_whole(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        copy = ["cp", "/dev/stdin", str(tmp_path / "raw")]
        monkeypatch.setattr(compose, "encoder_command", lambda *_: copy)
        compose.encode(WAVES, numbered(), tmp_path / "raw", 27)
        assert (tmp_path / "raw").read_bytes() == b"\x00\x00\x01\x01\x02\x02"

    def test_a_failing_encoder_is_no_success(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(compose, "encoder_command", lambda *_: ["sh", "-c", "cat > /dev/null; exit 3"])
        with pytest.raises(compose.subprocess.CalledProcessError, match="status 3"):
            compose.encode(WAVES, numbered(), tmp_path / "raw", 27)


def numbered() -> Iterator[np.ndarray]:
    yield from (np.full(2, number, np.uint8) for number in range(3))


class TestEncoder:
    @pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
    def test_gives_what_the_lesson_asks_for(self, lesson: Lesson, tmp_path: Path) -> None:
        command = " ".join(encoder_command(lesson, tmp_path / "a.mp4", 30))
        assert ("sine=" in command) == ("-c:a aac" in command) == lesson.tone
        assert ("mpdecimate" in command) == ("-fps_mode vfr" in command) == lesson.variable_rate
        assert "-crf 30" in command
        assert command.endswith("a.mp4")

    def test_jitters_by_up_to_eight_milliseconds(self, tmp_path: Path) -> None:
        assert "floor(random(0)*9)" in " ".join(encoder_command(INTERFERENCE, tmp_path / "a.mp4", 27))


def test_the_committed_students_are_those_written(sample_class: Path, tmp_path: Path) -> None:
    write_students(tmp_path / "students.csv")
    assert (tmp_path / "students.csv").read_bytes() == (sample_class / "students.csv").read_bytes()
    assert len(pd.read_csv(tmp_path / "students.csv")) == len(NAMES)
