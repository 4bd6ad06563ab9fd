"""Open a recording: find its video and its clock, and turn every fault of file or container into one sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from stat import S_ISDIR, S_ISREG

import av
from av.container import InputContainer
from av.error import ArgumentError, FFmpegError
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from emotionkit.errors import RecordingError
from emotionkit.storage import RemoteFile, RemotePath
from emotionkit.video.limits import DECODER_OPTIONS, check_length, check_size
from emotionkit.video.structure import missing_bytes

_FORMATS = "mov,matroska,avi,mpegts,mpeg,flv,ogg,asf"
"""What FFmpeg may take a file for. It would also show text as a video, and follow a playlist to other files."""

_STILLS = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
_CLOCK_TIME = re.compile(r"(\d+):(\d+):(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Source:
    """An open recording. Times are seconds on the container's own clock.

    Attributes:
        path: The file.
        container: Open until the block of ``opened`` ends.
        video: The stream to look at.
        others: The sound, and further videos; they count for where the recording starts and ends.
    """

    path: Path
    container: InputContainer
    video: VideoStream
    others: tuple[Stream, ...]

    @property
    def start(self) -> Fraction:
        """Where a player's position 0 is: the earliest start of a stream; 0 if none says."""
        starts = map(stream_start, (self.video, *self.others))
        return min((start for start in starts if start is not None), default=Fraction(0))

    @property
    def video_end(self) -> Fraction | None:
        """Where the video ends by what the file says, None if it does not."""
        return self._end_of(self.video)

    @property
    def end(self) -> Fraction | None:
        """Where the recording ends by what the file says, None if it does not."""
        ends = list(map(self._end_of, (self.video, *self.others)))
        known = [end for end in ends if end is not None]
        if len(known) == len(ends) or self.container.duration is None:
            return max(known, default=None)
        # Matroska's duration counts from the clock's 0, the others' from the first time stamp.
        start = 0 if self._is("matroska") else self.container.start_time or 0
        return Fraction(start + self.container.duration, av.time_base)

    @property
    def frame_rate(self) -> Fraction | None:
        """Average pictures per second, None if the file gives no way to tell."""
        return self.video.average_rate or self.video.guessed_rate

    @property
    def has_presentation_times(self) -> bool:
        """Whether the container stores when a picture is shown, not only the order of decoding."""
        return not self._is("avi")

    @property
    def can_be_cut(self) -> bool:
        """Whether the container tells where its key frames are and takes a reader there exactly."""
        return self._is("mov") or self._is("matroska")

    @property
    def stores_packets(self) -> bool:
        """Whether packets lie in the file as they are; Matroska may shorten them, and lay several into one."""
        return self._is("mov")

    @property
    def skips_damage(self) -> bool:
        """Whether FFmpeg passes over damage in this container without an error."""
        return self._is("matroska")

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.container.size

    @property
    def _lends_durations(self) -> bool:
        """Whether FFmpeg gives a stream the whole file's duration where it has not met the stream's start in time."""
        return any(map(self._is, ("matroska", "asf", "mpegts")))

    def _is(self, name: str) -> bool:
        return name in self.container.format.name.split(",")

    def _end_of(self, stream: Stream) -> Fraction | None:
        ends = []
        if stream.duration is not None and stream.time_base and not self._lends_durations:
            ends.append((stream_start(stream) or 0) + stream.duration * stream.time_base)
        if self._is("avi") and stream is self.video and stream.average_rate:
            # FFmpeg shortens the duration to what the file's size allows; the count of pictures is the promise.
            ends.append((stream_start(stream) or 0) + stream.frames / stream.average_rate)
        if said := _CLOCK_TIME.fullmatch(stream.metadata.get("DURATION", "")):
            hours, minutes, seconds = map(Fraction, said.groups())
            ends.append(hours * 3600 + minutes * 60 + seconds)
        return max(ends, default=None)


def stream_start(stream: Stream) -> Fraction | None:
    """Return the time of a stream's first picture or sound, None if unknown."""
    if stream.start_time is None or stream.time_base is None:
        return None
    return stream.start_time * stream.time_base


@contextmanager
def opened(path: Path, *, threads: int | None = None) -> Iterator[Source]:
    """Open a recording, and close it at the end of the block.

    Args:
        path: The recording.
        threads: How many the decoder may use; one per core, at most four, unless given.

    Raises:
        RecordingError: It is missing, not readable, empty, cut off or not a video, or FFmpeg gave up inside the block.
        StorageError: It lies in object storage, which does not answer.
        UnsafeRecordingError: Its pictures are larger, or it is longer, than a recording may be.
    """
    check_file(path)
    try:
        with _container(path) as container:
            yield video_of(path, container, threads or min(os.cpu_count() or 1, 4))
    except FFmpegError as error:
        said = (error.strerror or "unknown error").lower()
        raise RecordingError(path, f"cannot be read as a video ({said}).") from error


@contextmanager
def _container(path: Path) -> Iterator[InputContainer]:
    if not isinstance(path, RemotePath):
        # "file:" keeps a colon in the name from being read as a protocol.
        with _demuxed(path, f"file:{path}") as container:
            yield container
        return
    with RemoteFile(path) as file:
        try:
            with _demuxed(path, file) as container:
                yield container
        finally:
            if file.fault is not None:
                # FFmpeg takes it for the end, or for damage.
                raise file.fault


def _demuxed(path: Path, file: str | RemoteFile) -> InputContainer:
    try:
        return av.open(
            file,
            mode="r",
            metadata_errors="replace",
            container_options={"format_whitelist": _FORMATS, "protocol_whitelist": "file"},
        )
    except ArgumentError as error:
        # What FFmpeg says of a format that is not in the list.
        raise RecordingError(path, "is not in a video format; MP4, MOV, MKV, WebM and AVI will do.") from error


def check_file(path: Path) -> None:
    """Check that there is a file that can be read, and whole as far as its outermost structure says.

    Raises:
        RecordingError: There is none.
    """
    try:
        fault = _fault(path)
    except FileNotFoundError as error:
        raise RecordingError(path, "does not exist.") from error
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise RecordingError(path, f"cannot be read ({said}).") from error
    if fault:
        raise RecordingError(path, fault)


def _fault(path: Path) -> str | None:
    """Return what is wrong with a file before FFmpeg sees it."""
    status = path.stat()
    if S_ISDIR(status.st_mode):
        return "is a folder, not a recording."
    if not S_ISREG(status.st_mode):
        return "is not an ordinary file."
    if status.st_size == 0:
        return "is empty."
    missing = missing_bytes(path)
    return f"is cut off: at least {missing:,} bytes are missing at its end." if missing else None


def video_of(path: Path, container: InputContainer, threads: int) -> Source:
    """Return the video of an open container that is to be looked at, for a decoder with some threads.

    Raises:
        RecordingError: There is none.
    """
    videos = [
        stream
        for stream in container.streams.video
        if stream.codec_context is not None and not stream.disposition & _STILLS
    ]
    if not videos:
        raise RecordingError(path, "holds sound but no video." if container.streams.audio else "holds no video.")
    best = container.streams.best("video")
    video = next((stream for stream in videos if stream is best), videos[0])
    # AUTO lets a decoder work on several pictures at once; four threads are all that a class's video can use.
    video.thread_type = "AUTO"
    video.codec_context.thread_count = threads
    video.codec_context.options = DECODER_OPTIONS
    check_size(path, video.codec_context.width, video.codec_context.height)
    others = tuple(stream for stream in (*container.streams.audio, *videos) if stream is not video)
    source = Source(path, container, video, others)
    if source.end is not None:
        check_length(path, source.end - source.start)
    return source
