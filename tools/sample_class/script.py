"""The seeded script: what each student's face and head do at every moment of a lesson."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import NamedTuple

from sample_class.expressions import EXPRESSIONS
from sample_class.lessons import Lesson

FULL_TURN = 6.2832
COUNTS_FROM = 0.25
"""Strength from which a face is labelled with its expression."""
BLINK_S = 0.28


class Episode(NamedTuple):
    """A stretch of one expression: start and end in seconds, and its peak strength, 0 to 1."""

    start: float
    end: float
    expression: str
    peak: float


class Turn(NamedTuple):
    """A turn of the head: start and end in seconds, side, and how far, 0 to 1."""

    start: float
    end: float
    side: str
    peak: float


class Sway(NamedTuple):
    """How the webcam picture is moved: pixels, degrees, and a factor of its size."""

    dx: float
    dy: float
    degrees: float
    scale: float


def smooth(x: float) -> float:
    """Return the smooth step from 0 to 1, clipped outside."""
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


def labelled(channel: str, amount: float) -> tuple[str, float]:
    """Return the truth of a state: label and strength drawn, 0 to 1."""
    if channel not in EXPRESSIONS:
        return "neutral", 0.0
    return (channel if amount >= COUNTS_FROM else "neutral"), amount


def episodes(lesson: Lesson, student: str) -> list[Episode]:
    """Return one student's episodes in order of time; they do not overlap."""
    rng = random.Random(f"{lesson.seed}-{student}")
    reactions = []
    for event in lesson.events:
        if rng.random() < event.share:
            start = event.at + rng.uniform(-0.8, 0.8)
            end = start + rng.uniform(4, 6.5)
            reactions.append(Episode(start, end, event.expression, rng.uniform(0.75, 1)))
    own, t = [], rng.uniform(1, lesson.gap[1])
    while t < lesson.seconds - 3:
        length = rng.uniform(3, 8)
        episode = Episode(t, t + length, _drawn(rng, lesson.weights), rng.uniform(0.5, 1))
        if all(episode.end + 1.5 < other.start or episode.start > other.end + 1.5 for other in reactions):
            own.append(episode)
        t += length + rng.uniform(*lesson.gap)
    return sorted(reactions + own)


def intensity_at(episode: Episode, t: float) -> float:
    """Return the strength of an episode, 0 to 1: quick onset, slightly wavering hold, slower release."""
    start, end, _, peak = episode
    if not start < t < end:
        return 0.0
    waver = 1 - 0.06 * (1 + math.sin(2.1 * (t - start) + start))
    return peak * waver * smooth((t - start) / 0.6) * smooth((end - t) / 0.9)


def _drawn(rng: random.Random, weights: Mapping[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


class Actor:
    """One student in one lesson, as functions of the time in seconds.

    Attributes:
        zoom: Size of the picture in the tile, relative to how it was rendered.
    """

    def __init__(self, lesson: Lesson, student: str) -> None:
        self._lesson, self._student = lesson, student
        self._episodes = episodes(lesson, student)
        # Each draw follows on the one before: their order decides the lesson.
        rng = random.Random(f"move-{lesson.seed}-{student}")
        self._waves = [(rng.uniform(0.04, 0.16), rng.uniform(0, 6.28)) for _ in range(8)]
        self.zoom = rng.uniform(0.97, 1.07)
        self._turns = self._draw_turns(rng)
        self._blinks = self._draw_blinks(rng)

    def present(self, t: float) -> bool:
        """Return whether the student is in the meeting."""
        return self._lesson.joins.get(self._student, 0) <= t < self._lesson.leaves.get(self._student, math.inf)

    def camera_on(self, t: float) -> bool:
        """Return whether the student's camera is on."""
        start, end = self._lesson.camera_off.get(self._student, (math.inf, math.inf))
        return not start <= t < end

    def face(self, t: float) -> tuple[str, float]:
        """Return the channel that moves the face, and how far, 0 to 1.

        The channel is an expression, ``blink``, ``yaw_left``, ``yaw_right`` or ``neutral``.
        """
        for episode in self._episodes:
            if episode.start < t < episode.end:
                return episode.expression, intensity_at(episode, t)
        for start, end, side, peak in self._turns:
            if start < t < end:
                return f"yaw_{side}", peak * smooth((t - start) / 0.5) * smooth((end - t) / 0.5)
        for start in self._blinks:
            if start < t < start + BLINK_S:
                return "blink", smooth((t - start) / 0.1) * smooth((start + BLINK_S - t) / 0.14)
        return "neutral", 0.0

    def sway(self, t: float) -> Sway:
        """Return the small smooth motion of the picture."""
        s = [math.sin(FULL_TURN * frequency * t + phase) for frequency, phase in self._waves]
        return Sway(
            4 * s[0] + 2 * s[1],
            2.5 * s[2] + 1.5 * s[3],
            0.7 * s[4] + 0.4 * s[5],
            self.zoom * (1 + 0.012 * s[6]),
        )

    def light(self, t: float) -> float:
        """Return the flickering brightness of the webcam, about 1."""
        frequency, phase = self._waves[7]
        slow, fast = (math.sin(FULL_TURN * f * t + phase) for f in (frequency, 3.1))
        return 1 + 0.012 * slow + 0.004 * fast

    def _quiet(self, start: float, end: float) -> bool:
        return all(end < episode.start - 0.1 or start > episode.end + 0.1 for episode in self._episodes)

    def _draw_turns(self, rng: random.Random) -> list[Turn]:
        turns, t = [], rng.uniform(2, 10)
        while t < self._lesson.seconds - 3:
            length = rng.uniform(1.6, 4)
            if self._quiet(t, t + length):
                turns.append(Turn(t, t + length, rng.choice(["left", "right"]), rng.uniform(0.4, 1)))
            t += length + rng.uniform(4, 14)
        return turns

    def _draw_blinks(self, rng: random.Random) -> list[float]:
        blinks, t = [], rng.uniform(0.5, 4)
        while t < self._lesson.seconds - 1:
            if self._quiet(t, t + 0.3) and all(t + 0.3 < turn.start or t > turn.end for turn in self._turns):
                blinks.append(t)
            t += rng.uniform(2.2, 6)
        return blinks
