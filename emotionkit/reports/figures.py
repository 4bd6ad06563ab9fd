"""The figures of reports, drawn by seaborn: histograms, and strips over a lesson or over lessons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from emotionkit.analysis import ClassHistogram, Timeline
from emotionkit.records import EMOTIONS
from emotionkit.reports import texts
from emotionkit.reports.drawing import NARROW_PX, blank_figure, mark, percent_axis, plain, title
from emotionkit.reports.formatting import clock, percent
from emotionkit.reports.palette import EMOTION_COLORS, EMOTION_MARKS, Theme

TIME_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
STRIPS = (*(emotion for emotion in EMOTIONS if emotion != "neutral"), "neutral")
"""Neutral is most of every lesson; it comes last and has a scale of its own."""


def histogram_figure(histogram: ClassHistogram, theme: Theme, width_px: int) -> Figure:
    """Return horizontal bars with intervals, a mark and a name before and the share behind each."""
    figure = blank_figure(width_px, 250)
    figure.set_layout_engine("constrained")
    axes = figure.subplots()
    reach = _bars(axes, histogram, theme, line=1.2)
    for row, emotion in enumerate(EMOTIONS):
        mean = percent(float(histogram.table["mean"][emotion]))
        axes.text(reach[emotion] + 0.02 * reach.max(), row, mean, va="center", color=theme.text)
    axes.set(xlim=(0, 1.16 * reach.max()), xlabel="", ylabel="")
    percent_axis(axes, "x")
    axes.tick_params(axis="y", length=0, labelcolor=theme.text, labelsize=10.5, pad=16)
    plain(axes, theme, grid="x")
    for row, emotion in enumerate(EMOTIONS):
        mark(axes, emotion, (0, row), (-9, 0), by_row=True)
    return figure


def bars_figure(histogram: ClassHistogram, theme: Theme, width_px: int, *, top: float) -> Figure:
    """Return a histogram as one of several small ones, to the scale of them all: marks for names, and without neutral.

    Args:
        histogram: What to draw.
        theme: Colours of everything else.
        width_px: In CSS pixels.
        top: Where the scale ends, above 0, at most 1.
    """
    figure = blank_figure(width_px, 104)
    axes = figure.add_axes((0.09, 0.16, 0.83, 0.83))
    rest = replace(histogram, table=histogram.table.drop(index="neutral"))
    _bars(axes, rest, theme, line=1.0)
    axes.set(xlim=(0, top), xlabel="", ylabel="", yticks=[], xticks=[0, top / 2, top])
    percent_axis(axes, "x")
    plain(axes, theme, grid="x")
    axes.tick_params(axis="x", labelsize=7.5, pad=2)
    for row, emotion in enumerate(rest.table.index):
        mark(axes, emotion, (0, row), (-8, 0), 4.5, by_row=True)
    return figure


def scale_top(histograms: Iterable[ClassHistogram]) -> float:
    """Return where a scale ends that holds all expressions but neutral of all these histograms."""
    ends = [histogram.table.drop(index="neutral")[["mean", "high"]].to_numpy() for histogram in histograms]
    return _round_up(float(np.nanmax(np.concatenate([*ends, [[0.0, 0.0]]]))))


def timeline_figure(
    timeline: Timeline,
    theme: Theme,
    width_px: int,
    *,
    segments: Sequence[float] = (),
    moments: pd.DataFrame | None = None,
) -> Figure:
    """Return a strip per expression over the number of faces.

    Args:
        timeline: What to draw.
        theme: Colours of everything else.
        width_px: In CSS pixels.
        segments: Starts of the lesson's parts in seconds, which get lines with their numbers.
        moments: Changes to mark: ``time_s`` and ``emotion``.
    """
    rows = timeline.expressions
    figure, strips = _strips(rows, width_px, extra=True)
    for axes, emotion in zip(strips, STRIPS, strict=False):
        _strip(axes, rows.loc[rows["emotion"] == emotion], EMOTION_COLORS[emotion], "mean")
        title(axes, texts.EMOTIONS[emotion], theme, emotion)
        for time_s in () if moments is None else moments.loc[moments["emotion"] == emotion, "time_s"]:
            axes.plot([time_s], [axes.get_ylim()[1]], marker="v", color=theme.text, markersize=5, clip_on=False)
    faces = strips[-1]
    _strip(faces, timeline.faces, theme.muted, "faces")
    title(faces, texts.FACES_AXIS, theme)
    most = max(1, int(np.ceil(np.nanmax(timeline.faces["faces"]))))
    faces.set(ylim=(0, 1.05 * most), yticks=[0, most])
    end = float(timeline.faces["start_s"].iloc[-1]) + timeline.bin_s
    faces.set_xlim(0, end)
    faces.xaxis.set_major_locator(MultipleLocator(_time_step(end, 5 if width_px == NARROW_PX else 10)))
    faces.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: clock(seconds)))
    for axes in strips:
        plain(axes, theme, grid="both")
        for start_s in segments:
            axes.axvline(start_s, color=theme.muted, linewidth=0.9, linestyle=(0, (3, 2)))
    for number, start_s in enumerate(segments, start=1):
        place = strips[0].get_xaxis_transform()
        strips[0].text(start_s, 1.3, str(number), transform=place, ha="left", fontsize=9, color=theme.muted)
    return figure


def lessons_figure(histograms: Sequence[ClassHistogram], theme: Theme, width_px: int) -> Figure:
    """Return a strip per expression with a point and interval per lesson, numbered from 1; withheld ones are gaps."""
    tables = [histogram.table.assign(middle_s=number) for number, histogram in enumerate(histograms, start=1)]
    rows = pd.concat([table.reset_index() for table in tables])
    figure, strips = _strips(rows, width_px, extra=False)
    for axes, emotion in zip(strips, STRIPS, strict=True):
        points = _stretches(rows.loc[rows["emotion"] == emotion], "mean")
        color = EMOTION_COLORS[emotion]
        axes.vlines(points["middle_s"], points["low"], points["high"], color=color, alpha=0.5, linewidth=2.5)
        sns.lineplot(
            points,
            x="middle_s",
            y="mean",
            units="stretch",
            estimator=None,
            color=color,
            linewidth=1,
            marker=EMOTION_MARKS[emotion],
            markersize=5,
            ax=axes,
        )
        title(axes, texts.EMOTIONS[emotion], theme, emotion)
        plain(axes, theme, grid="both")
    step = max(1, -(-len(tables) // (8 if width_px == NARROW_PX else 20)))
    strips[-1].set_xlim(0.5, len(tables) + 0.5)
    strips[-1].xaxis.set_major_locator(MultipleLocator(step))
    strips[-1].xaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:.0f}" if number >= 1 else ""))
    return figure


def _bars(axes: Axes, histogram: ClassHistogram, theme: Theme, line: float) -> pd.Series[float]:
    """Draw bars and their intervals; return how far right each reaches."""
    table = histogram.table.assign(word=[texts.EMOTIONS[emotion] for emotion in histogram.table.index])
    words = {texts.EMOTIONS[emotion]: color for emotion, color in EMOTION_COLORS.items()}
    sns.barplot(
        table,
        x="mean",
        y="word",
        hue="word",
        palette=words,
        ax=axes,
        errorbar=None,
        legend=False,
        saturation=1,
        width=0.62,
    )
    for row, (low, high) in enumerate(zip(table["low"], table["high"], strict=True)):
        axes.plot([low, high], [row, row], color=theme.text, linewidth=line, marker="|", markersize=5.5 * line)
    return table[["mean", "high"]].max(axis=1)


def _strips(rows: pd.DataFrame, width_px: int, *, extra: bool) -> tuple[Figure, list[Axes]]:
    """Return a figure with axes for each expression and perhaps one more; neutral has a scale of its own."""
    count = len(STRIPS) + extra
    figure, margin = blank_figure(width_px, 42 + 72 * count), 38 / width_px
    strips = figure.subplots(
        count,
        1,
        sharex=True,
        gridspec_kw={"left": margin, "right": 1 - margin / 2, "top": 0.95, "bottom": 0.045, "hspace": 0.62},
    )
    for axes, emotion in zip(strips, STRIPS, strict=False):
        same_scale = rows["emotion"] == "neutral" if emotion == "neutral" else rows["emotion"] != "neutral"
        top = _round_up(float(np.nanmax(rows.loc[same_scale, ["mean", "high"]].to_numpy())))
        axes.set(ylim=(0, top), yticks=[0, top])
        percent_axis(axes, "y")
    return figure, list(strips)


def _strip(axes: Axes, rows: pd.DataFrame, color: str, column: str) -> None:
    rows = rows.reset_index(drop=True)
    if "low" in rows:
        axes.fill_between(rows["middle_s"], rows["low"], rows["high"], color=color, alpha=0.28, linewidth=0)
        lone = rows.loc[_between_gaps(rows["low"])]
        axes.vlines(lone["middle_s"], lone["low"], lone["high"], color=color, alpha=0.28, linewidth=3)
    seen = _stretches(rows, column)
    sns.lineplot(
        seen, x="middle_s", y=column, units="stretch", estimator=None, color=color, linewidth=1.8, ax=axes, legend=False
    )
    lone = rows.loc[_between_gaps(rows[column])]
    axes.plot(lone["middle_s"], lone[column], color=color, marker="o", markersize=3.5, linestyle="none")


def _stretches(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the rows with a value, numbered by ``stretch``: seaborn joins what lies on either side of a gap."""
    return rows.assign(stretch=rows[column].isna().cumsum()).dropna(subset=[column])


def _between_gaps(values: pd.Series[float]) -> pd.Series[bool]:
    """Return which values have none before and none behind them, so that neither a line nor an area shows them."""
    known = values.notna()
    return known & ~known.shift(1, fill_value=False) & ~known.shift(-1, fill_value=False)


def _round_up(share: float) -> float:
    """Return the next tenth, at least 0.1, at most 1."""
    return float(np.clip(np.ceil(round(share * 10, 6)) / 10, 0.1, 1))


def _time_step(end_s: float, most: int) -> float:
    return next((step for step in TIME_STEPS_S if end_s / step <= most), end_s / most)
