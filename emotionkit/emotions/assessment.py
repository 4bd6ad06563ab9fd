"""Everything that is measured of a model, in one record that is kept beside its weights."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from emotionkit.emotions.classifier import EmotionClassifier
from emotionkit.emotions.datasets import LabelledFaces
from emotionkit.emotions.evaluation import Evaluation, evaluate
from emotionkit.emotions.robustness import RobustnessPoint, robustness_curves
from emotionkit.emotions.usability import ThresholdCost, threshold_costs
from emotionkit.emotions.weights import SHIPPED, evaluation_path
from emotionkit.errors import ModelError


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was measured of a model on one set of labelled faces.

    Attributes:
        model_sha256: The weights that were measured.
        trained: How they came about.
        prior: Share of each emotion that the probabilities are calibrated for.
        faces_file: Name of the file of labelled faces.
        plain: Figures of the product's reading.
        flip_averaged: Figures with the logits of a face and its mirror image averaged.
        usable: Mean of what the network thinks of being able to read the faces as they are.
        robustness: Curves over worse and worse faces, product's reading.
        thresholds: What asking for a least usability costs.
    """

    model_sha256: str
    trained: str
    prior: tuple[float, ...]
    faces_file: str
    plain: Evaluation
    flip_averaged: Evaluation
    usable: float
    robustness: tuple[RobustnessPoint, ...]
    thresholds: tuple[ThresholdCost, ...]

    def loss(self, point: RobustnessPoint) -> float:
        """Return by how much accuracy falls at a point of a robustness curve, as a share."""
        return self.plain.accuracy - point.accuracy


def assess(folder: Path, faces: LabelledFaces, faces_file: str) -> Assessment:
    """Measure the model in a folder on labelled faces; about a minute for three thousand.

    Raises:
        ModelError: The model cannot be loaded.
        InvalidInputError: No face has a clear majority.
    """
    classifier = EmotionClassifier.load(folder)
    plain = evaluate(classifier, faces)
    clear = faces.take(faces.clear())
    truth = clear.majority()
    return Assessment(
        model_sha256=classifier.sha256,
        trained=classifier.trained,
        prior=tuple(classifier.prior.tolist()),
        faces_file=faces_file,
        plain=plain,
        flip_averaged=evaluate(EmotionClassifier.load(folder, flip_averaging=True), faces),
        usable=float(classifier.read(list(clear.images)).usable.mean()),
        robustness=robustness_curves(classifier, clear.images, truth),
        thresholds=threshold_costs(classifier, clear.images, truth),
    )


def write_assessment(assessment: Assessment, folder: Path = SHIPPED) -> None:
    """Keep an assessment beside the weights that it is of."""
    evaluation_path(folder).write_text(json.dumps(asdict(assessment), indent=1) + "\n")


def read_assessment(folder: Path = SHIPPED) -> Assessment:
    """Return the assessment of the model in a folder.

    Raises:
        ModelError: There is none, or it does not have the expected form.
    """
    path = evaluation_path(folder)
    try:
        return TypeAdapter(Assessment).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelError(f"The model's evaluation {path} cannot be read; reinstall emotionkit.") from error
