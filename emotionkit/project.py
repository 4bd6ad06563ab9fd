"""The one file of settings, ``emotionkit.toml``: what holds for all recordings of a place, not for one run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from emotionkit.config import Settings
from emotionkit.durable import write_durably
from emotionkit.errors import InvalidFileError, quoted
from emotionkit.name_pattern import parse_pattern
from emotionkit.policy import DEFAULT_MIN_GROUP, Policy, PolicySettings

PROJECT_FILE = "emotionkit.toml"

_LINE_IN_MESSAGE = re.compile(r"(?P<reason>.*) \(at line (?P<line>\d+), column \d+\)", re.DOTALL)

_POLICY_SECTION = """\
[policy]
# research, medical or safety, teaching feedback (forbidden in the EU and EEA), demonstration
purpose = "{policy.purpose}"
# A country's code of two letters (ISO 3166), EU or EEA.
jurisdiction = "{policy.jurisdiction}"
# A figure speaks of at least so many students, or is withheld.
min_group = {min_group}
"""
_OTHER_SECTIONS = """\
[recordings]
# pattern = "{date}_{course}_{title}"
# time_zone = "Europe/Berlin"

[reports]
# language = "de"

[retention]
# Days; what has none is kept.
# segments = 730
# reports = 365
# notebooks = 365
# audit = 1825

[nightly]
# Who is told what a night came to: by mail, or by a POST of JSON. Neither names recordings or people.
# mail_to = ["archive@school.example"]
# mail_from = "emotionkit@school.example"
# smtp_host = "localhost"
# smtp_port = 25
# smtp_security = "none"  # or starttls, or tls
# smtp_user = "emotionkit"  # its password is in EMOTIONKIT_SMTP_PASSWORD
# webhook = "https://chat.school.example/hooks/emotionkit"
# tell = "always"  # or problems
"""


def parse_time_zone(name: str) -> str:
    """Return the name of a time zone of the IANA database.

    Raises:
        ValueError: There is none of that name.

    >>> parse_time_zone("Europe/Berlin")
    'Europe/Berlin'
    """
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("give a time zone such as Europe/Berlin or UTC") from None


class _Section(Settings):
    # TOML has types of its own: "5" is no number, and true is not 1.
    model_config = ConfigDict(strict=True)


Days = Annotated[int, Field(ge=1, le=36_500)] | None


class RetentionSettings(_Section):
    """The section ``[retention]``: days for which each kind of data is kept; None keeps it."""

    segments: Days = None
    """Rows of a lesson, in Parquet and in DuckDB, from the day of the lesson."""
    reports: Days = None
    """Pages for teachers, from the day they were made."""
    notebooks: Days = None
    """Executed notebooks, from the day they were run."""
    audit: Days = None
    """Lines of the audit log, from their own day."""


class RecordingsSettings(_Section):
    """The section ``[recordings]``: what names of files tell."""

    pattern: Annotated[str, AfterValidator(parse_pattern)] | None = None
    """How names of files are made; ``{date}_{course}_{title}`` if not given."""
    time_zone: Annotated[str, AfterValidator(parse_time_zone)] | None = None
    """Time zone of starts that name none; that of this machine if not given."""


def parse_web_address(address: str) -> str:
    """Return an address of the web.

    Raises:
        ValueError: It is none.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("give an address that begins with https:// or http://")
    if " " in address or not address.isprintable():
        raise ValueError("an address holds no space; write it as %20")
    return address


class NightlySettings(_Section):
    """The section ``[nightly]``: who is told what a night came to; nobody if it is not given."""

    mail_to: list[str] = Field(default_factory=list)
    """Addresses."""
    mail_from: str = "emotionkit@localhost"
    """The sender's address."""
    smtp_host: str = "localhost"
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 25
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    """How the way to the mail server is encrypted; ``starttls`` and ``tls`` check its certificate."""
    smtp_user: str | None = None
    """The name at the mail server, if it asks for one."""
    webhook: Annotated[str, AfterValidator(parse_web_address)] | None = None
    """Where a summary is sent as JSON by POST."""
    tell: Literal["always", "problems"] = "always"


class ReportsSettings(_Section):
    """The section ``[reports]``: how pages are written."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
    """Code of the language (ISO 639) of pages."""


class ProjectSettings(_Section):
    """All of emotionkit.toml."""

    policy: PolicySettings = PolicySettings()
    recordings: RecordingsSettings = RecordingsSettings()
    retention: RetentionSettings = RetentionSettings()
    nightly: NightlySettings = NightlySettings()
    reports: ReportsSettings = ReportsSettings()


def load_project_settings(path: Path = Path(PROJECT_FILE)) -> ProjectSettings:
    """Return what a settings file says, by default the one in the current folder; the defaults where there is none.

    Raises:
        InvalidFileError: It cannot be read, is no TOML, has an unknown key or a value out of range; the sentence names
            file, line and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ProjectSettings()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFileError(
            path, f"cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}."
        ) from error
    try:
        return ProjectSettings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        told = _LINE_IN_MESSAGE.fullmatch(str(error))
        reason = told["reason"] if told else str(error)
        raise InvalidFileError(
            path, f"this is not TOML: {reason}.", line=int(told["line"]) if told else None
        ) from error
    except ValidationError as error:
        raise _invalid(path, text, error) from error


def declare_policy(policy: Policy, path: Path = Path(PROJECT_FILE)) -> bool:
    """Write a policy into a settings file that has none yet; return False if it says the same already.

    Raises:
        InvalidFileError: The file has a section for it that says otherwise or nothing, is not valid, or cannot be
            written; it is as before then.
    """
    settings = load_project_settings(path)
    present = settings.policy.purpose, settings.policy.jurisdiction
    if present == (policy.purpose, policy.jurisdiction):
        return False
    if present != (None, None):
        raise InvalidFileError(path, "has a section [policy] that says otherwise; edit it there.")
    if "policy" in settings.model_fields_set:
        lines = f'purpose = "{policy.purpose}" and jurisdiction = "{policy.jurisdiction}"'
        raise InvalidFileError(path, f"has a section [policy] without these; add {lines} there.")
    section = _POLICY_SECTION.format(policy=policy, min_group=DEFAULT_MIN_GROUP)
    try:
        if path.exists():
            home, mode = path.resolve(), path.stat().st_mode & 0o777
            text = f"{path.read_text(encoding='utf-8').rstrip()}\n\n{section}"
            write_durably(home, text.encode(), mode=mode)
        else:
            write_durably(path, f"{section}\n{_OTHER_SECTIONS}".encode())
    except OSError as error:
        raise InvalidFileError(path, f"cannot be written: {error.strerror or error}.") from error
    return True


def _invalid(path: Path, text: str, error: ValidationError) -> InvalidFileError:
    first = error.errors()[0]
    keys = tuple(str(part) for part in first["loc"])
    key = ".".join(keys)
    if first["type"] == "extra_forbidden":
        reason = f"is not known here; there are {', '.join(_known(keys[:-1]))}."
    else:
        why = first["msg"].removeprefix("Value error, ")
        reason = f"= {quoted(first['input'])} cannot be used: {why[0].lower()}{why[1:]}."
    return InvalidFileError(path, reason, line=_line_of(text, keys), key=key if key.isprintable() else quoted(key))


def _known(section: tuple[str, ...]) -> list[str]:
    model: type[Settings] = ProjectSettings
    for name in section:
        model = type(getattr(model(), name))
    return list(model.model_fields)


def _line_of(text: str, keys: tuple[str, ...]) -> int | None:
    """Return the line of a key, or of its table, or None; tomllib does not tell, so the text is looked through."""
    table: list[str] = []
    found = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+([^\]]+)\]", line):
            table = _parts(header[1])
        elif assignment := re.match(r"""\s*([\w."' -]+?)\s*=""", line):
            if (*table, *_parts(assignment[1])) == keys:
                return number
            continue
        if tuple(table) == keys[: len(table)] and table:
            found = found or number
    return found


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]
