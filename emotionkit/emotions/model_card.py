"""The model card: what the network is, what it is for and how far it can be trusted, written from its assessment.

After Mitchell et al., 2019, "Model cards for model reporting", https://arxiv.org/abs/1810.03993.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from emotionkit.emotions.assessment import Assessment
from emotionkit.emotions.evaluation import Evaluation
from emotionkit.records import EMOTIONS

_PROSE_BEFORE = """# Model card

<!-- Written by `emotionkit evaluate FACES.npz --card docs/model-card.md`; change emotionkit/emotions/model_card.py. -->

**What it is.** A residual CNN with squeeze-and-excitation, {parameters:,} parameters, {multiply_adds:.1f} M
multiply-adds per face. It takes one face, 48×48, gray, and gives a probability for each of seven apparent expressions,
and how far the face can be read at all. Written in `emotionkit/emotions/network.py`; its weights are in the package,
checked against their SHA-256 (`{sha256}…`) when they are loaded.

**What it is for.** Averages over many faces and minutes of a class. Not for judging a person, nor for a single picture:
people themselves agree on fewer than three of four of the pictures that it learned from. Not for inferring what
somebody feels, understands or is; not for grading, monitoring or selecting people.

**What it learned from.** FER2013 (27,866 web pictures, copies of test pictures left out; the images are for research
use, from the challenge of 2013) with the votes of ten annotators (FER+, MIT licence), and 13,098 press photographs with
one annotator each (Apache-2.0), of which each epoch showed some. 1,500 faces of FER2013 were held out to fit one
temperature. {trained}.

**What its probabilities mean.** They are calibrated for these shares of the expressions (`model.prior`): {prior}.
That lies between the shares of FER2013 and equal ones. Dividing by the prior and renormalising gives the balanced
reading, as if all seven were equally common: it misses fewer rare expressions and invents more.
"""

_PROSE_AFTER = """
## What is not known

How it fares by age, skin, glasses, light and culture: the labelled faces do not say. It saw few faces in profile and
few that something covers, other than what training covered by itself. Disgust and fear rest on few faces, in training
as in this measurement. Who labelled the faces named what they saw in a still picture, without knowing what the person
felt.
"""


def model_card(assessment: Assessment) -> str:
    """Return the model card as Markdown."""
    plain = assessment.plain
    shares = ", ".join(f"{name} {share:.1%}" for name, share in zip(EMOTIONS, assessment.prior, strict=True))
    sections = (
        _PROSE_BEFORE.format(
            parameters=plain.parameters,
            multiply_adds=plain.multiply_adds / 1e6,
            sha256=assessment.model_sha256[:12],
            trained=assessment.trained,
            prior=shares,
        ),
        f"## How good it is\n\nOn {assessment.faces_file}: {plain.faces:,} faces on which more than five of ten "
        f"annotators agree, and {plain.original_faces:,} with an original label. Nothing was fitted on them; the "
        "network was chosen by them.\n",
        _headline(plain, assessment.flip_averaged),
        "Per expression:\n",
        _per_class(plain),
        "What was read (columns) of what people saw (rows):\n",
        _confusion(plain.confusion),
        "The balanced reading:\n",
        _confusion(plain.balanced_confusion),
        "## How well its confidence is calibrated\n",
        _calibration(plain),
        "## How far it bears worse faces\n\nAccuracy on the same faces made worse, at 48 px; in bold what the loss is "
        "judged by. Then what the network thinks of being able to read them.\n",
        _robustness(assessment),
        "## When it should not answer\n\nThe network's second output, 0 to 1, is part of the warehouse's `quality`. "
        "What asking for a least value costs in faces read, and which share of spoilt faces it refuses:\n",
        _thresholds(assessment),
    )
    return "\n".join(sections) + _PROSE_AFTER


def _headline(plain: Evaluation, flipped: Evaluation) -> str:
    rows = [
        ("accuracy on the FER+ majority", plain.accuracy, flipped.accuracy),
        ("macro-averaged recall", plain.macro_recall, flipped.macro_recall),
        ("macro-averaged recall, balanced reading", plain.balanced_macro_recall, flipped.balanced_macro_recall),
        ("expected calibration error, 15 bins", plain.calibration_error, flipped.calibration_error),
        ("accuracy on the original labels, second head", plain.original_accuracy, flipped.original_accuracy),
    ]
    return _table(("", "product", "flip averaged"), [(name, f"{one:.1%}", f"{two:.1%}") for name, one, two in rows])


def _per_class(plain: Evaluation) -> str:
    seen = [sum(row) for row in plain.confusion]
    rows = [
        (name, str(faces), _share(plain.recall[name]), _share(plain.precision[name]))
        for name, faces in zip(EMOTIONS, seen, strict=True)
    ]
    return _table(("expression", "faces", "recall", "precision"), rows)


def _confusion(counts: Sequence[Sequence[int]]) -> str:
    return _table(("", *EMOTIONS), [(name, *map(str, row)) for name, row in zip(EMOTIONS, counts, strict=True)])


def _calibration(plain: Evaluation) -> str:
    rows = [(f"{part.confidence:.1%}", f"{part.accuracy:.1%}", str(part.faces)) for part in plain.calibration]
    return _table(("mean confidence", "right", "faces"), rows)


def _robustness(assessment: Assessment) -> str:
    rows = [("as they are", "", f"{assessment.plain.accuracy:.1%}", "", f"{assessment.usable:.1%}")]
    for name, points in groupby(assessment.robustness, key=lambda point: point.condition):
        for point in points:
            loss = f"{assessment.loss(point) * 100:.1f}"
            rows.append(
                (
                    name,
                    f"{point.strength:g}",
                    f"{point.accuracy:.1%}",
                    f"**{loss}**" if point.judged else loss,
                    f"{point.usable:.1%}",
                )
            )
    return _table(("condition", "strength", "accuracy", "points lost", "usable"), rows)


def _thresholds(assessment: Assessment) -> str:
    ways = list(assessment.thresholds[0].refused)
    rows = [
        (
            f"{cost.threshold:g}",
            f"{cost.coverage:.1%}",
            _share(cost.accuracy),
            *(f"{cost.refused[way]:.0%}" for way in ways),
        )
        for cost in assessment.thresholds
    ]
    return _table(("least value", "faces read", "right", *ways), rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
