"""Figures of agreement between observers and the network, for the notebook that measures it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Image
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from emotionkit.analysis import Prevalence
from emotionkit.records import EMOTIONS
from emotionkit.reports.network_figures import picture_of
from emotionkit.reports.palette import EMOTION_COLORS, LIGHT

_ROW_INCHES = 0.34
_NETWORK = EMOTION_COLORS["sad"]


def kappas_figure(kappas: pd.DataFrame) -> Image:
    """Return kappa of each two raters with its interval; pairs with the network have another colour and mark.

    Args:
        kappas: What :func:`emotionkit.analysis.cohen_kappas` returns.
    """
    figure = Figure(figsize=(8, 1 + _ROW_INCHES * len(kappas)), layout="constrained")
    axes = figure.subplots()
    names = [f"{first} – {second}" for first, second in zip(kappas["first"], kappas["second"], strict=True)]
    network = (kappas[["first", "second"]] == "network").any(axis=1).to_numpy()
    for chosen, color, marker, label in (
        (~network, LIGHT.muted, "o", "observers"),
        (network, _NETWORK, "s", "network"),
    ):
        if chosen.any():
            _points(axes, kappas.rename(columns={"kappa": "value"}), np.flatnonzero(chosen), (color, marker, label))
    _rows(axes, names)
    axes.set(xlim=(min(0.0, float(np.nan_to_num(kappas["low"]).min(initial=0))) - 0.02, 1.02), xlabel="Cohen's kappa")
    axes.axvline(0, color=LIGHT.muted, linewidth=0.8)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return picture_of(figure)


def prevalence_figure(prevalence: Prevalence, observed: pd.Series[float]) -> Image:
    """Return shares as read, corrected for confusion with their interval, and as observers saw them.

    Args:
        prevalence: Of a lesson.
        observed: Shares indexed by expression, 0 to 1.
    """
    figure = Figure(figsize=(8, 1 + _ROW_INCHES * len(EMOTIONS)), layout="constrained")
    axes = figure.subplots()
    table = prevalence.table.reset_index()
    places = np.arange(len(table))
    _points(axes, table.rename(columns={"corrected": "value"}), places, (_NETWORK, "s", "corrected"))
    axes.plot(table["read"], places, "o", color=LIGHT.muted, fillstyle="none", label="read")
    axes.plot(observed.reindex(list(EMOTIONS)), places, "D", color=EMOTION_COLORS["happy"], label="observers")
    _rows(axes, list(EMOTIONS))
    axes.set(xlim=(-0.02, None), xlabel="share of the time of an average student")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return picture_of(figure)


def _points(axes: Axes, table: pd.DataFrame, places: NDArray[np.int64], how: tuple[str, str, str]) -> None:
    """Draw ``value`` with ``low`` and ``high`` in some rows; ``how`` is colour, marker and label."""
    color, marker, label = how
    chosen = table.iloc[places]
    axes.hlines(places, chosen["low"], chosen["high"], color=color, linewidth=2)
    axes.plot(chosen["value"], places, marker, color=color, label=label)


def _rows(axes: Axes, names: list[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x", color=LIGHT.grid)
    axes.set_axisbelow(True)
    sns.despine(ax=axes, left=True, bottom=True)
    axes.tick_params(length=0)
