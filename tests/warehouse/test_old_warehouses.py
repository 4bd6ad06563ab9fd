"""Warehouses as every released version wrote them open with all their rows."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from emotionkit.records import EMOTIONS
from emotionkit.warehouse import find_run, load_segment, open_warehouse, rebuild
from emotionkit.warehouse.schema import migrations
from emotionkit.warehouse.segments import segment_paths

OLD = Path(__file__).parent / "old"


@pytest.fixture(params=sorted(path.name for path in OLD.glob("*.zip")))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A warehouse of two lessons, 60 frames and up to five faces each, as a released version wrote it."""
    with zipfile.ZipFile(OLD / request.param) as stored:
        stored.extractall(tmp_path / "warehouse")
    return tmp_path / "warehouse"


def test_it_is_migrated_and_answers_as_its_segments_tell(old: Path) -> None:
    with open_warehouse(old) as warehouse:
        (newest,) = warehouse.sql("SELECT max(version) FROM schema_migrations").fetchall()[0]
        assert newest == migrations()[-1].version
        assert list(warehouse.lessons().lesson_id) == ["algebra", "Übung 3"]
        for path in segment_paths(old):
            lesson_id = path.parent.name
            rows = pq.read_table(path).to_pylist()
            frames, faces = warehouse.frames(lesson_id), warehouse.faces(lesson_id)
            np.testing.assert_allclose(frames.pts_s, [row["pts_s"] for row in rows], rtol=0, atol=0.5e-6)
            np.testing.assert_allclose(frames.weight_s, [row["weight_s"] for row in rows], rtol=0, atol=0.5e-6)
            expected = [face for row in rows for face in sorted(row["faces"], key=lambda face: face["track_id"])]
            assert list(faces.track_id) == [face["track_id"] for face in expected]
            for name, step in {"x": 1 / 16, "h": 1 / 16, "detection_score": 1e-3, "quality": 1 / 65535}.items():
                np.testing.assert_allclose(faces[name], [face[name] for face in expected], rtol=2e-7, atol=step / 2)
            probabilities = np.array([[face[name] for name in EMOTIONS] for face in expected])
            np.testing.assert_allclose(faces[list(EMOTIONS)], probabilities, rtol=0, atol=0.5001 / 65535)
            assert list(faces.emotion) == [EMOTIONS[index] for index in probabilities.argmax(axis=1)]
            assert warehouse.tracks(lesson_id).observations.sum() == len(expected)
        assert warehouse.sql("SELECT name FROM students").fetchall() == [("Ada",)]
        assert warehouse.run("algebra").purpose is None


def test_it_takes_new_loads_and_can_be_rebuilt(old: Path) -> None:
    before = open_warehouse(old).faces("algebra")
    flat = old / "segments" / "algebra" / "run-1.parquet"
    assert not load_segment(old, flat)
    assert not flat.exists()
    assert {path.parts[-4] for path in segment_paths(old)} == {
        "course=Mathematics",
        "course=__HIVE_DEFAULT_PARTITION__",
    }
    assert rebuild(old) == 2
    assert open_warehouse(old).faces("algebra").equals(before)
    assert find_run(old, "Übung 3") == "run-2"


def test_the_stored_warehouses_are_small() -> None:
    assert sum(path.stat().st_size for path in OLD.iterdir()) < 200_000
