"""The facts of a lesson in a YAML file beside its recording: ``waves.yml`` beside ``waves.mp4``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from emotionkit.batch.facts import KEYS, Entry, Facts, Known, read_entries
from emotionkit.errors import InvalidFileError, quoted

ENDINGS = (".yml", ".yaml")
_MOST_BYTES = 1 << 18
_PLAIN = "tag:yaml.org,2002:"
_NULL, _LIST = f"{_PLAIN}null", f"{_PLAIN}seq"
_SCALARS = {f"{_PLAIN}{name}" for name in ("str", "int", "float", "bool", "null", "timestamp")}


def read_facts_file(recording: Path, known: Known) -> Facts:
    """Return what the file beside a recording tells; nothing where there is none.

    Only text is taken from it, by its letters: ``course: 101`` names a course and ``title: no`` a title. No object is
    ever made of it.

    Raises:
        InvalidFileError: It cannot be read, is no YAML of keys and values, or a value cannot be used; the sentence
            names file, line and key.
    """
    path = next((path for path in map(recording.with_suffix, ENDINGS) if _is_there(path)), None)
    if path is None:
        return Facts()
    root = _composed(path)
    if root is None or root.tag == _NULL:
        return Facts()
    if not isinstance(root, yaml.MappingNode):
        raise InvalidFileError(path, "give keys with values, such as title: Waves.", line=_line(root))
    entries: dict[str, Sequence[Entry]] = {}
    for name, value in root.value:
        key = str(name.value) if isinstance(name, yaml.ScalarNode) else ""
        if key not in KEYS:
            reason = f"is not known here; there are {', '.join(KEYS)}."
            raise InvalidFileError(path, reason, line=_line(name), key=quoted(key))
        if key in entries:
            raise InvalidFileError(path, "is given twice.", line=_line(name), key=key)
        entries[key] = list(_entries(path, key, value))
    return read_entries(path, entries, known)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        # Its name is one letter longer than the recording's, and may be too long for the disk.
        return False


def _composed(path: Path) -> yaml.Node | None:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidFileError(path, f"is larger than {_MOST_BYTES // 1024} KiB.")
        return yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InvalidFileError(path, f"this is not YAML: {error.problem}.", line=line) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = getattr(error, "strerror", None) or "it holds characters that no text has"
        raise InvalidFileError(path, f"cannot be read: {reason}.") from error
    except RecursionError as error:
        raise InvalidFileError(path, "is nested too deeply.") from error


def _entries(path: Path, key: str, value: yaml.Node) -> Iterator[Entry]:
    items = value.value if isinstance(value, yaml.SequenceNode) and value.tag == _LIST else [value]
    for item in items:
        if not isinstance(item, yaml.ScalarNode) or item.tag not in _SCALARS:
            raise InvalidFileError(path, "takes plain text.", line=_line(item), key=key)
        if item.style is None and item.tag == _NULL:
            continue
        if key == "segments" and item.style == "|":
            # A block of lines that begins below its key.
            lines = enumerate(item.value.splitlines(), start=_line(item) + 1)
            yield from (Entry(text, line) for line, text in lines)
        else:
            yield Entry(item.value, _line(item))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
