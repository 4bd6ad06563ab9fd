"""Recordings in object storage: named by URLs, and used like files of this machine.

A path to an object is a path of the standard library whose file is read over the network, in ranges: whoever takes
a path of a recording takes this too. S3 and what speaks its protocol are reached through pyarrow, which is there for
Parquet; every other URL through fsspec, if it is installed.
"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PosixPath
from typing import IO, TYPE_CHECKING, Any

from emotionkit.errors import StorageError

if TYPE_CHECKING:
    from pyarrow.fs import FileInfo, FileSystem

_FIRST, _MOST = 1 << 17, 1 << 22
"""Bytes that are asked for at a time: few by who jumps about, twice as many each time by who reads on."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://.")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")


def located(text: str) -> Path:
    """Return the path that a text means: of an object where it is a URL, otherwise of a file.

    >>> located("s3://class/waves.mp4").with_suffix(".yml"), located("waves.mp4").name
    (RemotePath('s3://class/waves.yml'), 'waves.mp4')
    """
    return RemotePath(text) if _URL.match(text) else Path(text)


class RemotePath(PosixPath):
    """The path of an object, ``s3://BUCKET/KEY`` or another URL, to be read and never written.

    Every method that looks at the object raises StorageError where the storage does not answer, or refuses to.
    """

    __slots__ = ()

    def __str__(self) -> str:
        """Return the URL, or what is left of it below another path."""
        text = super().__str__()
        scheme, slash, rest = text.partition("/")
        return f"{scheme}//{rest}" if slash and _SCHEME.fullmatch(scheme) else text

    def __fspath__(self) -> str:
        return str(self)

    def resolve(self, strict: bool = False) -> RemotePath:  # noqa: ARG002  as the standard library has it
        """Return the same path: there are no links."""
        return self

    def absolute(self) -> RemotePath:
        """Return the same path."""
        return self

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:  # noqa: ARG002
        """Return type, size and time of writing.

        Raises:
            FileNotFoundError: There is no such object.
        """
        with _told_of(self):
            system, key = _found(self)
            return _status(system.get_file_info(key), self)

    def exists(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002
        """Say whether there is such an object, or any below it."""
        return self._mode() != 0

    def is_file(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002
        """Say whether there is such an object."""
        return stat.S_ISREG(self._mode())

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002
        """Say whether there are objects below it."""
        return stat.S_ISDIR(self._mode())

    def _mode(self) -> int:
        try:
            return self.stat().st_mode
        except FileNotFoundError:
            return 0

    def open(  # type: ignore[override]
        self,
        mode: str = "r",
        buffering: int = -1,  # noqa: ARG002
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
    ) -> IO[Any]:
        """Open the object for reading from start to end.

        Raises:
            FileNotFoundError: There is no such object.
        """
        if set(mode) & set("wax+"):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))
        file = io.BufferedReader(RemoteFile(self))
        return file if "b" in mode else io.TextIOWrapper(file, encoding, errors, newline)

    def objects(self) -> Iterator[tuple[RemotePath, os.stat_result]]:
        """Yield the objects below this path, with their sizes and times.

        Raises:
            FileNotFoundError: There are none.
        """
        from pyarrow.fs import FileSelector  # noqa: PLC0415  see _s3

        with _told_of(self):
            system, top = _found(self)
            found = [info for info in system.get_file_info(FileSelector(top, recursive=True)) if info.is_file]
            if not found:
                raise FileNotFoundError
            for info in found:
                path = self / info.path.removeprefix(top).lstrip("/")
                yield path, _status(info, path)


class RemoteFile(io.RawIOBase):
    """An object that is being read.

    Attributes:
        fault: What kept it from being read; decoders take such a thing for the end of the file.
    """

    def __init__(self, path: RemotePath) -> None:
        self._path = path
        self.fault: StorageError | None = None
        self._position = self._begin = 0
        self._fetched = b""
        self._ahead = _FIRST // 2
        with _told_of(path):
            system, key = _found(path)
            self._file = system.open_input_file(key)
            self._size = int(self._file.size())

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that one can move in it."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move, as in any file."""
        self._position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        return self._position

    def tell(self) -> int:
        """Return where it is read next."""
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read what follows, as in any file."""
        if not self._begin <= self._position < self._begin + len(self._fetched):
            self._fetch(len(buffer))
        there = self._position - self._begin
        part = self._fetched[there : there + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _fetch(self, wanted: int) -> None:
        reads_on = self._position == self._begin + len(self._fetched)
        self._ahead = min(2 * self._ahead, _MOST) if reads_on else _FIRST
        try:
            with _told_of(self._path):
                self._fetched = self._file.read_at(max(wanted, self._ahead), self._position)
        except StorageError as error:
            self.fault = error
            raise
        self._begin = self._position

    def close(self) -> None:
        """Let go of it."""
        if not self.closed:
            self._file.close()
        super().close()


@contextmanager
def _told_of(path: RemotePath) -> Iterator[None]:
    """Tell what goes wrong with a storage in a sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from error
    except ImportError as error:
        raise StorageError(path, f"needs a package that is not installed: {error.name or error}.") from error
    except (OSError, ValueError, NotImplementedError) as error:
        said = " ".join(str(error).split())
        said = re.split(r";| \(Request ID", said.partition("AWS Error ")[2] or said)[0]
        raise StorageError(path, f"cannot be read from its storage: {said.rstrip('.')[:200]}.") from error


def _found(path: RemotePath) -> tuple[FileSystem, str]:
    """Return the storage of a path, and the path within it."""
    scheme, _, rest = str(path).partition("://")
    if scheme == "s3":
        return _s3(rest.partition("/")[0]), rest
    from pyarrow.fs import FileSystem  # noqa: PLC0415  see _s3

    known = scheme in {"file", "gs", "gcs", "hdfs", "viewfs", "abfs", "abfss"}
    return FileSystem.from_uri(str(path) if known else f"fsspec+{path}")


@cache
def _s3(bucket: str) -> FileSystem:
    # Only who reads from it starts its threads: a process that is forked from another must not have any.
    from pyarrow.fs import FileSystem, S3FileSystem  # noqa: PLC0415

    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), None)
    if endpoint:
        return S3FileSystem(endpoint_override=endpoint)
    return FileSystem.from_uri(f"s3://{bucket}")[0]


def _status(info: FileInfo, path: RemotePath) -> os.stat_result:
    from pyarrow.fs import FileType  # noqa: PLC0415  see _s3

    if info.type is FileType.NotFound:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    mode = stat.S_IFREG | 0o444 if info.type is FileType.File else stat.S_IFDIR | 0o555
    written_ns = info.mtime_ns or 0
    whole_s = written_ns // 10**9
    fields = (mode, 0, 0, 1, 0, 0, info.size or 0, whole_s, whole_s, whole_s)
    return os.stat_result(fields, {"st_mtime": written_ns / 1e9, "st_mtime_ns": written_ns})
