"""Every word of the pages, in the language in use; each language is two files beside this one.

A name such as ``texts.SUMMARY`` is looked up in the files of the language when it is used: what teachers read, and what
administrators and researchers read. Texts with braces are filled
by ``str.format``; whatever fills them is escaped by the templates.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from emotionkit.errors import SettingsError, quoted

if TYPE_CHECKING:
    from emotionkit.reports.texts.english import *  # noqa: F403
    from emotionkit.reports.texts.english_tools import *  # noqa: F403

FILES = {"en": ("english", "english_tools"), "de": ("german", "german_tools")}
"""The files of each language, by its code (ISO 639)."""
LIVE_FILES = {"en": ("english_live",), "de": ("german_live",)}
"""The files of what is seen while a class runs, which :mod:`emotionkit.reports.live_texts` looks up."""

_in_use = "en"


def check_language(language: str) -> str:
    """Return a language that reports are written in.

    Raises:
        SettingsError: There is no file of it.
    """
    if language not in FILES:
        raise SettingsError(f"Reports are not written in {quoted(language)}; there are {', '.join(sorted(FILES))}.")
    return language


def use(language: str) -> None:
    """Use a language from now on, in this process.

    Raises:
        SettingsError: There is no file of it.
    """
    global _in_use  # noqa: PLW0603 - the words of a whole page are in one language
    _in_use = check_language(language)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Use a language within a ``with`` block.

    Raises:
        SettingsError: As for :func:`use`.
    """
    before = _in_use
    use(language)
    try:
        yield
    finally:
        use(before)


def looked_up(name: str, files: Mapping[str, Sequence[str]]) -> Any:
    """Return a text in the language in use, from the files of each language.

    Raises:
        AttributeError: There is none of that name.
    """
    for file in files[_in_use]:
        words = importlib.import_module(f"{__name__}.{file}")
        if hasattr(words, name):
            return getattr(words, name)
    raise AttributeError(f"There is no text {name!r}.")


def __getattr__(name: str) -> Any:
    # Type checkers see the names of the English file instead.
    if name.startswith("_"):
        raise AttributeError(name)
    return looked_up(name, FILES)
