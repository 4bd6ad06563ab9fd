"""``emotionkit train``: make the network's weights anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from emotionkit.cli.output import FilePath, progress_console


@click.command()
@click.argument("data", metavar="DATA", type=FilePath)
@click.option("--run", type=FilePath, metavar="DIR", default="runs/latest", help="Checkpoints, curves, finished model.")
@click.option("--epochs", type=click.IntRange(min=1), metavar="N", help="Passes over the faces.")
@click.option("--seed", type=int, metavar="N", help="Another seed gives another network.")
def train(data: Path, run: Path, epochs: int | None, seed: int | None) -> None:
    """Train the network anew.

    DATA is a folder with fer2013/ and press-faces/. Needs the extra "train". An interrupted run goes on where it was.
    """
    from emotionkit.emotions.datasets import load_fer2013
    from emotionkit.emotions.examples import load_training_data
    from emotionkit.emotions.release import release_model
    from emotionkit.emotions.training import load_checkpoint
    from emotionkit.emotions.training import train as train_network
    from emotionkit.emotions.training_settings import TrainingSettings

    usual = TrainingSettings()
    settings = replace(usual, epochs=epochs or usual.epochs, seed=usual.seed if seed is None else seed)
    faces = load_training_data(data, settings)
    validation = load_fer2013(data / "fer2013" / "validation.npz")
    console = progress_console()
    for figures in train_network(faces.examples, settings, run, validation=validation):
        console.print("  ".join(f"{name} {value:.4g}" for name, value in figures.items()), highlight=False)
    release_model(load_checkpoint(run), faces, settings, run / "model")
    click.echo(run / "model")
