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
        size = np.bincount(label, minlength=len(label))
        order, begin = _by_hash(label, size, tie, a, b)
        some_a, some_b = (_Sampled.of(order, begin, size, side) for side in (a, b))
        row, column = _crossed(some_a, some_b)
        score = known(some_a.row[row], some_b.row[column])
        told_a, told_b = weight[some_a.row], weight[some_b.row]
        mass_a, mass_b = np.bincount(some_a.owner, told_a), np.bincount(some_b.owner, told_b)
        mean = np.bincount(some_a.owner[row], told_a[row] * told_b[column] * score, len(a)) / (mass_a * mass_b)
        swap = label[i] > label[j]
        in_a, in_b = np.where(swap, j, i), np.where(swap, i, j)
        match_a = np.maximum(largest(row, score, len(told_a)), some_a.proposed(at, in_a, value, len(label)))
        match_b = np.maximum(largest(column, score, len(told_b)), some_b.proposed(at, in_b, value, len(label)))
        best = (
            np.bincount(some_a.owner, told_a * match_a) / mass_a,
            np.bincount(some_b.owner, told_b * match_b) / mass_b,
        )
        mass = mass_a * size[a] / some_a.count, mass_b * size[b] / some_b.count
        first = _first_of_the_best(at, in_a, in_b, value, len(a))
        left, right = np.minimum(i, j)[first], np.maximum(i, j)[first]
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

    def proposed(self, owner: Index, row: Index, score: Doubles, n: int) -> Doubles:
        """Best proposed pair of each row with the other cluster (-inf: none)."""
        if not len(self.row):
            return np.empty(0)
        sought, key = self.owner * n + self.row, owner * n + row
        at = np.minimum(np.searchsorted(sought, key), len(sought) - 1)
        found = sought[at] == key
        return largest(at[found], score[found], len(sought))


def largest(at: Index, value: Doubles, n: int) -> Doubles:
    """Largest of the values at each of `n` places (-inf: none)."""
    out = np.full(n, -np.inf)
    np.maximum.at(out, at, value)
    return out


def _by_hash(label: Index, size: Index, tie: Hashes, a: Index, b: Index) -> tuple[Index, Index]:
    """Rows of the clusters asked for, of each in the order of their hashes; where in them each cluster begins."""
    asked = np.zeros(len(label), bool)
    asked[a] = asked[b] = True
    rows = np.flatnonzero(asked[label])
    held = np.where(asked, size, 0)
    return rows[np.lexsort((tie[rows], label[rows]))], np.cumsum(held) - held


def _crossed(some_a: _Sampled, some_b: _Sampled) -> tuple[Index, Index]:
    """Each sampled row of an `a` with each of its `b`: where the two are in the samples."""
    times = some_b.count[some_a.owner]
    row = np.repeat(np.arange(len(times)), times)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    return row, some_b.begin[some_a.owner[row]] + nth


def _first_of_the_best(at: Index, in_a: Index, in_b: Index, value: Doubles, n: int) -> Index:
    """Of the proposed pairs across each two clusters the best; of equals the first by rows."""
    best = np.flatnonzero(value == largest(at, value, n)[at])
    best = best[np.lexsort((in_b[best], in_a[best], at[best]))]
    out: Index = best[np.append(True, np.diff(at[best]) > 0)[: len(best)]]
    return out
