"""What skin, hair, eyes and clothes are made of: Blender's principled shader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from sample_class.cast import Colour


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What a material looks like.

    Attributes:
        name: Its name in Blender.
        image: Texture, or none for a plain colour.
        colour: Plain colour, or factors for the texture.
        see_through: Whether the texture's alpha makes it transparent.
        roughness: 0 is a mirror, 1 is chalk.
        shine: Specular level.
        subsurface: How much light travels under the surface.
        white_point: Grey level of the texture that becomes white; given, the texture is turned to grey before tinting.
        glow: Strength of its own light.
    """

    name: str
    image: Any = None
    colour: Colour | None = None
    see_through: bool = False
    roughness: float = 0.5
    shine: float = 0.3
    subsurface: float = 0.0
    white_point: float | None = None
    glow: float = 0.0

    def build(self) -> Any:
        """Return the material in Blender."""
        material = bpy.data.materials.new(self.name)
        material.use_nodes = True
        tree = material.node_tree
        tree.nodes.clear()
        output = tree.nodes.new("ShaderNodeOutputMaterial")
        shader = tree.nodes.new("ShaderNodeBsdfPrincipled")
        tree.links.new(shader.outputs[0], output.inputs[0])
        self._set_surface(shader)
        if self.image is not None:
            self._paint(tree, shader)
        elif self.colour is not None:
            shader.inputs["Base Color"].default_value = (*self.colour, 1)
        return material

    def _set_surface(self, shader: Any) -> None:
        values: dict[str, Any] = {"Roughness": self.roughness, "Specular IOR Level": self.shine}
        if self.subsurface:
            values["Subsurface Weight"] = self.subsurface
            values["Subsurface Radius"] = (1, 0.35, 0.2)
            values["Subsurface Scale"] = 0.006
        if self.glow and self.colour is not None:
            values["Emission Color"] = (*self.colour, 1)
            values["Emission Strength"] = self.glow
        for name, value in values.items():
            shader.inputs[name].default_value = value

    def _paint(self, tree: Any, shader: Any) -> None:
        texture = tree.nodes.new("ShaderNodeTexImage")
        texture.image, texture.interpolation = self.image, "Cubic"
        source = texture.outputs[0]
        if self.see_through:
            tree.links.new(texture.outputs[1], shader.inputs["Alpha"])
        if self.white_point is not None:
            source = _greyed(tree, source, self.white_point)
        if self.colour is not None:
            source = _tinted(tree, source, self.colour)
        tree.links.new(source, shader.inputs["Base Color"])


def load_image(path: Path) -> Any:
    """Return an image from a file, loaded once."""
    return bpy.data.images.load(str(path), check_existing=True)


def paint_image(name: str, rgb: NDArray[np.float64]) -> Any:
    """Return an image from an array (h, w, 3), 0 to 1, display-referred."""
    h, w = rgb.shape[:2]
    image = bpy.data.images.new(name, w, h)
    # Blender counts rows from the bottom.
    image.pixels.foreach_set(np.dstack([rgb[::-1], np.ones((h, w))]).astype(np.float32).ravel())
    image.pack()
    return image


def _greyed(tree: Any, source: Any, white_point: float) -> Any:
    grey = tree.nodes.new("ShaderNodeRGBToBW")
    span = tree.nodes.new("ShaderNodeMapRange")
    for index, value in enumerate((0, white_point, 0.25, 1.6), 1):
        span.inputs[index].default_value = value
    tree.links.new(source, grey.inputs[0])
    tree.links.new(grey.outputs[0], span.inputs[0])
    return span.outputs[0]


def _tinted(tree: Any, source: Any, colour: Colour) -> Any:
    product = tree.nodes.new("ShaderNodeMix")
    product.data_type, product.blend_type, product.clamp_result = "RGBA", "MULTIPLY", False
    product.inputs[0].default_value = 1
    product.inputs[7].default_value = (*colour, 1)
    tree.links.new(source, product.inputs[6])
    return product.outputs[2]
