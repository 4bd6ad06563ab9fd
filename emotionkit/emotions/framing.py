"""Frame a training face as the product will: found by the product's detector, cut by the product's geometry."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from emotionkit.config import DetectionSettings
from emotionkit.faces.crop import crop_box, cut
from emotionkit.faces.dlib_detector import DLIB_WINDOW, DlibDetector

_LOOKED_AT = 240
"""Side in pixels to which a picture is enlarged before it is searched: three times the smallest face dlib finds."""
_MARGIN = _LOOKED_AT // 4
"""Repeated border around it, as dlib needs room around a face that fills its picture."""


class ProductFraming:
    """Cuts the face out of a close-up as the pipeline cuts it out of a frame."""

    def __init__(self) -> None:
        self._detector = DlibDetector(DetectionSettings(smallest_face=DLIB_WINDOW))

    def crop(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the crop around the best face of a uint8 (h, w) close-up; the picture itself where dlib finds none."""
        enlarged = cv2.resize(picture, (_LOOKED_AT, _LOOKED_AT), interpolation=cv2.INTER_CUBIC)
        roomy = cv2.copyMakeBorder(enlarged, *(_MARGIN,) * 4, cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)
        found = self._detector.detect(roomy)
        return cut(roomy, crop_box(found[0].box)) if found else picture
