"""Settings of the analysis; every result carries the ones that made it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from emotionkit.config import Settings


class AnalysisSettings(Settings):
    """What counts as a usable face, who counts as a student, and how intervals are made."""

    minimum_quality: Annotated[float, Field(ge=0, le=1)] = 0.2
    """Faces of a lower ``quality`` are left out, and counted."""
    full_presence: Annotated[float, Field(gt=0, le=1)] = 0.1
    """Share of the lesson from which a person weighs as one student; a shorter presence weighs in proportion."""
    block_s: Annotated[float, Field(gt=0, le=3600)] = 30.0
    """Seconds of the blocks of time that are drawn together."""
    resamples: Annotated[int, Field(ge=100, le=100_000)] = 1000
    """Bootstrap resamples."""
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    """Nominal coverage of the intervals."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Seed of the resampling: the same rows give the same intervals."""
