"""The page of a night, for whoever looks after the machine."""

from __future__ import annotations

from pathlib import Path

from emotionkit.reports import formatting
from emotionkit.reports.night import Night, NightRecordError, night_path
from emotionkit.reports.page import whole_page
from emotionkit.reports.rendering import rendered
from emotionkit.warehouse.durable import write_durably


def night_page(night: Night) -> str:
    """Return the HTML page of a night."""
    section = rendered(
        "night.html.j2",
        night=night,
        failed=[one for one in night.failed if not one.set_aside],
        set_aside=[one for one in night.failed if one.set_aside],
        clock=formatting.clock,
    )
    return whole_page([section], f"Night of {night.date}")


def write_night_page(reports: Path, night: Night) -> Path:
    """Write the page of a night beside its record, whole, and return where.

    Raises:
        NightRecordError: It cannot be written; an earlier one is as before.
    """
    path = night_path(reports, night.date).with_suffix(".html")
    try:
        write_durably(path, night_page(night).encode())
    except OSError as error:
        raise NightRecordError(f"The page {path} cannot be written ({error.strerror or error}).") from error
    return path
