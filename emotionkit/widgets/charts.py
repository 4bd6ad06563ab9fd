"""Histogram and timeline side by side in the browser, which tell where they are clicked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import anywidget
import numpy as np
import pandas as pd
import traitlets

from emotionkit.analysis import ClassHistogram, Timeline
from emotionkit.reports import texts
from emotionkit.reports.palette import EMOTION_COLORS, EMOTION_MARKS

_HERE = Path(__file__).parent


class Charts(anywidget.AnyWidget):
    """The linked charts of an explorer.

    Attributes:
        rows: Of each expression: word, colour and mark, its share with its ends, and the same over time.
        times: Middles of the bins, of what of them lies in the span, in seconds.
        span: Start and end of the time shown, in seconds.
        at: The moment looked at; a click changes it.
        words: What stands beside the charts, by what it is for.
    """

    _esm = _HERE / "charts.js"
    _css = _HERE / "charts.css"

    rows: traitlets.List[dict[str, object]] = traitlets.List().tag(sync=True)
    times: traitlets.List[float] = traitlets.List().tag(sync=True)
    span: traitlets.List[float] = traitlets.List([0.0, 1.0]).tag(sync=True)
    at = traitlets.Float(0.0).tag(sync=True)
    words: traitlets.Dict[str, str] = traitlets.Dict().tag(sync=True)

    @traitlets.default("words")
    def _words(self) -> dict[str, str]:
        return {"top": texts.EXPLORER_TOP, "moment": texts.EXPLORER_MOMENT}

    def show(
        self, histogram: ClassHistogram, timeline: Timeline, emotions: Sequence[str], span: tuple[float, float]
    ) -> None:
        """Draw a histogram beside a timeline, of some expressions, within a stretch of time in seconds.

        Bins that reach into the stretch are drawn in the middle of what of them lies in it.
        """
        starts = timeline.faces["start_s"].to_numpy()
        begins, ends = np.maximum(starts, span[0]), np.minimum(starts + timeline.bin_s, span[1])
        inside = begins < ends
        points = timeline.expressions.loc[timeline.expressions["start_s"].isin(starts[inside])]
        with self.hold_trait_notifications():
            self.times = ((begins + ends) / 2)[inside].tolist()
            self.span = list(span)
            self.rows = [_row(emotion, histogram, points.loc[points["emotion"] == emotion]) for emotion in emotions]


def _row(emotion: str, histogram: ClassHistogram, points: pd.DataFrame) -> dict[str, object]:
    shares = {name: _number(histogram.table[name][emotion]) for name in ("mean", "low", "high")}
    over_time = {f"{name}s": [_number(value) for value in points[name]] for name in ("mean", "low", "high")}
    kind = {"color": EMOTION_COLORS[emotion], "mark": EMOTION_MARKS[emotion], "word": texts.EMOTIONS[emotion]}
    return {"emotion": emotion, **kind, **shares, **over_time}


def _number(value: float) -> float | None:
    """Return a number as JSON has it: there is no NaN."""
    return None if np.isnan(value) else round(float(value), 5)
