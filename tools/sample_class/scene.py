"""The Blender scene: renderer, camera, lamps, meshes. Metres, with the Z axis up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray

from sample_class.cast import Colour
from sample_class.expressions import PICTURE_HEIGHT, PICTURE_WIDTH

Place = tuple[float, float, float]

PIXELS_PER_METRE = 760.0
CAMERA_DISTANCE = 0.75
SKY = (0.75, 0.80, 0.9, 1)


def to_blender(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points (n, 3) of the base mesh, decimetres with Y up, in metres with Z up."""
    return np.stack([vertices[:, 0], -vertices[:, 2], vertices[:, 1]], 1) * 0.1


def new_scene(samples: int) -> Any:
    """Return an empty Cycles scene with a transparent background and ``samples`` rays per pixel."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    _set_up_cycles(scene.cycles, samples)
    _set_up_output(scene.render)
    scene.view_settings.view_transform = "Standard"
    world = bpy.data.worlds.new("world")
    scene.world, world.use_nodes = world, True
    nodes = world.node_tree.nodes
    sky = nodes.get("Background") or nodes.new("ShaderNodeBackground")
    sky.inputs[0].default_value, sky.inputs[1].default_value = SKY, 0.45
    return scene


def add_camera(scene: Any, place: Place, target: Place) -> None:
    """Add the webcam; at its distance a metre has ``PIXELS_PER_METRE``."""
    camera = bpy.data.cameras.new("camera")
    camera.sensor_width, camera.clip_start = 36, 0.01
    camera.angle = 2 * math.atan(PICTURE_WIDTH / PIXELS_PER_METRE / 2 / CAMERA_DISTANCE)
    scene.camera = _linked(scene, "camera", camera)
    _look_at(scene.camera, place, target)


def add_lamp(scene: Any, place: Place, target: Place, *, size: float, watts: float, colour: Colour) -> None:
    """Add a square area lamp that points at a spot."""
    lamp = bpy.data.lights.new("light", "AREA")
    lamp.size, lamp.energy, lamp.color = size, watts, colour
    _look_at(_linked(scene, "light", lamp), place, target)


def add_mesh(
    scene: Any,
    name: str,
    vertices: NDArray[np.float64],
    faces: Sequence[Sequence[int]],
    *,
    uvs: NDArray[np.float64],
    uv_faces: Sequence[Sequence[int]],
    material: Any,
) -> Any:
    """Add a smooth-shaded mesh; without ``uv_faces`` it has no texture coordinates."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices.tolist(), [], faces)
    if uv_faces:
        corners = [corner for face in uv_faces for corner in face]
        mesh.uv_layers.new(name="uv").data.foreach_set("uv", uvs[corners].astype(np.float32).ravel())
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    mesh.materials.append(material)
    mesh.update()
    return _linked(scene, name, mesh)


def move_mesh(item: Any, vertices: NDArray[np.float64]) -> None:
    """Give a mesh other vertices."""
    item.data.vertices.foreach_set("co", vertices.astype(np.float32).ravel())
    item.data.update()


def projected_box(scene: Any, points: NDArray[np.float64]) -> list[float]:
    """Return the bounding box (x, y, w, h) of points in pixels of the picture, to a tenth."""
    bpy.context.view_layer.update()
    to_camera = np.array(scene.camera.matrix_world.inverted())
    seen = np.c_[points, np.ones(len(points))] @ to_camera.T
    focal = PIXELS_PER_METRE * CAMERA_DISTANCE
    x = PICTURE_WIDTH / 2 + focal * seen[:, 0] / -seen[:, 2]
    y = PICTURE_HEIGHT / 2 - focal * seen[:, 1] / -seen[:, 2]
    return [round(float(value), 1) for value in (x.min(), y.min(), np.ptp(x), np.ptp(y))]


def _set_up_cycles(cycles: Any, samples: int) -> None:
    cycles.device, cycles.samples, cycles.use_adaptive_sampling = "CPU", samples, False
    cycles.use_denoising, cycles.denoiser, cycles.seed = True, "OPENIMAGEDENOISE", 1
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 2, 1, 1
    cycles.transparent_max_bounces, cycles.transmission_bounces = 6, 0
    cycles.caustics_reflective = cycles.caustics_refractive = False


def _set_up_output(render: Any) -> None:
    render.threads_mode, render.threads, render.use_persistent_data = "FIXED", 2, True
    render.resolution_x, render.resolution_y, render.resolution_percentage = PICTURE_WIDTH, PICTURE_HEIGHT, 100
    render.film_transparent = True
    render.image_settings.file_format, render.image_settings.color_mode = "PNG", "RGBA"


def _linked(scene: Any, name: str, data: Any) -> Any:
    item = bpy.data.objects.new(name, data)
    scene.collection.objects.link(item)
    return item


def _look_at(item: Any, place: Place, target: Place) -> None:
    item.location = place
    item.rotation_euler = (Vector(target) - Vector(place)).to_track_quat("-Z", "Y").to_euler()
