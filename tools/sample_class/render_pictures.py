"""Render every student in every expression step, as RGBA pictures, and note where the face is in each.

python -m sample_class.render_pictures --out PICTURES
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Collection
from pathlib import Path

import bpy

from sample_class.cast import NAMES, STUDENTS, Student
from sample_class.expressions import shots
from sample_class.figure import Figure
from sample_class.scene import new_scene


def main() -> None:
    """Render what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures; those there are kept")
    parser.add_argument("--who", nargs="+", choices=NAMES, default=NAMES, help="students, default all")
    parser.add_argument("--shots", nargs="+", choices=list(shots()), default=list(shots()), help="default all")
    parser.add_argument("--samples", type=int, default=8, help="rays per pixel")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for student in STUDENTS:
        if student.name in arguments.who:
            render_student(student, arguments.out.resolve(), arguments.samples, arguments.shots)


def render_student(student: Student, out: Path, samples: int, wanted: Collection[str]) -> None:
    """Render the pictures of one student that are missing, and write the face boxes of all that are wanted."""
    name = student.name.lower()
    scene = new_scene(samples)
    figure = Figure(scene, student)
    boxes = {}
    for shot, (units, yaw) in shots().items():
        if shot not in wanted:
            continue
        boxes[shot] = figure.show(units, yaw)
        path = out / f"{name}_{shot}.png"
        if not path.exists():
            start = time.monotonic()
            scene.render.filepath = str(path)
            bpy.ops.render.render(write_still=True)
            print(f"{name} {shot} {time.monotonic() - start:.1f} s", flush=True)
    (out / f"{name}.json").write_text(json.dumps(boxes))


if __name__ == "__main__":
    main()
