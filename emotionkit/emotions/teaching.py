"""Learning from networks that were trained before, beside what annotators said.

Knowledge distillation (Hinton, Vinyals and Dean, 2015, https://arxiv.org/abs/1503.02531) with teachers that are shown
each face as often as the learner, framed and mixed in the same way (Beyer et al., 2022,
https://arxiv.org/abs/2106.05237): what they say of a face that they know by heart would tell little beyond its label.
They see it before it is made worse, since that hides how the face looks, not what it expresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from emotionkit.emotions.backend import keras
from emotionkit.emotions.examples import PerHead
from emotionkit.emotions.shape import EXPRESSION_HEAD, ORIGINAL_HEAD, NetworkShape
from emotionkit.emotions.training_settings import TrainingSettings

TEACHER_SHAPE = NetworkShape(stem=48, stages=(96, 192, 384), blocks=(2, 2, 2), dropout=0.4)
"""A dozen times the arithmetic of the network that is shipped."""


def teacher_settings(usual: TrainingSettings) -> TrainingSettings:
    """Return how a network is trained that is to teach: larger, and with no camera's faults in its way."""
    return replace(usual, shape=TEACHER_SHAPE, epochs=30, cycles=0, faults=0.0, learning_rate=2e-3, average_decay=0.999)


class Teachers:
    """Puts what networks read into the targets of a batch.

    A face that has no label for a head is theirs alone.
    """

    def __init__(self, networks: Sequence[keras.Model], share: float) -> None:
        """Take networks with the heads of :func:`emotionkit.emotions.network.build_network`, of any size.

        Args:
            networks: The teachers; their logits are averaged.
            share: Of theirs in the target of a face that has a label, 0 to 1.
        """
        self._networks = networks
        self._share = np.float32(share)

    def __call__(self, faces: NDArray[np.float32], targets: PerHead, weights: PerHead) -> tuple[PerHead, PerHead]:
        """Return targets and weights to learn from.

        Args:
            faces: float32 (n, 1, 48, 48), as the network takes them.
            targets: Per head, float32 (n, classes).
            weights: Per head, float32 (n,); 0 where there is no label.
        """
        read = [network.predict_on_batch(faces) for network in self._networks]
        taught, weighed = dict(targets), dict(weights)
        for head in (EXPRESSION_HEAD, ORIGINAL_HEAD):
            lesson = softmax(np.mean([logits[head] for logits in read], axis=0), axis=1)
            labelled = weights[head] > 0
            theirs = np.where(labelled, self._share, np.float32(1))[:, np.newaxis]
            taught[head] = (1 - theirs) * targets[head] + theirs * lesson
            weighed[head] = np.where(labelled, weights[head], np.float32(1))
        return taught, weighed
