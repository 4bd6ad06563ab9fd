"""Patterns of file names, such as ``{date}_{course}_{title}``, and what a name that fits one tells."""

from __future__ import annotations

import re
from functools import cache

DEFAULT_PATTERN = "{date}_{course}_{title}"
"""``2026-09-14_physics-101_waves``."""

_FORMS = {"date": r"\d{4}-?\d{2}-?\d{2}", "time": r"\d{1,2}[-.:h]?\d{2}"}
_TEXTS = ("course", "title", "teacher")
FIELDS = (*_FORMS, *_TEXTS)
"""What a pattern may ask for; anything else in it stands for itself."""


def parse_pattern(pattern: str) -> str:
    """Return a pattern that can be used.

    Raises:
        ValueError: It can not; the text says why.

    >>> parse_pattern("{course}{title}")
    Traceback (most recent call last):
    ValueError: something has to stand between {course} and {title}
    """
    compiled(pattern)
    return pattern


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern, with a group for each field.

    A course, title or teacher ends where the text that follows it in the pattern begins, so that a name is taken apart
    in one way only, and in time that grows with its length.

    Raises:
        ValueError: A field is unknown, comes twice or touches the next one, or there is none.
    """
    pieces = re.split(r"\{(\w+)\}", pattern)
    literals, names = pieces[::2], pieces[1::2]
    if unknown := [name for name in names if name not in FIELDS]:
        raise ValueError(f"{{{unknown[0]}}} is not known; there are {', '.join(f'{{{name}}}' for name in FIELDS)}")
    if not names or any(brace in literal for literal in literals for brace in "{}"):
        raise ValueError(f"give something like {DEFAULT_PATTERN}")
    if len(set(names)) < len(names):
        raise ValueError("a field comes twice")
    for name, after, following in zip(names, literals[1:], names[1:], strict=False):
        if not after:
            raise ValueError(f"something has to stand between {{{name}}} and {{{following}}}")
    groups = [
        f"(?P<{name}>{_form(name, after)}){re.escape(after)}" for name, after in zip(names, literals[1:], strict=True)
    ]
    return re.compile(re.escape(literals[0]) + "".join(groups), re.DOTALL)


def _form(name: str, after: str) -> str:
    return _FORMS.get(name) or (f"(?:(?!{re.escape(after)}).)+" if after else ".+")
