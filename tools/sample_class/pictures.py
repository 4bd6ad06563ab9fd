"""The rendered pictures of one student; states in between are morphed along the optical flow."""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_class.expressions import PICTURE_HEIGHT, PICTURE_WIDTH, neighbours

REMEMBERED = 220
"""Morphed pictures kept in memory for each student."""


class Pictures:
    """Pictures and face boxes of one student.

    Attributes:
        boxes: Face box (x, y, w, h) of each rendered picture, in its pixels.
    """

    def __init__(self, folder: Path, student: str) -> None:
        self._folder, self._student = folder, student.lower()
        self.boxes: dict[str, list[float]] = json.loads((folder / f"{self._student}.json").read_text())
        self._shots: dict[str, NDArray[np.uint8]] = {}
        self._flows: dict[tuple[str, str], NDArray[np.float16]] = {}
        self._morphed: OrderedDict[tuple[str, str, int], NDArray[np.uint8]] = OrderedDict()

    def box(self, channel: str, amount: float) -> NDArray[np.float64]:
        """Return the face box (x, y, w, h) of a state, in pixels of its picture."""
        first, second, t = neighbours(channel, amount)
        return np.array(self.boxes[first]) * (1 - t) + np.array(self.boxes[second]) * t

    def picture(self, channel: str, amount: float) -> NDArray[np.uint8]:
        """Return the picture of a state, morphed in tenths of a step: uint8 (h, w, 4), BGRA, colours times alpha."""
        first, second, t = neighbours(channel, amount)
        tenth = round(t * 10)
        if tenth in {0, 10}:
            return self._shot(second if tenth else first)
        key = (first, second, tenth)
        if key not in self._morphed:
            self._morphed[key] = self._morph(first, second, tenth / 10)
            if len(self._morphed) > REMEMBERED:
                self._morphed.popitem(last=False)
        self._morphed.move_to_end(key)
        return self._morphed[key]

    def _shot(self, name: str) -> NDArray[np.uint8]:
        if name not in self._shots:
            path = self._folder / f"{self._student}_{name}.png"
            picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
            if picture is None:
                raise FileNotFoundError(path)
            picture = picture.astype(np.float32)
            picture[..., :3] *= picture[..., 3:] / 255
            self._shots[name] = np.rint(picture).astype(np.uint8)
        return self._shots[name]

    def _flow(self, first: str, second: str) -> NDArray[np.float32]:
        if (first, second) not in self._flows:
            flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
            calculated = flow.calc(_on_grey(self._shot(first)), _on_grey(self._shot(second)), None)
            self._flows[first, second] = calculated.astype(np.float16)
        return self._flows[first, second].astype(np.float32)

    def _morph(self, first: str, second: str, t: float) -> NDArray[np.uint8]:
        grid = np.stack(np.meshgrid(np.arange(PICTURE_WIDTH), np.arange(PICTURE_HEIGHT)), -1).astype(np.float32)
        moved = [
            cv2.remap(
                self._shot(source),
                grid - share * self._flow(source, goal),
                None,
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            for source, goal, share in ((first, second, t), (second, first, 1 - t))
        ]
        return cv2.addWeighted(moved[0], 1 - t, moved[1], t, 0)


def _on_grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    blended = (picture[..., :3] + 0.5 * (255 - picture[..., 3:])).astype(np.uint8)
    return cv2.cvtColor(blended, cv2.COLOR_BGR2GRAY)
