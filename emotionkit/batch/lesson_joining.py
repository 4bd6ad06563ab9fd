"""The parts of a recording, or of a class, become the lesson that they are of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emotionkit.batch.confined_work import Call, call_here, look_again
from emotionkit.batch.identification import Identification
from emotionkit.batch.people import LookAgain, tracks_of_people
from emotionkit.batch.undertaking import Outcome, Undertaking, load
from emotionkit.faces.tracklet import Moment
from emotionkit.warehouse import Part, SegmentWriter

OnPart = Callable[[int], None]


def complete(undertaking: Undertaking, names: Sequence[str], *, call: Call = call_here) -> Outcome:
    """Join the parts of a recording to one lesson and load it; the parts are gone then.

    Args:
        undertaking: The recording.
        names: Of its parts, all of them, in order.
        call: For what native code does with the recording.

    Raises:
        RecordingError: Faces have to be looked at again, and the recording can no longer be read.
        ModelError: The models that recognise people are needed and missing.
        WarehouseError: A part is damaged, or the warehouse cannot be written.
    """
    return load(undertaking, join(undertaking, names, call=call))


def join(
    undertaking: Undertaking,
    names: Sequence[str],
    on_part: OnPart = lambda _: None,
    *,
    call: Call = call_here,
) -> Path:
    """Join the parts of a recording to the segment of its lesson, and return that; doing it twice gives the same rows.

    Args:
        undertaking: The recording.
        names: Of its parts, all of them, in order.
        on_part: Called with the number of each part that has been joined, and as a sign of life before.
        call: For what native code does with the recording.

    Raises:
        RecordingError: Faces have to be looked at again, and the recording can no longer be read.
        ModelError: The models that recognise people are needed and missing.
        WarehouseError: A part is damaged, or the warehouse cannot be written.
    """
    recording, sample_fps = undertaking.recording, undertaking.settings.sample_fps
    students = Identification(undertaking.warehouse, undertaking.lesson, undertaking.run.run_id)
    look = partial(_look_again, recording, sample_fps, call, on_part)
    return _joined(
        undertaking, names, look, on_part=on_part, note=students.note, at_end=partial(students.recognise, look)
    )


def complete_unrecorded(undertaking: Undertaking, names: Sequence[str], look: LookAgain | None) -> Outcome:
    """Do the same as :func:`complete` for a class of which there is no recording; enrolled students stay unnamed.

    Args:
        undertaking: The class.
        names: Of its parts, all of them, in order.
        look: Looks at faces that were kept; None where none were.

    Raises:
        ModelError: The models that recognise people are needed and missing.
        WarehouseError: A part is damaged, or the warehouse cannot be written.
    """
    return load(undertaking, _joined(undertaking, names, look))


def _look_again(
    recording: Path,
    sample_fps: float,
    call: Call,
    on_part: OnPart,
    moments: Mapping[int, Sequence[Moment]],
) -> dict[int, list[NDArray[np.float32]]]:
    """Look at faces again, with a sign of life at each picture: nobody takes the silence for the recording's fault."""
    found = call(recording, look_again, recording, sample_fps, moments, on_note=lambda _: on_part(0))
    on_part(0)
    return found


def _joined(
    undertaking: Undertaking,
    names: Sequence[str],
    look: LookAgain | None,
    *,
    on_part: OnPart = lambda _: None,
    note: Callable[[Part], None] = lambda _: None,
    at_end: Callable[[], None] = lambda: None,
) -> Path:
    numbers = tracks_of_people(undertaking.parts, names, undertaking.settings.tracking, look, lambda: on_part(0))
    with SegmentWriter(undertaking.warehouse, undertaking.lesson.lesson_id, undertaking.run.run_id) as writer:
        for number, name in enumerate(names):
            part = undertaking.parts.read(name)
            if part is None:
                raise undertaking.parts.lost(name)
            part = part.renumbered(numbers[name])
            note(part)
            writer.add_rows(part.rows)
            on_part(number)
        at_end()
        run = replace(undertaking.run, ended_at=datetime.now(UTC), status="done")
        return writer.finish(undertaking.lesson, run)
