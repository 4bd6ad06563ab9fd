"""The figures of the report, drawn by seaborn and kept as SVG: for a phone and a desk, for light and dark."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass, fields

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from emotionkit.analysis import ClassHistogram, Timeline
from emotionkit.records import EMOTIONS
from emotionkit.reports import texts
from emotionkit.reports.formatting import clock, percent
from emotionkit.reports.palette import DARK, EMOTION_COLORS, LIGHT, Theme

NARROW_PX, WIDE_PX = 356, 720
TIME_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_PX_PER_INCH = 96

Draw = Callable[[Theme, int], Figure]
"""Draws a figure for a theme at a width in CSS pixels."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure in the four forms that a page chooses from, each as a ``data:`` address, and its words."""

    narrow_light: str
    narrow_dark: str
    wide_light: str
    wide_dark: str
    alt: str


def picture(draw: Draw, alt: str) -> Picture:
    """Return a figure in all forms; ``alt`` says what it shows to whoever cannot see it."""
    with mpl.rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "emotionkit", "font.family": "DejaVu Sans", "font.size": 10.0}
    ):
        narrow, wide = _svg(draw(LIGHT, NARROW_PX)), _svg(draw(LIGHT, WIDE_PX))
    return Picture(
        narrow_light=_address(narrow),
        narrow_dark=_address(_darkened(narrow)),
        wide_light=_address(wide),
        wide_dark=_address(_darkened(wide)),
        alt=alt,
    )


def histogram_figure(histogram: ClassHistogram, theme: Theme, width_px: int) -> Figure:
    """Return horizontal bars with intervals, a name before and the share behind each."""
    table = histogram.table.assign(word=[texts.EMOTIONS[emotion] for emotion in histogram.table.index])
    figure = _figure(width_px, 270)
    figure.set_layout_engine("constrained")
    axes = figure.subplots()
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
    reach = table[["mean", "high"]].max(axis=1)
    for row, emotion in enumerate(table.index):
        mean, low, high = (float(table[column][emotion]) for column in ("mean", "low", "high"))
        axes.plot([low, high], [row, row], color=theme.text, linewidth=1.2, marker="|", markersize=7)
        axes.text(reach[emotion] + 0.02 * reach.max(), row, percent(mean), va="center", color=theme.text)
    axes.set(xlim=(0, 1.16 * reach.max()), xlabel="", ylabel="")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: percent(share)))
    axes.tick_params(axis="y", length=0, labelcolor=theme.text, labelsize=10.5)
    _plain(axes, theme, grid="x")
    return figure


def timeline_figure(timeline: Timeline, theme: Theme, width_px: int) -> Figure:
    """Return a strip per expression, to one scale, over the number of faces."""
    figure = _figure(width_px, 620)
    margin = 36 / width_px
    strips = figure.subplots(
        len(EMOTIONS) + 1,
        1,
        sharex=True,
        gridspec_kw={"left": margin, "right": 1 - margin / 2, "top": 0.97, "bottom": 0.045, "hspace": 0.62},
    )
    rows = timeline.expressions
    top = _round_up(float(np.nanmax(rows[["mean", "high"]].to_numpy())))
    for axes, emotion in zip(strips, EMOTIONS, strict=False):
        _strip(axes, rows.loc[rows["emotion"] == emotion], EMOTION_COLORS[emotion], "mean")
        _title(axes, texts.EMOTIONS[emotion], theme)
        axes.set(ylim=(0, top), yticks=[0, top])
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: percent(share)))
    faces = strips[-1]
    _strip(faces, timeline.faces, theme.muted, "faces")
    _title(faces, texts.FACES_AXIS, theme)
    most = max(1, int(np.ceil(np.nanmax(timeline.faces["faces"]))))
    faces.set(ylim=(0, 1.05 * most), yticks=[0, most])
    end = float(timeline.faces["start_s"].iloc[-1]) + timeline.bin_s
    faces.set_xlim(0, end)
    faces.xaxis.set_major_locator(MultipleLocator(_time_step(end, 5 if width_px == NARROW_PX else 10)))
    faces.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: clock(seconds)))
    for axes in strips:
        _plain(axes, theme, grid="both")
    return figure


def _strip(axes: Axes, rows: pd.DataFrame, color: str, column: str) -> None:
    rows = rows.reset_index(drop=True)
    if "low" in rows:
        axes.fill_between(rows["middle_s"], rows["low"], rows["high"], color=color, alpha=0.28, linewidth=0)
    # seaborn joins what lies on either side of a gap unless told that they are different lines.
    seen = rows.assign(stretch=rows[column].isna().cumsum()).dropna(subset=[column])
    sns.lineplot(
        seen, x="middle_s", y=column, units="stretch", estimator=None, color=color, linewidth=1.8, ax=axes, legend=False
    )
    alone = seen.loc[seen.groupby("stretch")[column].transform("size") == 1]
    axes.plot(alone["middle_s"], alone[column], color=color, marker="o", markersize=3.5, linestyle="none")


def _title(axes: Axes, words: str, theme: Theme) -> None:
    axes.set_title(words, loc="left", fontsize=10, color=theme.text, pad=3)
    axes.set(xlabel="", ylabel="")


def _plain(axes: Axes, theme: Theme, grid: str) -> None:
    sns.despine(ax=axes, left=True, bottom=True)
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis=grid, color=theme.grid, linewidth=0.8)  # type: ignore[arg-type]
    axes.tick_params(axis="x", length=0, pad=6, labelcolor=theme.muted, labelsize=9)
    if grid == "both":
        axes.tick_params(axis="y", length=0, labelcolor=theme.muted, labelsize=8.5)
    axes.patch.set_visible(False)


def _figure(width_px: int, height_px: int) -> Figure:
    figure = Figure(figsize=(width_px / _PX_PER_INCH, height_px / _PX_PER_INCH))
    figure.patch.set_visible(False)
    return figure


def _round_up(share: float) -> float:
    """Return the next tenth, at least 0.1, at most 1."""
    return float(np.clip(np.ceil(round(share * 10, 6)) / 10, 0.1, 1))


def _time_step(end_s: float, most: int) -> float:
    return next((step for step in TIME_STEPS_S if end_s / step <= most), end_s / most)


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    # Measured with the font that comes with Matplotlib, shown in the reader's own, which is no wider.
    return buffer.getvalue().replace("'DejaVu Sans'", "system-ui, 'DejaVu Sans'")


def _darkened(svg: str) -> str:
    """Return a drawing in the light theme with the colours of the dark one: far quicker than drawing it again."""
    for field in fields(Theme):
        svg = svg.replace(getattr(LIGHT, field.name), getattr(DARK, field.name))
    return svg


def _address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
