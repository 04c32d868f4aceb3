"""What lies between two clusters: the best and the mean of the scores across, from a sample of large ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from repeatdetect.ragged import Doubles, Index

Hashes = npt.NDArray[np.uint64]
Score = Callable[[Index, Index], Doubles]

SAMPLE = 5


@dataclass(frozen=True)
class Between:
    """Pairs of clusters `a` and `b` (labels: first rows; a < b) and the scores across each.

    Attributes
    ----------
    a, b : int64, shape (pairs,)
    best : pair of ndarray
        Of either cluster, the weighted mean over its filings of their best match in the other.
    mean : ndarray
        Of all pairs across.
    mass, size : pair of ndarray
        How much either tells in all, and its filings.
    left, right : int64
        The best of the proposed pairs of rows across.
    """

    a: Index
    b: Index
    best: tuple[Doubles, Doubles]
    mean: Doubles
    mass: tuple[Doubles, Doubles]
    size: tuple[Index, Index]
    left: Index
    right: Index

    @staticmethod
    def of(
        label: Index, a: Index, b: Index, weight: Doubles, known: Score, tie: Hashes,
        at: Index, i: Index, j: Index, value: Doubles,
    ) -> Between:  # fmt: skip
        """Measure pairs of clusters.

        Parameters
        ----------
        label : shape (n,)
            Cluster of each row.
        a, b : shape (pairs,)
        weight : shape (n,)
            How much each row tells.
        known : callable
            Scores of any pairs of rows.
        tie : shape (n,)
            A hash of each row, by which samples are drawn.
        at, i, j, value
            Proposed pairs of rows across: which of the pairs of clusters each is across, its rows and its score; at
            least one for each pair of clusters.
        """
        n, size = len(label), np.bincount(label, minlength=len(label))
        swap = label[i] > label[j]
        x, y = np.where(swap, j, i), np.where(swap, i, j)
        most = np.full(len(a), -np.inf)
        np.maximum.at(most, at, value)
        first = np.flatnonzero(value == most[at])
        first = first[np.lexsort((y[first], x[first], at[first]))]
        first = first[np.append(True, np.diff(at[first]) > 0)[: len(first)]]
        asked = np.zeros(n, bool)
        asked[a] = asked[b] = True
        rows = np.flatnonzero(asked[label])
        order = rows[np.lexsort((tie[rows], label[rows]))]
        held = np.where(asked, size, 0)
        begin = np.cumsum(held) - held
        some_a, some_b = (_Sampled.of(order, begin, size, side) for side in (a, b))
        times = some_b.count[some_a.owner]
        row = np.repeat(some_a.row, times)
        owner = np.repeat(some_a.owner, times)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
        column = some_b.begin[owner] + nth
        grid = known(row, some_b.row[column])
        told_a, told_b = weight[some_a.row], weight[some_b.row]
        mass_a, mass_b = np.bincount(some_a.owner, told_a), np.bincount(some_b.owner, told_b)
        mean = np.bincount(owner, np.repeat(told_a, times) * told_b[column] * grid, len(a)) / (mass_a * mass_b)
        forth = np.maximum.reduceat(grid, np.cumsum(times) - times) if len(grid) else grid
        back = np.full(len(some_b.row), -np.inf)
        np.maximum.at(back, column, grid)
        forth = np.maximum(forth, _best(some_a, at, x, value, n))
        back = np.maximum(back, _best(some_b, at, y, value, n))
        best = np.bincount(some_a.owner, told_a * forth) / mass_a, np.bincount(some_b.owner, told_b * back) / mass_b
        mass = mass_a * size[a] / np.minimum(size[a], SAMPLE), mass_b * size[b] / np.minimum(size[b], SAMPLE)
        left, right = np.minimum(x, y)[first], np.maximum(x, y)[first]
        return Between(a, b, best, mean, mass, (size[a], size[b]), left, right)

    def take(self, rows: Index) -> Between:
        """Some of the pairs."""
        best, mass = ((side[0][rows], side[1][rows]) for side in (self.best, self.mass))
        return Between(
            self.a[rows], self.b[rows], best, self.mean[rows], mass, (self.size[0][rows], self.size[1][rows]),
            self.left[rows], self.right[rows],
        )  # fmt: skip


Weigh = Callable[[Index, Between, Doubles], Doubles]  # labels, what lies between, linkage: what to take for it


@dataclass(frozen=True)
class _Sampled:
    """At most ``SAMPLE`` rows of each cluster: `row` of `owner`, from `begin` on, `count` of them.

    They are the first by a hash of each, as in a bottom-k sketch (Cohen and Kaplan 2007): those of a union are among those
    of its parts, so that most pairs of them are known from before.
    """

    row: Index
    owner: Index
    begin: Index
    count: Index

    @staticmethod
    def of(order: Index, begin: Index, size: Index, clusters: Index) -> _Sampled:
        count = np.minimum(size[clusters], SAMPLE)
        start = np.cumsum(count) - count
        owner = np.repeat(np.arange(len(clusters)), count)
        nth = np.arange(len(owner)) - start[owner]
        return _Sampled(order[begin[clusters[owner]] + nth], owner, start, count)


def _best(some: _Sampled, owner: Index, row: Index, score: Doubles, n: int) -> Doubles:
    """Best proposed pair of each sampled row with the other cluster (-inf: none)."""
    out = np.full(len(some.row), -np.inf)
    if len(out):
        sought, key = some.owner * n + some.row, owner * n + row
        at = np.minimum(np.searchsorted(sought, key), len(sought) - 1)
        found = sought[at] == key
        np.maximum.at(out, at[found], score[found])
    return out
