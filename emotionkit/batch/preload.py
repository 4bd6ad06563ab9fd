"""What every worker needs, loaded once by the process that workers are forked from; nothing here starts a thread."""

import cv2  # noqa: F401
import openvino  # noqa: F401

import emotionkit.batch.confined_work
import emotionkit.emotions.classifier  # noqa: F401
