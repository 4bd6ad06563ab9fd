"""Convolutions in whole numbers of eight bits, which processors do a third faster than in bfloat16.

Post-training quantisation (Jacob et al., 2018, https://arxiv.org/abs/1712.05877): a scale per output channel for
weights, one per convolution for what goes into it. Weights use seven of the eight bits, as sums of two products would
overflow on processors without instructions for neural networks.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from emotionkit.emotions.backend import keras

Range = tuple[float, float]
"""Lowest and highest value."""

FACES = 512
"""Faces from which ranges are measured."""
_BATCH = 64
_PERCENTILES = 0.005, 99.995
"""Of what goes into a convolution, for a batch: single values far out would make all others coarse."""
_ACTIVATION_LEVELS, _WEIGHT_LEVELS = 256, 255
_HALF = 2.0
"""Ratio of the range that eight bits could tell to that of the weights."""

_log = logging.getLogger(__name__)


def activation_ranges(network: keras.Model, faces: NDArray[np.float32]) -> tuple[Range, ...]:
    """Return the range of what goes into each convolution, in the order of the layers.

    Args:
        network: The trained network.
        faces: float32 (n, 1, 48, 48), as the network takes them.
    """
    from emotionkit.emotions.backend import keras  # noqa: PLC0415  not needed to use what was measured

    inside = keras.Model(network.inputs, [layer.input for layer in _convolutions(network)])
    measured = [
        [np.percentile(values, _PERCENTILES) for values in inside.predict_on_batch(faces[start : start + _BATCH])]
        for start in range(0, len(faces), _BATCH)
    ]
    lowest, highest = np.min(measured, axis=0)[:, 0], np.max(measured, axis=0)[:, 1]
    return tuple((round(float(low), 4), round(float(high), 4)) for low, high in zip(lowest, highest, strict=True))


def quantise(path: Path, network: keras.Model, ranges: Sequence[Range]) -> None:
    """Tell OpenVINO to convolve in eight bits, in a converted network's file.

    Where a convolution cannot be recognised, the file stays as it is: slower, and right.

    Args:
        path: The file; that with the weights lies beside it.
        network: What it was converted from.
        ranges: What ``activation_ranges`` gave.
    """
    import openvino  # noqa: PLC0415  see above
    from openvino import opset13  # noqa: PLC0415

    # From bytes: it is to be written where it lies.
    model = openvino.Core().read_model(path.read_bytes(), path.with_suffix(".bin").read_bytes())
    found = [node for node in model.get_ordered_ops() if node.get_type_name() == "Convolution"]
    kernels = [_constant(openvino, opset13, node.input_value(1)) for node in found]
    order = _matched(kernels, network)
    if len(ranges) != len(found) or sorted(order) != list(range(len(found))):
        _log.info("The network is not read in eight bits: its convolutions are not found in what it was converted to.")
        return
    for node, kernel, place in zip(found, kernels, order, strict=True):
        if kernel.shape[1] == 1 or kernel.shape[2] == 1:
            # The first one, the gates and the short cuts: next to no time, and a good deal of the exactness.
            continue
        low, high = min(ranges[place][0], 0.0), ranges[place][1]
        # What is below zero at all is taken as symmetric, which keeps zero a whole number.
        low, high = (-max(-low, high), max(-low, high)) if low < 0 else (0.0, high)
        largest = _HALF * np.maximum(np.abs(kernel).max(axis=(1, 2, 3), keepdims=True), 1e-6)
        activations = _rounded(opset13, node.input_value(0), np.float32(low), np.float32(high), _ACTIVATION_LEVELS)
        weights = _rounded(opset13, opset13.constant(kernel), -largest, largest, _WEIGHT_LEVELS)
        node.input(0).replace_source_output(activations.output(0))
        node.input(1).replace_source_output(weights.output(0))
    openvino.save_model(model, str(path), compress_to_fp16=False)


def _rounded(opset: Any, values: Any, low: Any, high: Any, levels: int) -> Any:
    bounds = [opset.constant(np.asarray(bound, np.float32)) for bound in (low, high, low, high)]
    return opset.fake_quantize(values, *bounds, levels)


def _constant(openvino: Any, opset: Any, output: Any) -> NDArray[np.float32]:
    """Return what an output always is."""
    alone = openvino.Model([opset.result(output)], [])
    computed = openvino.Core().compile_model(alone, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([])[0]
    return np.array(computed, np.float32)


def _matched(kernels: Sequence[NDArray[np.float32]], network: keras.Model) -> list[int]:
    """Return the place among the layers of each kernel, (out, in, h, w); -1 where there is none."""
    from emotionkit.emotions.backend import keras  # noqa: PLC0415  see above

    layers = [keras.ops.convert_to_numpy(layer.kernel).transpose(3, 2, 0, 1) for layer in _convolutions(network)]
    return [
        next(
            (
                place
                for place, layer in enumerate(layers)
                if layer.shape == kernel.shape and np.allclose(layer, kernel, rtol=1e-2, atol=1e-4)
            ),
            -1,
        )
        for kernel in kernels
    ]


def _convolutions(network: keras.Model) -> list[keras.layers.Conv2D]:
    from emotionkit.emotions.backend import keras  # noqa: PLC0415  see above

    return [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
