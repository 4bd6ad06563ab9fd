"""One student in Blender: body and wearable parts that take on expressions."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sample_class.body import head_scale, neutral_body, pose_head, with_expression
from sample_class.cast import Student
from sample_class.expressions import Units
from sample_class.eyes import fitted_eye, iris_picture, unit_ball
from sample_class.materials import Material, load_image, paint_image
from sample_class.mesh import Corners, Points, base_mesh, face_vertices, group_vertices, joint
from sample_class.scene import CAMERA_DISTANCE, add_camera, add_lamp, add_mesh, move_mesh, projected_box, to_blender
from sample_class.sources import assets_folder
from sample_class.wearables import Wearable, read_wearable

BELOW_NECK = 3.0
"""Decimetres of the body below the neck that are drawn."""


class Figure:
    """One student as meshes in a scene."""

    def __init__(self, scene: Any, student: Student) -> None:
        self._scene, self._student = scene, student
        self._neutral = neutral_body(student)
        self._scale = head_scale(self._neutral)
        self._parts = {
            "hair": read_wearable("hair", student.hair),
            "brow": read_wearable("eyebrows", student.brow),
            "teeth": read_wearable("teeth", "Teeth_Base"),
            "lash": read_wearable("eyelashes", "Eyelashes01"),
            "top": read_wearable("clothes", student.top),
        }
        self._meshes = self._build()
        self._place_camera_and_lamps()

    def show(self, units: Units, yaw: float) -> list[float]:
        """Take on an expression and a further turn of the head in degrees; return the face box in pixels."""
        resting_yaw, pitch, roll = self._student.pose
        body = pose_head(with_expression(self._neutral, units), resting_yaw + yaw, pitch, roll)
        for name, mesh in self._meshes.items():
            move_mesh(mesh, to_blender(self._vertices(name, body)))
        return projected_box(self._scene, to_blender(body[face_vertices()]))

    def _vertices(self, name: str, body: Points) -> Points:
        if name in {"body", "tongue"}:
            return body
        if name.startswith("eye-"):
            return fitted_eye(body, name[-1])
        return self._parts[name].fitted(body, self._scale)

    def _build(self) -> dict[str, Any]:
        materials = {name: material.build() for name, material in _materials(self._student, self._parts).items()}
        return {
            name: add_mesh(
                self._scene,
                name,
                to_blender(self._vertices(name, self._neutral)),
                surface.faces,
                uvs=surface.uvs,
                uv_faces=surface.uv_faces,
                material=materials[name.partition("-")[0]],
            )
            for name, surface in self._surfaces().items()
        }

    def _surfaces(self) -> dict[str, _Surface]:
        groups, uvs = base_mesh().groups, base_mesh().uvs
        surfaces = {"body": _Surface.of(self._visible_skin(), uvs), "tongue": _Surface.of(groups["helper-tongue"], uvs)}
        for name, part in self._parts.items():
            surfaces[name] = _Surface(part.faces, part.uv_faces, part.uvs)
        ball = unit_ball()
        for side in "lr":
            surfaces[f"eye-{side}"] = _Surface(ball.faces, ball.faces, ball.uvs)
        return surfaces

    def _visible_skin(self) -> list[Corners]:
        hidden = self._parts["top"].hides
        lowest = joint(self._neutral, "neck")[1] - BELOW_NECK
        return [
            (polygon, uvs)
            for polygon, uvs in base_mesh().groups["body"]
            if not hidden[polygon].all() and self._neutral[polygon, 1].mean() > lowest
        ]

    def _place_camera_and_lamps(self) -> None:
        scene, light = self._scene, self._student.light
        both = np.r_[group_vertices("helper-l-eye"), group_vertices("helper-r-eye")]
        _, y, z = (float(value) for value in to_blender(self._neutral[both]).mean(0))
        target = (0, y, z - 0.035)
        add_camera(scene, (0, y - CAMERA_DISTANCE, z - 0.01), target)
        add_lamp(scene, (-0.7, y - 0.9, z + 0.6), target, size=0.8, watts=13 * light, colour=(1, 0.96, 0.9))
        add_lamp(scene, (0.9, y - 0.5, z + 0.1), target, size=0.8, watts=4 * light, colour=(0.85, 0.92, 1))
        add_lamp(scene, (0, y - 0.9, z - 0.3), target, size=0.5, watts=1.5 * light, colour=(0.9, 0.95, 1))
        add_lamp(scene, (0.4, y + 0.9, z + 0.7), target, size=0.5, watts=6, colour=(1, 1, 1))


class _Surface(NamedTuple):
    """Polygons and their texture coordinates."""

    faces: list[list[int]]
    uv_faces: list[list[int]]
    uvs: NDArray[np.float64]

    @classmethod
    def of(cls, polygons: list[Corners], uvs: NDArray[np.float64]) -> _Surface:
        return cls([polygon for polygon, _ in polygons], [corners for _, corners in polygons], uvs)


def _materials(student: Student, parts: dict[str, Wearable]) -> dict[str, Material]:
    image = {name: load_image(parts[name].texture) for name in ("hair", "brow", "lash", "top")}
    r, g, b = student.hair_colour
    brow_colour = (0.6 * r, 0.6 * g, 0.6 * b)
    eye = paint_image("eye", iris_picture(student.eye, student.light))
    skin = load_image(_skin_texture(student.skin))
    textured = {
        "hair": Material("hair", image["hair"], student.hair_colour, True, 0.6, 0.2, white_point=0.35),
        "brow": Material("brow", image["brow"], brow_colour, True, 0.8, 0.1, white_point=0.35),
        "lash": Material("lash", image["lash"], None, True, 0.8, 0.1),
        "top": Material("top", image["top"], student.top_colour, False, 0.85, 0.1, white_point=0.5),
        "eye": Material("eye", eye, roughness=0.12, shine=0.25),
        "body": Material("skin", skin, student.tint, roughness=0.48, shine=0.35, subsurface=0.2),
    }
    return textured | {
        "teeth": Material("teeth", colour=(0.80, 0.76, 0.68), roughness=0.25, glow=0.12),
        "tongue": Material("tongue", colour=(0.55, 0.20, 0.18), roughness=0.3),
    }


def _skin_texture(name: str) -> Path:
    """Return the plain texture of a skin, not one with clothes painted on."""
    folder = assets_folder() / "skins" / name / "textures"
    return min(path for path in folder.iterdir() if "suit" not in path.name)
