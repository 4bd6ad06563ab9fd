"""What is told of a lesson by hand, and the forms in which it may be told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from emotionkit.errors import InvalidFileError, quoted
from emotionkit.project import parse_time_zone
from emotionkit.records import LessonSegment

LONGEST_TEXT = 200
MOST_SEGMENTS = 500

_YEARS = range(1990, 2101)
_START = re.compile(r"(?P<moment>\d{4}-\d{2}-\d{2}([T ]\d{1,2}:\d{2}\S*)?)(\s+(?P<zone>\S+))?")
_SEGMENT = re.compile(r"(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,3}):(?P<seconds>\d{2})\s+(?P<title>\S.*)", re.DOTALL)
_JOINERS = "\u200c\u200d"
"""Invisible, and part of how words are spelled in some scripts."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one source tells of a lesson; None is what it does not tell."""

    course: str | None = None
    title: str | None = None
    teacher: str | None = None
    start: datetime | None = None
    segments: tuple[LessonSegment, ...] | None = None

    def or_else(self, other: Self) -> Self:
        """Return these facts, and those of another source where these do not tell."""
        untold = [field.name for field in fields(self) if getattr(self, field.name) is None]
        return replace(self, **{name: getattr(other, name) for name in untold})


KEYS = tuple(field.name for field in fields(Facts))


class Entry(NamedTuple):
    """A value as it stands in a file, and the line, from 1; a list has several."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a recording before its facts are read.

    Attributes:
        duration_s: Its length in seconds; no segment begins later.
        zone: The time zone of starts that name none; None for that of this machine.
    """

    duration_s: float
    zone: tzinfo | None


def read_entries(path: Path, entries: Mapping[str, Sequence[Entry]], known: Known) -> Facts:
    """Return the facts that the entries of a file tell, by ``KEYS``; a key whose text is empty tells nothing.

    Raises:
        InvalidFileError: A value cannot be used; the sentence names file, line and key.
    """
    facts: dict[str, object] = {}
    for key, given in entries.items():
        told = [entry for entry in given if entry.text.strip()]
        if key == "segments":
            facts[key] = tuple(_segments(path, told, known)) or None
        elif len(told) > 1:
            raise InvalidFileError(path, "takes one value, not a list.", line=told[1].line, key=key)
        elif told:
            facts[key] = _value(path, key, told[0], known)
    return Facts(**facts)  # type: ignore[arg-type]


def _value(path: Path, key: str, entry: Entry, known: Known) -> str | datetime:
    try:
        return parse_start(entry.text, known.zone) if key == "start" else parse_name(entry.text)
    except ValueError as error:
        reason = f"= {quoted(entry.text)} cannot be used: {error}."
        raise InvalidFileError(path, reason, line=entry.line, key=key) from error


def _segments(path: Path, entries: Sequence[Entry], known: Known) -> Iterator[LessonSegment]:
    starts: list[float] = []
    titles: list[str] = []
    for entry in entries:
        try:
            start_s, title = parse_segment(entry.text)
            _check_order(start_s, starts, known)
        except ValueError as error:
            reason = f"has {quoted(entry.text)}, which cannot be used: {error}."
            raise InvalidFileError(path, reason, line=entry.line, key="segments") from error
        starts.append(start_s)
        titles.append(title)
    return map(LessonSegment, starts, [*starts[1:], known.duration_s], titles)


def _check_order(start_s: float, earlier: Sequence[float], known: Known) -> None:
    if earlier and start_s <= earlier[-1]:
        raise ValueError("it does not begin after the one before it")
    if start_s >= known.duration_s:
        raise ValueError(f"the recording ends after {known.duration_s:.0f} s")
    if len(earlier) == MOST_SEGMENTS:
        raise ValueError(f"there are more than {MOST_SEGMENTS} segments")


def parse_name(text: str) -> str:
    r"""Return a name in Unicode's composed form (NFC), white space within it as one space.

    Markup and braces are letters like others. Refused is what cannot be seen, or turns the direction of text.

    Raises:
        ValueError: It is empty, too long or has such a character.

    >>> parse_name(" Waves  &  <b>light</b>\n")
    'Waves & <b>light</b>'
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise ValueError("it is empty")
    if len(name) > LONGEST_TEXT:
        raise ValueError(f"it is longer than {LONGEST_TEXT} characters")
    if hidden := [char for char in name if not _is_visible(char)]:
        raise ValueError(f"it contains the invisible character U+{ord(hidden[0]):04X}")
    return name


def tidied(text: str) -> str | None:
    """Return what :func:`parse_name` would take of a text that nobody wrote as a fact, such as a file's name."""
    visible = "".join(char for char in text if _is_visible(char) or char.isspace())
    return " ".join(unicodedata.normalize("NFC", visible).split())[:LONGEST_TEXT].strip() or None


def parse_start(text: str, zone: tzinfo | None) -> datetime:
    """Return the instant that a day, with or without time of day and time zone, names; ``zone`` where it names none.

    Raises:
        ValueError: It names none, or one that the clocks of the zone leave out.

    >>> parse_start("2026-09-14 09:00 Europe/Berlin", ZoneInfo("UTC")).isoformat()
    '2026-09-14T09:00:00+02:00'
    """
    told = _START.fullmatch(text.strip())
    if not told:
        raise ValueError("give it like 2026-09-14 09:00 Europe/Berlin or 2026-09-14T09:00+02:00")
    try:
        moment = datetime.fromisoformat(_two_digit_hour(told["moment"]))
    except ValueError:
        raise ValueError("there is no such day or time") from None
    if moment.tzinfo and told["zone"]:
        raise ValueError("it names two time zones")
    if moment.year not in _YEARS:
        raise ValueError(f"its year is not between {_YEARS[0]} and {_YEARS[-1]}")
    if moment.tzinfo:
        return moment
    return _placed(moment, ZoneInfo(parse_time_zone(told["zone"])) if told["zone"] else zone)


def _placed(moment: datetime, zone: tzinfo | None) -> datetime:
    there = moment.replace(tzinfo=zone) if zone else moment.astimezone()
    if there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError("the clocks of its time zone leave out that time")
    return there


def parse_segment(text: str) -> tuple[float, str]:
    """Return start in seconds and title of a segment such as ``12:30 group work`` or ``1:05:00 discussion``.

    Raises:
        ValueError: It has another form.

    >>> parse_segment("12:30 group work"), parse_segment("1:05:00 discussion")
    ((750.0, 'group work'), (3900.0, 'discussion'))
    """
    told = _SEGMENT.fullmatch(text.strip())
    if not told or int(told["seconds"]) > 59 or (told["hours"] and int(told["minutes"]) > 59):
        raise ValueError("give it like 12:30 group work, minutes and seconds before a title")
    start = 3600 * int(told["hours"] or 0) + 60 * int(told["minutes"]) + int(told["seconds"])
    return float(start), parse_name(told["title"])


def _two_digit_hour(moment: str) -> str:
    return re.sub(r"([T ])(\d):", r"\g<1>0\2:", moment)


def _is_visible(char: str) -> bool:
    # C: control, format (bidirectional marks among them), surrogate, private, unassigned; Zl, Zp: line separators.
    category = unicodedata.category(char)
    return char in _JOINERS or not (category[0] == "C" or category in {"Zl", "Zp"})
