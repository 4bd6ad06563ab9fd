"""How usable a face crop is for reading an expression: a number that any single fault brings down."""

from __future__ import annotations

from math import prod

import cv2

from emotionkit.faces.crop import crop_box
from emotionkit.faces.detector import Luma
from emotionkit.records import BoundingBox, Detection

LOOKED_AT = 48
"""Side in pixels at which detail is judged: what the network sees, whatever the size of the crop."""
FULL_SIDE = 64.0
"""Side in pixels of a box from which size is no fault."""
FULL_SHARPNESS = 15.0
"""Mean absolute Laplacian, in gray levels after contrast is evened out to a deviation of 50, from which a crop is taken
for sharp: 98 % of the pictures that the network learned from are sharper."""
FULL_CONTRAST = 30.0
"""Standard deviation in gray levels from which contrast is no fault; 97 % of the network's pictures have more."""
FULL_EXPOSURE = 0.8
"""Share of well exposed pixels from which exposure is no fault: dark hair and a bright window are part of a picture."""
FULL_SCORE = 1.0
"""Detection score from which the pose is no fault: dlib's scores are about 1 for a clear frontal face."""
LOWEST_SCORE = -0.5
"""Detection score at which nothing speaks for a face any more."""
DARKEST, BRIGHTEST = 16, 239
"""Gray levels beyond which a pixel counts as under- or overexposed: outside there is next to no drawing left."""


def judge(luma: Luma, detection: Detection, crop: Luma) -> float:
    """Return how usable a crop is, 0 to 1.

    The product of six shares, each 1 where there is no fault and falling evenly with it: size, sharpness, contrast,
    exposure, detection score, and the part of the crop inside the frame. More of any of them never lowers the quality.

    Args:
        luma: uint8 (h, w), the frame.
        detection: The face in it.
        crop: uint8 (h, w), what was cut out.
    """
    size = (LOOKED_AT, LOOKED_AT)
    seen = crop if crop.shape == size else cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
    contrast = float(cv2.meanStdDev(seen)[1].item())
    shares = (
        detection.box.w / FULL_SIDE,
        _sharpness(seen, contrast) / FULL_SHARPNESS,
        contrast / FULL_CONTRAST,
        cv2.countNonZero(cv2.inRange(seen, DARKEST, BRIGHTEST)) / seen.size / FULL_EXPOSURE,
        (detection.score - LOWEST_SCORE) / (FULL_SCORE - LOWEST_SCORE),
        _share_inside(crop_box(detection.box), luma.shape),
    )
    return prod(min(max(share, 0.0), 1.0) for share in shares)


def _sharpness(seen: Luma, contrast: float) -> float:
    """Return the mean absolute Laplacian at a fixed contrast, so that a pale picture is not taken for a blurred one."""
    return cv2.norm(cv2.Laplacian(seen, cv2.CV_16S), cv2.NORM_L1) / seen.size * 50.0 / max(contrast, 1.0)


def _share_inside(box: BoundingBox, shape: tuple[int, ...]) -> float:
    width = min(box.x + box.w, shape[1]) - max(box.x, 0)
    height = min(box.y + box.h, shape[0]) - max(box.y, 0)
    return max(width, 0) * max(height, 0) / box.area
