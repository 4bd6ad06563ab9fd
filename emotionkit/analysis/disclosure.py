"""Which figures may be shown together, so that neither they nor sums made of them speak of too few people.

Figures over sets of people are sums with known counts. Whoever has several can add and subtract them: the class less
one group is what the rest looked like. So the question is not only how many stand behind each figure, but whether any
sum of multiples of the figures comes to depend on fewer people than the smallest group (complementary disclosure:
Fellegi, On the question of statistical confidentiality, Journal of the American Statistical Association 67, 1972).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Name = TypeVar("Name", bound=Hashable)
Element = TypeVar("Element", bound=Hashable)

MOST_GROUPS = 5000
"""Small groups that are looked at; where there are more, what would need them is withheld."""


def fewest_in_effect(min_group: int) -> float:
    """Return the effective number of people that a figure takes: half of the smallest group.

    Who is hardly seen hides nobody: with one person there all the time and four for a moment, the figure is the one's
    (dominance: Cox, Linear sensitivity measures in statistical disclosure control, Journal of Statistical Planning and
    Inference 5, 1981).
    """
    return min_group / 2


def published(
    figures: Mapping[Name, Collection[Element]],
    min_group: int,
    person: Callable[[Element], Hashable] = lambda element: element,
    effective: Callable[[Name], float] | None = None,
) -> frozenset[Name]:
    """Return the names of the figures that may be shown together.

    They are taken in the order of the mapping, so the most important figure comes first: each is shown unless, with
    those already shown, some calculation would depend on fewer than ``min_group`` people. No figure that is left out
    could be added.

    Args:
        figures: What stands behind each figure: people, or pieces of people such as (person, part of the lesson). A
            figure over the whole lesson is the sum of those over its parts where both are made of the same pieces.
        min_group: People on whom anything that can be calculated has to depend, at least.
        person: The person to whom a piece belongs; by default the piece itself.
        effective: The effective number of people behind a figure, where they do not weigh alike.
    """
    shown: list[Name] = []
    for name, elements in figures.items():
        if effective is not None and effective(name) < fewest_in_effect(min_group):
            continue
        together = [frozenset(figures[other]) for other in shown]
        if len({person(element) for element in elements}) >= min_group and is_safe(
            [*together, frozenset(elements)], min_group, person
        ):
            shown.append(name)
    return frozenset(shown)


def is_safe(
    figures: Sequence[Collection[Element]],
    min_group: int,
    person: Callable[[Element], Hashable] = lambda element: element,
) -> bool:
    """Return whether nothing that can be calculated from the figures depends on fewer than ``min_group`` people.

    Arguments as for :func:`published`. A figure that nobody stands behind tells nothing and is safe.
    """
    cells, people = _cells(figures, person)
    groups = _small_groups(people, min_group)
    if groups is None:
        return False
    rank = _rank(cells) if groups else 0
    for group in groups:
        outside = np.array([not cell <= group for cell in people], dtype=bool)
        # What depends on the group alone is zero on all other cells: as many dimensions as the rank loses without it.
        if _rank(cells[:, outside]) < rank:
            return False
    return True


def _cells(
    figures: Sequence[Collection[Element]], person: Callable[[Element], Hashable]
) -> tuple[NDArray[np.float64], list[frozenset[Hashable]]]:
    """Return figures by cells, 1 where a cell lies in a figure, and the people of each cell.

    A cell holds what the figures never tell apart: all elements that lie in the same ones.
    """
    inside: dict[Element, list[int]] = {}
    for index, figure in enumerate(figures):
        for element in frozenset(figure):
            inside.setdefault(element, []).append(index)
    members: dict[tuple[int, ...], set[Hashable]] = {}
    for element, indices in inside.items():
        members.setdefault(tuple(indices), set()).add(person(element))
    cells = np.zeros((len(figures), len(members)))
    for column, rows in enumerate(members):
        cells[list(rows), column] = 1
    return cells, [frozenset(people) for people in members.values()]


def _small_groups(people: Sequence[frozenset[Hashable]], min_group: int) -> set[frozenset[Hashable]] | None:
    """Return every union of cells with fewer than ``min_group`` people; None where there are too many to look at."""
    small = {cell for cell in people if len(cell) < min_group}
    found: set[frozenset[Hashable]] = set()
    waiting = list(small)
    while waiting:
        group = waiting.pop()
        if group not in found:
            found.add(group)
            waiting += [union for cell in small if len(union := group | cell) < min_group]
        if len(found) > MOST_GROUPS:
            return None
    return found


def _rank(matrix: NDArray[np.float64]) -> int:
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0
