"""The page that leads to all reports."""

from __future__ import annotations

import html
from pathlib import Path

from emotionkit.reports.lesson import PAGE
from emotionkit.reports.night import read_nights
from emotionkit.warehouse.durable import write_durably


def write_index(reports: Path, warehouse: Path) -> Path:  # noqa: ARG001  lessons without a report will be listed too
    """Write ``reports/index.html`` whole, and return where.

    Raises:
        OSError: It cannot be written; an earlier one is as before.
    """
    lines = [night.summary for night in read_nights(reports)[:1]]
    pages = sorted(path.parent.name for path in reports.glob(f"[!.]*/{PAGE}"))
    links = "".join(f'<li><a href="{html.escape(name)}/{PAGE}">{html.escape(name)}</a></li>' for name in pages)
    said = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    page = reports / PAGE
    write_durably(page, f"<!DOCTYPE html><title>Reports</title>{said}<ul>{links}</ul>\n".encode())
    return page
