"""Whether a person keeps one track through a lesson: IDF1 and identity switches on compositions of known people.

    python benchmarks/identity.py [DATA] [--minutes 3] [--seed 0]

DATA is a folder with ``press-faces/press-faces.npz``, pictures of real people; without it, the rendered students of
the sample class take all the parts. IDF1 is that of Ristani et al., Performance Measures and a Data Set for Multi-
Target, Multi-Camera Tracking, 2016: people and tracks are matched one to one so that as many detections as possible
agree, and IDF1 = 2 IDTP / (detections of the truth + detections computed). A face agrees with the person in whose
tile its centre lies, one in each tile, the one that scores best. A switch is a person's face getting another track
than when last found. A merged track holds two people, each for a twentieth of it or more.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from compositions import Composition, Person, Scene, compose, pictured_people, rendered_people
from scipy.optimize import linear_sum_assignment
from videos import END_S, LESSON, START_S

import emotionkit as ek
from emotionkit.batch.pipeline import process_recording
from emotionkit.config import ProcessingSettings
from emotionkit.emotions.lazy import LazyClassifier

_FRAMES = "select pts_s from frames order by pts_s"
_FACES = "select pts_s, x + w / 2, y + h / 2, track_id from faces order by pts_s, detection_score desc, track_id"
MERGED = 0.05
"""Share of a track that a second person has to hold for the track to count as merged."""

Names = Sequence[str]
Script = Callable[[Names, float, np.random.Generator], Iterator[Scene]]


class Score(NamedTuple):
    """How well tracks keep people apart and together."""

    idf1: float
    found: float
    switches: int
    people: int
    tracks: int
    merged: int


def main() -> None:
    """Compose, process and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--minutes", type=float, default=3.0, help="length of each recording")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--begin", type=int, default=0, help="the first of the nine real people among the 24 known")
    parser.add_argument("--only", help="part of a row's title")
    wishes = parser.parse_args()
    print(
        f"{'':<40}{'IDF1':>7}{'found %':>9}{'switches':>10}{'people':>8}{'tracks':>8}{'merged':>8}{'s':>7}", flush=True
    )
    total, minutes = 0, 0.0
    casts = _casts(wishes.data, wishes.begin)
    with tempfile.TemporaryDirectory() as folder:
        for number, (who, people) in enumerate(casts.items()):
            for what, script in SCRIPTS.items():
                if wishes.only and wishes.only not in f"{who}, {what}":
                    continue
                rng = np.random.default_rng([wishes.seed, number])
                scenes = list(script(list(people), 60 * wishes.minutes, rng))
                recording = Path(folder) / f"{number}-{script.__name__}.mp4"
                composition = compose(recording, scenes, people, 60 * wishes.minutes)
                started = time.perf_counter()
                score = measured(composition, Path(folder) / recording.stem)
                took = time.perf_counter() - started
                total, minutes = total + score.switches, minutes + wishes.minutes
                print(
                    f"{who + ', ' + what:<40}{score.idf1:>7.3f}{100 * score.found:>9.1f}{score.switches:>10}"
                    f"{score.people:>8}{score.tracks:>8}{score.merged:>8}{took:>7.1f}",
                    flush=True,
                )
    print(f"{total} identity switches in {minutes:.0f} minutes: {10 * total / minutes:.2f} per 10 minutes")


def _casts(data: Path | None, begin: int) -> dict[str, dict[str, Person]]:
    students = rendered_people(LESSON, START_S, END_S)
    casts = {"rendered": students}
    if data is not None:
        casts["real people"] = pictured_people(data, 9, begin=begin)
        casts["real, one room"] = pictured_people(data, 9, begin=begin, same_room=True)
    return {who: {f"{place}": person for place, person in enumerate(people)} for who, people in casts.items()}


def joins_and_leaves(names: Names, length_s: float, rng: np.random.Generator) -> Iterator[Scene]:
    """Begin with six; every 12 s somebody joins at the end or leaves, and the tiles close up."""
    present = list(names[:6])
    for start_s in np.arange(0, length_s, 12):
        yield Scene(float(start_s), tuple(present))
        absent = [name for name in names if name not in present]
        if absent and (len(present) < 5 or rng.random() < 0.5):
            present.append(str(rng.choice(absent)))
        else:
            present.remove(str(rng.choice(present)))


def reordered(names: Names, length_s: float, rng: np.random.Generator) -> Iterator[Scene]:
    """Lay everybody out anew every 15 s."""
    for start_s in np.arange(0, length_s, 15):
        yield Scene(float(start_s), tuple(map(str, rng.permutation(list(names)))))


def cameras_off(names: Names, length_s: float, rng: np.random.Generator) -> Iterator[Scene]:
    """Switch cameras off and on; tiles stay, or the tile is another's when the camera is on again."""
    order: list[str | None] = list(names)
    for start_s in np.arange(0, length_s, 20):
        yield Scene(float(start_s), tuple(order))
        off = set(rng.choice(len(names), 3, replace=False).tolist())
        order = [None if place in off else name for place, name in enumerate(names)]
        if rng.random() < 0.3:
            first, second = rng.choice(len(names), 2, replace=False)
            order[first], order[second] = order[second], order[first]


def speaker_and_gallery(names: Names, length_s: float, rng: np.random.Generator) -> Iterator[Scene]:
    """Switch from the gallery to a large speaker with five others, the speaker changing, and back."""
    for turn, start_s in enumerate(np.arange(0, length_s, 10)):
        if turn % 4 == 0:
            yield Scene(float(start_s), tuple(names))
        else:
            yield Scene(float(start_s), tuple(map(str, rng.permutation(list(names))[:6])), speaker=True)


def swapped(names: Names, length_s: float, rng: np.random.Generator) -> Iterator[Scene]:
    """Let two people change places every 10 s, all else staying as it is; sometimes one takes the place of another."""
    order = list(names[:-1])
    absent = names[-1]
    for start_s in np.arange(0, length_s, 10):
        yield Scene(float(start_s), tuple(order))
        first, second = rng.choice(len(order), 2, replace=False)
        if rng.random() < 0.3:
            order[first], absent = absent, order[first]
        else:
            order[first], order[second] = order[second], order[first]


SCRIPTS: dict[str, Script] = {
    "joins and leaves": joins_and_leaves,
    "re-ordered": reordered,
    "cameras off": cameras_off,
    "speaker and gallery": speaker_and_gallery,
    "places swapped": swapped,
}


def measured(composition: Composition, warehouse: Path) -> Score:
    """Process a composition and compare its tracks with the truth."""
    process_recording(composition.path, warehouse, LazyClassifier(), ProcessingSettings())
    with ek.open_warehouse(warehouse) as opened:
        times = [pts for (pts,) in opened.sql(_FRAMES).fetchall()]
        faces = opened.sql(_FACES).fetchall()
    true = sum(len(composition.tiles(pts)) for pts in times)
    by_person: dict[str, list[int]] = defaultdict(list)
    taken: set[tuple[float, str]] = set()
    for pts, x, y, track in faces:
        for name, tile in composition.tiles(pts).items():
            inside = tile.x <= x < tile.x + tile.w and tile.y <= y < tile.y + tile.h
            if inside and (pts, name) not in taken:
                taken.add((pts, name))
                by_person[name].append(track)
    return scored(by_person, true, len(faces))


def scored(by_person: dict[str, list[int]], true: int, computed: int) -> Score:
    """Return the score of the tracks that each person's faces got, in the order of time.

    Args:
        by_person: By person; of faces that are nobody's, nothing is in it.
        true: How many faces there were to find.
        computed: How many were found, those of nobody included.
    """
    held = {name: Counter(tracks) for name, tracks in by_person.items()}
    people, tracks = sorted(held), sorted({track for counts in held.values() for track in counts})
    agree = np.array([[held[name][track] for track in tracks] for name in people])
    rows, columns = linear_sum_assignment(agree, maximize=True)
    shares = agree / agree.sum(axis=0)
    return Score(
        idf1=2 * float(agree[rows, columns].sum()) / (true + computed),
        found=float(agree.sum()) / true,
        switches=sum(sum(np.diff(of_person) != 0) for of_person in by_person.values()),
        people=len(people),
        tracks=len(tracks),
        merged=int(((shares >= MERGED).sum(axis=0) > 1).sum()),
    )


if __name__ == "__main__":
    main()
