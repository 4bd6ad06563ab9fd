"""Typed settings of a processing run. Unknown keys are rejected; the fingerprint names a set of values."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from emotionkit.errors import SettingsError


class Settings(BaseModel):
    """Base of all settings: frozen, and strict about names."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def checked(cls, **values: object) -> Self:
        """Return settings from values that came from outside.

        Raises:
            SettingsError: A key is unknown or a value out of range; the sentence names key and value.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise SettingsError(f"Setting {key} = {first['input']!r} cannot be used: {first['msg']}.") from error


class DetectionSettings(Settings):
    """How faces are looked for."""

    smallest_face: Annotated[int, Field(ge=20, le=400)] = 40
    """Side in pixels of the smallest face to look for; in a picture larger than 1280×720 it grows with the picture."""
    score_threshold: Annotated[float, Field(ge=-1, le=3)] = 0.0
    """Score of the detector from which a find counts as a face; a face that is already known may score 0.3 less."""
    full_scan_every: Annotated[int, Field(ge=1, le=1000)] = 40
    """Sampled frames from one search for new faces to the next; 1 searches every frame whole: slow, thorough."""


class TrackingSettings(Settings):
    """How detections become tracks."""

    longest_gap_s: Annotated[float, Field(ge=0, le=60)] = 5.0
    """Seconds for which a face may be missed before its track ends."""


class ProcessingSettings(Settings):
    """Everything that decides which rows a recording gives."""

    sample_fps: Annotated[float, Field(gt=0, le=60)] = 2.0
    """Frames looked at per second of the recording."""
    piece_s: Annotated[float, Field(ge=1, le=3600)] = 60.0
    """Seconds of a recording that are read at once, by one process; longer where key frames are far apart."""
    detection: DetectionSettings = DetectionSettings()
    tracking: TrackingSettings = TrackingSettings()

    def canonical_json(self) -> str:
        """Return the settings as JSON with sorted keys and no spaces."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()
