"""Whatever readings go into a segment come out of the warehouse, for any readings that can be."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emotionkit.records import EMOTIONS, BoundingBox, FaceReading, FrameReading
from emotionkit.warehouse import SegmentWriter, load_segment, open_warehouse

_pixels = st.floats(-5000, 5000, width=32)
_side = st.floats(1, 5000, width=32)
_unit = st.floats(0, 1, width=32)
_shares = st.lists(st.integers(0, 1000), min_size=7, max_size=7).filter(any)


@st.composite
def faces(draw: st.DrawFn, track_id: int) -> FaceReading:
    shares = np.array(draw(_shares), np.float64)
    box = BoundingBox(draw(_pixels), draw(_pixels), draw(_side), draw(_side))
    probabilities = (shares / shares.sum()).astype(np.float32)
    return FaceReading(track_id, box, draw(st.floats(-2, 5, width=32)), draw(_unit), probabilities)


@st.composite
def lessons_readings(draw: st.DrawFn) -> list[FrameReading]:
    steps = draw(st.lists(st.fractions(Fraction(1, 1000), 30, max_denominator=90_000), max_size=6))
    times = np.cumsum([draw(st.fractions(-1, 10, max_denominator=90_000)), *steps])
    tracks = st.lists(st.integers(1, 2**31 - 1), max_size=4, unique=True)
    return [FrameReading(pts, Fraction(1, 2), tuple(draw(faces(track)) for track in draw(tracks))) for pts in times]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(readings=lessons_readings())
def test_readings_come_back_as_they_went_in(readings: list[FrameReading], invent: Any) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "warehouse")
        with SegmentWriter(folder, "algebra", "run-1") as writer:
            for reading in readings:
                writer.add(reading)
            load_segment(folder, writer.finish(invent.lesson("algebra"), invent.run("run-1")))

        with open_warehouse(folder) as warehouse:
            frames, rows, tracks = warehouse.frames("algebra"), warehouse.faces("algebra"), warehouse.tracks("algebra")

    assert list(frames.pts_s) == [float(reading.pts) for reading in readings]
    assert list(frames.faces) == [len(reading.faces) for reading in readings]
    expected = [
        (float(reading.pts), face)
        for reading in readings
        for face in sorted(reading.faces, key=lambda face: face.track_id)
    ]
    assert list(rows.pts_s) == [pts_s for pts_s, _ in expected]
    assert list(rows.track_id) == [face.track_id for _, face in expected]
    assert list(rows.x) == [face.box.x for _, face in expected]
    assert list(rows.h) == [face.box.h for _, face in expected]
    assert list(rows.detection_score) == [face.detection_score for _, face in expected]
    assert list(rows.quality) == [face.quality for _, face in expected]
    assert rows[list(EMOTIONS)].to_numpy().tolist() == [face.probabilities.tolist() for _, face in expected]
    assert list(rows.emotion) == [EMOTIONS[int(face.probabilities.argmax())] for _, face in expected]
    assert list(tracks.track_id) == sorted({face.track_id for _, face in expected})
    assert tracks.observations.sum() == len(expected)
