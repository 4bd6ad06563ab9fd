"""The controls of an explorer: what can be chosen, and where it is shown."""

from __future__ import annotations

import html

import ipywidgets as ipw
import pandas as pd

from emotionkit.records import EMOTIONS
from emotionkit.reports import formatting, texts
from emotionkit.widgets.charts import Charts

SMOOTHINGS_S = (2, 5, 10, 15, 30, 60, 120, 300)


class Controls:
    """Widgets by what they are for."""

    def __init__(self, lessons: pd.DataFrame, bin_s: float) -> None:
        self._all = lesson_options(lessons)
        end = max(float(lessons["duration_s"].max()), bin_s) if len(lessons) else bin_s
        wide = ipw.Layout(width="100%")
        self.search = ipw.Text(placeholder=texts.EXPLORER_SEARCH, continuous_update=True, layout=wide)
        self.lessons = ipw.SelectMultiple(options=self._all, rows=8, layout=wide)
        self.students = ipw.SelectMultiple(options=[], rows=3, layout=wide)
        self.emotions = ipw.SelectMultiple(options=_emotions(), value=EMOTIONS, rows=7, layout=wide)
        steps = -(-end // bin_s) * bin_s
        self.time = ipw.FloatRangeSlider(
            value=(0, steps), min=0, max=steps, step=bin_s, readout_format=".0f", continuous_update=False, layout=wide
        )
        self.smoothing = ipw.SelectionSlider(
            options=[(f"{s} s", float(s)) for s in SMOOTHINGS_S], value=5.0, layout=wide
        )
        self.focus = ipw.Dropdown(options=[], layout=wide)
        self.moments = ipw.HBox(layout=ipw.Layout(flex_flow="row wrap"))
        self.charts = Charts()
        self.picture = ipw.Image(
            format="jpeg", layout=ipw.Layout(width="100%", max_width="960px", object_fit="contain")
        )
        self.progress = ipw.FloatProgress(
            min=0, max=1, layout=ipw.Layout(width="100%", height="6px", visibility="hidden")
        )
        self.said = ipw.HTML()
        self.code_button = ipw.Button(description=texts.EXPLORER_CODE, icon="code")
        self.file = ipw.Text(value="selection.parquet", layout=ipw.Layout(width="14em"))
        self.save_button = ipw.Button(description=texts.EXPLORER_SAVE, icon="download")
        self.code = ipw.Textarea(layout=ipw.Layout(width="100%", height="11em", display="none"))

    def box(self) -> ipw.Widget:
        """Return them laid out: what is chosen on the left, what is seen on the right."""
        left = [
            *_labelled(texts.EXPLORER_LESSONS, self.search, self.lessons),
            *_labelled(texts.EXPLORER_STUDENTS, self.students),
            *_labelled(texts.EXPLORER_EMOTIONS, self.emotions),
            *_labelled(texts.EXPLORER_TIME, self.time),
            *_labelled(texts.EXPLORER_SMOOTHING, self.smoothing),
            ipw.HBox([self.file, self.save_button, self.code_button], layout=ipw.Layout(flex_flow="row wrap")),
        ]
        right = [
            self.progress,
            self.said,
            self.charts,
            *_labelled(texts.EXPLORER_FOCUS, self.focus),
            self.moments,
            self.picture,
            self.code,
        ]
        return ipw.HBox(
            [
                ipw.VBox(left, layout=ipw.Layout(width="24em", min_width="20em", padding="0 1em 0 0")),
                ipw.VBox(right, layout=ipw.Layout(flex="1 1 44em", min_width="20em")),
            ],
            layout=ipw.Layout(flex_flow="row wrap"),
        )

    def find(self, words: str) -> None:
        """Offer the lessons whose line has all these words; those chosen stay."""
        wanted = words.casefold().split()
        chosen = set(self.lessons.value)
        self.lessons.options = [
            (line, lesson)
            for line, lesson in self._all
            if lesson in chosen or all(word in line.casefold() for word in wanted)
        ]
        self.lessons.value = [lesson for _, lesson in self.lessons.options if lesson in chosen]

    def say(self, *sentences: str) -> None:
        """Say something above the charts; it is shown as it is, never as markup."""
        self.said.value = "<br>".join(html.escape(sentence) for sentence in sentences)

    def show_picture(self, jpeg: bytes) -> None:
        """Show the picture of the moment; browsers would show something broken in place of none."""
        self.picture.value = jpeg
        self.picture.layout.display = None if jpeg else "none"

    def offer_students(self, students: dict[str, str]) -> None:
        """Offer students by name; those chosen and still there stay."""
        chosen = [student for student in self.students.value if student in students]
        self.students.options = [(formatting.name(name), student) for student, name in students.items()]
        self.students.value = chosen


def lesson_options(lessons: pd.DataFrame) -> list[tuple[str, str]]:
    """Return a line and the id of each lesson, the last first; no two lines are alike."""
    options = []
    for lesson in lessons.iloc[::-1].to_dict("records"):
        start = None if pd.isna(lesson["started_at"]) else lesson["started_at"].to_pydatetime()
        course = None if pd.isna(lesson["course"]) else lesson["course"]
        words = [formatting.name(course), formatting.name(lesson["title"]), formatting.date(start)]
        line = ", ".join(word for word in words if word != texts.UNKNOWN)
        options.append((f"{line} [{lesson['lesson_id']}]", str(lesson["lesson_id"])))
    return options


def _emotions() -> list[tuple[str, str]]:
    return [(texts.EMOTIONS[emotion], emotion) for emotion in EMOTIONS]


def _labelled(words: str, *widgets: ipw.Widget) -> list[ipw.Widget]:
    return [ipw.HTML(f"<b>{words}</b>"), *widgets]
