"""Embeddings of faces become people, where some are known to be somebody else.

A constrained agglomerative clustering (Davidson and Ravi, Agglomerative Hierarchical Clustering with Constraints, PKDD
2005) that joins the nearest two first and averages what it joins.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SPREAD = 0.0925
"""Mean square of the distance between an embedding and its person's mean."""
SAME_PERSON = 0.15
"""Square of the distance between two people's means, estimated without the spread, up to which they are one person."""
DOUBLE = -0.08
"""Estimate of the same square up to which two people who are there at the same time have the same face."""
SAME_PLACE, SAME_PLACE_FIRST = 0.03, 0.25
"""What it counts, in the same square, that one took the place of the other: for whether they are one person, and, where
faces do not tell, for which two are joined first."""


def clustered(
    pictures: Sequence[NDArray[np.float32]], apart: NDArray[np.bool_], follows: NDArray[np.bool_]
) -> list[list[int]]:
    """Return which of some presences are one person's, by their places in the arguments.

    Whose face is also somebody else's at the same time is known by her place, as far as that goes.

    Args:
        pictures: Embeddings of each, float32 (one or more, 128).
        apart: bool (n, n), who cannot be one person, because both are there at a time; everybody apart from himself.
        follows: bool (n, n), where one took the place of the other, whichever of the two.
    """
    means = _Means(pictures)
    clusters = [[row] for row in range(len(pictures))]
    apart, follows = apart.copy(), follows.copy()
    squares = np.stack([means.squares(row) for row in range(len(pictures))])
    doubled = ((squares <= DOUBLE) & apart).sum(axis=1) > 1
    # What is the face of one of them is a double's at any other time as well.
    doubled |= (squares <= SAME_PERSON)[:, doubled].any(axis=1)

    def order(row: int) -> NDArray[np.float64]:
        """Return float64 (n,): which to join first to one; infinite where that is out of the question."""
        squares = means.squares(row)
        is_far = squares - SAME_PLACE * follows[row] > SAME_PERSON
        first = follows[row] & (doubled | doubled[row])
        nearness = np.where(first, np.maximum(squares, 0) - SAME_PLACE_FIRST, squares)
        return np.where(is_far | apart[row], np.inf, nearness)

    orders = np.stack([order(row) for row in range(len(pictures))])
    while np.isfinite(orders.min()):
        one, other = map(int, np.unravel_index(orders.argmin(), orders.shape))
        means.join(one, other)
        clusters[one] += clusters[other]
        clusters[other] = []
        apart[one] |= apart[other]
        apart[:, one] = apart[one]
        apart[other] = apart[:, other] = True
        follows[one] |= follows[other]
        follows[:, one] = follows[one]
        orders[one] = orders[:, one] = order(one)
        orders[other] = orders[:, other] = np.inf
    return [cluster for cluster in clusters if cluster]


class _Means:
    """The mean embedding of each cluster, and how many independent pictures it is worth.

    A face that sits still gives the same picture again and again. Its mean is no surer for that, and the distance to
    another mean no less inflated by chance. How far pictures of one person scatter tells what they are worth.
    """

    def __init__(self, pictures: Sequence[NDArray[np.float32]]) -> None:
        self._means = np.stack([of_one.mean(axis=0, dtype=np.float64) for of_one in pictures])
        self._count = np.array([len(of_one) for of_one in pictures], np.float64)
        self._scatter = np.array([float(((of_one - of_one.mean(axis=0)) ** 2).sum()) for of_one in pictures])
        self._worth = np.array([self._independent(row) for row in range(len(pictures))])

    def squares(self, row: int) -> NDArray[np.float64]:
        """Return float64 (n,): the square of the distance of one mean from each, without what the spread adds.

        The expected square of the distance between two sample means is that of the distance between the true ones and
        the variance of both samples' means.
        """
        squares = ((self._means - self._means[row]) ** 2).sum(axis=1)
        return squares - SPREAD * (1 / self._worth + 1 / self._worth[row])

    def join(self, one: int, other: int) -> None:
        """Put the pictures of another to one's."""
        total = self._count[one] + self._count[other]
        between = float(((self._means[one] - self._means[other]) ** 2).sum())
        self._scatter[one] += self._scatter[other] + self._count[one] * self._count[other] / total * between
        self._means[one] += self._count[other] / total * (self._means[other] - self._means[one])
        self._count[one] = total
        self._worth[one] = self._independent(one)

    def _independent(self, row: int) -> float:
        """Return how many independent pictures those of one are worth: one if all of them are the same."""
        if self._count[row] == 1:
            return 1.0
        return 1 + float((self._count[row] - 1) * min(1.0, self._scatter[row] / (self._count[row] - 1) / SPREAD))
