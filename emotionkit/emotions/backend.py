"""Keras on the backend that suits the work: OpenVINO to predict, unless the user chose another.

Import ``keras`` from here, never directly: Keras fixes its backend when it is first imported.
"""

from __future__ import annotations

import os

from emotionkit.emotions.telemetry import silence_openvino

os.environ.setdefault("KERAS_BACKEND", "openvino")
silence_openvino()

import keras  # noqa: E402  after that

__all__ = ["keras"]
