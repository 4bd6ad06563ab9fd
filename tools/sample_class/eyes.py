"""Eyeballs: a ball with an iris painted along its axis."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sample_class.cast import Colour
from sample_class.mesh import Points, base_mesh, group_vertices

RINGS, SEGMENTS = 20, 32
IRIS, PUPIL = 0.155, 0.062
"""Radii in the picture of an eye, where 1 is halfway to the back."""
WHITE = (0.74, 0.71, 0.69)


class Ball(NamedTuple):
    """Vertices (n, 3), quadrilaterals, and texture coordinates (n, 2)."""

    vertices: Points
    faces: list[list[int]]
    uvs: NDArray[np.float64]


@functools.cache
def unit_ball() -> Ball:
    """Return a ball of radius 1 with its pole on +Z; the texture is projected from the front."""
    polar = np.linspace(0, np.pi, RINGS)[:, None]
    around = np.linspace(0, 2 * np.pi, SEGMENTS, endpoint=False)[None]
    x, y = np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around)
    vertices = np.stack([x, y, np.cos(polar) + 0 * around], -1)
    radius = np.repeat(polar, SEGMENTS, 1) / np.pi
    uvs = np.stack([0.5 + radius * np.cos(around), 0.5 + radius * np.sin(around)], -1)
    faces = [_patch(ring, segment) for ring in range(RINGS - 1) for segment in range(SEGMENTS)]
    return Ball(vertices.reshape(-1, 3), faces, uvs.reshape(-1, 2))


def fitted_eye(body: Points, side: str) -> Points:
    """Return the vertices of the eyeball where a body keeps its eye helper, ``side`` being ``l`` or ``r``.

    The helper's affine change from the base mesh, in the least-squares sense, moves the ball.
    """
    helper = group_vertices(f"helper-{side}-eye")
    rest = base_mesh().vertices[helper]
    middle = (rest.min(0) + rest.max(0)) / 2
    radius = np.linalg.norm(rest - middle, axis=1).mean()
    system = np.c_[(rest - middle) / radius, np.ones(len(helper))]
    affine = np.linalg.lstsq(system, body[helper], rcond=None)[0]
    ball = unit_ball().vertices
    return np.c_[ball, np.ones(len(ball))] @ affine


def iris_picture(colour: Colour, light: float, size: int = 512) -> NDArray[np.float64]:
    """Return an eye seen along its axis, (size, size, 3), 0 to 1; painted darker for strong light."""
    rows, columns = np.mgrid[0:size, 0:size]
    x, y = (columns + 0.5) / size * 2 - 1, (rows + 0.5) / size * 2 - 1
    r = np.hypot(x, y)
    iris = _iris(r, np.arctan2(y, x), colour)
    white = np.array(WHITE) - np.clip(r - 0.25, 0, 1)[..., None] * [0.1, 0.35, 0.4]
    edge, hole = _step(r, IRIS, 0.006), _step(r, PUPIL, 0.004)
    lid_shadow = 1 - 0.45 * np.clip((-y - 0.02) / 0.16, 0, 1)[..., None]
    brightness = lid_shadow / light**0.45
    return np.clip(((iris * hole + 0.004) * (1 - edge) + white * edge) * brightness, 0, 1)


def _iris(r: NDArray[np.float64], angle: NDArray[np.float64], colour: Colour) -> NDArray[np.float64]:
    rng = np.random.RandomState(0)
    rays = sum(rng.uniform(0.3, 1) * np.sin(k * angle + rng.uniform(0, 6.3)) for k in (7, 13, 23, 37, 53)) / 3
    ring = np.clip((r - PUPIL) / (IRIS - PUPIL), 0, 1)
    tone = (0.62 + 0.25 * rays * (1 - ring) + 0.45 * np.sin(np.pi * ring))[..., None]
    return np.array(colour)[None, None] * tone * (1 - 0.65 * np.clip((ring - 0.75) / 0.25, 0, 1))[..., None]


def _step(r: NDArray[np.float64], at: float, softness: float) -> NDArray[np.float64]:
    # Far from the edge the exponential overflows to infinity, which gives the 0 or 1 that is meant.
    with np.errstate(over="ignore"):
        return (1 / (1 + np.exp(-(r - at) / softness)))[..., None]


def _patch(ring: int, segment: int) -> list[int]:
    following = (segment + 1) % SEGMENTS
    near, far = ring * SEGMENTS, (ring + 1) * SEGMENTS
    return [near + segment, far + segment, far + following, near + following]
