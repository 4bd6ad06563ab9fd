"""What human observers saw, read from the files of their tools, as one frame."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from emotionkit.analysis.code_events import Event
from emotionkit.analysis.code_formats import events
from emotionkit.errors import InvalidFileError, InvalidInputError, quoted
from emotionkit.records import EMOTIONS

CODE_COLUMNS = ("coder", "student", "start_s", "end_s", "code")
SYNONYMS = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "happiness": "happy",
    "joy": "happy",
    "sadness": "sad",
    "surprised": "surprise",
}
"""Words for the seven expressions that are understood beside their names."""

Labels = Mapping[str, str | None]


def read_codes(
    paths: Path | str | Sequence[Path | str], *, labels: Labels | None = None, offset_s: float = 0.0
) -> pd.DataFrame:
    """Return the codes of one or more files, by coder, student and time.

    Understood are ELAN's own files, its tab-delimited and CSV exports (with or without names of columns, tiers below or
    beside each other, times in any of its formats but frames), BORIS' tabular and aggregated events, and tables with
    columns such as ``student``, ``start_s``, ``end_s``, ``code`` and, if more than one person coded, ``coder``. A tier
    is a student, or ``student@coder``; where ELAN knows a participant, that is the student, and its annotator the
    coder. Of BORIS an independent variable ``observer`` is the coder, or else the observation where there are several.
    Nobody named, the coder is the file.

    Args:
        paths: The files.
        labels: Further words for expressions, whatever their case: ``{"smile": "happy"}``. A word for None, such as
            ``{"off screen": None}``, is left out.
        offset_s: What to add to every time, where the coded video began later than the recording.

    Returns:
        ``coder``; ``student``; ``start_s`` and ``end_s`` (seconds of the recording; alike for a code of a moment);
        ``code`` (one of ``EMOTIONS``).

    Raises:
        InvalidFileError: A file cannot be used; the sentence names file, line and column.
        InvalidInputError: ``labels`` leads to something other than an expression.
    """
    known = _known_words(labels or {})
    files = [Path(paths)] if isinstance(paths, Path | str) else [Path(path) for path in paths]
    rows: list[tuple[str, str, float, float, str]] = []
    for path in files:
        before = len(rows)
        for event in events(path):
            code = _expression(path, event, known)
            if code is not None:
                times = (event.start_s + offset_s, event.end_s + offset_s)
                rows.append((composed(event.coder or path.stem), composed(event.student), *times, code))
        if len(rows) == before:
            raise InvalidFileError(path, "it holds no code of an expression.")
    codes = pd.DataFrame(rows, columns=list(CODE_COLUMNS)).astype({"start_s": float, "end_s": float})
    return codes.sort_values(["coder", "student", "start_s"], kind="stable", ignore_index=True)


def _known_words(labels: Labels) -> dict[str, str | None]:
    wrong = [code for code in labels.values() if code is not None and code not in EMOTIONS]
    if wrong:
        raise InvalidInputError(f"labels leads to {quoted(wrong[0])}; expressions are {', '.join(EMOTIONS)}.")
    given = {word.strip().casefold(): code for word, code in labels.items()}
    return {**{emotion: emotion for emotion in EMOTIONS}, **SYNONYMS, **given}


def _expression(path: Path, event: Event, known: Mapping[str, str | None]) -> str | None:
    try:
        return known[event.code.casefold()]
    except KeyError:
        raise InvalidFileError(
            path,
            f"holds {quoted(event.code)}, which is no expression; give its meaning in labels, or None to leave it out.",
            line=event.line,
            key=event.column,
        ) from None


def composed(name: str) -> str:
    """Return a name in Unicode's composed form (NFC), as those who are enrolled have it; macOS writes accents apart."""
    return unicodedata.normalize("NFC", name)
