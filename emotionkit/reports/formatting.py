"""Numbers and times as a teacher reads them."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from fractions import Fraction

from emotionkit import clocks
from emotionkit.reports import texts

LONGEST_NAME = 200
LONGEST_SENTENCE = 500


def percent(share: float) -> str:
    """Return a share of 0 to 1 as whole per cent; little is not nothing.

    >>> percent(0.456), percent(0.002), percent(0.0), percent(0.999)
    ('46%', '<1%', '0%', '>99%')
    """
    value = "<1" if 0 < share < 0.005 else ">99" if 0.995 <= share < 1 else f"{100 * share:.0f}"
    return texts.PERCENT.format(value=value)


def exact_percent(share: float) -> str:
    """Return a share with one decimal, a dash where there is none.

    >>> exact_percent(0.4567), exact_percent(float("nan"))
    ('45.7%', '–')
    """
    return "–" if share != share else texts.PERCENT.format(value=_marked(f"{100 * share:.1f}"))  # noqa: PLR0124 - NaN alone differs from itself


def points(difference: float) -> str:
    """Return a difference of shares as percentage points with one decimal and its sign.

    >>> points(0.1234), points(-0.02), points(float("nan"))
    ('+12.3', '−2.0', '–')
    """
    return "–" if difference != difference else _marked(f"{100 * difference:+.1f}".replace("-", "−"))  # noqa: PLR0124 - as above


def odds(confidence: float) -> dict[str, int]:
    """Return how often an interval of that confidence holds, to fill ``{times}`` and ``{out_of}`` in a text.

    >>> odds(0.95), odds(0.6), odds(0.999)
    ({'times': 19, 'out_of': 20}, {'times': 3, 'out_of': 5}, {'times': 999, 'out_of': 1000})
    """
    times, out_of = Fraction(str(confidence)).as_integer_ratio()
    return {"times": times, "out_of": out_of}


def clock(seconds: float) -> str:
    """Return a time of the lesson as players show it.

    >>> clock(0), clock(65.4), clock(3 * 3600 + 65)
    ('0:00', '1:05', '3:01:05')
    """
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def duration(seconds: float) -> str:
    """Return how long something takes, in a way that is no time of day and none of the lesson.

    >>> [duration(seconds).replace(chr(160), " ") for seconds in (5, 60, 75)]
    ['5 s', '1 min', '1 min 15 s']
    """
    minutes, second = divmod(round(seconds), 60)
    parts = [f"{minutes}\N{NO-BREAK SPACE}min"] * bool(minutes) + [f"{second}\N{NO-BREAK SPACE}s"] * bool(second)
    return " ".join(parts) or "0\N{NO-BREAK SPACE}s"


def number(value: float) -> str:
    """Return a number with at most one decimal and marks between thousands.

    >>> number(7.04), number(7.25), number(12345)
    ('7', '7.2', '12,345')
    """
    return _marked(f"{value:,.1f}".removesuffix(".0"))


def date(moment: datetime | None) -> str:
    """Return day and time of day, of an instant on the clocks in use.

    Midnight is left out: no lesson starts then, but one of which only the day is known seems to.

    >>> date(datetime(2026, 9, 14, 9, 5)), date(datetime(2026, 9, 14))
    ('14 September 2026, 9:05', '14 September 2026')
    """
    if moment is None:
        return texts.UNKNOWN
    if moment.tzinfo:
        moment = clocks.local(moment)
    pattern = texts.DATE_FORMAT if (moment.hour, moment.minute) != (0, 0) else texts.DAY_FORMAT
    return pattern.format(
        day=moment.day,
        month=texts.MONTHS[moment.month - 1],
        year=moment.year,
        time=f"{moment.hour}:{moment.minute:02d}",
    )


def name(value: str | None, longest: int = LONGEST_NAME) -> str:
    r"""Return a name that came from outside, fit to be shown: no control characters, and not endless.

    >>> name("Waves\x00 and\nlight"), name(None)
    ('Waves and light', 'not known')
    """
    one_line = " ".join((value or "").split())
    shown = "".join(char for char in one_line if unicodedata.category(char) not in {"Cc", "Cs"})
    if not shown.strip():
        return texts.UNKNOWN
    return shown if len(shown) <= longest else shown[:longest] + texts.ELLIPSIS


def people(count: int) -> str:
    """Return how many people, in words.

    >>> people(1), people(9), people(12500)
    ('one person', '9 people', '12,500 people')
    """
    return texts.STUDENTS[min(count, 2) - 1].format(count=number(count))


def span(start_s: float, end_s: float) -> str:
    """Return a stretch of the lesson.

    >>> span(0, 90)
    '0:00–1:30'
    """
    return f"{clock(start_s)}–{clock(end_s)}"


def _marked(text: str) -> str:
    """Return a number as Python writes it with the marks of the language in use."""
    return text.translate({ord("."): texts.DECIMAL_MARK, ord(","): texts.THOUSANDS_MARK})
