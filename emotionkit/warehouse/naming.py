"""Names that become parts of paths, and what they may look like."""

from __future__ import annotations

import unicodedata

from emotionkit.errors import InvalidInputError

LONGEST_NAME = 100
"""Characters."""

LONGEST_NAME_BYTES = 200
"""File systems commonly allow 255 bytes; a segment's temporary name, or what precedes a course's, adds some to it."""

_FORBIDDEN = frozenset('/\\:*?"<>|')


def validated_lesson_id(lesson_id: str) -> str:
    """Return a lesson's id in Unicode's composed form (NFC), after checking that it can name a folder anywhere.

    Letters of any script, digits, single spaces and most punctuation are fine. Control characters, invisible ones and
    those that turn the direction of text are not, since a name must look like what it is.

    Raises:
        InvalidInputError: The id cannot name a folder; the sentence says why.

    >>> validated_lesson_id("algebra-2026-09-14")
    'algebra-2026-09-14'
    >>> validated_lesson_id("../secrets")
    Traceback (most recent call last):
    emotionkit.errors.InvalidInputError: The lesson id '../secrets' cannot be used: it contains '/'.
    """
    return validated_name(lesson_id, "lesson id")


def validated_name(name: str, kind: str) -> str:
    """Return ``name`` composed (NFC) if it can name a file; ``kind`` says in the sentence what it is the name of.

    Raises:
        InvalidInputError: It cannot.
    """
    composed = unicodedata.normalize("NFC", name)
    complaint = _complaint(composed)
    if complaint:
        raise InvalidInputError(f"The {kind} {name!r} cannot be used: it {complaint}.")
    return composed


def may_be_named(char: str) -> bool:
    """Return whether a character may stand in the name of a file or folder on any system, and looks like what it is."""
    return char not in _FORBIDDEN and _is_plain(char)


def _complaint(name: str) -> str | None:
    if not name:
        return "is empty"
    if len(name) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} characters"
    strange = [char for char in name if not may_be_named(char)]
    if strange:
        return f"contains {strange[0]!r}"
    if len(name.encode()) > LONGEST_NAME_BYTES:
        return f"takes more than {LONGEST_NAME_BYTES} bytes"
    if name[0] in ".- " or name[-1] in ". ":
        return "may not begin with a dot, a hyphen or a space, nor end with a dot or a space"
    return None


def _is_plain(char: str) -> bool:
    # C: control, format (bidirectional marks among them), surrogate, private, unassigned; Z: separators.
    return char == " " or unicodedata.category(char)[0] not in "CZ"
