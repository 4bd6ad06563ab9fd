"""The network's outline, apart from Keras, so that a model can be named without being loaded."""

from __future__ import annotations

from dataclasses import dataclass

EXPRESSION_HEAD = "expression"
"""Output trained on the votes of ten annotators (FER+)."""

ORIGINAL_HEAD = "original"
"""Output trained on the original FER2013 labels; used to compare with the literature."""


USABLE_HEAD = "usable"
"""Output that says whether a crop shows a face well enough to be read."""


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """What the network is built from.

    Attributes:
        stem: Channels of the first convolution.
        stages: Channels of the residual stages, each stage at half the resolution of the one before.
        blocks: Residual blocks in each stage.
        dropout: Share of the last features left out in training.
    """

    stem: int = 24
    stages: tuple[int, ...] = (24, 56, 112, 192)
    blocks: tuple[int, ...] = (1, 2, 2, 1)
    dropout: float = 0.2
