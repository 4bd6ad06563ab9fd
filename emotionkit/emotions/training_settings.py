"""What decides the outcome of a training run."""

from __future__ import annotations

from dataclasses import dataclass, field

from emotionkit.emotions.shape import NetworkShape


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What decides the outcome of a training run.

    Attributes:
        epochs: Passes over the training faces.
        batch_size: Faces per step.
        learning_rate: Peak rate of AdamW, reached after the warm-up, then falling along a cosine to zero.
        weight_decay: Decoupled weight decay of the kernels.
        warmup_epochs: Length of the linear warm-up.
        original_weight: Weight of the loss on the original labels; the loss on the votes weighs 1.
        press_weight: Weight of a press face, labelled by one person, against 1 for a face with ten votes.
        press_common: Most press faces taken per class, since two classes make up most of them.
        label_smoothing: Share of a single label that is spread over all classes.
        seed: Decides initial weights, order, augmentation and dropout.
        shape: The network.
    """

    epochs: int = 36
    batch_size: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    warmup_epochs: float = 1.0
    original_weight: float = 0.3
    press_weight: float = 0.5
    press_common: int = 1200
    label_smoothing: float = 0.05
    seed: int = 20260914
    shape: NetworkShape = field(default_factory=NetworkShape)
