"""The lesson that an explorer looks at closely: its timeline, its moments and its pictures."""

from __future__ import annotations

from pathlib import Path

from emotionkit.analysis import AnalysisSettings, Timeline, class_histogram, lesson_timeline, withhold_small_groups
from emotionkit.analysis.timeline import MOST_BINS
from emotionkit.errors import RecordingError
from emotionkit.policy import Purpose
from emotionkit.storage import located
from emotionkit.video.picture import picture_at
from emotionkit.warehouse import open_warehouse
from emotionkit.widgets.framed import framed_picture
from emotionkit.widgets.selection import Selection


class Focus:
    """The rows of one lesson.

    Attributes:
        lesson_id: Which.
        duration_s: Its length.
        frames: Its rows of the table ``frames``.
        faces: Its rows of the table ``faces``, with ``student_id`` only of those who agreed.
        agreed: Students who agreed, by id with their names.
        told: Tracks whose single readings may be shown.
    """

    def __init__(self, folder: Path, lesson_id: str, *, everybody: bool) -> None:
        """Read the lesson from a warehouse; ``everybody`` says that all readings may be shown.

        Raises:
            WarehouseError: The warehouse cannot be read.
            UnknownLessonError: The lesson is not in it.
        """
        with open_warehouse(folder) as held:
            lesson, purpose = held.lesson(lesson_id), held.run(lesson_id).purpose
            self.frames, faces = held.frames(lesson_id), held.faces(lesson_id)
            self.agreed = held.consented(lesson_id)
        self.lesson_id, self.duration_s, self._recording = lesson_id, lesson.duration_s, located(lesson.recording)
        named = faces["student_id"].isin(list(self.agreed))
        self.faces = faces.assign(student_id=faces["student_id"].astype(object).where(named, None))
        everybody = everybody or purpose == Purpose.DEMONSTRATION
        self.told = set(faces.loc[named | everybody, "track_id"])

    def timeline(self, selection: Selection, min_group: int, settings: AnalysisSettings) -> Timeline:
        """Return the timeline of the whole lesson, of the class or of the students selected, smoothed as selected.

        It has no more bins than that of a report: what has to be withheld grows with them.
        """
        bin_s = max(selection.smoothing_s or 0.0, self.duration_s / MOST_BINS)
        if selection.students:
            chosen = self.faces.loc[self.faces["student_id"].isin(selection.students)]
            return lesson_timeline(self.frames, chosen, settings, bin_s=bin_s)
        timeline = lesson_timeline(self.frames, self.faces, settings, bin_s=bin_s)
        return withhold_small_groups(class_histogram(self.frames, self.faces, settings), timeline, min_group)[1]

    def picture(self, at_s: float) -> bytes:
        """Return a JPEG of the sampled frame at or before a time in seconds, with its boxes.

        Raises:
            RecordingError: The recording is not there any more, or cannot be read.
        """
        times = self.frames["pts_s"].to_numpy()
        if not len(times):
            raise RecordingError(self._recording, "has no sampled picture.")
        pts_s = float(times[max(0, int(times.searchsorted(at_s, side="right")) - 1)])
        faces = self.faces.loc[self.faces["pts_s"] == pts_s]
        return framed_picture(picture_at(self._recording, pts_s), faces, self.told)
