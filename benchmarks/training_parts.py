"""What each part of the training brings: short trainings, each without one of them, measured on FER2013 PublicTest.

KERAS_BACKEND=torch python benchmarks/training_parts.py DATA [PART...] [--epochs 6] [--run runs/parts]

Needs the extra "train"; six minutes a part on two cores. A part that was begun goes on, one that was trained is read.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from emotionkit.emotions.backend import keras
from emotionkit.emotions.classifier import EmotionClassifier
from emotionkit.emotions.datasets import LabelledFaces, load_fer2013
from emotionkit.emotions.evaluation import class_recall, confusion_matrix
from emotionkit.emotions.examples import Examples, load_training_data, shares_shown
from emotionkit.emotions.pictures import Picture
from emotionkit.emotions.preprocess import resized
from emotionkit.emotions.robustness import CONDITIONS
from emotionkit.emotions.shape import EXPRESSION_HEAD, ORIGINAL_HEAD
from emotionkit.emotions.teaching import Teachers
from emotionkit.emotions.training import predict_logits, train, trained_network
from emotionkit.emotions.training_settings import TrainingSettings


def unaltered(examples: Examples) -> Examples:
    """Return the examples."""
    return examples


@dataclass(frozen=True)
class Part:
    """A training that differs from the whole one: in settings, faces, functions put in others' place, or a teacher."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    faces: Callable[[Examples], Examples] = unaltered
    instead: Mapping[str, object] = field(default_factory=dict)
    is_taught: bool = False


def single_labels(examples: Examples) -> Examples:
    """Let the commonest vote stand for all, smoothed as single labels are."""
    votes = examples.targets[EXPRESSION_HEAD]
    smoothing, classes = TrainingSettings().label_smoothing, votes.shape[1]
    single = np.eye(classes, dtype=np.float32)[votes.argmax(axis=1)] * (1 - smoothing) + smoothing / classes
    return replace(examples, targets=examples.targets | {EXPRESSION_HEAD: single})


def without_press(examples: Examples) -> Examples:
    """Leave the press faces out, which are those without an original label."""
    kept = examples.weights[ORIGINAL_HEAD] > 0
    return Examples(
        examples.images[kept],
        {head: target[kept] for head, target in examples.targets.items()},
        {head: weight[kept] for head, weight in examples.weights.items()},
        examples.draws[kept],
    )


def mirrored_only(image: Picture, rng: np.random.Generator) -> Picture:
    """Turn every other face round."""
    return np.ascontiguousarray(image[:, ::-1]) if rng.random() < 0.5 else image


PARTS = {
    "whole": Part(),
    "whole, another seed": Part({"seed": 2}),
    "one label instead of votes": Part(faces=single_labels),
    "no press faces": Part(faces=without_press),
    "rare ones no oftener": Part({"rare_draws": (1.0, 1.0)}),
    "no mixing": Part({"mixup": 0.0}),
    "no faults": Part({"faults": 0.0}),
    "mirrored only": Part(instead={"batches.reframe": mirrored_only, "batches.worsen": lambda face, *_: face}),
    "no original labels": Part({"original_weight": 0.0}),
    "no gates": Part(instead={"network._squeeze_and_excite": lambda x: x}),
    "taught by the shipped": Part(is_taught=True),
}


def main() -> None:
    """Train what is asked for and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("parts", nargs="*", default=[], metavar="PART", help=f"of {', '.join(PARTS)}; all unless given")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--run", type=Path, default=Path("runs/parts"))
    parser.add_argument("--limit", type=int, default=0, help="train on so many faces of either kind")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    validation = load_fer2013(asked.data / "fer2013" / "validation.npz")
    conditions = "; ".join(condition.name for condition in CONDITIONS)
    print(f"{'':<28}{'majority':>9}{'macro':>7}{'balanced':>10}{'original':>10}  lost: {conditions}")
    for name in asked.parts or PARTS:
        part = PARTS[name]
        # The average forgets fast enough for a short training.
        settings = replace(
            TrainingSettings(),
            epochs=asked.epochs,
            warmup_epochs=0.5,
            average_decay=0.998,
            precision="mixed_bfloat16",
            **part.settings,
        )
        # What is held out stays the same with another seed.
        held_out = replace(settings, seed=TrainingSettings().seed)
        with ExitStack() as replaced:
            for place, other in part.instead.items():
                replaced.enter_context(patch(f"emotionkit.emotions.{place}", other))
            examples = part.faces(load_training_data(asked.data, held_out, limit=asked.limit).examples)
            run = asked.run / name.replace(" ", "-").replace(",", "")
            teach = Teachers([EmotionClassifier.load().network], settings.teachers_share) if part.is_taught else None
            for figures in train(examples, settings, run, teach=teach):
                print(f"{name}: {figures}", file=sys.stderr)
            print(row(name, trained_network(run, settings), examples, validation), flush=True)


def row(name: str, network: keras.Model, examples: Examples, validation: LabelledFaces) -> str:
    """Return what a network is measured to be, as a line of the table."""
    faces = validation.take(validation.clear())
    truth = faces.majority()
    logits = predict_logits(network, validation.images)
    probabilities = softmax(logits[EXPRESSION_HEAD][validation.clear()], axis=1)
    balanced = probabilities / shares_shown(examples)
    right = accuracy(probabilities, truth)
    original = accuracy(logits[ORIGINAL_HEAD], validation.labels)
    line = f"{name:<28}{right:>9.1%}{macro(probabilities, truth):>7.1%}{macro(balanced, truth):>10.1%}"
    lost = []
    for condition in CONDITIONS:
        worse = np.stack([resized(condition.apply(image, condition.judged_at)) for image in faces.images])
        lost.append(right - accuracy(predict_logits(network, worse)[EXPRESSION_HEAD], truth))
    return f"{line}{original:>10.1%}  {' '.join(f'{points * 100:.1f}' for points in lost)}"


def accuracy(scores: NDArray[np.float32], truth: NDArray[Any]) -> float:
    """Return the share of faces whose highest score is that of the true class."""
    return float((scores.argmax(axis=1) == truth).mean())


def macro(scores: NDArray[np.floating], truth: NDArray[np.intp]) -> float:
    """Return the macro-averaged recall."""
    return float(np.nanmean(class_recall(confusion_matrix(truth, scores.argmax(axis=1)))))


if __name__ == "__main__":
    main()
