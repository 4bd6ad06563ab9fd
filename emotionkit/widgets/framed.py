"""A picture of the recording with the boxes of its faces, and what was read from some of them."""

from __future__ import annotations

from collections.abc import Collection

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emotionkit.records import EMOTIONS
from emotionkit.reports.palette import EMOTION_COLORS

WIDTH = 960
_MUTED = (128, 128, 128)
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def framed_picture(picture: NDArray[np.uint8], faces: pd.DataFrame, told: Collection[int]) -> bytes:
    """Return a JPEG with a box around each face, and the two likeliest expressions of those that may be told.

    Args:
        picture: uint8 (h, w, 3), RGB; it is left as it is.
        faces: Rows of the table ``faces`` of one frame.
        told: Tracks whose reading may be shown; the others get a grey box.
    """
    scale = WIDTH / picture.shape[1]
    shown = cv2.resize(picture, (WIDTH, round(picture.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    shown = np.ascontiguousarray(shown[:, :, ::-1])
    for face in faces.to_dict("records"):
        corner = (round(face["x"] * scale), round(face["y"] * scale))
        opposite = (round((face["x"] + face["w"]) * scale), round((face["y"] + face["h"]) * scale))
        readable = face["track_id"] in told
        likeliest = sorted(EMOTIONS, key=lambda emotion: -face[emotion])[:2]
        color = _bgr(EMOTION_COLORS[likeliest[0]]) if readable else _MUTED
        cv2.rectangle(shown, corner, opposite, color, 2)
        if readable:
            for line, emotion in enumerate(likeliest):
                _write(shown, f"{emotion} {face[emotion]:.0%}", (corner[0], opposite[1] + 14 * (line + 1)), color)
    return bytes(cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 85])[1])


def _write(picture: NDArray[np.uint8], words: str, place: tuple[int, int], color: tuple[int, ...]) -> None:
    (width, height), _ = cv2.getTextSize(words, _FONT, 0.45, 1)
    x, y = place
    cv2.rectangle(picture, (x - 1, y - height - 2), (x + width + 1, y + 3), (30, 30, 30), cv2.FILLED)
    cv2.rectangle(picture, (x - 4, y - height - 2), (x - 1, y + 3), color, cv2.FILLED)
    cv2.putText(picture, words, place, _FONT, 0.45, (255, 255, 255), 1, cv2.LINE_AA)


def _bgr(color: str) -> tuple[int, ...]:
    return tuple(int(color[start : start + 2], 16) for start in (5, 3, 1))
