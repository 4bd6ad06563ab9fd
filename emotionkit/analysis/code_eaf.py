"""ELAN's own files, ``.eaf``, as events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# No entity is ever expanded and nothing fetched: a file with a document type is refused, and EAF has none.
from xml.parsers import expat  # nosec B407

from emotionkit.analysis.code_events import Event, of_tier
from emotionkit.errors import InvalidFileError, quoted

ENDING = ".eaf"
_DEEPEST = 50
"""Annotations within annotations; a file that goes deeper goes in circles."""


@dataclass(frozen=True, slots=True)
class _Tier:
    name: str
    student: str
    coder: str | None


@dataclass(slots=True)
class _Annotation:
    """An annotation: between two time slots, or within its parent, after others of its tier there."""

    key: str
    line: int
    tier: _Tier
    slots: tuple[str, str] | None = None
    parent: str = ""
    value: str = ""


@dataclass(slots=True)
class _Document:
    """What is used of a file; times in milliseconds, as EAF has them."""

    origin_ms: float | None = None
    slots: dict[str, float | None] = field(default_factory=dict)
    annotations: dict[str, _Annotation] = field(default_factory=dict)
    within: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Keys of annotations by their tier and parent."""


def eaf_events(path: Path) -> Iterator[Event]:
    """Yield the annotations of every tier: a tier is a student, as in ELAN's exports, and its annotator the coder.

    Times that ELAN leaves open, as those of subdivisions, are shared out evenly, and those of annotations within others
    too. They are seconds of the first linked media file, which need not begin where the annotations' time does.

    Raises:
        InvalidFileError: The file cannot be read, or is no EAF.
    """
    document = _read(path)
    _share_out(document)
    origin_ms = document.origin_ms or 0.0
    for annotation in document.annotations.values():
        value = annotation.value.strip()
        if value:
            start_s, end_s = (max(0.0, (ms + origin_ms) / 1000) for ms in _times(document, annotation, path))
            tier = annotation.tier
            yield Event(annotation.line, f"tier {quoted(tier.name)}", tier.student, tier.coder, start_s, end_s, value)


def _read(path: Path) -> _Document:
    parser = expat.ParserCreate()
    reader = _Reader(path, parser)
    try:
        parser.Parse(path.read_bytes(), True)
    except OSError as error:
        raise InvalidFileError(path, f"it cannot be read ({error.strerror or error}).") from error
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, "not well-formed")
        raise InvalidFileError(path, f"this is no file of ELAN ({reason}).", line=error.lineno) from error
    except (KeyError, ValueError) as error:
        raise InvalidFileError(
            path, f"this is no file of ELAN ({error} is missing or wrong).", line=parser.CurrentLineNumber
        ) from error
    except LookupError as error:
        # Expat asks Python for encodings that it does not know itself.
        raise InvalidFileError(path, f"this is no file of ELAN ({error}).") from error
    return reader.document


class _Reader:
    """Takes what is needed while the parser goes through a file."""

    def __init__(self, path: Path, parser: expat.XMLParserType) -> None:
        self.document = _Document()
        self._path, self._parser = path, parser
        self._tier = _Tier("", "", None)
        self._annotation: _Annotation | None = None
        self._in_value = self._begun = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise InvalidFileError(
            self._path, "this is no file of ELAN (it declares a document type).", line=self._parser.CurrentLineNumber
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._begun and name != "ANNOTATION_DOCUMENT":
            raise ValueError("ANNOTATION_DOCUMENT")
        self._begun = True
        document = self.document
        match name:
            case "MEDIA_DESCRIPTOR" if document.origin_ms is None:
                document.origin_ms = float(attributes.get("TIME_ORIGIN") or 0)
            case "TIME_SLOT":
                value = attributes.get("TIME_VALUE")
                document.slots[attributes["TIME_SLOT_ID"]] = None if value is None else float(value)
            case "TIER":
                name = attributes["TIER_ID"]
                student, coder = of_tier(name, attributes.get("PARTICIPANT", "").strip())
                self._tier = _Tier(name, student, attributes.get("ANNOTATOR", "").strip() or coder)
            case "ALIGNABLE_ANNOTATION":
                self._add(attributes).slots = (attributes["TIME_SLOT_REF1"], attributes["TIME_SLOT_REF2"])
            case "REF_ANNOTATION":
                annotation = self._add(attributes)
                annotation.parent = attributes["ANNOTATION_REF"]
                place = (self._tier.name, annotation.parent)
                document.within.setdefault(place, []).append(annotation.key)
            case "ANNOTATION_VALUE":
                self._in_value = True

    def _add(self, attributes: dict[str, str]) -> _Annotation:
        key = attributes["ANNOTATION_ID"]
        self._annotation = _Annotation(key, self._parser.CurrentLineNumber, self._tier)
        self.document.annotations[key] = self._annotation
        return self._annotation

    def _end(self, name: str) -> None:
        if name == "ANNOTATION_VALUE":
            self._in_value = False

    def _text(self, text: str) -> None:
        if self._in_value and self._annotation is not None:
            self._annotation.value += text


def _share_out(document: _Document) -> None:
    """Give slots without a time their share of the time between those around them that have one."""
    chain: list[str] = []
    for annotation in document.annotations.values():
        if annotation.slots is None:
            continue
        first, second = annotation.slots
        chain = [*chain, second] if chain and chain[-1] == first else [first, second]
        end_ms = document.slots.get(second)
        if end_ms is not None:
            start_ms = document.slots.get(chain[0])
            if start_ms is not None:
                for place, slot in enumerate(chain):
                    document.slots[slot] = start_ms + (end_ms - start_ms) * place / (len(chain) - 1)
            chain = [second]


def _times(document: _Document, annotation: _Annotation, path: Path) -> tuple[float, float]:
    """Return from when until when an annotation is, in milliseconds.

    Raises:
        InvalidFileError: That cannot be told.
    """
    shares: list[tuple[int, int]] = []
    outer = annotation
    while outer.slots is None:
        parent = document.annotations.get(outer.parent)
        if parent is None or len(shares) > _DEEPEST:
            raise _timeless(path, annotation)
        beside = document.within[outer.tier.name, outer.parent]
        shares.append((beside.index(outer.key), len(beside)))
        outer = parent
    start, end = (document.slots.get(slot) for slot in outer.slots)
    if start is None or end is None or end < start:
        raise _timeless(path, annotation)
    for place, count in reversed(shares):
        part = (end - start) / count
        start, end = start + part * place, start + part * (place + 1)
    return start, end


def _timeless(path: Path, annotation: _Annotation) -> InvalidFileError:
    where = f"annotation {quoted(annotation.key)} of the tier {quoted(annotation.tier.name)}"
    return InvalidFileError(path, f"{where} has no time.", line=annotation.line)
