"""What is kept in the cache is made once, and anew where it was damaged; without a cache all goes on."""

from __future__ import annotations

import threading

import dlib
import pytest

from emotionkit.cache import kept
from emotionkit.faces.dlib_limits import stored_detector


def test_it_is_made_once(tmp_path):
    folder = tmp_path / "to" / "be" / "made"
    assert kept("one", lambda: b"made", folder) == b"made"
    assert kept("one", lambda: pytest.fail("made again"), folder) == b"made"
    assert kept("other", lambda: b"", folder) == b""
    assert kept("other", lambda: pytest.fail("made again"), folder) == b""


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 36])
def test_what_was_damaged_is_made_anew(tmp_path, damage):
    kept("one", lambda: b"made", tmp_path)
    (tmp_path / "one").write_bytes(damage)
    assert kept("one", lambda: b"again", tmp_path) == b"again"
    assert kept("one", lambda: pytest.fail("not mended"), tmp_path) == b"again"


def test_where_nothing_can_be_written_it_is_done_without(tmp_path):
    (tmp_path / "file").write_text("")
    assert kept("one", lambda: b"made", tmp_path / "file" / "below") == b"made"


def test_of_several_who_want_it_one_makes_it(tmp_path):
    made = []
    everybody = threading.Barrier(4)

    def make():
        made.append(1)
        return b"made"

    def want():
        everybody.wait()
        assert kept("one", make, tmp_path) == b"made"

    threads = [threading.Thread(target=want) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
    assert not list(tmp_path.glob(".*"))


def test_the_environment_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTIONKIT_CACHE", str(tmp_path))
    stored_detector.cache_clear()
    own = dlib.get_frontal_face_detector().__getstate__()[0]
    assert stored_detector() == own
    (name,) = [path.name for path in tmp_path.glob("*.detector")]
    assert dlib.__version__ in name
