"""Learning from networks that were trained before, beside what annotators said.

Knowledge distillation (Hinton, Vinyals and Dean, 2015, https://arxiv.org/abs/1503.02531), with teachers that read the
faces as they are: once, however long the training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import softmax

from emotionkit.emotions.backend import keras
from emotionkit.emotions.examples import Examples
from emotionkit.emotions.training import predict_logits


def taught(examples: Examples, teachers: Sequence[keras.Model], share: float) -> Examples:
    """Return the examples with what teachers read in their targets; a face that has no label is theirs alone.

    Args:
        examples: What is learned.
        teachers: Networks with the heads of :func:`emotionkit.emotions.network.build_network`, of any size; their
            logits are averaged, and with those of the mirrored face.
        share: Of the teachers in the target of a face that has a label, 0 to 1.
    """
    views = examples.images, examples.images[:, :, ::-1]
    read = [predict_logits(teacher, images) for teacher in teachers for images in views]
    targets, weights = {}, {}
    for head, labels in examples.targets.items():
        lesson = softmax(np.mean([logits[head] for logits in read], axis=0), axis=1)
        labelled = examples.weights[head] > 0
        theirs = np.where(labelled, np.float32(share), np.float32(1))[:, np.newaxis]
        targets[head] = (1 - theirs) * labels + theirs * lesson
        weights[head] = np.where(labelled, examples.weights[head], np.float32(1))
    return replace(examples, targets=targets, weights=weights)
