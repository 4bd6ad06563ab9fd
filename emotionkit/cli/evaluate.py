"""``emotionkit evaluate``: how good the network is on labelled faces."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emotionkit.cli.output import FilePath, json_option, print_json

if TYPE_CHECKING:
    from emotionkit.emotions.evaluation import Evaluation


@click.command()
@click.argument("faces_file", metavar="FACES.npz", type=FilePath)
@click.option("--model", type=FilePath, metavar="DIR", help="Another model than the shipped one.")
@json_option
def evaluate(faces_file: Path, model: Path | None, as_json: bool) -> None:
    """Measure the network on labelled faces."""
    from emotionkit.emotions.classifier import EmotionClassifier
    from emotionkit.emotions.datasets import load_fer2013
    from emotionkit.emotions.evaluation import evaluate as measure
    from emotionkit.emotions.weights import SHIPPED

    faces = load_fer2013(faces_file)
    classifier = EmotionClassifier.load(model or SHIPPED)
    result = measure(classifier, faces)
    cost = {"parameters": classifier.parameters, "multiply_adds": classifier.multiply_adds}
    if as_json:
        print_json(asdict(result) | cost)
    else:
        click.echo(_table(result, **cost))


def _table(result: Evaluation, parameters: int, multiply_adds: int) -> str:
    lines = [
        ("FER+ majority, accuracy", f"{result.accuracy:.1%} of {result.faces}"),
        ("  macro-averaged recall", f"{result.macro_recall:.1%}"),
        ("  the same, balanced reading", f"{result.balanced_macro_recall:.1%}"),
        ("  expected calibration error", f"{result.calibration_error:.1%}"),
        *(
            (f"  recall, {name}", "no faces" if share is None else f"{share:.1%}")
            for name, share in result.recall.items()
        ),
        ("original labels, accuracy", f"{result.original_accuracy:.1%} of {result.original_faces}"),
        ("parameters", f"{parameters:,}"),
        ("multiply-adds per face", f"{multiply_adds / 1e6:.1f} M"),
    ]
    return "\n".join(f"{name:<32}{figure}" for name, figure in lines)
