"""``reports/index.html``: all lessons by course and date, to be searched, and how the last night went."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pandas as pd

from emotionkit.durable import write_durably
from emotionkit.errors import ReportError
from emotionkit.reports import formatting, texts
from emotionkit.reports.making import PAGE
from emotionkit.reports.night import Night, night_path, read_nights
from emotionkit.reports.night_page import night_in_short
from emotionkit.reports.overview import course_folder
from emotionkit.reports.page import whole_page
from emotionkit.reports.rendering import address, rendered
from emotionkit.warehouse import has_database, open_warehouse


@dataclass(frozen=True, slots=True)
class Line:
    """A lesson in the index; ``page`` is empty where it has no report."""

    title: str
    page: str
    facts: str


@dataclass(frozen=True, slots=True)
class Group:
    """The lessons of a course, the last first; ``page`` is empty where the course has no report."""

    name: str
    page: str
    lines: list[Line]


def write_index(reports: Path, warehouse: Path, *, language: str = "en") -> Path:
    """Write the entry page of the reports and return it; it is replaced whole.

    It links to the pages that are there. Reports of single students are not in it.

    Args:
        reports: Folder of the reports; made if need be.
        warehouse: Folder of the warehouse; there need be none yet.
        language: Code of the language of the page.

    Raises:
        SettingsError: Reports are not written in that language.
        WarehouseError: The warehouse is there and cannot be read.
        ReportError: The page cannot be written.
    """
    page = reports / PAGE
    with texts.spoken(language):
        lessons = open_warehouse(warehouse).lessons() if has_database(warehouse) else pd.DataFrame()
        groups = _groups(reports, lessons)
        sections = [
            rendered("header.html.j2", title=texts.INDEX, facts=[]),
            _night(reports, read_nights(reports)),
            rendered("lessons.html.j2", groups=groups, count=len(lessons), texts=texts),
        ]
        text = whole_page(sections, texts.INDEX, _script())
    try:
        reports.mkdir(parents=True, exist_ok=True)
        write_durably(page, text.encode())
    except OSError as error:
        raise ReportError(str(page), f"it cannot be written ({error.strerror or error}).", kind="index") from error
    return page


def _groups(reports: Path, lessons: pd.DataFrame) -> list[Group]:
    if lessons.empty:
        return []
    # The order of the table is that of time; courses go by name, and what has none goes last.
    named = [(str(course), rows) for course, rows in lessons.groupby("course", sort=True)]
    rest = lessons.loc[lessons["course"].isna()]
    groups = [
        Group(formatting.name(course), _link(reports, course_folder(course)), _lines(reports, rows))
        for course, rows in named
    ]
    return [*groups, Group(texts.INDEX_NO_COURSE, "", _lines(reports, rest))] if len(rest) else groups


def _lines(reports: Path, lessons: pd.DataFrame) -> list[Line]:
    lines = []
    for row in lessons.iloc[::-1].to_dict("records"):
        start = None if pd.isna(row["started_at"]) else row["started_at"].to_pydatetime()
        teacher = None if pd.isna(row["teacher"]) else row["teacher"]
        facts = [
            formatting.date(start),
            f"{texts.LENGTH} {formatting.clock(row['duration_s'])}",
            formatting.name(teacher),
        ]
        page = _link(reports, row["lesson_id"])
        facts += [] if page else [texts.INDEX_NO_REPORT]
        told = ", ".join(fact for fact in facts if fact != texts.UNKNOWN)
        lines.append(Line(formatting.name(row["title"]), page, told))
    return lines


def _link(reports: Path, folder: str) -> str:
    return address(f"{folder}/{PAGE}") if (reports / folder / PAGE).is_file() else ""


def _page_of(reports: Path, night: Night) -> str:
    page = night_path(reports, night.date).with_suffix(".html")
    return address(page.relative_to(reports).as_posix()) if page.is_file() else ""


def _night(reports: Path, nights: list[Night]) -> str:
    night = nights[0] if nights else None
    return rendered(
        "last_night.html.j2",
        texts=texts,
        night=night,
        when=night_in_short(night) if night else "",
        lists=_lists(night) if night else [],
        page=_page_of(reports, night) if night else "",
    )


def _lists(night: Night) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what to say of a night: headings with names and sentences."""
    failed: list[tuple[str, str]] = []
    aside: list[tuple[str, str]] = []
    for entry in night.failed:
        again = texts.NIGHT_AGAIN[min(entry.nights, 2) - 1].format(nights=entry.nights)
        notes = "; ".join(note for note in (again, texts.NIGHT_ASIDE if entry.set_aside else "") if note)
        words = _sentence(entry.reason) + (f" ({notes})" if notes else "")
        (aside if entry.set_aside else failed).append((formatting.name(entry.recording), words))
    left = [(formatting.name(entry.recording), _sentence(entry.reason)) for entry in night.left]
    lists = [
        (texts.NIGHT_FAILED, failed),
        (texts.NIGHT_SET_ASIDE, aside),
        (texts.NIGHT_LEFT, left),
        (texts.NIGHT_PROBLEMS, [("", _sentence(problem)) for problem in night.problems]),
    ]
    return [(heading, entries) for heading, entries in lists if entries]


def _sentence(text: str) -> str:
    return formatting.name(text, formatting.LONGEST_SENTENCE)


def _script() -> str:
    """Return the script that searches; it needs nothing that the page does not hold."""
    return resources.files("emotionkit.reports").joinpath("templates", "search.js").read_text("utf-8")
