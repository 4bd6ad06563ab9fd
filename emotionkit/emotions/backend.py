"""Keras on the backend that suits the work: OpenVINO to predict, unless the user chose another.

Import ``keras`` from here, never directly: Keras fixes its backend when it is first imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from emotionkit.emotions.telemetry import silence_openvino

os.environ.setdefault("KERAS_BACKEND", "openvino")
silence_openvino()

import keras  # noqa: E402  after that

__all__ = ["computing_in", "keras"]


@contextmanager
def computing_in(precision: str) -> Iterator[None]:
    """Let layers that are built meanwhile compute in another precision; their weights stay float32."""
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(usual)
