"""``emotionkit evaluate``: how good the network is on labelled faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emotionkit.cli.output import FilePath, json_option, print_json

if TYPE_CHECKING:
    from emotionkit.emotions.assessment import Assessment


@click.command()
@click.argument("faces_file", metavar="FACES.npz", type=FilePath)
@click.option("--model", type=FilePath, metavar="DIR", help="Another model than the shipped one.")
@click.option(
    "--card", type=FilePath, metavar="FILE", help="Write the model card, and keep the figures with the model."
)
@json_option
def evaluate(faces_file: Path, model: Path | None, card: Path | None, as_json: bool) -> None:
    """Measure the network on labelled faces.

    Accuracy, calibration, what worse faces cost, and when it should not answer; a minute for three thousand faces.
    """
    from emotionkit.emotions.assessment import assess, write_assessment
    from emotionkit.emotions.datasets import load_fer2013
    from emotionkit.emotions.model_card import model_card
    from emotionkit.emotions.weights import SHIPPED

    folder = model or SHIPPED
    assessment = assess(folder, load_fer2013(faces_file), faces_file.name)
    if card is not None:
        _keep(lambda: write_assessment(assessment, folder), f"beside the model in {folder}")
        _keep(lambda: card.write_text(model_card(assessment), encoding="utf-8"), f"to {card}")
    if as_json:
        print_json(asdict(assessment))
    else:
        click.echo(_table(assessment))


def _keep(write: Callable[[], object], where: str) -> None:
    try:
        write()
    except OSError as error:
        raise click.ClickException(f"Nothing can be written {where}: {error.strerror}.") from error


def _table(assessment: Assessment) -> str:
    plain, flipped = assessment.plain, assessment.flip_averaged
    judged = [point for point in assessment.robustness if point.judged]
    lines = [
        ("FER+ majority, accuracy", f"{plain.accuracy:.1%} of {plain.faces}"),
        ("  flip averaged", f"{flipped.accuracy:.1%}"),
        ("  macro-averaged recall", f"{plain.macro_recall:.1%}"),
        ("  the same, balanced reading", f"{plain.balanced_macro_recall:.1%}"),
        ("  expected calibration error", f"{plain.calibration_error:.1%}"),
        *(
            (f"  recall, {name}", "no faces" if share is None else f"{share:.1%}")
            for name, share in plain.recall.items()
        ),
        ("original labels, accuracy", f"{plain.original_accuracy:.1%} of {plain.original_faces}"),
        ("  flip averaged", f"{flipped.original_accuracy:.1%}"),
        *(
            (f"{point.condition} {point.strength:g}", f"{point.accuracy:.1%}, {assessment.loss(point) * 100:.1f} lost")
            for point in judged
        ),
        ("parameters", f"{plain.parameters:,}"),
        ("multiply-adds per face", f"{plain.multiply_adds / 1e6:.1f} M"),
    ]
    return "\n".join(f"{name:<34}{figure}" for name, figure in lines)
