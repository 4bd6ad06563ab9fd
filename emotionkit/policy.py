"""What recordings are processed for, and under whose law: declared beforehand, and refused where forbidden."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from emotionkit.config import Settings
from emotionkit.errors import PolicyError, SettingsError, quoted

PURPOSE_VARIABLE = "EMOTIONKIT_PURPOSE"
JURISDICTION_VARIABLE = "EMOTIONKIT_JURISDICTION"
VARIABLES = (PURPOSE_VARIABLE, JURISDICTION_VARIABLE)
"""Environment variables that come before the settings."""

DEFAULT_MIN_GROUP = 5
"""Students that a figure speaks of at least, unless the settings say otherwise."""


class Purpose(StrEnum):
    """What recordings may be processed for."""

    RESEARCH = "research"
    MEDICAL_OR_SAFETY = "medical or safety"
    TEACHING_FEEDBACK = "teaching feedback"
    DEMONSTRATION = "demonstration"


GROUNDS = {
    Purpose.RESEARCH: "for the sole purpose of scientific research; outside the AI Act by its Article 2(6)",
    Purpose.MEDICAL_OR_SAFETY: "the exception within Article 5(1)(f) of the AI Act",
    Purpose.TEACHING_FEEDBACK: "forbidden in the EU and EEA by Article 5(1)(f) of the AI Act",
    Purpose.DEMONSTRATION: "of the machinery, on recordings of no real class",
}
"""What each purpose rests on."""

UNIONS = ("EU", "EEA")
"""What may be named in place of a country."""

# fmt: off
_MEMBER_STATES = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on
# Parts of them with a code of their own in which Union law holds (Article 355 TFEU, and Åland).
_THEIR_PARTS = frozenset({"AX", "GF", "GP", "MF", "MQ", "RE", "YT"})
_EEA = _MEMBER_STATES | _THEIR_PARTS | {"IS", "LI", "NO"}
_OTHER_NAMES = {"UK": "GB", "EL": "GR"}
"""Codes that public authorities use in place of those of ISO 3166."""


def parse_purpose(text: object) -> Purpose:
    """Return the purpose of that name; hyphens and underscores may stand for its spaces.

    Raises:
        ValueError: There is none; the text names those there are.

    >>> parse_purpose("Medical-or-safety")
    <Purpose.MEDICAL_OR_SAFETY: 'medical or safety'>
    """
    words = re.sub(r"[\s_-]+", " ", text).strip().casefold() if isinstance(text, str) else ""
    try:
        return Purpose(words)
    except ValueError:
        raise ValueError(f"the purposes are {', '.join(Purpose)}") from None


def parse_jurisdiction(text: object) -> str:
    """Return a country's ISO 3166 code of two letters, or ``EU`` or ``EEA``, in capitals.

    Raises:
        ValueError: It is none.

    >>> parse_jurisdiction("de"), parse_jurisdiction("UK")
    ('DE', 'GB')
    """
    import pytz  # noqa: PLC0415  the list of countries is needed only where one is given

    code = text.strip().upper() if isinstance(text, str) else ""
    code = _OTHER_NAMES.get(code, code)
    if code not in pytz.country_names and code not in UNIONS:
        raise ValueError("give a country's ISO 3166 code of two letters such as US or DE, or EU or EEA")
    return code


def applies_ai_act(jurisdiction: str) -> bool:
    """Return whether a jurisdiction lies in the EU or the EEA."""
    return jurisdiction in _EEA or jurisdiction in UNIONS


class PolicySettings(Settings):
    """The section ``[policy]`` of emotionkit.toml."""

    purpose: Annotated[Purpose, BeforeValidator(parse_purpose)] | None = None
    """What recordings are processed for."""
    jurisdiction: Annotated[str, BeforeValidator(parse_jurisdiction)] | None = None
    """Whose law holds for the people recorded."""
    min_group: Annotated[int, Field(strict=True, ge=2, le=1000)] = DEFAULT_MIN_GROUP
    """Students that a figure has to speak of; figures of fewer are withheld, whatever the purpose."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A declared purpose in a jurisdiction in which it is not forbidden.

    Raises:
        PolicyError: It is forbidden there; the sentence names the article.
    """

    purpose: Purpose
    jurisdiction: str

    def __post_init__(self) -> None:
        if self.purpose is Purpose.TEACHING_FEEDBACK and applies_ai_act(self.jurisdiction):
            raise PolicyError(
                f"The purpose {self.purpose} is refused in {self.jurisdiction}: Article 5(1)(f) of the AI Act "
                "(Regulation (EU) 2024/1689) prohibits inferring emotions in education, except for medical or safety "
                "reasons."
            )

    def __str__(self) -> str:
        return f"{self.purpose} in {self.jurisdiction}"


def declared_policy(settings: PolicySettings, environment: Mapping[str, str] = os.environ) -> Policy:
    """Return the policy in force; the two environment variables come before the settings.

    Raises:
        PolicyError: None is declared, or it is forbidden; the sentence says what to run, or names the article.
        SettingsError: An environment variable holds no purpose or jurisdiction.
    """
    purpose, jurisdiction = settings.purpose, settings.jurisdiction
    try:
        variable = PURPOSE_VARIABLE
        if text := environment.get(variable):
            purpose = parse_purpose(text)
        variable = JURISDICTION_VARIABLE
        if text := environment.get(variable):
            jurisdiction = parse_jurisdiction(text)
    except ValueError as error:
        raise SettingsError(f"{variable} = {quoted(environment[variable])} cannot be used: {error}.") from error
    if purpose is None or jurisdiction is None:
        missing = "purpose" if purpose is None else "jurisdiction"
        raise PolicyError(
            f"No {missing} is declared for processing recordings: run `emotionkit init`, "
            f"or set {PURPOSE_VARIABLE} and {JURISDICTION_VARIABLE}."
        )
    return Policy(purpose, jurisdiction)
