"""What a notebook shows: a piece of a report as HTML, and the table of numbers that lies behind a figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from emotionkit.analysis import ClassHistogram
from emotionkit.records import EMOTIONS
from emotionkit.reports import formatting, texts


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of the report as HTML; empty where there is nothing to show."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


@dataclass(frozen=True, slots=True)
class Numbers:
    """A table that opens on a click.

    Attributes:
        columns: Its headings.
        rows: Its rows, as many texts in each; the first names the row.
        summary: What to click on.
        note: A sentence below it.
    """

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    summary: str = field(default_factory=lambda: texts.NUMBERS)
    note: str = ""


def numbers_of(rows: Sequence[tuple[str, str, ClassHistogram]], first: str) -> Numbers:
    """Return the table behind several histograms: a row each, with name, people and the shares with their ends.

    Args:
        rows: Name, a word on it, and the histogram; at least one, and all of the same settings.
        first: The heading over the names.
    """
    return Numbers(
        columns=[first, texts.ABOUT, *(texts.EMOTIONS[emotion] for emotion in EMOTIONS)],
        rows=[[name, about, *(_share(histogram, emotion) for emotion in EMOTIONS)] for name, about, histogram in rows],
        note=texts.NUMBERS_ENDS.format(**formatting.odds(rows[0][2].settings.confidence)),
    )


def shares_in_words(histogram: ClassHistogram) -> str:
    """Return the seven shares of a histogram as a text, for whoever cannot see its figure."""
    shares = histogram.table["mean"]
    return ", ".join(f"{texts.EMOTIONS[emotion]} {formatting.percent(shares[emotion])}" for emotion in EMOTIONS)


def _share(histogram: ClassHistogram, emotion: str) -> str:
    mean, low, high = (float(histogram.table[column][emotion]) for column in ("mean", "low", "high"))
    ends = "" if math.isnan(low) else f" ({100 * low:.0f}–{100 * high:.0f})"
    return formatting.exact_percent(mean) + ends
