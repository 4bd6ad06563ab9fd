"""The learning rate over a training: along a cosine to zero, and along shorter ones after that."""

from __future__ import annotations

import math
from typing import Any

from emotionkit.emotions.backend import keras
from emotionkit.emotions.training_settings import TrainingSettings

_FIRST = 1 / 20
"""Share of the peak rate with which the warm-up begins."""


class LearningRates(keras.optimizers.schedules.LearningRateSchedule):
    """The rate at each step.

    A linear warm-up and a cosine (Loshchilov and Hutter, 2017, https://arxiv.org/abs/1608.03983), then a shorter cosine
    for each cycle of stochastic weight averaging (Izmailov et al., 2018, https://arxiv.org/abs/1803.05407).

    Args:
        settings: Say how high the rates are and how long they last.
        steps: Steps per epoch.
    """

    def __init__(self, settings: TrainingSettings, steps: int) -> None:
        self._settings = settings
        self._steps = steps
        warmup = math.ceil(settings.warmup_epochs * steps)
        self._main = settings.main_epochs * steps
        self._cosine = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=settings.learning_rate * _FIRST,
            decay_steps=max(1, self._main - warmup),
            warmup_target=settings.learning_rate,
            warmup_steps=warmup,
        )

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step, counted from 0."""
        ops = keras.ops
        step = ops.cast(step, "float32")
        done = (step - self._main) / max(1, self._settings.cycle_epochs * self._steps)
        again = self._settings.cycle_learning_rate * (1 + ops.cos(math.pi * (done - ops.floor(done)))) / 2
        return ops.where(step < self._main, self._cosine(step), again)
