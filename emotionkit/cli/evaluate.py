"""``emotionkit evaluate``: how good the network is on labelled faces."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotionkit.cli.output import JsonOption, print_json

if TYPE_CHECKING:
    from emotionkit.emotions.evaluation import Evaluation


def evaluate(
    data: Annotated[Path, typer.Argument(metavar="FACES.npz", help="FER2013 with the votes of FER+, one split.")],
    model: Annotated[Path | None, typer.Option(metavar="DIR", help="Another model than the shipped one.")] = None,
    json: JsonOption = False,
) -> None:
    """Measure the network on labelled faces: accuracy, recall, calibration, size."""
    from emotionkit.emotions.classifier import EmotionClassifier
    from emotionkit.emotions.datasets import load_fer2013
    from emotionkit.emotions.evaluation import evaluate as measure
    from emotionkit.emotions.weights import SHIPPED

    faces = load_fer2013(data)
    classifier = EmotionClassifier.load(model or SHIPPED)
    result = measure(classifier, faces)
    cost = {"parameters": classifier.parameters, "multiply_adds": classifier.multiply_adds}
    if json:
        print_json(asdict(result) | cost)
    else:
        typer.echo(_table(result, **cost))


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
