"""The body of one student: shape, expression and pose of the head, as vertices of the base mesh (n, 3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sample_class.cast import Student
from sample_class.expressions import Units
from sample_class.mesh import Points, add_action_unit, add_shape, base_mesh, group_vertices, joint


def neutral_body(student: Student) -> Points:
    """Return the resting body of a student, from mixes of sex, age, build, origin and single shapes."""
    vertices = base_mesh().vertices.copy()
    for sex, share in (("male", 1 - student.female), ("female", student.female)):
        for age, of_age in student.age.items():
            for build, of_build in student.weight.items():
                name = f"macrodetails/universal-{sex}-{age}-averagemuscle-{build}"
                add_shape(vertices, name, share * of_age * of_build)
            for origin, of_origin in student.origin.items():
                add_shape(vertices, f"macrodetails/{origin}-{sex}-{age}", share * of_age * of_origin)
    for name, weight in student.local.items():
        add_shape(vertices, name, weight)
    return vertices


def with_expression(neutral: Points, units: Units) -> Points:
    """Return the body with facial action units applied and its lids outside the eyeballs."""
    vertices = neutral.copy()
    for name, weight in units.items():
        add_action_unit(vertices, name, weight)
    return clear_eyes(vertices, neutral)


def clear_eyes(vertices: Points, neutral: Points, margin: float = 1.08) -> Points:
    """Return the body with lids that an exaggerated expression moved into an eyeball pushed out again.

    ``margin`` is the distance from the centre of the eye to which a lid is pushed, in radii, unless it rests closer.
    """
    vertices, body = vertices.copy(), group_vertices("body")
    for side in "lr":
        helper = vertices[group_vertices(f"helper-{side}-eye")]
        middle = (helper.min(0) + helper.max(0)) / 2
        radius = np.linalg.norm(helper - middle, axis=1).mean()
        rest = np.linalg.norm(neutral[body] - middle, axis=1) / radius
        arm = vertices[body] - middle
        now = np.linalg.norm(arm, axis=1) / radius
        least = np.minimum(rest, margin)
        sunk = (rest > 1) & (rest < 3) & (now < least)
        vertices[body[sunk]] = middle + arm[sunk] * (least[sunk] / now[sunk])[:, None]
    return vertices


def rotation(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """Return the rotation matrix (3, 3) of a head's angles in degrees."""
    angles = np.radians([yaw, pitch, roll])
    (cy, cx, cz), (sy, sx, sz) = np.cos(angles), np.sin(angles)
    turn = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    nod = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    tilt = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return turn @ nod @ tilt


def pose_head(vertices: Points, yaw: float, pitch: float, roll: float) -> Points:
    """Return the body with the head turned about the neck, degrees; the turn fades out towards the shoulders."""
    neck, head = joint(vertices, "neck"), joint(vertices, "head")
    pivot = (neck + head) / 2
    low, high = neck[1] - 0.3, head[1] + 0.1
    t = np.clip((vertices[:, 1] - low) / (high - low), 0, 1)
    t = t * t * (3 - 2 * t) * np.clip((1.6 - np.abs(vertices[:, 0])) / 0.4, 0, 1)
    turned = (vertices - pivot) @ rotation(yaw, pitch, roll).T + pivot
    return vertices * (1 - t[:, None]) + turned * t[:, None]


def head_scale(neutral: Points) -> Points:
    """Return the size of the head relative to the base mesh, along each axis (3,)."""
    base = base_mesh().vertices
    body = group_vertices("body")
    head = body[base[body, 1] > joint(base, "head")[1]]
    return np.clip(np.ptp(neutral[head], 0) / np.ptp(base[head], 0), 0.7, 1.4)
