"""The network's outline, apart from Keras, so that a model can be named without being loaded."""

from __future__ import annotations

from dataclasses import dataclass

EXPRESSION_HEAD = "expression"
"""Output trained on the votes of ten annotators (FER+)."""

ORIGINAL_HEAD = "original"
"""Output trained on the original FER2013 labels; used to compare with the literature."""


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """Channels of the stem and of the residual stages, each stage at half the resolution of the one before."""

    stem: int = 24
    stages: tuple[int, ...] = (24, 56, 112, 192)
    dropout: float = 0.2
