"""The class in JupyterLab: what the page shows, as widgets."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from emotionkit.errors import InvalidInputError, LiveSourceError, PolicyError
from emotionkit.policy import PURPOSE_VARIABLE
from emotionkit.reports import live_texts
from emotionkit.warehouse import open_warehouse
from emotionkit.widgets import LivePanel


def test_shows_and_stores_a_class(short_lesson):
    panel = LivePanel(str(short_lesson), "warehouse", lesson_id="panel")
    until = time.monotonic() + 60
    while not (panel.shown()["timeline"] and "0:00 of class" not in panel.shown()["status"]):
        assert time.monotonic() < until, panel.shown()
        time.sleep(0.1)
    with pytest.raises(InvalidInputError, match="end it first"):
        LivePanel(str(short_lesson), "warehouse", lesson_id="other")
    shown = panel.shown()
    assert "7 faces are seen" in shown["status"]
    assert shown["expressions"].count("<svg") == 7
    assert shown["timeline"].count("<svg") == 8
    assert "not what anyone feels" in shown["losses"]
    outcome = panel.stop()
    assert outcome is not None
    assert outcome.lesson_id == "panel"
    assert open_warehouse("warehouse").lesson("panel").duration_s >= 1
    assert "The class has ended" in panel.shown()["status"]
    assert "; its report can be made now." in panel.shown()["status"]
    with pytest.raises(InvalidInputError, match="already"):
        LivePanel(str(short_lesson), "warehouse", lesson_id="panel")


def test_tells_what_is_wrong(monkeypatch):
    with pytest.raises(LiveSourceError):
        LivePanel("gopher://x/y")
    panel = LivePanel("http://127.0.0.1:9/class.mkv")
    until = time.monotonic() + 60
    while panel.error is None:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert panel.stop() is None
    assert "cannot be read (connection refused)." in panel.shown()["status"]
    assert not Path("warehouse").exists()
    monkeypatch.delenv(PURPOSE_VARIABLE)
    with pytest.raises(PolicyError):
        LivePanel("http://127.0.0.1:9/class.mkv")


def test_tells_that_nothing_is_stored_where_no_picture_came(free_port):
    panel = LivePanel(f"udp://127.0.0.1:{free_port}")
    assert panel.stop() is None
    assert panel.error is None
    assert live_texts.NO_PICTURE in panel.shown()["status"]
    assert "being stored" not in panel.shown()["status"]
