"""What decides the outcome of a training run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from emotionkit.emotions.shape import NetworkShape

Precision = Literal["float32", "mixed_bfloat16"]


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What decides the outcome of a training run.

    Attributes:
        epochs: Passes over the training faces, those of the cycles among them.
        batch_size: Examples per step, the unusable ones among them.
        learning_rate: Peak rate of AdamW, reached after the warm-up, then falling along a cosine to zero.
        cycles: How often training begins again at the end, faces unmixed; the mean of what each cycle ends with is
            released. A run too short for them has none.
        cycle_epochs: Length of a cycle.
        cycle_learning_rate: Rate with which a cycle begins, falling along a cosine to zero.
        weight_decay: Decoupled weight decay of the kernels.
        warmup_epochs: Length of the linear warm-up.
        average_decay: Decay per step of the exponential moving average of the weights.
        original_weight: Weight of the loss on the original labels; the loss on the votes weighs 1.
        usable_weight: Weight of the loss on whether a crop can be read.
        press_weight: Weight of a press face, labelled by one person, against 1 for a face with ten votes.
        press_common: Press faces shown per class and epoch at most, since two classes make up most of them.
        rare_draws: How often per epoch a face is shown of which annotators think disgust, or fear, likely.
        label_smoothing: Share of a single label that is spread over all classes.
        faults: Share of faces that are shown with a camera's faults: blurred, small, dark, noisy, compressed.
        mixup: Parameter of the beta distribution of mixing shares (Zhang et al., 2018,
            https://arxiv.org/abs/1710.09412), used on every other face before the cycles; 0 for none.
        unusable_share: Share of a batch made of crops that nobody could read.
        prior_softening: How far the released prior lies from the class shares of FER2013 towards equal ones, 0 to 1.
        teachers: SHA-256 of the weights of the networks that are learned from.
        teachers_share: Of what teachers read, in the target of a face that has a label.
        precision: What layers compute in. bfloat16 halves the time where the processor has it.
        seed: Decides initial weights, order, augmentation and dropout.
        shape: The network.
    """

    epochs: int = 90
    batch_size: int = 128
    learning_rate: float = 3e-3
    cycles: int = 2
    cycle_epochs: int = 10
    cycle_learning_rate: float = 1.2e-3
    weight_decay: float = 0.05
    warmup_epochs: float = 1.0
    average_decay: float = 0.9995
    original_weight: float = 1.0
    usable_weight: float = 0.2
    press_weight: float = 0.5
    press_common: int = 1500
    rare_draws: tuple[float, float] = (3.0, 1.5)
    label_smoothing: float = 0.05
    faults: float = 0.45
    mixup: float = 0.3
    unusable_share: float = 0.08
    prior_softening: float = 0.3
    teachers: tuple[str, ...] = ()
    teachers_share: float = 0.5
    precision: Precision = "float32"
    seed: int = 20261125
    shape: NetworkShape = field(default_factory=NetworkShape)

    @property
    def main_epochs(self) -> int:
        """Epochs before the cycles: all where those would leave none."""
        before = self.epochs - self.cycles * self.cycle_epochs
        return before if before > 0 else self.epochs

    def cycle_ended(self, epochs: int) -> int | None:
        """Return which cycle ends with so many epochs, counted from 1, or None."""
        since = epochs - self.main_epochs
        return since // self.cycle_epochs if since > 0 and since % self.cycle_epochs == 0 else None
