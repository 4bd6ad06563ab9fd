"""Stand-ins for what only Blender can make."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from sample_class.cast import NAMES
from sample_class.expressions import PICTURE_HEIGHT, PICTURE_WIDTH, shots

FACE_BOX = [165.0, 60.0, 110.0, 120.0]


def drawn_person(smile: int) -> np.ndarray:
    """A disc with eyes and a mouth on a transparent ground."""
    picture = np.zeros((PICTURE_HEIGHT, PICTURE_WIDTH, 4), np.uint8)
    cv2.ellipse(picture, (220, 120), (55, 60), 0, 0, 360, (120, 150, 210, 255), -1)
    for x in (200, 240):
        cv2.circle(picture, (x, 105), 6, (20, 20, 20, 255), -1)
    cv2.ellipse(picture, (220, 150), (20, smile), 0, 0, 360, (40, 40, 120, 255), -1)
    return picture


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like that of ``render_pictures``: the same few drawings for every student."""
    folder = tmp_path_factory.mktemp("pictures")
    encoded = [cv2.imencode(".png", drawn_person(2 + step))[1].tobytes() for step in range(len(shots()))]
    for name in NAMES:
        for shot, content in zip(shots(), encoded, strict=True):
            (folder / f"{name.lower()}_{shot}.png").write_bytes(content)
        (folder / f"{name.lower()}.json").write_text(json.dumps(dict.fromkeys(shots(), FACE_BOX)))
    return folder
