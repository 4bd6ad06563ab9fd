"""Which files mention certain words, in their names or anywhere in their bytes."""

from __future__ import annotations

import html
import json
import mmap
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

MARKED = "emotionkit-lessons"
"""Name of the element of a page, and of the entry in a notebook's metadata, that has its marks."""


class Words:
    """Words to look for as text is stored: in UTF-8 or UTF-16, in JSON, HTML or an address; only as whole words.

    A hyphen joins words, so that ``algebra`` is not found in ``algebra-2``.
    """

    def __init__(self, words: Iterable[str]) -> None:
        forms = {form for word in words if word for form in _forms(word)}
        joined = b"|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
        self._pattern = re.compile(rb"(?<![\w-])(?:" + joined + rb")(?![\w-])") if forms else None

    def within(self, text: bytes | mmap.mmap) -> bool:
        """Return whether one of the words is in a piece of text."""
        return bool(self._pattern and self._pattern.search(text))

    def mentioned_in(self, path: Path) -> bool:
        """Return whether the name of a file or folder, or a file's content, mentions one of the words.

        Raises:
            OSError: The file cannot be read.
        """
        if self.within(path.name.encode(errors="surrogateescape")):
            return True
        if path.is_symlink() or not path.is_file() or not path.stat().st_size:
            return False
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return self.within(content)

    def mentioned_under(self, top: Path) -> list[Path]:
        """Return the files and folders under a folder, itself included, that mention one of the words.

        Raises:
            OSError: One cannot be read.
        """
        places = [top, *sorted(top.rglob("*"))] if top.exists() else []
        return [place for place in places if self.mentioned_in(place)]


def lesson_mark(lesson_id: str) -> str:
    """Return what a report holds of each lesson that it tells of, so that it is found though it shows titles alone."""
    return f"lesson:{lesson_id};"


def is_marked(path: Path) -> bool:
    """Return whether a file of a report is marked with the lessons that it tells of.

    Raises:
        OSError: The file cannot be read.
    """
    content = path.read_bytes()
    return any(mark.encode() in content for mark in (f'<meta name="{MARKED}"', f'"{MARKED}": ['))


def _forms(word: str) -> set[bytes]:
    as_json = {json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1]}
    as_html = html.escape(word)
    # Jinja has other references for quotation marks than the standard library.
    as_jinja = as_html.replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    texts = {word, *as_json, as_html, as_jinja, quote(word)}
    return {text.encode(errors="surrogateescape") for text in texts} | {word.encode("utf-16-le", "surrogatepass")}
