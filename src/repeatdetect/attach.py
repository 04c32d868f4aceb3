"""A second look: what stands alone is compared with whole matters, each taken as one long filing.

A twelve-character note, a call without names, a neighbour's view of the affair: none of them resembles any single
filing enough, but it resembles the matter, whose filings together name everybody and every sum. So the features of
each matter are pooled and compared by the same evidence as two filings; a scorer trained on pooled evidence decides.
Only a matter of at most ``SMALL`` filings is attached to another: two large matters of one accused are two matters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from repeatdetect.comparable import Comparable
from repeatdetect.compare import Columns, compare
from repeatdetect.corpus import Corpus
from repeatdetect.decide import Scorer
from repeatdetect.jobs import each_threaded
from repeatdetect.matters import Doubles, Grouping, Score
from repeatdetect.propose import Pairs, block_keys, nearest
from repeatdetect.ragged import Index, Ragged, rows_of_each
from repeatdetect.scoring import score_pairs

SMALL = 2
ROUNDS = 4
#: evidence of two matters besides that of `compare`, with the direction it may move the score
POOLED: dict[str, int] = {"best": 1, "small": 0, "large": 0}
#: features whose weights add up; elsewhere an entry weighs the same wherever it stands
_COUNTED = frozenset(("terms", "content", "title", "objects", "issues"))


def pool(corpus: Corpus, label: Index, threads: int = 1) -> tuple[Corpus, Index]:
    """One row a matter: features of its filings joined, length and certainty of the names among them.

    Parameters
    ----------
    corpus : Corpus
    label : int64, shape (n,)
        Row of the first filing of each filing's matter.
    threads : int

    Returns
    -------
    Corpus
        Matters in order of their first filings.
    position : int64, shape (n,)
        Row of each filing's matter in it.
    """
    first, position = np.unique(label, return_inverse=True)
    count = len(first)

    def joined(name: str) -> Ragged:
        part = corpus.features[name]
        return Ragged.from_pairs(position[part.rows], part.ids, part.weights, count, mean=name not in _COUNTED)

    features = dict(zip(corpus.features, each_threaded(joined, corpus.features, threads), strict=True))
    sums = {
        name: np.bincount(position, weights=corpus.scalars[name], minlength=count)
        for name in ("length", "sure", "named")
    }
    scalars = {
        "day": corpus.scalars["day"][first],
        "length": sums["length"].astype(np.float32),
        "named": (sums["named"] > 0).astype(np.uint8),
        "text_hash": np.zeros(count, np.uint64),
        "sure": (sums["sure"] > 0).astype(np.uint8),
    }
    told = {name: [values[row] for row in first.tolist()] for name, values in corpus.told.items()}
    return Corpus(corpus.filings.iloc[first].reset_index(drop=True), features, scalars, told), position


@dataclass(frozen=True)
class Rivals:
    """Pairs of matters that may be one, of which one has few filings.

    Attributes
    ----------
    data : Comparable
        Of the pooled corpus.
    a, b : int64, shape (k,)
        Matters, rows of the pooled corpus.
    more : dict of str to ndarray, shape (k,)
        Columns of ``POOLED``: ``best`` (log-odds of the best proposed pair across, NaN: none), ``small`` and ``large``
        (log of filings).
    position : int64, shape (n,)
        Matter of each filing.
    first : int64, shape (matters,)
        Row of the first filing of each matter.
    """

    data: Comparable
    a: Index
    b: Index
    more: Columns
    position: Index
    first: Index

    @staticmethod
    def of(
        corpus: Corpus, label: Index, left: Index, right: Index, score: Doubles, threads: int = 1, small: int = SMALL
    ) -> Rivals:
        """Propose pairs of matters of which one has at most `small` filings, given the proposed pairs of filings."""
        matters = _Matters.of(corpus, label, threads)
        return matters.rivals(*matters.pairs(len(matters), threads, small), left, right, score)

    def evidence(self) -> pd.DataFrame:
        """Columns of `compare` and of ``POOLED``, shape (k, columns)."""
        return compare(self.data, self.a, self.b).assign(**self.more)


ScoreRivals = Callable[[Rivals], Doubles]


def weighed(scorer: Scorer, threshold: float, threads: int) -> ScoreRivals:
    """Log-odds of pairs of matters by a scorer trained on pooled evidence; exact from `threshold` on."""
    return lambda rivals: score_pairs(rivals.data, scorer, rivals.a, rivals.b, threshold, rivals.more, threads)


@dataclass(frozen=True)
class _Matters:
    """Matters, each as one long filing.

    Attributes
    ----------
    first : int64, shape (matters,)
        Row of the first filing of each.
    pooled : Corpus
    keys : Ragged
        What they are proposed by.
    size : int64, shape (matters,)
        Filings of each.
    position : int64, shape (n,)
        Matter of each filing (-1: none of these).
    """

    first: Index
    pooled: Corpus
    keys: Ragged
    size: Index
    position: Index

    def __len__(self) -> int:
        return len(self.first)

    @staticmethod
    def of(corpus: Corpus, label: Index, threads: int) -> _Matters:
        """All matters, in order of their first filings."""
        pooled, position = pool(corpus, label, threads)
        return _Matters(np.unique(label), pooled, block_keys(pooled, threads), np.bincount(position), position)

    def only(self, kept: Index) -> _Matters:
        """Some of them."""
        at = np.full(len(self), -1, np.int64)
        at[kept] = np.arange(len(kept))
        return _Matters(
            self.first[kept], self.pooled.take(kept), self.keys.take(kept), self.size[kept], at[self.position]
        )

    def united(self, one: Index, other: Index) -> _Matters:
        """Pairs of matters, of which the first is the earlier, made one; these come last."""
        apart = np.ones(len(self), bool)
        apart[one] = apart[other] = False
        kept, moved = np.flatnonzero(apart), np.concatenate([one, other])
        order = np.argsort(self.first[moved])
        place = np.argsort(order)
        label = np.empty(len(moved), np.int64)
        label[place] = np.tile(place[: len(one)], 2)
        pooled, owner = pool(self.pooled.take(moved[order]), label)
        at = np.empty(len(self), np.int64)
        at[kept], at[moved[order]] = np.arange(len(kept)), len(kept) + owner
        return _Matters(
            np.concatenate([self.first[kept], np.sort(self.first[one])]),
            Corpus.concat([self.pooled.take(kept), pooled]),
            Ragged.concat([self.keys.take(kept), block_keys(pooled)]),
            np.bincount(at, self.size).astype(np.int64),
            at[self.position],
        )

    def pairs(self, last: int, threads: int, small: int) -> tuple[Index, Index]:
        """Pairs proposed for so many of the last, those of which one has at most `small` filings."""
        pairs: Pairs = nearest(self.keys.take(np.arange(len(self) - last, len(self))), self.keys, threads)
        chosen = np.minimum(self.size[pairs.left], self.size[pairs.right]) <= small
        return pairs.left[chosen], pairs.right[chosen]

    def rivals(self, a: Index, b: Index, left: Index, right: Index, score: Doubles) -> Rivals:
        """Evidence of pairs of these matters, given the proposed pairs of filings."""
        width = len(self)
        x, y = self.position[left], self.position[right]
        code = np.minimum(x, y) * width + np.maximum(x, y)
        best = pd.Series(score).groupby(code).max()
        more: Columns = {
            "best": best.reindex(np.minimum(a, b) * width + np.maximum(a, b)).to_numpy(np.float32),
            "small": np.log(np.minimum(self.size[a], self.size[b])).astype(np.float32),
            "large": np.log(np.maximum(self.size[a], self.size[b])).astype(np.float32),
        }
        return Rivals(Comparable.of(self.pooled), a, b, more, self.position, self.first)


def attach(
    corpus: Corpus,
    grouping: Grouping,
    left: Index,
    right: Index,
    score: Doubles,
    score_rivals: ScoreRivals,
    score_filings: Score,
    *,
    threshold: float,
    threads: int = 1,
) -> Grouping:
    """Attach small matters to the matters they belong to.

    Each round merges those pairs of matters that are each other's best above `threshold`, so the answer depends on no
    order; the next compares only what has been merged with all others; rounds end when nothing is merged.

    Parameters
    ----------
    corpus : Corpus
        Rows in canonical order.
    grouping : Grouping
    left, right, score
        Proposed pairs of filings with their log-odds.
    score_rivals : callable
        Log-odds of pairs of matters; see `weighed`.
    score_filings : callable
        Log-odds of any pairs of filings.
    threshold : float
        Log-odds from which two matters are one.

    Returns
    -------
    Grouping
        With an edge for each merge: the best pair of filings across, scored as the merge was.
    """
    label = grouping.label.copy()
    edges = [(grouping.left, grouping.right, grouping.score)]
    matters = _Matters.of(corpus, label, threads)
    last = len(matters)
    good = [(label[:0], label[:0], np.empty(0))]  # pairs of matters (first rows) from the threshold on
    for _ in range(ROUNDS):
        good.append(_found(matters, last, left, right, score, score_rivals, threshold, threads))
        a, b, value = (np.concatenate(parts) for parts in zip(*good, strict=True))
        joins = _mutual(a, b, value, len(label))
        if not len(joins):
            break
        early, late = a[joins], b[joins]
        rows = np.flatnonzero(np.isin(label, np.concatenate([early, late])))
        rows_of = {int(label[rows[part[0]]]): rows[part] for part in rows_of_each(label[rows])}
        merged = [(rows_of[i], rows_of[j]) for i, j in zip(early.tolist(), late.tolist(), strict=True)]
        edges.append(_edges(merged, value[joins], score_filings))
        for i, j in merged:
            label[j] = label[i[0]]
        changed = np.isin(a, rows) | np.isin(b, rows)
        good = [(a[~changed], b[~changed], value[~changed])]
        matters = matters.united(*(matters.position[side] for side in (early, late)))
        last = len(joins)
    joined = [np.concatenate(parts) for parts in zip(*edges, strict=True)]
    return Grouping(label, *joined)


def _found(
    matters: _Matters,
    last: int,
    left: Index,
    right: Index,
    score: Doubles,
    score_rivals: ScoreRivals,
    threshold: float,
    threads: int,
) -> tuple[Index, Index, Doubles]:
    """Of the pairs proposed for so many of the last matters those that reach the threshold: their first rows, log-odds."""
    one, other = matters.pairs(last, threads, SMALL)
    some = np.unique(np.concatenate([one, other]))
    near = matters.only(some)
    known = (near.position[left] >= 0) & (near.position[right] >= 0)
    a, b = np.searchsorted(some, one), np.searchsorted(some, other)
    rivals = near.rivals(a, b, left[known], right[known], score[known])
    value = score_rivals(rivals)
    found = value >= threshold
    x, y = matters.first[one[found]], matters.first[other[found]]
    return np.minimum(x, y), np.maximum(x, y), value[found]


def _mutual(a: Index, b: Index, value: Doubles, n: int) -> Index:
    """Pairs that are each other's best; of ties that share a side the first pair in canonical order."""
    best = np.full(n, -np.inf)
    np.maximum.at(best, a, value)
    np.maximum.at(best, b, value)
    mutual = np.flatnonzero((value >= best[a]) & (value >= best[b]))
    taken: set[int] = set()
    out = []
    for at in mutual[np.lexsort((b[mutual], a[mutual], -value[mutual]))].tolist():
        pair = {int(a[at]), int(b[at])}
        if not pair & taken:  # the others wait a round
            taken |= pair
            out.append(at)
    return np.array(out, np.int64)


def _edges(joins: list[tuple[Index, Index]], weight: Doubles, score_filings: Score) -> tuple[Index, Index, Doubles]:
    """The best pair of filings across each two matters, as an edge with the score of the merge."""
    i = np.concatenate([np.repeat(one, len(two)) for one, two in joins])
    j = np.concatenate([np.tile(two, len(one)) for one, two in joins])
    low, high = np.minimum(i, j), np.maximum(i, j)
    count = np.array([len(one) * len(two) for one, two in joins])
    owner = np.repeat(np.arange(len(joins)), count)
    order = np.lexsort((-score_filings(low, high), owner))
    first = order[np.cumsum(count) - count]
    return low[first], high[first], weight
