"""The shipped weights: a file of numbers and a manifest that says what they are, checked before use."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from emotionkit.config import Settings
from emotionkit.emotions.shape import NetworkShape
from emotionkit.errors import ModelError

SHIPPED = Path(__file__).parent / "shipped"
"""Folder of the weights that come with the package."""

_WEIGHTS = "expression.weights.h5"
_MANIFEST = "manifest.json"
_EVALUATION = "evaluation.json"

_PerEmotion = Annotated[tuple[float, ...], Field(min_length=7, max_length=7)]


class Manifest(Settings):
    """What belongs to a weights file.

    Attributes:
        sha256: SHA-256 of the weights file.
        shape: The network's channels.
        temperature: Divisor of the expression logits, fitted on held-out faces (Guo et al., 2017,
            https://arxiv.org/abs/1706.04599).
        bias: Added to the expression logits after that, per emotion: undoes what training was shown more often, and
            moves from the class shares of the training faces to ``prior``.
        prior: Share of each emotion that the probabilities are calibrated for, sums to 1.
        trained: How the weights came about, in words.
        activations: Range of what goes into each convolution, in the order of the layers, measured on faces of the
            training; empty if the network is not to be read in eight bits.
    """

    sha256: str
    shape: NetworkShape
    temperature: Annotated[float, Field(gt=0)]
    bias: _PerEmotion
    prior: _PerEmotion
    trained: str
    activations: tuple[tuple[float, float], ...] = ()


def read_manifest(folder: Path = SHIPPED) -> Manifest:
    """Return the manifest of the weights in ``folder``.

    Raises:
        ModelError: There is none, or it does not have the expected form.
    """
    path = folder / _MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelError(f"The model's manifest {path} cannot be read; reinstall emotionkit.") from error


def verified_weights(folder: Path = SHIPPED) -> tuple[Path, Manifest]:
    """Return the weights file and its manifest once the file's SHA-256 has been found right.

    Raises:
        ModelError: The file is missing or was changed.
    """
    manifest = read_manifest(folder)
    path = weights_path(folder)
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"The model's weights {path} cannot be read; reinstall emotionkit.") from error
    if found != manifest.sha256:
        raise ModelError(
            f"The model's weights {path} were changed: expected SHA-256 {manifest.sha256[:12]}…, found {found[:12]}…."
        )
    return path, manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest beside the weights."""
    (folder / _MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n")


def weights_path(folder: Path) -> Path:
    """Return where the weights lie in a model folder."""
    return folder / _WEIGHTS


def evaluation_path(folder: Path = SHIPPED) -> Path:
    """Return where a model folder keeps what the model's evaluation came to."""
    return folder / _EVALUATION
