"""``emotionkit train``: make the network's weights anew."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emotionkit.cli.output import FilePath, progress_console

if TYPE_CHECKING:
    from emotionkit.emotions.training_settings import Precision

_USUAL_BACKEND = "jax"
_BACKENDS = ("jax", "torch", "tensorflow")


@click.command()
@click.argument("data", metavar="DATA", type=FilePath)
@click.option("--run", type=FilePath, metavar="DIR", default="runs/latest", help="Checkpoints, curves, finished model.")
@click.option("--epochs", type=click.IntRange(min=1), metavar="N", help="Passes over the faces.")
@click.option("--seed", type=int, metavar="N", help="Another seed gives another network.")
@click.option(
    "--precision",
    type=click.Choice(["float32", "mixed_bfloat16"]),
    default="float32",
    help="bfloat16 halves the time where the processor has it.",
)
@click.option(
    "--teacher", "teachers", type=FilePath, metavar="DIR", multiple=True, help="A model to learn from; or several."
)
@click.option("--as-teacher", is_flag=True, help="A network a dozen times as large, to be learned from.")
def train(
    data: Path,
    run: Path,
    epochs: int | None,
    seed: int | None,
    precision: Precision,
    teachers: tuple[Path, ...],
    *,
    as_teacher: bool,
) -> None:
    """Train the network anew.

    DATA is a folder with fer2013/ and press-faces/. Needs the extra "train". An interrupted run goes on where it was;
    another needs another folder.
    """
    _choose_backend()
    from emotionkit.emotions.backend import computing_in
    from emotionkit.emotions.classifier import EmotionClassifier
    from emotionkit.emotions.datasets import load_fer2013
    from emotionkit.emotions.examples import load_training_data
    from emotionkit.emotions.release import release_model
    from emotionkit.emotions.teaching import Teachers, teacher_settings
    from emotionkit.emotions.training import train as train_network
    from emotionkit.emotions.training import trained_network
    from emotionkit.emotions.training_settings import TrainingSettings

    usual = teacher_settings(TrainingSettings()) if as_teacher else TrainingSettings()
    with computing_in(precision):
        models = [EmotionClassifier.load(folder) for folder in teachers]
    settings = replace(
        usual,
        epochs=epochs or usual.epochs,
        seed=usual.seed if seed is None else seed,
        precision=precision,
        teachers=tuple(model.sha256 for model in models),
    )

    teach = Teachers([model.network for model in models], settings.teachers_share) if models else None
    faces = load_training_data(data, settings)
    validation = load_fer2013(data / "fer2013" / "validation.npz")
    console = progress_console()
    for figures in train_network(faces.examples, settings, run, validation=validation, teach=teach):
        console.print("  ".join(f"{name} {value:.4g}" for name, value in figures.items()), highlight=False)
    release_model(trained_network(run, settings), faces, settings, run / "model")
    click.echo(run / "model")


def _choose_backend() -> None:
    """Let Keras use a backend that can train, JAX unless the user chose another; Keras must not be imported yet.

    Raises:
        click.UsageError: The backend is not installed, or cannot train.
    """
    backend = os.environ.setdefault("KERAS_BACKEND", _USUAL_BACKEND)
    if backend not in _BACKENDS:
        raise click.UsageError(f"KERAS_BACKEND={backend} cannot train; use one of {', '.join(_BACKENDS)}.")
    if importlib.util.find_spec(backend) is None:
        raise click.UsageError(f"Training needs {backend}: install emotionkit with the extra, emotionkit[train].")
