"""The record of a night, written and read back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from emotionkit import clocks
from emotionkit.errors import SettingsError
from emotionkit.reports.night import (
    DoneLesson,
    FailedRecording,
    Night,
    NightRecordError,
    NightStatus,
    night_path,
    read_nights,
    write_night,
)
from emotionkit.reports.night_page import night_page


def night(day: int, **fields) -> Night:
    moment = datetime(2026, 9, day, 2, tzinfo=UTC)
    return Night(date=date(2026, 9, day), started_at=moment, ended_at=moment, status=NightStatus.ALL_WELL, **fields)


def test_what_is_written_is_read_back_the_last_night_first(tmp_path):
    done = DoneLesson(
        recording="a\nb/ü.mp4",
        lesson_id="ü",
        processed=True,
        reported=True,
        duration_s=10,
        decoded_s=9.96,
        frames=20,
        faces=0,
    )
    failed = FailedRecording(recording="x.mp4", lesson_id=None, kind="crashed", reason="It crashed.", nights=3)
    first, second = night(14, done=(done,)), night(15, failed=(failed,), removed={"reports": 2})
    assert write_night(tmp_path, first) == tmp_path / "nightly" / "2026-09-14.json"
    write_night(tmp_path, second)
    assert read_nights(tmp_path) == [second, first]


def test_records_that_cannot_be_read_are_left_out_and_named(tmp_path, caplog):
    write_night(tmp_path, night(14))
    night_path(tmp_path, date(2026, 9, 15)).write_text('{"date": ')
    assert [one.date.day for one in read_nights(tmp_path)] == [14]
    assert "2026-09-15.json" in caplog.text
    assert read_nights(tmp_path / "nowhere") == []


def test_a_record_of_a_later_version_with_more_in_it_is_read(tmp_path):
    path = write_night(tmp_path, night(14))
    path.write_text(path.read_text().replace('"version": 1,', '"version": 1, "more": true,'))
    assert len(read_nights(tmp_path)) == 1


def test_one_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "nightly").write_text("in the way")
    with pytest.raises(NightRecordError, match="cannot be written"):
        write_night(tmp_path, night(14))


def test_the_page_is_on_the_clocks_of_the_project(machine_in):
    machine_in("UTC")
    clocks.use("Pacific/Pago_Pago")
    at = datetime(2026, 9, 14, 4, 30, tzinfo=UTC)
    page = night_page(night(13).model_copy(update={"started_at": at, "ended_at": at}))
    assert "<dd>17:30</dd>" in page
    assert "13 September 2026, 17:30" in page


def test_the_page_is_in_the_language_of_the_project():
    done = DoneLesson(
        recording="a.mp4", lesson_id="a", processed=True, reported=False, duration_s=10, decoded_s=5, frames=2, faces=0
    )
    failed = FailedRecording(recording="<b>.mp4", lesson_id=None, kind="crashed", reason="<b> crashed.", nights=2)
    aside = failed.model_copy(update={"set_aside": True})
    told = night(14, done=(done,), failed=(failed, aside), removed={"reports": 2}, erased=True, withheld=("a",))
    english, german = night_page(told), night_page(told, "de")
    assert "Night of 14 September 2026" in english
    assert "Nacht vom 14. September 2026" in german
    for text, words in (
        (english, ("All went well.", "crashed, 2 nights in a row", "Overdue and removed: reports (2).", "(short)")),
        (
            german,
            ("Alles ging gut.", "abgestürzt, 2 Nächte in Folge", "Überfällig und entfernt: Berichte (2).", "(kurz)"),
        ),
    ):
        assert all(word in text for word in words)
        assert "&lt;b&gt; crashed." in text
    assert "1 failed, 1 set aside, 0 left for another night." in english
    assert "1 fehlgeschlagen, 1 zurückgestellt, 0 noch übrig." in german
    words = re.compile(r">\s*(Failed|Set aside|Done|Lesson|Length|From|To|Pictures|Faces)\s*<")
    assert words.search(english)
    assert not words.search(german)
    with pytest.raises(SettingsError):
        night_page(told, "xx")
