"""Grouping round by round, without scoring all pairs: everybody merges with their best partner.

In each round every cluster finds its best partner by the same linkage as a small component is grouped by, and those
that are each other's best merge, all at once. Only clusters between which a proposed pair is good enough are looked at,
and of two clusters a sample of the pairs is scored, so the work grows with the proposed pairs and not
with the square of a component: a matter of 20,000 filings stays one, 100,000 forms with different accused stay apart.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from repeatdetect.between import Between, Hashes, Score, Weigh, largest
from repeatdetect.ragged import Doubles, Flags, Index

Numbers = npt.NDArray[np.integer] | Doubles

BEST_SHARE = 0.6
PULL, CROWD = 0.15, 40  # of `prior`: chosen on city messages by topic and on counties left out
MINOR = 16
GROWN = 1.5
ASKED = 2  # likeliest partners of a cluster that are weighed in a round; in the next others, where those were worse
ROUNDS = 200  # a third of all clusters merges in an ordinary round, so this is a bound against accidents


@dataclass(frozen=True)
class Merged:
    """Clusters (label: first row of each row's cluster) and the pair that joined each two of them."""

    label: Index
    left: Index
    right: Index
    score: Doubles


def prior(one: Numbers, other: Numbers) -> Doubles:
    """Log-odds two clusters have ahead for their sizes: whoever writes, writes more likely about what many write about.

    The prior of a Chinese restaurant process is the log of the size (Aldous 1985). It is damped, as filings of one
    matter are not independent of each other; bounded, so that no crowd outweighs a contradiction; and less the larger
    the smaller one is, as two matters of one accused do not become one by being large.
    """
    larger, smaller = np.maximum(one, other), np.minimum(one, other)
    out: Doubles = PULL * np.log(np.clip(larger / smaller**1.5, 1, CROWD))
    return out


def linkage(
    best: tuple[Doubles, Doubles],
    mean: Doubles,
    mass: tuple[Doubles, Doubles],
    size: tuple[Numbers, Numbers],
) -> Doubles:
    """Log-odds that two clusters are one: ``BEST_SHARE`` of the best matches, the rest of the mean, and the `prior` of their sizes.

    A note beside a long matter is asked whether it fits somewhere; the matter need not find itself in the note.

    Parameters
    ----------
    best : pair of ndarray
        Of either cluster, the mean over its filings of their best match in the other.
    mean : ndarray
        Of all pairs across.
    mass, size : pair of ndarray
        How much either tells in all, and its filings.
    """
    own = (best[0] * mass[1] + best[1] * mass[0]) / (mass[0] + mass[1])
    out: Doubles = BEST_SHARE * own + (1 - BEST_SHARE) * mean + prior(*size)
    return out


class _Known:
    """Scores of pairs, those proposed from a table and the others made when first asked for.

    What was made is kept in ascending runs of which none is much smaller than the next, so that remembering more does
    not move all that is remembered.
    """

    def __init__(self, n: int, left: Index, right: Index, score: Doubles, make: Score) -> None:
        self._n, self._make = n, make
        self._runs = [_ascending(left * n + right, score)]

    def __call__(self, left: Index, right: Index) -> Doubles:
        code = np.minimum(left, right) * self._n + np.maximum(left, right)
        order = np.argsort(code)
        sought, out, open_ = code[order], np.empty(len(code)), order
        for run, score in self._runs:
            at = np.minimum(np.searchsorted(run, sought), len(run) - 1)
            found = run[at] == sought
            out[open_[found]] = score[at[found]]
            sought, open_ = sought[~found], open_[~found]
        if len(open_):
            first = np.append(True, sought[1:] != sought[:-1])
            unique = sought[first]
            made = self._make(unique // self._n, unique % self._n)
            out[open_] = made[np.cumsum(first) - 1]
            self._keep(unique, made)
        return out

    def _keep(self, code: Index, score: Doubles) -> None:
        while len(self._runs) > 1 and len(self._runs[-1][0]) < 2 * len(code):
            before = self._runs.pop()
            code, score = _ascending(np.concatenate([before[0], code]), np.concatenate([before[1], score]))
        self._runs.append((code, score))


def _ascending(code: Index, score: Doubles) -> tuple[Index, Doubles]:
    order = np.argsort(code, kind="stable")
    return code[order], score[order]


def merge(
    n: int,
    left: Index,
    right: Index,
    score: Doubles,
    score_pairs: Score,
    *,
    threshold: float,
    weight: Doubles,
    tie: Hashes,
    label: Index | None = None,
    weigh: Weigh | None = None,
    sway: float = 0.0,
) -> Merged:
    """Merge rows, or clusters of rows, round by round.

    Parameters
    ----------
    n : int
        Number of rows.
    left, right, score : shape (pairs,)
        Proposed pairs (left < right) with their clipped log-odds.
    score_pairs : callable
        Clipped log-odds of any further pairs.
    threshold : float
        Linkage, `prior` included, from which two clusters are merged.
    weight : shape (n,)
        How much each row tells.
    tie : uint64, shape (n,)
        A hash of each row by which ties are broken.
    label : shape (n,), optional
        Clusters to begin with (labels: first rows). Default: each row is one.
    weigh : callable, optional
        What to take for the linkage instead, given the labels, what lies between pairs of clusters and their linkage.
    sway : float
        How far that may lie above what the best pair across says.

    Returns
    -------
    Merged
    """
    known = _Known(n, left, right, score, score_pairs)
    label = np.arange(n, dtype=np.int64) if label is None else label
    joins: list[tuple[Index, Index, Doubles]] = []
    good = score >= threshold - prior(np.array(CROWD), np.array(1)) - sway
    i, j, value = left[good], right[good], score[good]
    del left, right, score, good
    cache = _Linkages.none()
    for _ in range(ROUNDS):
        across = label[i] != label[j]
        i, j, value = i[across], j[across], value[across]
        if not len(i):
            break
        size = np.bincount(label, minlength=n)
        code = np.minimum(label[i], label[j]) * n + np.maximum(label[i], label[j])
        which, wanted = pd.factorize(code, sort=True)
        most = largest(which, value, len(wanted)) + (prior(size[wanted // n], size[wanted % n]) + sway)
        cache = cache.renamed(label).current(wanted, size)
        asked = _worth_asking(wanted, most, size, cache, _mixed(wanted // n, wanted % n, tie))
        inside = asked[which]
        at = (np.cumsum(asked) - 1)[which[inside]]
        between = Between.of(
            label, wanted[asked] // n, wanted[asked] % n, weight, known, tie, at, i[inside], j[inside], value[inside]
        )
        found = linkage(between.best, between.mean, between.mass, between.size)
        found = found if weigh is None else weigh(label, between, found)
        cache = cache.joined(_Linkages.of(between, found, n))
        chosen = _partners(cache.code // n, cache.code % n, cache.value, size, tie, threshold)
        if not len(chosen):
            if asked.any():
                continue  # those asked for were worse than they could be
            break
        joins.append((cache.left[chosen], cache.right[chosen], known(cache.left[chosen], cache.right[chosen])))
        label = _united(label, cache.code[chosen] // n, cache.code[chosen] % n)
    joined = (
        [np.concatenate(part) for part in zip(*joins, strict=True)] if joins else [label[:0], label[:0], np.empty(0)]
    )
    return Merged(label, *joined)


@dataclass(frozen=True)
class _Linkages:
    """Linkage of pairs of clusters, coded ``a * n + b`` (a < b, ascending), and the best proposed pair across each.

    ``size_a`` and ``size_b`` are the sizes they had when it was found: it holds until one has grown by ``GROWN``.
    """

    code: Index
    value: Doubles
    left: Index
    right: Index
    size_a: Index
    size_b: Index

    @staticmethod
    def none() -> _Linkages:
        """Of no pairs."""
        empty = np.empty(0, np.int64)
        return _Linkages(empty, np.empty(0), empty, empty, empty, empty)

    def _take(self, rows: Index) -> _Linkages:
        return _Linkages(
            self.code[rows], self.value[rows], self.left[rows], self.right[rows], self.size_a[rows], self.size_b[rows]
        )

    def joined(self, other: _Linkages) -> _Linkages:
        """Both, ascending."""
        both = [np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)]
        return _Linkages(*both)._take(np.argsort(both[0], kind="stable"))

    def renamed(self, label: Index) -> _Linkages:
        """By the labels of today; of several that have become one, the one found for the largest clusters."""
        n = len(label)
        a, b = label[self.code // n], label[self.code % n]
        swap = a > b
        size_a, size_b = np.where(swap, self.size_b, self.size_a), np.where(swap, self.size_a, self.size_b)
        code = np.minimum(a, b) * n + np.maximum(a, b)
        order = np.lexsort((-size_a - size_b, code))
        first = order[np.append(True, np.diff(code[order]) > 0)] if len(order) else order
        return _Linkages(code, self.value, self.left, self.right, size_a, size_b)._take(first)

    def current(self, wanted: Index, size: Index) -> _Linkages:
        """Those asked for that still hold."""
        a, b = self.code // len(size), self.code % len(size)
        holds = (size[a] <= GROWN * self.size_a) & (size[b] <= GROWN * self.size_b)
        return self._take(np.flatnonzero(holds & np.isin(self.code, wanted, assume_unique=True)))

    @staticmethod
    def of(between: Between, value: Doubles, n: int) -> _Linkages:
        """Of pairs of clusters of `n` rows, ascending."""
        code = between.a * n + between.b
        return _Linkages(code, value, between.left, between.right, *between.size)


def _mixed(a: Index, b: Index, tie: Hashes) -> Hashes:
    """A hash of each pair of clusters, by which ties are broken: so that equals pair off at once."""
    return (tie[a] ^ (tie[b] >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)


def _worth_asking(wanted: Index, most: Doubles, size: Index, cache: _Linkages, mixed: Hashes) -> Flags:
    """Pairs of clusters whose linkage must be found: of each cluster the likeliest that could beat what it has.

    A linkage is hardly above the best pair across (`most`), and two clusters merge only when the smaller one has no
    better partner; so what cannot beat what the smaller one already has is not asked for, and no more than ``ASKED`` at once:
    in a matter of 20,000 filings the best pairs are all equally good.
    """
    n = len(size)
    a, b = wanted // n, wanted % n
    best = np.maximum(largest(cache.code // n, cache.value, n), largest(cache.code % n, cache.value, n))
    smaller = np.where(size[a] <= size[b], a, b)
    open_ = np.flatnonzero(~np.isin(wanted, cache.code, assume_unique=True) & (most > best[smaller] + 1e-6))
    open_ = open_[np.lexsort((mixed[open_], -most[open_].round(6), smaller[open_]))]
    of = smaller[open_]
    nth = np.arange(len(of)) - np.searchsorted(of, of)
    out = np.zeros(len(wanted), bool)
    out[open_[nth < ASKED]] = True
    return out


def _partners(a: Index, b: Index, linkage: Doubles, size: Index, tie: Hashes, threshold: float) -> Index:
    """Pairs of clusters that merge: each other's best, and small ones whose best is much larger.

    One that is ``MINOR`` times smaller than its best partner does not wait until it is its partner's best, too: it
    changes that partner little, and a matter of 20,000 filings would take its members one a round.
    """
    # a linkage that only rounding lifts to the threshold merges nothing, but may be somebody's best
    likely = np.flatnonzero(linkage.round(6) >= np.round(threshold, 6))
    a, b, linkage = a[likely], b[likely], linkage[likely]
    rank = _ranked(a, b, linkage, tie)
    first = np.full(len(size), len(rank), np.int64)
    np.minimum.at(first, a, rank)
    np.minimum.at(first, b, rank)
    best_of_a, best_of_b, good = first[a] == rank, first[b] == rank, linkage >= threshold
    mutual = best_of_a & best_of_b
    minor_a, minor_b = MINOR * size[a] <= size[b], MINOR * size[b] <= size[a]
    minor = np.flatnonzero(good & ~mutual & (best_of_a & minor_a | best_of_b & minor_b))
    minor = minor[np.argsort(rank[minor])]
    smaller, larger = np.minimum(size[a], size[b])[minor], np.where(size[a] > size[b], a, b)[minor]
    absorbed = minor[_absorbed(smaller, larger, size)]
    out: Index = likely[np.sort(np.concatenate([np.flatnonzero(good & mutual), absorbed]))]
    return out


def _ranked(a: Index, b: Index, linkage: Doubles, tie: Hashes) -> Index:
    """Rank of each pair of clusters, the likeliest first; ties are broken by a hash (`_mixed`)."""
    order = np.lexsort((b, a, _mixed(a, b, tie), -linkage.round(6)))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _absorbed(grows: Index, cluster: Index, size: Index) -> Index:
    """Which of those that a cluster would absorb, the likeliest first, it takes at once.

    It `grows` by each, and takes no more than leave it about as large as it was when its partners were weighed, or what
    fits the old and not the new would all come in together.
    """
    order = np.argsort(cluster, kind="stable")
    cluster, total = cluster[order], np.cumsum(grows[order])
    before = np.append(0, total)[np.searchsorted(cluster, cluster)]
    out: Index = order[total - before <= (GROWN - 1) * size[cluster]]
    return out


def _united(label: Index, a: Index, b: Index) -> Index:
    """Labels (first rows) after the clusters of each pair have become one, chains of pairs included."""
    n = len(label)
    graph = sparse.coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(n, n))
    part = connected_components(graph, directed=False)[1]
    first = np.full(n, n, np.int64)
    np.minimum.at(first, part, np.arange(n))
    out: Index = first[part][label]
    return out
