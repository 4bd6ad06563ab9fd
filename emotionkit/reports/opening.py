"""What a teacher sees first: which lesson, how much and who was seen, and what differs from the course so far."""

from __future__ import annotations

from emotionkit.analysis import ClassHistogram, Coverage, LessonDifference
from emotionkit.records import Lesson
from emotionkit.reports import formatting, texts
from emotionkit.reports.course_sections import told_differences
from emotionkit.reports.rendering import rendered
from emotionkit.reports.section import Section


def lesson_header(lesson: Lesson) -> Section:
    """Return title, course, teacher, date and length, as far as known."""
    facts = [
        (texts.COURSE, formatting.name(lesson.course)),
        (texts.TEACHER, formatting.name(lesson.teacher)),
        (texts.DATE, formatting.date(lesson.started_at)),
        (texts.LENGTH, formatting.clock(lesson.duration_s)),
    ]
    known = [(term, value) for term, value in facts if value != texts.UNKNOWN]
    return Section(rendered("header.html.j2", title=formatting.name(lesson.title), facts=known))


def summary(histogram: ClassHistogram, coverage: Coverage, difference: LessonDifference | None = None) -> Section:
    """Return the lesson in a few sentences, or why there is nothing to show, and what that may mean.

    Args:
        histogram: Of the class; where figures are withheld, it says so.
        coverage: What was seen.
        difference: The lesson against the earlier ones.
    """
    if histogram.withheld:
        why = texts.WITHHELD_WHY.format(
            students=_sentence(formatting.people(histogram.students)),
            group=histogram.min_group,
            seen=formatting.percent(coverage.seen_share),
        )
        return Section(rendered("summary.html.j2", sentences=[texts.WITHHELD], why=why))
    if histogram.students:
        sentences = [common_expressions(histogram), _seen(histogram, coverage)]
        if difference is not None:
            sentences.append(told_differences(difference, histogram.min_group or 0))
        return Section(rendered("summary.html.j2", sentences=sentences, why=""))
    found = coverage.faces_found
    headline, why = (texts.NO_USABLE_FACE, texts.NO_USABLE_FACE_WHY) if found else (texts.NO_FACE, texts.NO_FACE_WHY)
    why = why.format(
        frames=formatting.number(coverage.sampled_frames),
        length=formatting.clock(coverage.sampled_s),
        found=formatting.number(found),
    )
    return Section(rendered("summary.html.j2", sentences=[headline], why=why))


def common_expressions(histogram: ClassHistogram) -> str:
    """Return a sentence on the two commonest expressions."""
    (first, first_share), (second, second_share) = histogram.table["mean"].nlargest(2).items()
    return texts.SUMMARY.format(
        first=texts.EMOTIONS[str(first)].lower(),
        first_share=formatting.percent(first_share),
        second=texts.EMOTIONS[str(second)].lower(),
        second_share=formatting.percent(second_share),
    )


def _seen(histogram: ClassHistogram, coverage: Coverage) -> str:
    return texts.SEEN.format(
        students=formatting.people(histogram.students),
        mean=formatting.number(coverage.mean_faces),
        seen=formatting.percent(coverage.seen_share),
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
