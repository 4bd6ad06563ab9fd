"""The words of the page of a night and of the explorer in English, for administrators and researchers."""

from __future__ import annotations

NIGHT = "The last night"
NIGHT_NONE = "No night has run yet."
NIGHT_STATUS = {
    "all well": "All went well.",
    "some failed": "Some recordings failed.",
    "failed": "The night failed.",
}
NIGHT_WHEN = "{date}: {done} done, {unchanged} unchanged, {failed} failed{aside}, {left} left for another night."
NIGHT_WHEN_ASIDE = ", {count} set aside"
NIGHT_PAGE = "More"
NIGHT_FAILED = "What failed"
NIGHT_AGAIN = ("", "for {nights} nights")
NIGHT_ASIDE = "not tried again until the recording changes"
NIGHT_LEFT = "Left for another night"
NIGHT_PROBLEMS = "What else went wrong"
NIGHT_OF = "Night of {date}"
NIGHT_FROM = "From"
NIGHT_TO = "To"
NIGHT_REMOVED = "Overdue and removed: {kinds}."
NIGHT_ERASED = "An erasure that had been cut short was completed."
NIGHT_KINDS = {
    "segments": "lessons",
    "reports": "reports",
    "notebooks": "notebooks",
    "audit": "lines of the audit log",
    "recording": "recording",
    "crashed": "crashed",
    "hung": "hung",
    "memory": "memory",
    "pixels": "pixels",
    "duration": "duration",
    "input": "input",
    "warehouse": "warehouse",
    "report": "report",
}
NIGHT_KIND = "{kind}, {nights} nights in a row"
NIGHT_KIND_ONCE = "{kind}"
NIGHT_SET_ASIDE = "Set aside"
NIGHT_SET_ASIDE_NOTE = "These failed three nights and are not tried again before they change; this tries them:"
NIGHT_DONE = "Done"
NIGHT_COLUMNS = ("Lesson", "Length", "Decoded", "Pictures", "Faces")
NIGHT_SHORT = "(short)"
NIGHT_WITHHELD = "Fewer students were seen for more than a moment than a figure may speak of in {lessons}."

EXPLORER_SEARCH = "search lessons"
EXPLORER_LESSONS = "Lessons"
EXPLORER_STUDENTS = "Students who agreed (none: the class)"
EXPLORER_EMOTIONS = "Expressions"
EXPLORER_TIME = "Time in each lesson, seconds"
EXPLORER_SMOOTHING = "Smoothing of the timeline"
EXPLORER_FOCUS = "Timeline and picture of"
EXPLORER_CODE = "As code"
EXPLORER_SAVE = "Save as Parquet"
EXPLORER_TOP = "to {share}"
EXPLORER_MOMENT = "Moment of the lesson"
EXPLORER_NO_LESSONS = "The warehouse holds no lessons yet: `emotionkit process` fills it."
EXPLORER_CHOOSE = "Choose a lesson."
EXPLORER_NO_PICTURE = "No picture: {reason}"
EXPLORER_SAVED = "{count} rows are in {path}."
EXPLORER_WITHHELD = (
    "Fewer than {group} students were seen for more than a moment in each of these lessons: the figures are withheld."
)
EXPLORER_FIGURES = "{lessons}, {students}; {intervals}."
EXPLORER_FIGURES_UNNAMED = "{lessons}; {intervals}."
EXPLORER_INTERVALS = {
    "students": "intervals over students",
    "lessons": "intervals over lessons",
    "time": "intervals over time",
    "nothing": "intervals unknown",
}
