"""The sections of a lesson's report: a notebook shows them, and the page is made of what the notebook shows."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from emotionkit.analysis import ClassHistogram, Coverage, Timeline
from emotionkit.records import EMOTIONS, Lesson, Run
from emotionkit.reports import formatting, texts
from emotionkit.reports.drawing import picture
from emotionkit.reports.figures import histogram_figure, timeline_figure
from emotionkit.reports.rendering import rendered
from emotionkit.reports.section import Numbers, Section, shares_in_words


def expressions(histogram: ClassHistogram, *, several: bool = False, counted: bool = True) -> Section:
    """Return the class histogram of the seven expressions with its intervals and numbers; empty without any.

    Args:
        histogram: Of a lesson, a course or a student.
        several: Whether it is over several lessons.
        counted: Whether it is known how many people it is of.
    """
    if not histogram.students or histogram.withheld:
        return Section("")
    table = histogram.table
    figure = picture(
        lambda theme, width: histogram_figure(histogram, theme, width),
        texts.EXPRESSIONS_ALT.format(values=shares_in_words(histogram)),
    )
    caption = texts.EXPRESSIONS_CAPTION[histogram.interval_over].format(
        seen=texts.EXPRESSIONS_SEEN.format(students=formatting.people(histogram.students)) if counted else "",
        **formatting.odds(histogram.settings.confidence),
    )
    has_worth = bool(table["effective_readings"].notna().any())
    columns = [texts.EXPRESSION, texts.SHARE, texts.FROM, texts.TO]
    return Section(
        rendered(
            "figure.html.j2",
            id="expressions",
            heading=texts.EXPRESSIONS_OVER if several else texts.EXPRESSIONS,
            picture=figure,
            caption=caption,
            listed=[],
            numbers=Numbers(
                [*columns, texts.EFFECTIVE] if has_worth else columns,
                [_share_row(emotion, table, has_worth=has_worth) for emotion in EMOTIONS],
                texts.NUMBERS,
                texts.EFFECTIVE_NOTE.format(readings=formatting.number(histogram.readings))
                if histogram.readings and has_worth
                else "",
            ),
        )
    )


def timeline(result: Timeline, segments: pd.DataFrame | None = None, moments: pd.DataFrame | None = None) -> Section:
    """Return the seven expressions and the number of faces through the lesson; empty without a face.

    Where every point is withheld, it says why; the summary says so where the histogram is withheld too.

    Args:
        result: The timeline.
        segments: Rows of the table ``segments``: named parts of the lesson, which get lines and a list.
        moments: Changes to mark, of :func:`emotionkit.reports.course_sections.marked_moments`.
    """
    rows = result.expressions
    withheld = texts.TIMELINE_WITHHELD.format(
        points=formatting.number(result.withheld_bins), bin=formatting.duration(result.bin_s), group=result.min_group
    )
    if rows["mean"].isna().all():
        if not result.withheld_bins or len(result.seen) < (result.min_group or 0):
            return Section("")
        return Section(rendered("withheld.html.j2", id="timeline", heading=texts.TIMELINE, words=withheld))
    parts = (
        [] if segments is None else list(zip(segments["title"], segments["start_s"], segments["end_s"], strict=True))
    )
    shares = rows.pivot_table(index="start_s", columns="emotion", values="mean", dropna=False)
    odds = formatting.odds(result.settings.confidence)
    said = [texts.TIMELINE_CAPTION.format(bin=formatting.duration(result.bin_s), **odds)]
    said += [withheld] if result.withheld_bins else []
    said += [texts.TIMELINE_MOMENTS] if moments is not None and len(moments) else []
    figure = picture(
        lambda theme, width: timeline_figure(
            result, theme, width, segments=[start for _, start, _ in parts], moments=moments
        ),
        _timeline_alt(shares, result.bin_s),
    )
    return Section(
        rendered(
            "figure.html.j2",
            id="timeline",
            heading=texts.TIMELINE,
            picture=figure,
            caption=" ".join(said),
            listed=[(formatting.name(name), formatting.span(start, end)) for name, start, end in parts],
            numbers=_timeline_numbers(result, shares),
        )
    )


def _timeline_numbers(result: Timeline, shares: pd.DataFrame) -> Numbers:
    return Numbers(
        [texts.TIMELINE_START, *(texts.EMOTIONS[emotion] for emotion in EMOTIONS), texts.TIMELINE_FACES],
        [
            [
                formatting.clock(start),
                *(formatting.exact_percent(shares[emotion].get(start, np.nan)) for emotion in EMOTIONS),
                "–" if np.isnan(faces) else formatting.number(faces),
            ]
            for start, faces in zip(result.faces["start_s"], result.faces["faces"], strict=True)
        ],
    )


def data_quality(coverage: Coverage, histogram: ClassHistogram, run: Run | None = None) -> Section:
    """Return how much was looked at, found, used and left out; of a class that was read live also what was lost."""
    left_out = int(coverage.left_out["faces"]["quality"])
    values = {
        "seen": texts.QUALITY_VALUES["seen"].format(
            share=formatting.percent(coverage.seen_share),
            seconds=formatting.clock(coverage.seen_share * coverage.sampled_s),
            total=formatting.clock(coverage.sampled_s),
        ),
        "frames": formatting.number(coverage.sampled_frames),
        **(_live_losses(run) if run else {}),
        "found": formatting.number(coverage.faces_found),
    }
    if coverage.faces_found:
        share = formatting.percent(left_out / coverage.faces_found)
        values["used"] = formatting.number(coverage.faces_used)
        values["quality"] = texts.QUALITY_VALUES["quality"].format(faces=formatting.number(left_out), share=share)
    if histogram.students:
        values["students"] = formatting.number(histogram.students)
        values["brief"] = formatting.number(histogram.brief)
        values["effective"] = formatting.number(histogram.effective_students)
    note = texts.QUALITY_NOTE.format(full=formatting.percent(histogram.settings.full_presence))
    return Section(
        rendered(
            "quality.html.j2",
            heading=texts.QUALITY,
            facts=[(texts.QUALITY_TERMS[key], value) for key, value in values.items()],
            note=note if histogram.students else "",
        )
    )


def guide() -> Section:
    """Return how to read the report, and what it cannot tell."""
    return Section(rendered("guide.html.j2", heading=texts.GUIDE, points=texts.GUIDE_POINTS))


def footer(lesson: Lesson, run: Run) -> Section:
    """Return what made the figures, for whoever has to ask about them."""
    words = texts.FOOTER.format(
        lesson_id=formatting.name(lesson.lesson_id),
        version=formatting.name(run.software_version),
        fingerprint=formatting.name(run.fingerprint[:8]),
        model=formatting.name(run.model_sha256[:8]),
    )
    return Section(rendered("footer.html.j2", words=words))


def _live_losses(run: Run) -> dict[str, str]:
    lost = json.loads(run.settings).get("live")
    if not lost:
        return {}
    gaps = [end - start for start, end in lost["gaps"]]
    values = {"dropped": formatting.number(lost["dropped_frames"])}
    if gaps:
        said = texts.QUALITY_GAPS[min(len(gaps), 2) - 1]
        values["gaps"] = said.format(times=len(gaps), total=formatting.clock(sum(gaps)))
    return values


def _share_row(emotion: str, table: pd.DataFrame, *, has_worth: bool) -> list[str]:
    ends = [formatting.exact_percent(float(table[column][emotion])) for column in ("mean", "low", "high")]
    if not has_worth:
        return [texts.EMOTIONS[emotion], *ends]
    worth = float(table["effective_readings"][emotion])
    return [texts.EMOTIONS[emotion], *ends, "–" if np.isnan(worth) else formatting.number(round(worth))]


def _timeline_alt(shares: pd.DataFrame, bin_s: float) -> str:
    highest = shares.max().nlargest(3).index
    peaks = [
        texts.TIMELINE_PEAK.format(
            emotion=texts.EMOTIONS[emotion],
            time=formatting.clock(float(shares[emotion].idxmax())),
            share=formatting.percent(float(shares[emotion].max())),
        )
        for emotion in highest
    ]
    return texts.TIMELINE_ALT.format(end=formatting.clock(float(shares.index[-1]) + bin_s), peaks="; ".join(peaks))
