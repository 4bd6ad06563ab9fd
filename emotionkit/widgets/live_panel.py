"""A running class in JupyterLab: the same sections as on the teacher's page."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

import ipywidgets

from emotionkit import clocks
from emotionkit.batch.undertaking import Outcome
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier
from emotionkit.errors import EmotionkitError, InvalidInputError
from emotionkit.live.beginning import plan_class
from emotionkit.live.session import LiveSession
from emotionkit.policy import declared_policy
from emotionkit.project import load_project_settings
from emotionkit.reports import live_texts, texts
from emotionkit.reports.live_sections import SECTIONS
from emotionkit.reports.rendering import asset
from emotionkit.video.live_source import parse_live_source

_CLASS = "emotionkit-live"
_one_at_a_time = threading.Lock()
"""dlib's detector must not be at work in two threads of one process."""


class LivePanel(ipywidgets.VBox):
    """Reads a class in a thread of its own, shows it and stores it.

    That is what ``emotionkit live`` does::

        panel = LivePanel("0", warehouse="warehouse", lesson_id="2026-11-25_physics-101_waves")
        panel
        panel.stop()

    Attributes:
        outcome: The lesson that the class became, once it is stored.
        error: What went wrong, if anything.
    """

    def __init__(
        self,
        source: str,
        warehouse: str | Path = "warehouse",
        *,
        lesson_id: str | None = None,
        sample_fps: float = 2.0,
        patience_s: float = 600.0,
    ) -> None:
        """Begin to read a source as ``emotionkit live`` names it: a camera's number, ``screen``, an address, a file.

        Raises:
            PolicyError: No purpose is declared, or one that the law forbids.
            SettingsError: ``sample_fps`` is out of range.
            LiveSourceError: The source names nothing that can be read on this machine.
            InvalidInputError: The lesson's id cannot be used or is taken, or another panel shows a class.
            RecordingError: The file cannot be read, or something of it was erased.
        """
        if _one_at_a_time.locked():
            raise InvalidInputError("A class is being shown in this notebook already; end it first.")
        project = load_project_settings()
        texts.use(project.reports.language)
        clocks.use(project.recordings.time_zone)
        plan = plan_class(
            parse_live_source(str(source)),
            Path(warehouse),
            ProcessingSettings.checked(sample_fps=sample_fps),
            lesson_id=lesson_id,
            policy=declared_policy(project.policy),
            min_group=project.policy.min_group,
            naming=project.recordings,
        )
        self.outcome: Outcome | None = None
        self.error: EmotionkitError | None = None
        self._sections = {name: ipywidgets.HTML() for name in SECTIONS}
        self._end = ipywidgets.Button(description=live_texts.END, icon="stop")
        style = ipywidgets.HTML(f"<style>{asset('live_panel.css')} .{_CLASS} {{ {asset('live.css')} }}</style>")
        super().__init__([style, *self._sections.values(), self._end])
        self.add_class(_CLASS)
        self._session = LiveSession(
            plan, LazyClassifier(threads=1), self, lambda _name, _facts: None, patience_s=patience_s
        )
        self._end.on_click(lambda _: self._session.stop())
        self._thread = threading.Thread(target=self._run, name="emotionkit-live-panel", daemon=True)
        self._thread.start()

    def publish(self, state: str, sections: Mapping[str, str], **_: object) -> None:
        """Show sections of HTML in place of those of the same name."""
        for name, html in sections.items():
            self._sections[name].value = html
        self._end.disabled = state == "ended"

    def shown(self) -> dict[str, str]:
        """Return the HTML that each section shows, by its id."""
        return {name: str(section.value) for name, section in self._sections.items()}

    def stop(self, timeout_s: float = 60.0) -> Outcome | None:
        """End the class and return the lesson that it became; None if no picture ever came, or something went wrong."""
        self._session.stop()
        self._thread.join(timeout_s)
        return self.outcome

    def _run(self) -> None:
        try:
            with _one_at_a_time:
                self.outcome = self._session.run()
        except EmotionkitError as error:
            # The session has shown it.
            self.error = error
