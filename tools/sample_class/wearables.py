"""Hair, eyebrows, eyelashes, teeth and clothes: meshes bound to the base mesh."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sample_class.mesh import Indices, Points, base_mesh
from sample_class.sources import assets_folder

# Bits of the number before each polygon in the JSON form of a mesh.
QUAD, HAS_MATERIAL, HAS_UVS, HAS_NORMAL, HAS_NORMALS = 1, 2, 8, 16, 32


@dataclass(frozen=True, slots=True, eq=False)
class Wearable:
    """A wearable part.

    Attributes:
        anchors: Vertices of the base mesh to which each of its n vertices is bound, (n, 3).
        weights: Weight of each anchor, (n, 3).
        offsets: Distance from the weighted anchors, (n, 3).
        uvs: Texture coordinates, (m, 2).
        faces: Vertex numbers of each polygon.
        uv_faces: Texture coordinate numbers of each polygon.
        texture: Picture file.
        hides: Which vertices of the base mesh it covers, bool.
    """

    anchors: Indices
    weights: NDArray[np.float64]
    offsets: Points
    uvs: NDArray[np.float64]
    faces: list[list[int]]
    uv_faces: list[list[int]]
    texture: Path
    hides: NDArray[np.bool_]

    def fitted(self, body: Points, scale: Points) -> Points:
        """Return its vertices on a body: weighted anchors plus offsets scaled along each axis."""
        return (body[self.anchors] * self.weights[:, :, None]).sum(1) + self.offsets * scale


def read_wearable(kind: str, name: str) -> Wearable:
    """Return a wearable part, such as ``hair`` and ``short02``."""
    path = assets_folder() / "proxies" / kind / name / f"{name}.json"
    content = json.loads(path.read_text())
    faces, uv_faces = unpack_faces(content["faces"])
    hidden = content["metadata"].get("deleteVerts")
    return Wearable(
        anchors=np.array(content["ref_vIdxs"]),
        weights=np.array(content["weights"]),
        offsets=np.array(content["offsets"]),
        uvs=np.array(content["uvs"][0]).reshape(-1, 2),
        faces=faces,
        uv_faces=uv_faces,
        texture=path.parent / content["materials"][0]["mapDiffuse"],
        hides=np.array(hidden, bool) if hidden else np.zeros(len(base_mesh().vertices), bool),
    )


def unpack_faces(packed: list[int]) -> tuple[list[list[int]], list[list[int]]]:
    """Return vertex and texture coordinate numbers of each polygon from their packed form.

    A polygon is a number of flag bits, its vertices, then what the flags announce: a material, a texture coordinate
    for each corner, a normal, and a normal for each corner.
    """
    faces, uv_faces, at = [], [], 0
    while at < len(packed):
        flags = packed[at]
        corners = 4 if flags & QUAD else 3
        end = at + 1 + corners
        faces.append(packed[at + 1 : end])
        end += bool(flags & HAS_MATERIAL)
        if flags & HAS_UVS:
            uv_faces.append(packed[end : end + corners])
            end += corners
        end += bool(flags & HAS_NORMAL)
        at = end + corners * bool(flags & HAS_NORMALS)
    return faces, uv_faces
