"""The network: a compact residual CNN that reads one 48×48 gray face.

Residual blocks (He et al., 2016, https://arxiv.org/abs/1512.03385) with squeeze-and-excitation (Hu et al., 2018,
https://arxiv.org/abs/1709.01507). The first convolution halves the resolution at once: at 48×48 with few channels
two CPU cores wait for memory, not for arithmetic.
"""

from __future__ import annotations

from emotionkit.emotions.backend import keras
from emotionkit.emotions.preprocess import INPUT_SIZE
from emotionkit.emotions.shape import EXPRESSION_HEAD, ORIGINAL_HEAD, USABLE_HEAD, NetworkShape
from emotionkit.records import EMOTIONS

layers = keras.layers

_CHANNELS_FIRST = {"data_format": "channels_first"}
"""OpenVINO works channels first: with channels last it turns the data around at every layer, which halves its speed."""
_CHANNEL_AXIS = 1


def build_network(shape: NetworkShape | None = None) -> keras.Model:
    """Return the untrained network.

    Input: float32 (n, 1, 48, 48), standardised per face. Outputs: a dictionary of float32 logits: two (n, 7) arrays in
    the order of ``EMOTIONS``, named by ``EXPRESSION_HEAD`` and ``ORIGINAL_HEAD``, and ``USABLE_HEAD``, (n, 1).
    """
    shape = shape or NetworkShape()
    faces = keras.Input((1, INPUT_SIZE, INPUT_SIZE), name="faces")
    x = layers.ReLU()(_convolution(faces, shape.stem, size=5, stride=2))
    for stage, (channels, blocks) in enumerate(zip(shape.stages, shape.blocks, strict=True)):
        for block in range(blocks):
            x = _residual_block(x, channels, stride=2 if stage and not block else 1)
    x = layers.GlobalAveragePooling2D(**_CHANNELS_FIRST)(x)
    x = layers.Dropout(shape.dropout)(x)
    outputs = {EXPRESSION_HEAD: len(EMOTIONS), ORIGINAL_HEAD: len(EMOTIONS), USABLE_HEAD: 1}
    # Logits stay in full precision where the rest of a training works in bfloat16.
    heads = {name: layers.Dense(units, dtype="float32", name=name)(x) for name, units in outputs.items()}
    return keras.Model(faces, heads, name="emotion_network")


def multiply_adds(network: keras.Model) -> int:
    """Count the multiply-adds that one face costs in convolutions and dense layers."""
    total = 0
    for layer in network.layers:
        if isinstance(layer, layers.Conv2D):
            total += _convolution_cost(layer)
        elif isinstance(layer, layers.Dense):
            total += layer.kernel.shape[0] * layer.kernel.shape[1]
    return total


def _convolution_cost(layer: keras.Layer) -> int:
    _, channels_out, height, width = layer.output.shape
    kernel_height, kernel_width, channels_in, _ = layer.kernel.shape
    return int(height * width * channels_out * kernel_height * kernel_width * channels_in)


def _residual_block(x: keras.KerasTensor, channels: int, *, stride: int) -> keras.KerasTensor:
    y = layers.ReLU()(_convolution(x, channels, stride=stride))
    y = _squeeze_and_excite(_convolution(y, channels))
    if stride > 1:
        x = layers.AveragePooling2D(stride, **_CHANNELS_FIRST)(x)
    if x.shape[_CHANNEL_AXIS] != channels:
        x = _convolution(x, channels, size=1)
    return layers.ReLU()(layers.Add()([x, y]))


def _convolution(x: keras.KerasTensor, channels: int, *, size: int = 3, stride: int = 1) -> keras.KerasTensor:
    x = layers.Conv2D(
        channels,
        size,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        **_CHANNELS_FIRST,
    )(x)
    return layers.BatchNormalization(_CHANNEL_AXIS, momentum=0.9, epsilon=1e-5)(x)


def _squeeze_and_excite(x: keras.KerasTensor, *, reduction: int = 8) -> keras.KerasTensor:
    channels = x.shape[_CHANNEL_AXIS]
    gate = layers.GlobalAveragePooling2D(keepdims=True, **_CHANNELS_FIRST)(x)
    gate = layers.Conv2D(max(8, channels // reduction), 1, activation="relu", **_CHANNELS_FIRST)(gate)
    gate = layers.Conv2D(channels, 1, activation="sigmoid", **_CHANNELS_FIRST)(gate)
    return layers.Multiply()([x, gate])
