"""The sections of a lesson's report: a notebook shows them, and the page is made of what the notebook shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from emotionkit.analysis import ClassHistogram, Coverage, Timeline
from emotionkit.records import EMOTIONS, Lesson, Run
from emotionkit.reports import formatting, texts
from emotionkit.reports.figures import histogram_figure, picture, timeline_figure
from emotionkit.reports.rendering import rendered


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of the report as HTML; empty where there is nothing to show."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def lesson_header(lesson: Lesson, coverage: Coverage) -> Section:
    """Return title, course, teacher, date, length and how many faces."""
    faces = texts.FACES_VALUE.format(mean=formatting.number(coverage.mean_faces), most=coverage.most_faces)
    facts = [
        (texts.COURSE, formatting.name(lesson.course)),
        (texts.TEACHER, formatting.name(lesson.teacher)),
        (texts.DATE, formatting.date(lesson.started_at)),
        (texts.LENGTH, formatting.clock(lesson.duration_s)),
        (texts.FACES, faces if coverage.faces_used else texts.UNKNOWN),
    ]
    known = [(term, value) for term, value in facts if value != texts.UNKNOWN]
    return Section(rendered("header.html.j2", title=formatting.name(lesson.title), facts=known))


def summary(histogram: ClassHistogram, coverage: Coverage) -> Section:
    """Return the lesson in two sentences, or why there is nothing to show, and what that may mean."""
    if histogram.withheld:
        why = texts.WITHHELD_WHY.format(
            students=_people(histogram.students).capitalize(),
            group=histogram.min_group,
            seen=formatting.percent(coverage.seen_share),
        )
        return Section(rendered("summary.html.j2", headline=texts.WITHHELD, sentences=why))
    if histogram.students:
        return Section(rendered("summary.html.j2", sentences=_what_was_seen(histogram, coverage)))
    found = coverage.faces_found
    headline, why = (texts.NO_USABLE_FACE, texts.NO_USABLE_FACE_WHY) if found else (texts.NO_FACE, texts.NO_FACE_WHY)
    why = why.format(
        frames=formatting.number(coverage.sampled_frames),
        length=formatting.clock(coverage.sampled_s),
        found=formatting.number(found),
    )
    return Section(rendered("summary.html.j2", headline=headline, sentences=why))


def expressions(histogram: ClassHistogram) -> Section:
    """Return the class histogram of the seven expressions with its intervals and numbers; empty without any."""
    if not histogram.students or histogram.withheld:
        return Section("")
    table = histogram.table
    values = ", ".join(
        f"{texts.EMOTIONS[emotion]} {formatting.percent(table['mean'][emotion])}" for emotion in EMOTIONS
    )
    figure = picture(
        lambda theme, width: histogram_figure(histogram, theme, width), texts.EXPRESSIONS_ALT.format(values=values)
    )
    caption = texts.EXPRESSIONS_CAPTION[histogram.interval_over].format(students=_people(histogram.students))
    return Section(
        rendered(
            "figure.html.j2",
            id="expressions",
            heading=texts.EXPRESSIONS,
            picture=figure,
            caption=caption,
            details=texts.EXPRESSIONS_TABLE,
            columns=[texts.EXPRESSION, texts.SHARE, texts.FROM, texts.TO, texts.EFFECTIVE],
            rows=[_share_row(emotion, table) for emotion in EMOTIONS],
            note=texts.EFFECTIVE_NOTE.format(readings=formatting.number(histogram.readings)),
        )
    )


def timeline(result: Timeline) -> Section:
    """Return the seven expressions and the number of faces through the lesson; empty without a face.

    Where every point is withheld, it says why; the summary says so where the histogram is withheld too.
    """
    rows = result.expressions
    withheld = texts.TIMELINE_WITHHELD.format(
        points=formatting.number(result.withheld_bins), bin=formatting.clock(result.bin_s), group=result.min_group
    )
    if rows["mean"].isna().all():
        if not result.withheld_bins or len(result.seen) < (result.min_group or 0):
            return Section("")
        return Section(rendered("withheld.html.j2", id="timeline", heading=texts.TIMELINE, words=withheld))
    shares = rows.pivot_table(index="start_s", columns="emotion", values="mean", dropna=False)
    caption = texts.TIMELINE_CAPTION.format(bin=formatting.clock(result.bin_s))
    figure = picture(lambda theme, width: timeline_figure(result, theme, width), _timeline_alt(shares, result.bin_s))
    return Section(
        rendered(
            "figure.html.j2",
            id="timeline",
            heading=texts.TIMELINE,
            picture=figure,
            caption=caption if not result.withheld_bins else f"{caption} {withheld}",
            details=texts.TIMELINE_TABLE,
            columns=[texts.TIMELINE_START, *(texts.EMOTIONS[emotion] for emotion in EMOTIONS), texts.TIMELINE_FACES],
            rows=[
                [
                    formatting.clock(start),
                    *(formatting.exact_percent(shares[emotion].get(start, np.nan)) for emotion in EMOTIONS),
                    "–" if np.isnan(faces) else formatting.number(faces),
                ]
                for start, faces in zip(result.faces["start_s"], result.faces["faces"], strict=True)
            ],
            note="",
        )
    )


def data_quality(coverage: Coverage, histogram: ClassHistogram) -> Section:
    """Return how much was looked at, found, used and left out."""
    left_out = int(coverage.left_out["faces"]["quality"])
    values = {
        "seen": texts.QUALITY_VALUES["seen"].format(
            share=formatting.percent(coverage.seen_share),
            seconds=formatting.clock(coverage.seen_share * coverage.sampled_s),
            total=formatting.clock(coverage.sampled_s),
        ),
        "frames": formatting.number(coverage.sampled_frames),
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


def _what_was_seen(histogram: ClassHistogram, coverage: Coverage) -> str:
    (first, first_share), (second, second_share) = histogram.table["mean"].nlargest(2).items()
    return texts.SUMMARY.format(
        first=texts.EMOTIONS[str(first)].lower(),
        first_share=formatting.percent(first_share),
        second=texts.EMOTIONS[str(second)].lower(),
        second_share=formatting.percent(second_share),
        students=_people(histogram.students),
        seen=formatting.percent(coverage.seen_share),
    )


def _people(count: int) -> str:
    return texts.STUDENTS[min(count, 2) - 1].format(count=count)


def _share_row(emotion: str, table: pd.DataFrame) -> list[str]:
    ends = [formatting.exact_percent(float(table[column][emotion])) for column in ("mean", "low", "high")]
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
