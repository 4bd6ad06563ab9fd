"""One track for each person of a recording that has been read piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from emotionkit.batch.confined_work import Call, call_here, look_again
from emotionkit.config import ProcessingSettings
from emotionkit.faces.joining import TrackJoiner
from emotionkit.faces.people import People
from emotionkit.faces.tracklet import tracklet_from_json
from emotionkit.warehouse import PartsFolder


def tracks_of_people(
    parts: PartsFolder,
    names: Sequence[str],
    recording: Path,
    settings: ProcessingSettings,
    look: Call | None = call_here,
) -> dict[str, dict[int, int]]:
    """Return the ``track_id`` in the lesson of each track of each part, by the part's name.

    Where position leaves a question, a few faces are looked at again in the recording. What that tells of them is gone
    when this returns: neither pictures nor embeddings are stored. The answer depends on the parts and the recording
    alone, not on who made them or when.

    Args:
        parts: Where the parts are.
        names: All of them, in order.
        recording: What they were read from.
        settings: What they were read with.
        look: For what native code does with the recording; None where there is none to look into again, so that
            position and look alone decide.

    Raises:
        RecordingError: The recording can no longer be read.
        ModelError: There is a question, and the models that recognise people are missing.
        WarehouseError: A part is lost or damaged.
    """
    joiner = TrackJoiner(settings.tracking)
    presences: dict[str, dict[int, int]] = {}
    for name in names:
        noted = parts.read_notes(name)
        if noted is None:
            raise parts.lost(name)
        times, notes = noted
        presences[name] = joiner.join(map(tracklet_from_json, notes), list(map(Fraction, times)))
    numbers = _numbers(People(joiner.presences), recording, settings.sample_fps, look)
    return {name: {track: numbers[number] for track, number in tracks.items()} for name, tracks in presences.items()}


def _numbers(people: People, recording: Path, sample_fps: float, look: Call | None) -> dict[int, int]:
    if look is None or not people.times():
        return people.numbers({})
    return people.numbers(look(recording, look_again, recording, sample_fps, people.moments))
