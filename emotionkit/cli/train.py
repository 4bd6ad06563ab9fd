"""``emotionkit train``: make the network's weights anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from emotionkit.cli.output import progress_console


def train(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Folder with fer2013/ and press-faces/.")],
    run: Annotated[Path, typer.Option(metavar="DIR", help="Checkpoints, curves and the finished model.")] = Path(
        "runs/latest"
    ),
    epochs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Passes over the faces.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Another seed gives another network.")] = None,
) -> None:
    """Train the network (extra "train"); an interrupted run goes on where it was."""
    from emotionkit.emotions.datasets import load_fer2013
    from emotionkit.emotions.examples import load_training_data
    from emotionkit.emotions.release import release_model
    from emotionkit.emotions.training import load_checkpoint
    from emotionkit.emotions.training import train as train_network
    from emotionkit.emotions.training_settings import TrainingSettings

    given = {name: value for name, value in {"epochs": epochs, "seed": seed}.items() if value is not None}
    settings = TrainingSettings(**given)
    faces = load_training_data(data, settings)
    validation = load_fer2013(data / "fer2013" / "validation.npz")
    console = progress_console()
    for figures in train_network(faces.examples, settings, run, validation=validation):
        console.print("  ".join(f"{name} {value:.4g}" for name, value in figures.items()), highlight=False)
    release_model(load_checkpoint(run), faces, settings, run / "model")
    typer.echo(run / "model")
