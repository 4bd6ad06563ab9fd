"""What is shown of a running class, as pieces of HTML: the teacher's page and the panel in JupyterLab hold them."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np
import pandas as pd

from emotionkit.analysis import ClassHistogram, RecentChange, RunningClass, Timeline
from emotionkit.records import EMOTIONS
from emotionkit.reports import formatting, live_texts, texts
from emotionkit.reports.palette import EMOTION_COLORS
from emotionkit.reports.rendering import rendered

SECTIONS = ("status", "hints", "expressions", "timeline", "losses")
"""Ids of the sections, in the order in which they are shown."""

_STRIP_HEIGHT = 30


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """How a running class is, apart from its figures.

    Attributes:
        state: ``connecting``, ``running``, ``lost`` or ``ended``.
        reason: What is wrong with the source where it is lost, as the end of a sentence.
        source: What the class is read from.
        lesson_id: The lesson that it becomes.
        second: How long it has been running.
        faces: Faces in the newest picture; of these, ``usable`` are read.
        usable: The same.
        dropped: Pictures left out for lack of time.
        gaps: How often the source was lost.
        unwritten: The sentence that says why what was read cannot be written, where it cannot.
        is_stored: Whether the class has become a lesson.
        failed: The sentence that says why it has not, and is not tried any more.
        is_kept: Whether something of it is on the disk then.
    """

    state: str
    reason: str
    source: str
    lesson_id: str
    second: float
    faces: int = 0
    usable: int = 0
    dropped: int = 0
    gaps: int = 0
    unwritten: str = ""
    is_stored: bool = False
    failed: str = ""
    is_kept: bool = False


def live_status(facts: LiveFacts) -> str:
    """Return how the class is: the state of its source, how long it runs, how many faces are seen."""
    detail = {
        "running": live_texts.STATE_RUNNING.format(clock=formatting.clock(facts.second)),
        "lost": live_texts.STATE_LOST.format(source=facts.source, reason=facts.reason),
        "ended": _end(facts),
    }.get(facts.state, "")
    faces = live_texts.FACES[min(facts.usable, 2)].format(count=facts.usable)
    unusable = facts.faces - facts.usable
    words = [faces, live_texts.FACES_UNUSABLE.format(count=unusable)] if unusable else [faces]
    return rendered(
        "live_status.html.j2",
        state=facts.state,
        label=live_texts.STATE[facts.state],
        detail=detail,
        faces=", ".join(words) if facts.state == "running" else "",
        unwritten=_unwritten(facts),
    )


def _end(facts: LiveFacts) -> str:
    if facts.failed:
        return ""
    said = live_texts.STATE_STORED if facts.is_stored else live_texts.STATE_ENDED
    return said.format(lesson_id=facts.lesson_id)


def _unwritten(facts: LiveFacts) -> str:
    if facts.failed:
        return live_texts.NOT_STORED.format(reason=facts.failed) if facts.is_kept else facts.failed
    return live_texts.UNWRITTEN.format(reason=facts.unwritten) if facts.unwritten else ""


def live_hints(change: RecentChange, min_group: int) -> str:
    """Return what changed in the last minute by more than its uncertainty; most of the time nothing did."""
    rows = change.larger_than_chance()
    # A rise of one expression takes from neutral, which alone is no news then.
    telling = rows.drop(index="neutral", errors="ignore") if len(rows) > 1 else rows
    words = [
        (live_texts.HINT_MORE if row["difference"] > 0 else live_texts.HINT_LESS).format(
            emotion=texts.EMOTIONS[str(emotion)]
        )
        for emotion, row in telling.iterrows()
    ]
    compared = bool(change.table["p"].notna().any())
    calm = live_texts.HINT_NONE if compared else live_texts.HINT_TOO_EARLY.format(group=min_group)
    return rendered("live_hints.html.j2", heading=live_texts.HINTS, hints=words, calm=calm)


def live_expressions(minute: ClassHistogram, so_far: ClassHistogram, min_group: int) -> str:
    """Return the histogram of the last minute against the lesson so far, with the intervals of both."""
    tables = [minute.table, so_far.table]
    ends = pd.concat([table[["mean", "high"]] for table in tables]).max().max()
    top = 1.0 if isnan(ends) else _round_up(float(ends))
    return rendered(
        "live_expressions.html.j2",
        heading=live_texts.EXPRESSIONS,
        withheld=live_texts.WITHHELD.format(group=min_group) if not so_far.students else "",
        rows=[_expression_row(emotion, tables, top) for emotion in EMOTIONS],
        minute=live_texts.MINUTE,
        so_far=live_texts.SO_FAR,
        caption=live_texts.EXPRESSIONS_CAPTION,
    )


def live_timeline(timeline: Timeline) -> str:
    """Return a strip per expression, to one scale, and one of the number of faces; empty before anything is known."""
    rows = timeline.expressions
    if not len(rows) or rows["mean"].isna().all():
        return ""
    shares = {emotion: rows.loc[rows["emotion"] == emotion] for emotion in EMOTIONS}
    top = _round_up(float(np.nanmax(rows[["mean", "high"]].to_numpy())))
    most = max(1, int(np.ceil(np.nanmax(timeline.faces["faces"]))))
    end = formatting.clock(len(timeline.faces) * timeline.bin_s)
    strips = [
        _strip(texts.EMOTIONS[emotion], EMOTION_COLORS[emotion], shares[emotion], top, end) for emotion in EMOTIONS
    ]
    faces = timeline.faces.assign(mean=timeline.faces["faces"], low=np.nan, high=np.nan)
    return rendered(
        "live_timeline.html.j2",
        heading=live_texts.TIMELINE,
        bins=len(timeline.faces),
        height=_STRIP_HEIGHT,
        strips=[
            *strips,
            _strip(f"{live_texts.FACES_AXIS} ({live_texts.FACES_TOP.format(top=most)})", "", faces, most, end),
        ],
        end=end,
        caption=live_texts.TIMELINE_CAPTION.format(
            top=formatting.percent(top), bin=formatting.duration(timeline.bin_s)
        ),
    )


def live_losses(facts: LiveFacts) -> str:
    """Return what was lost of the class so far; empty where nothing was."""
    told = ((live_texts.LOSSES_DROPPED, facts.dropped), (live_texts.LOSSES_GAPS, facts.gaps))
    words = " ".join(words[min(count, 2)].format(count=count) for words, count in told)
    return rendered("live_losses.html.j2", words=words.strip(), read_this=live_texts.READ_THIS)


def live_figures(facts: LiveFacts, running: RunningClass) -> dict[str, str]:
    """Return the sections that follow every picture, by their ids."""
    return {
        "status": live_status(facts),
        "expressions": live_expressions(running.minute(), running.so_far(), running.min_group),
        "losses": live_losses(facts),
    }


def live_retrospect(running: RunningClass) -> dict[str, str]:
    """Return the sections that look back, by their ids; a page on which they change with every picture is not calm."""
    return {
        "hints": live_hints(running.change(), running.min_group),
        "timeline": live_timeline(running.timeline()),
    }


def _expression_row(emotion: str, tables: list[pd.DataFrame], top: float) -> dict[str, object]:
    means = [float(table["mean"][emotion]) for table in tables]
    known = [formatting.percent(mean) if not isnan(mean) else live_texts.NOTHING for mean in means]
    bars = [
        {name: round(100 * float(table[name][emotion]) / top, 2) for name in ("mean", "low", "high")}
        if table[["mean", "low", "high"]].loc[emotion].notna().all()
        else None
        for table in tables
    ]
    name = texts.EMOTIONS[emotion]
    return {
        "color": EMOTION_COLORS[emotion],
        "name": name,
        "minute": known[0],
        "so_far": known[1],
        "bars": bars,
        "words": live_texts.EXPRESSIONS_ROW.format(emotion=name, minute=known[0], so_far=known[1]),
    }


def _strip(name: str, color: str, rows: pd.DataFrame, top: float, end: str) -> dict[str, object]:
    heights = {
        column: [_STRIP_HEIGHT * (1 - float(value) / top) for value in rows[column]]
        for column in ("mean", "low", "high")
    }
    steps = list(zip(heights["mean"], heights["low"], heights["high"], strict=True))
    return {
        "name": name,
        "color": color,
        "alt": live_texts.TIMELINE_ALT.format(emotion=name, end=end),
        "line": _line(heights["mean"]),
        "bands": [
            (place, round(high, 2), round(low - high, 2))
            for place, (_, low, high) in enumerate(steps)
            if not isnan(low)
        ],
        "gaps": [place for place, (mean, _, _) in enumerate(steps) if isnan(mean)],
    }


def _line(heights: list[float]) -> str:
    """Return the path of a stepped line, one unit wide per step, that is not drawn where a height is NaN."""
    path, drawing = "", False
    for place, height in enumerate(heights):
        if not isnan(height):
            path += f"{'V' if drawing else f'M{place} '}{height:.2f}H{place + 1}"
            drawing = True
        else:
            drawing = False
    return path


def _round_up(share: float) -> float:
    """Return the next tenth, at most 1."""
    return min(1.0, np.ceil(10 * share) / 10) or 0.1
