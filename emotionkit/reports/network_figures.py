"""Figures of the network itself, for the notebooks that train and evaluate it."""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import Image
from matplotlib.figure import Figure
from numpy.typing import NDArray

from emotionkit.records import EMOTIONS
from emotionkit.reports.palette import EMOTION_COLORS, LIGHT

if TYPE_CHECKING:
    from emotionkit.emotions.assessment import Assessment
    from emotionkit.emotions.evaluation import Evaluation

_ACCENT = EMOTION_COLORS["sad"]
_DOTS_PER_INCH = 110


def faces_figure(images: NDArray[np.float32] | NDArray[np.uint8], *, columns: int = 16) -> Image:
    """Return a sheet of faces.

    Args:
        images: (n, h, w) or (n, 1, h, w), grey levels or standardised.
        columns: Faces in a row.
    """
    faces = np.asarray(images, np.float32).reshape(len(images), *images.shape[-2:])
    rows = -(-len(faces) // columns)
    figure = Figure(figsize=(10, 10 * rows / columns), layout="constrained")
    for axes, face in zip(figure.subplots(rows, columns, squeeze=False).ravel(), faces, strict=False):
        axes.imshow(face, cmap="gray")
    for axes in figure.axes:
        axes.set_axis_off()
    return picture_of(figure)


def curves_figure(curves: pd.DataFrame) -> Image:
    """Return loss and accuracy over the epochs.

    Args:
        curves: What a training run keeps in ``curves.csv``: a row per epoch, with ``epoch``, ``loss``,
            ``val_expression`` and ``val_original``.
    """
    figure = Figure(figsize=(10, 3.5), layout="constrained")
    losses, accuracies = figure.subplots(1, 2)
    sns.lineplot(curves, x="epoch", y="loss", color=LIGHT.muted, ax=losses)
    for column, name in {"val_expression": "FER+ majority", "val_original": "original labels"}.items():
        if column in curves:
            sns.lineplot(curves, x="epoch", y=column, label=name, ax=accuracies)
    losses.set(title="Loss on augmented training faces", ylabel="")
    accuracies.set(title="Accuracy on validation faces", ylabel="")
    return picture_of(figure)


def confusion_figure(evaluation: Evaluation) -> Image:
    """Return what was read of what people saw, in shares of each row, with counts."""
    counts = pd.DataFrame(evaluation.confusion, index=EMOTIONS, columns=EMOTIONS)
    return counts_figure(counts, "seen by most annotators")


def counts_figure(counts: pd.DataFrame, seen: str) -> Image:
    """Return a confusion, coloured by shares of each row.

    Args:
        counts: Counts, rows as seen, columns as read.
        seen: What the rows are.
    """
    shares = counts.div(counts.sum(axis=1).clip(lower=1), axis=0)
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = sns.heatmap(shares, annot=counts, fmt="d", cmap="Blues", vmin=0, vmax=1, cbar=False, ax=figure.subplots())
    axes.set(xlabel="read", ylabel=seen)
    axes.tick_params(axis="y", rotation=0)
    return picture_of(figure)


def calibration_figure(evaluation: Evaluation) -> Image:
    """Return how often the network is right, against how sure it is; a point's area grows with its faces."""
    bins = pd.DataFrame([(part.confidence, part.accuracy, part.faces) for part in evaluation.calibration])
    bins.columns = pd.Index(["confidence", "right", "faces"])
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=LIGHT.grid)
    sns.scatterplot(bins, x="confidence", y="right", size="faces", sizes=(15, 300), color=_ACCENT, ax=axes)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.05))
    return picture_of(figure)


def robustness_figure(assessment: Assessment) -> Image:
    """Return a curve per condition: accuracy, and what the network thinks of being able to read the faces."""
    curves = [(name, list(points)) for name, points in groupby(assessment.robustness, key=lambda p: p.condition)]
    figure = Figure(figsize=(10, 5), layout="constrained")
    grid = figure.subplots(2, -(-len(curves) // 2), sharey=True)
    for axes, (name, points) in zip(grid.ravel(), curves, strict=False):
        steps = ["none", *(f"{point.strength:g}" for point in points)]
        axes.plot(steps, [assessment.plain.accuracy, *(point.accuracy for point in points)], color=_ACCENT, marker="o")
        axes.plot(steps, [assessment.usable, *(point.usable for point in points)], color=LIGHT.muted, linestyle=":")
        axes.set(title=name, ylim=(0, 1))
        axes.title.set_fontsize(9)
    for axes in grid.ravel()[len(curves) :]:
        axes.set_axis_off()
    grid[0, 0].legend(["accuracy", "usable"], frameon=False)
    return picture_of(figure)


def picture_of(figure: Figure) -> Image:
    """Return a picture that any notebook shows, whether or not it has loaded pyplot's inline mode."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DOTS_PER_INCH)
    return Image(file.getvalue())  # type: ignore[no-untyped-call]
