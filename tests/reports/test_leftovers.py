"""What a killed process left half written goes; what one is about to finish stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from emotionkit.durable import write_durably
from emotionkit.reports.removal import remove_unfinished


def test_a_page_that_is_being_written_is_left_alone(tmp_path, monkeypatch):
    page = tmp_path / "lesson" / "index.html"
    page.parent.mkdir()
    page.with_name(".index.html.0123abcd.4194305.tmp").write_text("half, by a process that is gone")
    replace = Path.replace

    def tidied_up_meanwhile(path, target):
        remove_unfinished(tmp_path)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", tidied_up_meanwhile)
    write_durably(page, b"whole")
    assert page.read_bytes() == b"whole"
    assert list(page.parent.iterdir()) == [page]


def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    page = tmp_path / "index.html"
    page.write_bytes(b"old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        write_durably(page, b"new")
    assert page.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [page]
