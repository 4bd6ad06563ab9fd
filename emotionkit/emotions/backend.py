"""Keras on the backend that suits the work: OpenVINO to predict, unless the user chose another.

Import ``keras`` from here, never directly: Keras fixes its backend when it is first imported.
"""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "openvino")
# Keras asks TensorFlow to be quiet even where it is not used; OpenVINO counts its users unless told not to.
os.environ.setdefault("OPENVINO_TELEMETRY_OPT_OUT", "1")

import keras

__all__ = ["keras"]
