"""The MakeHuman base mesh and the targets that shape it.

Units are decimetres with the Y axis up.
"""

from __future__ import annotations

import functools
import gzip
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sample_class.sources import body_folder

Points = NDArray[np.float64]
Indices = NDArray[np.intp]
Corners = tuple[list[int], list[int]]
"""Vertex numbers and texture coordinate numbers of one polygon."""


class BaseMesh(NamedTuple):
    """Vertices (n, 3), texture coordinates (m, 2), and the polygons of each named group."""

    vertices: Points
    uvs: NDArray[np.float64]
    groups: dict[str, list[Corners]]


@functools.cache
def base_mesh() -> BaseMesh:
    """Return the base mesh."""
    return read_mesh(body_folder() / "mpfb2" / "3dobjs" / "base.obj")


def read_mesh(path: Path) -> BaseMesh:
    """Return a mesh from a Wavefront file whose polygons all belong to groups and have texture coordinates."""
    vertices: list[list[float]] = []
    uvs: list[list[float]] = []
    groups: dict[str, list[Corners]] = {}
    group = ""
    for line in path.read_text().splitlines():
        kind, *values = line.split() or [""]
        if kind == "v":
            vertices.append([float(value) for value in values[:3]])
        elif kind == "vt":
            uvs.append([float(value) for value in values[:2]])
        elif kind == "g":
            group = values[0]
        elif kind == "f":
            corners = [value.split("/") for value in values]
            polygon = [int(corner[0]) - 1 for corner in corners], [int(corner[1]) - 1 for corner in corners]
            groups.setdefault(group, []).append(polygon)
    return BaseMesh(np.array(vertices), np.array(uvs), groups)


@functools.cache
def group_vertices(name: str) -> Indices:
    """Return the sorted vertex numbers of one group of the base mesh."""
    return np.array(sorted({vertex for polygon, _ in base_mesh().groups[name] for vertex in polygon}))


def joint(vertices: Points, name: str) -> Points:
    """Return the position of a joint (3,): the mean of its marker cube."""
    return vertices[group_vertices(f"joint-{name}")].mean(0)


@functools.cache
def face_vertices() -> Indices:
    """Return the vertices of the front of the face, from the chin to the middle of the forehead, without ears."""
    base = base_mesh().vertices
    body = group_vertices("body")
    eye = base[group_vertices("helper-l-eye")].mean(0)
    mouth = joint(base, "mouth")
    chin = mouth[1] - 1.40 * (eye[1] - mouth[1])
    top = eye[1] + 1.0 * (eye[1] - mouth[1])
    points = base[body]
    return body[(points[:, 1] > chin) & (points[:, 1] < top) & (points[:, 2] > eye[2] - 0.55)]


class Target(NamedTuple):
    """Which vertices (n,) a shape target moves, and how far (n, 3) at weight 1."""

    vertices: Indices
    offsets: Points

    def add_to(self, vertices: Points, weight: float) -> None:
        """Move vertices in place."""
        vertices[self.vertices] += weight * self.offsets


def add_shape(vertices: Points, name: str, weight: float) -> None:
    """Add a weighted shape target in place, such as ``head/head-oval``."""
    if _matters(weight):
        _shape(name).add_to(vertices, weight)


def add_action_unit(vertices: Points, name: str, weight: float) -> None:
    """Add a weighted facial action unit in place; a name without a side moves both sides."""
    if not _matters(weight):
        return
    one = _action_unit_path(name).exists()
    for full in [name] if one else [f"{name}Left", f"{name}Right"]:
        _action_unit(full).add_to(vertices, weight)


def _matters(weight: float) -> bool:
    return abs(weight) > 1e-4


@functools.cache
def _shape(name: str) -> Target:
    with gzip.open(body_folder() / "mpfb2" / "targets" / f"{name}.target.gz", "rt") as file:
        return _read_target(file)


@functools.cache
def _action_unit(name: str) -> Target:
    with _action_unit_path(name).open() as file:
        return _read_target(file)


def _action_unit_path(name: str) -> Path:
    return body_folder() / "faceunits01" / "targets" / "faceunits" / f"{name}.target"


def _read_target(file: IO[str]) -> Target:
    rows = [line.split() for line in file if not line.startswith("#")]
    rows = [row for row in rows if len(row) == 4]
    offsets = [[float(value) for value in row[1:]] for row in rows]
    return Target(np.array([int(row[0]) for row in rows], np.intp), np.array(offsets).reshape(-1, 3))
