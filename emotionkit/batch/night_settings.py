"""Where a nightly run works, and how."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emotionkit.config import ProcessingSettings
from emotionkit.policy import Policy
from emotionkit.project import ProjectSettings


@dataclass(frozen=True, slots=True)
class Places:
    """Where a nightly run reads and writes."""

    recordings: Path
    warehouse: Path
    reports: Path


@dataclass(frozen=True, slots=True)
class NightSettings:
    """How a nightly run works.

    Attributes:
        processing: What decides which rows a recording gives.
        project: What emotionkit.toml says.
        policy: What recordings are processed for.
        workers: Processes of one core each.
        longest_s: Seconds after which nothing new is begun; None for no limit.
        watch_s: Seconds for which young recordings are watched; None for the usual.
    """

    processing: ProcessingSettings
    project: ProjectSettings
    policy: Policy
    workers: int = 1
    longest_s: float | None = None
    watch_s: float | None = None
