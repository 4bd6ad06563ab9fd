"""The page of a night, for whoever looks after the machine."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

from emotionkit import clocks
from emotionkit.durable import write_durably
from emotionkit.reports import formatting, texts
from emotionkit.reports.night import Night, NightRecordError, night_path
from emotionkit.reports.page import whole_page
from emotionkit.reports.rendering import rendered


def night_page(night: Night, language: str = "en") -> str:
    """Return the HTML page of a night; what failed is told in the words of the record, which are English.

    Raises:
        SettingsError: Pages are not written in that language.
    """
    with texts.spoken(language):
        title = texts.NIGHT_OF.format(date=formatting.date(datetime.combine(night.date, time())))
        return whole_page([_section(night, title)], title)


def _section(night: Night, title: str) -> str:
    return rendered(
        "night.html.j2",
        texts=texts,
        title=title,
        night=night,
        when=night_in_short(night),
        failed=[one for one in night.failed if not one.set_aside],
        set_aside=[one for one in night.failed if one.set_aside],
        clock=formatting.clock,
        began=f"{clocks.local(night.started_at):%H:%M}",
        ended=f"{clocks.local(night.ended_at):%H:%M}",
        removed=", ".join(f"{texts.NIGHT_KINDS.get(kind, kind)} ({count})" for kind, count in night.removed.items()),
    )


def night_in_short(night: Night) -> str:
    """Return a night in one line, in the language in use."""
    return texts.NIGHT_WHEN.format(
        date=formatting.date(night.started_at),
        done=len(night.done),
        unchanged=night.unchanged,
        failed=night.still_tried,
        aside=texts.NIGHT_WHEN_ASIDE.format(count=night.set_aside) if night.set_aside else "",
        left=len(night.left),
    )


def write_night_page(reports: Path, night: Night, language: str = "en") -> Path:
    """Write the page of a night beside its record, whole, and return where.

    Raises:
        SettingsError: Pages are not written in that language.
        NightRecordError: It cannot be written; an earlier one is as before.
    """
    path = night_path(reports, night.date).with_suffix(".html")
    try:
        write_durably(path, night_page(night, language).encode())
    except OSError as error:
        raise NightRecordError(f"The page {path} cannot be written ({error.strerror or error}).") from error
    return path
