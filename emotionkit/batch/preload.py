"""What every worker needs, loaded once by the process that workers are forked from; nothing here starts a thread."""

import importlib

import cv2

import emotionkit.batch.confined_work
import emotionkit.emotions.classifier  # noqa: F401
from emotionkit.emotions.telemetry import silence_openvino
from emotionkit.faces.dlib_limits import stored_detector

# One worker is one core's work.
cv2.setNumThreads(1)
silence_openvino()
importlib.import_module("openvino")
stored_detector()
