"""The main job for one recording: look at it, read it piece by piece, make the lesson of the parts."""

from __future__ import annotations

from pathlib import Path

from emotionkit.batch.lesson_joining import complete
from emotionkit.batch.piece_progress import OnProgress, PieceProgress
from emotionkit.batch.piecework import parts_there, perform
from emotionkit.batch.reading import ReadsExpressions
from emotionkit.batch.undertaking import Outcome, Undertaking, begin
from emotionkit.config import ProcessingSettings
from emotionkit.errors import RecordingError
from emotionkit.policy import Policy
from emotionkit.project import RecordingsSettings
from emotionkit.video.piece_reader import DamagedPieceError


def process_recording(
    recording: Path,
    warehouse: Path,
    classifier: ReadsExpressions,
    settings: ProcessingSettings,
    *,
    lesson_id: str | None = None,
    policy: Policy | None = None,
    naming: RecordingsSettings | None = None,
    on_progress: OnProgress | None = None,
) -> Outcome:
    """Read a recording into the warehouse, here and now; the same work done before is not done again.

    Where only what is told of the lesson has changed, such as its title, only that is stored anew.

    Raises:
        InvalidInputError: The lesson's id cannot be used, or a value in the files that tell of the lesson.
        RecordingError: The recording cannot be read to its end, its lesson's id belongs to another one or to a
            class, or something of it was erased.
        WarehouseError: The warehouse cannot be written, or another process reads this recording into it.
    """
    undertaking = begin(
        recording, warehouse, classifier.sha256, settings, lesson_id=lesson_id, policy=policy, naming=naming
    )
    if undertaking.outcome is not None:
        return undertaking.outcome
    with undertaking.parts.kept_from_others():
        return _read_here(undertaking, classifier, on_progress)


def _read_here(undertaking: Undertaking, classifier: ReadsExpressions, on_progress: OnProgress | None) -> Outcome:
    progress = PieceProgress(undertaking.lesson.duration_s, on_progress)
    names: list[str] = []
    try:
        for task in undertaking.tasks():
            names += parts_there(task) or perform(task, classifier, progress.of(task)) or []
            progress.finish(task)
        return complete(undertaking, names)
    except DamagedPieceError:
        undertaking.parts.clear()
        return _read_here(undertaking.in_one_go(), classifier, on_progress)
    except RecordingError:
        undertaking.parts.remove()
        raise
