"""How good the classifier is on labelled faces: accuracy, recall per class, calibration, cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emotionkit.emotions.classifier import EmotionClassifier
from emotionkit.emotions.datasets import LabelledFaces
from emotionkit.errors import InvalidInputError
from emotionkit.records import EMOTIONS

_CALIBRATION_BINS = 15


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """The faces whose confidence lies in one bin: how many, how confident, how often right."""

    faces: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures on one set of labelled faces; shares from 0 to 1.

    Attributes:
        faces: How many faces have a clear FER+ majority (more than five of ten votes for one of the seven).
        accuracy: Share of those that were read as the majority did.
        recall: The same per emotion, ``None`` where the set has no such face.
        precision: Share of the faces read as an emotion that show it, ``None`` where none was read so.
        macro_recall: Mean of ``recall``: every emotion counts alike.
        balanced_macro_recall: The same with probabilities divided by ``model.prior``.
        calibration_error: Expected calibration error in 15 bins of equal width.
        calibration: Those bins, from low confidence to high; the empty ones are left out.
        original_faces: How many faces have an original FER2013 label.
        original_accuracy: Share of those that the second head labels alike.
        confusion: Row per true emotion, column per emotion read; counts of clear faces.
        balanced_confusion: The same for the balanced reading.
        parameters: Numbers that the network consists of.
        multiply_adds: What one face costs, without flip averaging.
    """

    faces: int
    accuracy: float
    recall: dict[str, float | None]
    precision: dict[str, float | None]
    macro_recall: float
    balanced_macro_recall: float
    calibration_error: float
    calibration: tuple[CalibrationBin, ...]
    original_faces: int
    original_accuracy: float
    confusion: tuple[tuple[int, ...], ...]
    balanced_confusion: tuple[tuple[int, ...], ...]
    parameters: int
    multiply_adds: int


def evaluate(classifier: EmotionClassifier, faces: LabelledFaces) -> Evaluation:
    """Measure the classifier on labelled faces.

    Raises:
        InvalidInputError: No face has a clear majority.
    """
    clear = faces.take(faces.clear())
    if not len(clear):
        raise InvalidInputError("None of the faces has a majority of more than five votes to measure against.")
    truth = clear.majority()
    probabilities = classifier.predict(list(clear.images))
    table = confusion_matrix(truth, probabilities.argmax(axis=1))
    balanced = confusion_matrix(truth, (probabilities / classifier.prior).argmax(axis=1))
    recall = class_recall(table)
    original = classifier.predict_original(list(faces.images)).argmax(axis=1)
    return Evaluation(
        faces=len(clear),
        accuracy=float(np.trace(table) / table.sum()),
        recall=_by_name(recall),
        precision=_by_name(class_recall(table.T)),
        macro_recall=float(np.nanmean(recall)),
        balanced_macro_recall=float(np.nanmean(class_recall(balanced))),
        calibration_error=expected_calibration_error(probabilities, truth),
        calibration=calibration_bins(probabilities, truth),
        original_faces=len(faces),
        original_accuracy=float((original == faces.labels).mean()),
        confusion=tuple(map(tuple, table.tolist())),
        balanced_confusion=tuple(map(tuple, balanced.tolist())),
        parameters=classifier.parameters,
        multiply_adds=classifier.multiply_adds,
    )


def confusion_matrix(truth: NDArray[np.intp], read: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return int (7, 7) counts: row the true emotion, column the one read.

    >>> confusion_matrix(np.array([0, 3, 3]), np.array([0, 3, 4]))[3].tolist()
    [0, 0, 0, 1, 1, 0, 0]
    """
    classes = len(EMOTIONS)
    return np.bincount(truth * classes + read, minlength=classes**2).reshape(classes, classes)


def class_recall(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return float (7,): the share of each true emotion that was read right; NaN for an emotion without faces."""
    total = confusion.sum(axis=1)
    return np.divide(np.diag(confusion), total, out=np.full(len(total), np.nan), where=total > 0)


def expected_calibration_error(probabilities: NDArray[np.float32], truth: NDArray[np.intp]) -> float:
    """Return the mean gap between confidence and accuracy, 0 to 1, in 15 equal bins weighted by their faces.

    Naeini, Cooper and Hauskrecht, 2015, "Obtaining well calibrated probabilities using Bayesian binning".
    """
    bins = calibration_bins(probabilities, truth)
    return sum(part.faces * abs(part.accuracy - part.confidence) for part in bins) / len(truth)


def calibration_bins(probabilities: NDArray[np.float32], truth: NDArray[np.intp]) -> tuple[CalibrationBin, ...]:
    """Return the faces in 15 equal bins of confidence, without the empty ones."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * _CALIBRATION_BINS).astype(int), _CALIBRATION_BINS - 1)
    return tuple(
        CalibrationBin(int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean()))
        for inside in (bins == number for number in np.unique(bins))
    )


def _by_name(shares: NDArray[np.float64]) -> dict[str, float | None]:
    return {name: None if np.isnan(share) else float(share) for name, share in zip(EMOTIONS, shares, strict=True)}
