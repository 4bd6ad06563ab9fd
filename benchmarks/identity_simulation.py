"""Whether dlib's embeddings join what is one person's: many lessons, played through without a video.

    python benchmarks/identity_simulation.py DATA [--times 40] [--minutes 2] [--shown 8] [--seed 0]

Each of 24 people is embedded in each of ten photographs, often of different years. A lesson has nine of them, by the
scripts of ``identity.py``; whenever a tile moves or somebody's photograph changes a presence ends, and the clustering
alone tells whose the next one is, by one picture of each. That takes a tenth of a second a lesson, so that rare faults
show. Neither detector nor tracker has a part in it.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
from compositions import PRESS_RUNS, Composition, portraits
from identity import SCRIPTS, Score, Script, scored
from numpy.typing import NDArray

from emotionkit.config import DetectionSettings
from emotionkit.faces.clustering import clustered
from emotionkit.faces.dlib_detector import DlibDetector
from emotionkit.faces.embedding import FaceEmbedder, surroundings
from emotionkit.faces.portraits import LARGEST_PORTRAIT

PEOPLE, PICTURES, RATE = 9, 10, 2
Embeddings = list[NDArray[np.float32]]


def main() -> None:
    """Embed, play and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--times", type=int, default=40, help="lessons of each script")
    parser.add_argument("--minutes", type=float, default=2.0, help="length of a lesson")
    parser.add_argument("--shown", type=float, default=8.0, help="seconds for which a photograph is shown, about")
    parser.add_argument("--seed", type=int, default=0)
    wishes = parser.parse_args()
    known = _embedded(wishes.data)
    print(f"{'':<22}{'lessons':>8}{'IDF1':>8}{'lowest':>8}{'switches in 10 min':>20}{'lessons with a merger':>23}")
    for place, (what, script) in enumerate(SCRIPTS.items()):
        scores = []
        for time in range(wishes.times):
            rng = np.random.default_rng([wishes.seed, place, time])
            who = rng.permutation(len(known))[:PEOPLE]
            scores.append(_lesson(script, [known[person] for person in who], wishes.minutes, wishes.shown, rng))
        idf1 = [score.idf1 for score in scores]
        switches = 10 * sum(score.switches for score in scores) / wishes.times / wishes.minutes
        merged = sum(score.merged > 0 for score in scores)
        print(
            f"{what:<22}{wishes.times:>8}{np.mean(idf1):>8.3f}{min(idf1):>8.3f}{switches:>20.2f}{merged:>23}",
            flush=True,
        )


def _embedded(data: Path) -> list[Embeddings]:
    """Return the embeddings, float32 (128,) each, of every known person's pictures."""
    detector, embedder = DlibDetector(DetectionSettings()), FaceEmbedder()
    people = []
    for tiles in portraits(data, len(PRESS_RUNS), pictures=PICTURES):
        boxes = [detector.detect(tile)[0].box for tile in tiles]
        squares = [surroundings(tile, box, LARGEST_PORTRAIT) for tile, box in zip(tiles, boxes, strict=True)]
        people.append([embedder.embedding(*square) for square in squares])
    return people


def _lesson(script: Script, known: list[Embeddings], minutes: float, shown_s: float, rng: np.random.Generator) -> Score:
    """Play a lesson and return how well the clustering told its people."""
    names = [f"{person}" for person in range(PEOPLE)]
    composition = Composition(Path(), list(script(names, 60 * minutes, rng)), 60 * minutes)
    changes = {
        name: np.cumsum(rng.uniform(shown_s / 2, shown_s * 1.5, round(120 * minutes / shown_s) + 2)) for name in names
    }
    order = {name: rng.integers(0, len(known[int(name)]), len(changes[name]) + 1) for name in names}
    pictures: Embeddings = []
    frames: list[set[int]] = []
    tiles: list[tuple[float, float]] = []
    now: dict[str, tuple[object, int]] = {}
    by_person: dict[str, list[int]] = defaultdict(list)
    for number in range(round(60 * minutes * RATE)):
        before, now = now, {}
        for name, tile in composition.tiles(number / RATE).items():
            slide = int(np.searchsorted(changes[name], number / RATE))
            if before.get(name, (None, 0))[0] != (slide, tile):
                pictures.append(known[int(name)][order[name][slide]][None])
                tiles.append((tile.x, tile.y))
                now[name] = (slide, tile), len(pictures) - 1
            else:
                now[name] = before[name]
            by_person[name].append(now[name][1])
        frames.append({presence for _, presence in now.values()})
    apart = np.eye(len(pictures), dtype=bool)
    for together in frames:
        apart[np.ix_(list(together), list(together))] = True
    clusters = clustered(pictures, apart, _follows(tiles))
    number_of = {presence: number for number, cluster in enumerate(clusters) for presence in cluster}
    faces = sum(map(len, by_person.values()))
    return scored({name: [number_of[one] for one in ones] for name, ones in by_person.items()}, faces, faces)


def _follows(tiles: list[tuple[float, float]]) -> NDArray[np.bool_]:
    """Return bool (n, n): which presence is the next in the same tile."""
    follows = np.zeros((len(tiles), len(tiles)), bool)
    last: dict[tuple[float, float], int] = {}
    for presence, tile in enumerate(tiles):
        if tile in last:
            follows[presence, last[tile]] = follows[last[tile], presence] = True
        last[tile] = presence
    return follows


if __name__ == "__main__":
    main()
