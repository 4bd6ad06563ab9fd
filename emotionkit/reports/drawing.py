"""From a Matplotlib figure to pictures in a page: SVG in ``data:`` addresses, for phone and desk, light and dark."""

from __future__ import annotations

import base64
import functools
import io
from collections.abc import Callable
from dataclasses import dataclass, fields

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import ScaledTranslation

from emotionkit.reports.formatting import percent
from emotionkit.reports.palette import DARK, EMOTION_COLORS, EMOTION_MARKS, LIGHT, Theme

NARROW_PX, WIDE_PX = 356, 720
SMALL_PX = 168
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


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """One of several small figures, of one width, as ``data:`` addresses, and its words."""

    light: str
    dark: str
    alt: str


def picture(draw: Draw, alt: str) -> Picture:
    """Return a figure in all forms; ``alt`` says what it shows to whoever cannot see it."""
    narrow, wide = _drawn(draw, NARROW_PX), _drawn(draw, WIDE_PX)
    return Picture(
        narrow_light=_address(narrow),
        narrow_dark=_address(_darkened(narrow)),
        wide_light=_address(wide),
        wide_dark=_address(_darkened(wide)),
        alt=alt,
    )


def small_picture(draw: Draw, alt: str) -> SmallPicture:
    """Return a figure that stands among others of its kind."""
    drawn = _drawn(draw, SMALL_PX)
    return SmallPicture(light=_address(drawn), dark=_address(_darkened(drawn)), alt=alt)


@functools.cache
def mark_picture(emotion: str) -> SmallPicture:
    """Return the mark of an expression alone, for a key beside its word."""

    def draw(_theme: Theme, _width_px: int) -> Figure:
        figure = blank_figure(12, 12)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        mark(axes, emotion, (0.5, 0.5), (0, 0), 7)
        return figure

    return small_picture(draw, "")


def blank_figure(width_px: int, height_px: int) -> Figure:
    """Return a figure without ground, of a size in CSS pixels."""
    figure = Figure(figsize=(width_px / _PX_PER_INCH, height_px / _PX_PER_INCH))
    figure.patch.set_visible(False)
    return figure


def plain(axes: Axes, theme: Theme, grid: str) -> None:
    """Leave axes with a grid (``x``, ``y`` or ``both``) and quiet labels."""
    sns.despine(ax=axes, left=True, bottom=True)
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis=grid, color=theme.grid, linewidth=0.8)  # type: ignore[arg-type]
    axes.tick_params(axis="x", length=0, pad=6, labelcolor=theme.muted, labelsize=9)
    if grid == "both":
        axes.tick_params(axis="y", length=0, labelcolor=theme.muted, labelsize=8.5)
    axes.patch.set_visible(False)


def percent_axis(axes: Axes, which: str) -> None:
    """Label an axis (``x`` or ``y``) with per cent."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(lambda share, _: percent(share)))


def title(axes: Axes, words: str, theme: Theme, emotion: str | None = None) -> None:
    """Put words over axes, after the mark of an expression where it is about one."""
    axes.set(xlabel="", ylabel="")
    shift = 0.0 if emotion is None else 14 * axes.figure.dpi / _PX_PER_INCH / axes.bbox.width
    axes.set_title(words, loc="left", fontsize=10, color=theme.text, pad=3, x=shift)
    if emotion is not None:
        mark(axes, emotion, (0, 1), (5, 8), 5.5)


def mark(
    axes: Axes,
    emotion: str,
    place: tuple[float, float],
    pixels: tuple[float, float],
    size: float = 6.5,
    *,
    by_row: bool = False,
) -> None:
    """Draw the mark of an expression.

    Args:
        axes: Where.
        emotion: Which.
        place: In shares of the axes; with ``by_row``, the second is in the units of its scale.
        pixels: How far from there, right and up, in CSS pixels.
        size: In points.
        by_row: Whether each row of the axes has its mark.
    """
    away = ScaledTranslation(pixels[0] / _PX_PER_INCH, pixels[1] / _PX_PER_INCH, axes.figure.dpi_scale_trans)
    axes.plot(
        place[:1],
        place[1:],
        marker=EMOTION_MARKS[emotion],
        color=EMOTION_COLORS[emotion],
        markersize=size,
        markeredgewidth=0,
        linestyle="none",
        transform=(axes.get_yaxis_transform() if by_row else axes.transAxes) + away,
        clip_on=False,
    )


def _drawn(draw: Draw, width_px: int) -> str:
    with mpl.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "emotionkit",
            "font.family": "DejaVu Sans",
            "font.size": 10.0,
            "text.parse_math": False,
        }
    ):
        buffer = io.StringIO()
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        draw(LIGHT, width_px).savefig(buffer, format="svg", transparent=True, metadata=metadata)
    # Measured with the font that comes with Matplotlib, shown in the reader's own, which is no wider.
    return buffer.getvalue().replace("'DejaVu Sans'", "system-ui, 'DejaVu Sans'")


def _darkened(svg: str) -> str:
    """Return a drawing in the light theme with the colours of the dark one: far quicker than drawing it again."""
    for field in fields(Theme):
        svg = svg.replace(getattr(LIGHT, field.name), getattr(DARK, field.name))
    return svg


def _address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
