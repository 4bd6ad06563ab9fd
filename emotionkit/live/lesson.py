"""A running class on its way into the warehouse: pieces as of a recording, written every few seconds."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from emotionkit.batch.begun_classes import piece_name, store_class, with_losses
from emotionkit.batch.reading import ReadsExpressions, readings
from emotionkit.batch.undertaking import Outcome, Undertaking
from emotionkit.errors import ErasedError, WarehouseError
from emotionkit.faces import FaceReader
from emotionkit.faces.album import Album
from emotionkit.faces.embedding import FaceEmbedder
from emotionkit.faces.joining import TrackJoiner
from emotionkit.faces.portraits import PortraitChooser
from emotionkit.faces.tracklet import Moment, Tracklet, tracklet_json
from emotionkit.records import FrameReading
from emotionkit.video.live_sampler import LiveFrame
from emotionkit.video.pieces import Cutter
from emotionkit.warehouse import Part, read_tombstones

STORE_EVERY_S = 5
"""Seconds of the class from one writing to the next; so much a crash can cost."""

LONGEST_PIECE_S = 300
"""Seconds after which a piece ends though no key frame came: its part is written again and again."""

Gaps = Sequence[tuple[Fraction, Fraction]]


class LiveLesson:
    """Reads samples of a class one by one, and keeps what was read on the disk.

    Pieces are cut where those of a recording of the class would be, each is read by a face reader of its own, and the
    part of the piece that is running is written again and again. So what is there at any moment is what ``process``
    would have left, and is completed in the same way. As a class cannot be looked into again, the few faces that may
    be asked for at its end are kept in memory until then.
    """

    def __init__(self, undertaking: Undertaking, classifier: ReadsExpressions, *, has_key_frames: bool) -> None:
        self._undertaking = undertaking
        self._classifier = classifier
        self._settings = undertaking.settings
        self._cutter = Cutter(self._settings.piece_s, by_key_frames=has_key_frames)
        self._joiner = TrackJoiner(self._settings.tracking)
        self._album = Album()
        self._chosen_before: list[tuple[Moment, ...]] = []
        self._piece = 0
        self._tried_at = Fraction(0)
        self._unwritten: dict[str, Part] = {}
        self._begin_piece()

    def read(self, sample: LiveFrame) -> FrameReading:
        """Return what is read of the next sample, with the numbers of presences, which the end may join to people."""
        self.settle(sample.previous_end)
        begins = self._cutter.begins(sample.frame.pts, sample.group)
        is_long = self._readings and sample.frame.pts - self._readings[0].pts >= LONGEST_PIECE_S
        if self._readings and (begins or is_long or sample.after_gap):
            self._end_piece()
        (reading,) = readings(iter([sample.frame]), self._reader, self._classifier)
        self._readings.append(reading)
        self._chooser.note(reading)
        chosen = self._chooser.all_moments()
        self._album.take(sample.frame, chain.from_iterable(chosen))
        self._album.keep([*self._chosen_before, *chosen])
        numbers = self._numbers()
        faces = tuple(replace(face, track_id=numbers[face.track_id]) for face in reading.faces)
        return replace(reading, faces=faces)

    def store(self, dropped: int, gaps: Gaps) -> None:
        """Bring what was read to the disk; what cannot be written now stays on hand, for the next time.

        Args:
            dropped: Samples for which there was no time so far.
            gaps: From which to which second the source was lost.

        Raises:
            ErasedError: The class was erased while it ran.
            WarehouseError: It cannot be written.
        """
        if not self._readings:
            return
        last = self._readings[-1]
        self._tried_at = last.pts
        lesson = replace(self._undertaking.lesson, duration_s=float(last.pts + last.weight))
        run = with_losses(self._undertaking.run, dropped, [(float(start), float(end)) for start, end in gaps])
        self._undertaking = replace(self._undertaking, lesson=lesson, run=run)
        try:
            self._write()
        except WarehouseError as error:
            warehouse = self._undertaking.warehouse
            if not self._undertaking.parts.is_of_class and read_tombstones(warehouse).of(lesson.recording_sha256):
                raise ErasedError(warehouse, f"takes no more of {lesson.lesson_id!r}: it was erased.") from error
            raise

    @property
    def is_due(self) -> bool:
        """Whether there is more on hand than a crash may cost, and it was not tried just now to write it."""
        return bool(self._readings) and self._readings[-1].pts - self._tried_at >= STORE_EVERY_S

    @property
    def is_kept(self) -> bool:
        """Whether something of it is on the disk and waits to be made a lesson."""
        return bool(self._undertaking.parts.names())

    def settle(self, end: Fraction) -> None:
        """Give the last sample the time that it stands for, now that it is known."""
        if self._readings:
            last = self._readings[-1]
            self._readings[-1] = replace(last, weight=max(end - last.pts, Fraction(0)))

    def finish(self, end: Fraction, dropped: int, gaps: Gaps) -> Outcome:
        """Make a lesson of the class and load it.

        Args:
            end: Second at which its last picture ends.
            dropped: As for :meth:`store`.
            gaps: The same.

        Raises:
            ModelError: The models that recognise people are needed and missing; else as for WarehouseError.
            RecordingError: The lesson's id was taken meanwhile.
            WarehouseError: The warehouse cannot be written; the parts stay, and ``complete_begun`` makes the lesson.
        """
        self.settle(end)
        self.store(dropped, gaps)
        return store_class(self._undertaking, self._look)

    def _write(self) -> None:
        parts = self._undertaking.parts
        for name in list(self._unwritten):
            parts.write(name, self._unwritten[name])
            del self._unwritten[name]
        parts.write(*self._part())
        parts.remember(self._undertaking.lesson, self._undertaking.run)

    def _begin_piece(self) -> None:
        self._reader = FaceReader(self._settings.detection, self._settings.tracking)
        self._chooser = PortraitChooser(clear=0)
        self._readings: list[FrameReading] = []
        self._known: dict[int, int] = {}

    def _end_piece(self) -> None:
        self._unwritten |= [self._part()]
        self._joiner.join(self._tracklets(), [reading.pts for reading in self._readings])
        self._chosen_before = [presence.moments for presence in self._joiner.presences]
        self._piece += 1
        self._begin_piece()

    def _numbers(self) -> dict[int, int]:
        """Return the lesson's track numbers of those of the piece.

        Who somebody is, is decided by the first sighting in the piece, so that it stays when more is seen.
        """
        if any(face.track_id not in self._known for face in self._readings[-1].faces):
            joiner = copy.deepcopy(self._joiner)
            self._known = joiner.join(self._tracklets(), [reading.pts for reading in self._readings])
        return self._known

    def _tracklets(self) -> list[Tracklet]:
        return self._chooser.noted(self._reader.tracklets())

    def _look(self, moments: Mapping[int, Sequence[Moment]]) -> dict[int, list[NDArray[np.float32]]]:
        return self._album.embeddings(moments, FaceEmbedder().embedding)

    def _part(self) -> tuple[str, Part]:
        notes = [tracklet_json(tracklet) for tracklet in self._tracklets()]
        return piece_name(self._piece), Part.of(self._readings, notes)
