"""Lessons explored in a notebook: histogram, timeline and the picture itself, linked; the choice exported as data."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import pandas as pd

from emotionkit import clocks
from emotionkit.analysis import (
    AnalysisSettings,
    Changes,
    ClassHistogram,
    Timeline,
    lesson_changes,
)
from emotionkit.errors import EmotionkitError, RecordingError
from emotionkit.policy import DEFAULT_MIN_GROUP
from emotionkit.records import EMOTIONS
from emotionkit.reports import formatting, texts
from emotionkit.reports.overview_sections import counted_lessons
from emotionkit.warehouse import open_warehouse
from emotionkit.widgets.controls import Controls
from emotionkit.widgets.focus import Focus
from emotionkit.widgets.reductions import Reductions
from emotionkit.widgets.selection import Selection
from emotionkit.widgets.steps import Stepper, Steps

MOST_MOMENTS = 12


class Explorer:
    """A warehouse to look around in; the last expression of a cell shows it.

    Everything reads in short steps, so that the notebook answers meanwhile. What is shown of a class speaks of
    ``min_group`` students at least; single faces are told only of students who agreed, of everybody in lessons
    processed for demonstration, or where ``everybody`` says so.

    Attributes:
        controls: The widgets; setting their values is what a person does.
        widget: All of them, laid out.
        histogram: That of the selection, None before it is there.
        timeline: That of the lesson in focus, None before it is there.
    """

    def __init__(
        self,
        warehouse: str | Path,
        *,
        min_group: int = DEFAULT_MIN_GROUP,
        everybody: bool = False,
        settings: AnalysisSettings | None = None,
        language: str = "en",
        time_zone: str | None = None,
    ) -> None:
        """Open a warehouse and show its last lesson.

        Args:
            warehouse: Its folder.
            min_group: Students that a figure speaks of, at least.
            everybody: Whether single faces are told of everybody; for whoever may know.
            settings: Of the analysis; defaults where not given.
            language: Code of the language of what is shown, ``en`` or ``de``; from then on that of this process.
            time_zone: Of the days of lessons; that of this machine if not given. From then on that of this process.

        Raises:
            SettingsError: Nothing is written in that language, or there is no such time zone.
            WarehouseError: There is none, or it cannot be read.
        """
        texts.use(language)
        clocks.use(time_zone)
        self._folder, self._min_group, self._everybody = Path(warehouse), min_group, everybody
        self._settings = settings or AnalysisSettings()
        self._rows = open_warehouse(self._folder)
        self._known = self._rows.lessons().set_index("lesson_id", drop=False)
        longest = float(self._known["duration_s"].max()) if len(self._known) else 0.0
        self._reductions = Reductions(self._folder, longest, self._settings)
        self._figures, self._pictures = Stepper(), Stepper()
        self._focus: Focus | None = None
        self._offering = False
        self._told: list[str] = []
        self.histogram: ClassHistogram | None = None
        self.timeline: Timeline | None = None
        self.controls = Controls(self._known, self._reductions.bin_s)
        self.widget = self.controls.box()
        self._connect()
        if len(self._known):
            self.controls.lessons.value = (self._known.index[-1],)
        else:
            self.controls.say(texts.EXPLORER_NO_LESSONS)

    def _ipython_display_(self) -> None:
        from IPython.display import display  # noqa: PLC0415 - only where there is a notebook

        display(self.widget)  # type: ignore[no-untyped-call]

    @property
    def selection(self) -> Selection:
        """What is chosen now."""
        controls = self.controls
        start, end = controls.time.value
        return Selection(
            lessons=tuple(lesson for lesson in self._known.index if lesson in set(controls.lessons.value)),
            students=tuple(controls.students.value),
            emotions=tuple(emotion for emotion in EMOTIONS if emotion in controls.emotions.value),
            start_s=float(start),
            end_s=float(max(end, start + self._reductions.bin_s)),
            smoothing_s=float(controls.smoothing.value),
        )

    def rows(self) -> pd.DataFrame:
        """Return the rows of the selection; see :meth:`emotionkit.widgets.selection.Selection.rows`."""
        return self.selection.rows(self._folder)

    def code(self) -> str:
        """Return Python that gives rows and histogram of the selection again."""
        return self.selection.code(self._folder, self._min_group, self._settings)

    def go_to(self, at_s: float) -> None:
        """Show the moment of the lesson in focus, in seconds."""
        self.controls.charts.at = at_s

    @property
    def busy(self) -> bool:
        """Whether figures or a picture are still being made."""
        return self._figures.busy or self._pictures.busy

    def _connect(self) -> None:
        controls = self.controls
        controls.search.observe(lambda change: self._search(change["new"]), "value")
        controls.lessons.observe(lambda _: self._lessons_chosen(), "value")
        for control in (controls.students, controls.emotions, controls.time, controls.smoothing, controls.focus):
            control.observe(lambda _: self._chosen(), "value")
        controls.charts.observe(lambda _: self._pictures.run(self._show_picture()), "at")
        controls.code_button.on_click(lambda _: self._tell_code())
        controls.save_button.on_click(lambda _: self._save())

    @contextmanager
    def _offer(self) -> Iterator[None]:
        """What is offered changes values too; only what a person chooses begins something."""
        self._offering = True
        try:
            yield
        finally:
            self._offering = False

    def _search(self, words: str) -> None:
        with self._offer():
            self.controls.find(words)

    def _lessons_chosen(self) -> None:
        if self._offering:
            return
        lessons = [str(lesson) for lesson in self.controls.lessons.value]
        focus = self.controls.focus
        kept = focus.value if focus.value in lessons else (lessons[0] if lessons else None)
        with self._offer():
            focus.options = [(formatting.name(self._known["title"][lesson]), lesson) for lesson in lessons]
            focus.value = kept
        self._chosen()

    def _chosen(self) -> None:
        if not self._offering:
            self._figures.run(self._show())

    def _show(self) -> Steps:
        """Make histogram, timeline and picture of what is chosen, step by step."""
        try:
            yield from self._steps()
        except EmotionkitError as error:
            self.controls.say(str(error))
        finally:
            self.controls.progress.layout.visibility = "hidden"

    def _steps(self) -> Steps:
        controls = self.controls
        if not controls.lessons.value:
            controls.say(texts.EXPLORER_CHOOSE)
            return
        controls.progress.layout.visibility = "visible"
        focus = yield from self._focus_steps(str(controls.focus.value))
        # Only now: students whom the lesson in focus does not know are no longer chosen.
        selection = self.selection
        yield from self._reductions.steps(selection.lessons, partial(setattr, controls.progress, "value"))
        self.histogram, people = yield partial(self._figures_of, selection)
        self.timeline = yield partial(focus.timeline, selection, self._min_group, self._settings)
        # A stretch may lie behind the end of the lesson in focus, which is then shown empty.
        span = (selection.start_s, max(selection.start_s, min(selection.end_s, focus.duration_s)))
        controls.charts.show(self.histogram, self.timeline, selection.emotions, span)
        self._told = self._words(selection, self.histogram, people)
        controls.say(*self._told)
        if not span[0] <= controls.charts.at <= span[1]:
            controls.charts.at = span[0]
        else:
            yield from self._show_picture()

    def _figures_of(self, selection: Selection) -> tuple[ClassHistogram, int | None]:
        means = self._reductions.means(selection)
        histogram = selection.histogram_of(means, self._min_group, self._settings)
        return histogram, selection.people_of(means, self._min_group)

    def _focus_steps(self, lesson_id: str) -> Generator[Callable[[], Any], Any, Focus]:
        if self._focus is not None and self._focus.lesson_id == lesson_id:
            return self._focus
        focus: Focus = yield partial(Focus, self._folder, lesson_id, everybody=self._everybody)
        changes = yield partial(lesson_changes, focus.frames, focus.faces, self._settings)
        # All at once: another choice may end these steps wherever they wait.
        self._focus = focus
        with self._offer():
            self.controls.offer_students(focus.agreed)
        self._offer_moments(changes)
        return focus

    def _show_picture(self) -> Steps:
        if self._focus is None:
            return
        try:
            self.controls.show_picture((yield partial(self._focus.picture, self.controls.charts.at)))
        except RecordingError as error:
            self.controls.show_picture(b"")
            self.controls.say(*self._told, texts.EXPLORER_NO_PICTURE.format(reason=error))

    def _offer_moments(self, changes: Changes) -> None:
        table = changes.table.loc[changes.table["students"] >= self._min_group]
        first = table.drop_duplicates("moment").head(MOST_MOMENTS)
        buttons = []
        for at_s, emotion in zip(first["time_s"], first["emotion"], strict=True):
            words = f"{formatting.clock(at_s)} {texts.EMOTIONS[emotion]}"
            button = ipw.Button(description=words, layout=ipw.Layout(width="auto"))
            button.on_click(lambda _, at_s=float(at_s): self.go_to(at_s))
            buttons.append(button)
        self.controls.moments.children = buttons

    def _words(self, selection: Selection, histogram: ClassHistogram, people: int | None) -> list[str]:
        if histogram.withheld:
            return [texts.EXPLORER_WITHHELD.format(group=self._min_group)]
        intervals = texts.EXPLORER_INTERVALS[histogram.interval_over]
        lessons = counted_lessons(len(selection.lessons))
        if people is None:
            return [texts.EXPLORER_FIGURES_UNNAMED.format(lessons=lessons, intervals=intervals)]
        students = formatting.people(people)
        return [texts.EXPLORER_FIGURES.format(lessons=lessons, students=students, intervals=intervals)]

    def _tell_code(self) -> None:
        self.controls.code.value = self.code()
        self.controls.code.layout.display = "flex"

    def _save(self) -> None:
        path = Path(self.controls.file.value)
        try:
            count = self.selection.save(self._folder, path)
        except EmotionkitError as error:
            self.controls.say(str(error))
        else:
            self.controls.say(texts.EXPLORER_SAVED.format(count=count, path=path))
