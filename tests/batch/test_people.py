"""One person, one track in the warehouse: the same whoever read the pieces, and nothing of a face is kept."""

from __future__ import annotations

from collections import defaultdict

import pytest
from moving_tiles import order_at

import emotionkit as ek
from emotionkit.batch.budget import Budget
from emotionkit.batch.executor import Job, process_all
from emotionkit.batch.pipeline import process_recording
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier
from emotionkit.faces.embedding import DIMENSIONS, FaceEmbedder

SETTINGS = ProcessingSettings(sample_fps=1, piece_s=5)


def run(recording, warehouse, **how):
    how = {"workers": 1, "budget": None} | how
    return list(process_all([Job(recording, warehouse, SETTINGS)], on_progress=lambda *tick: None, **how))


def rows(warehouse):
    with ek.open_warehouse(warehouse) as opened:
        return opened.sql("select * from faces order by all").fetchall()


@pytest.fixture(scope="module")
def processed(tmp_path_factory, moving_tiles):
    warehouse = tmp_path_factory.mktemp("once") / "warehouse"
    run(moving_tiles, warehouse)
    return warehouse


def test_everybody_keeps_one_track(processed):
    with ek.open_warehouse(processed) as opened:
        faces = opened.sql("select pts_s, x + w / 2, y + h / 2, track_id from faces").fetchall()
    tracks = defaultdict(set)
    for pts, x, y, track_id in faces:
        tracks[order_at(pts)[3 * int(y // 240) + int(x // 427)]].add(track_id)
    assert len(tracks) == 9
    assert all(len(own) == 1 for own in tracks.values()), tracks
    assert len(set().union(*tracks.values())) == 9


def test_rows_do_not_depend_on_who_read_them_or_when(tmp_path, moving_tiles, processed):
    run(moving_tiles, tmp_path / "two", workers=2)
    assert rows(tmp_path / "two") == rows(processed)
    run(moving_tiles, tmp_path / "resumed", budget=Budget(seconds=3))
    run(moving_tiles, tmp_path / "resumed")
    assert rows(tmp_path / "resumed") == rows(processed)


def test_no_embedding_is_kept(tmp_path, moving_tiles, monkeypatch):
    made = []
    embedding = FaceEmbedder.embedding

    def noted(embedder, picture, box):
        made.append(embedding(embedder, picture, box))
        return made[-1]

    monkeypatch.setattr(FaceEmbedder, "embedding", noted)
    process_recording(moving_tiles, tmp_path / "warehouse", LazyClassifier(), SETTINGS)
    assert made
    assert all(point.shape == (DIMENSIONS,) for point in made)
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(point.tobytes()[:16] in content for point in made for content in kept)
    assert not (tmp_path / "warehouse" / "parts").exists()


def test_where_nobody_moves_no_embedding_is_made(tmp_path, short_lesson, monkeypatch):
    monkeypatch.setattr("emotionkit.faces.embedding.FaceEmbedder", lambda: pytest.fail("an embedding was made"))
    process_recording(short_lesson, tmp_path / "warehouse", LazyClassifier(), SETTINGS)
    with ek.open_warehouse(tmp_path / "warehouse") as opened:
        assert opened.sql("select count(*) from tracks").fetchall() == [(7,)]


@pytest.mark.slow
def test_nine_tiles_of_two_acting_people_keep_their_tracks_for_a_minute(tmp_path, clips):
    """One woman is there eight times, so that her face tells nothing: then her place has to."""
    process_recording(clips / "gallery9_60s.mp4", tmp_path, LazyClassifier(), ProcessingSettings(sample_fps=1))
    with ek.open_warehouse(tmp_path) as opened:
        tracks = opened.sql("select track_id, last_s - first_s, observations from tracks order by 1").fetchall()
    assert [track_id for track_id, _, _ in tracks] == list(range(1, 10))
    assert all(length > 55 and observations > 55 for _, length, observations in tracks)
