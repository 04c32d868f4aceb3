"""A second look: what stands alone is compared with whole matters, each taken as one long filing.

A twelve-character note, a call without names, a neighbour's view of the affair: none of them resembles any single
filing enough, but it resembles the matter, whose filings together name everybody and every sum. So the features of
each matter are pooled and compared by the same evidence as two filings; a scorer trained on pooled evidence decides.
Only a matter of at most ``SMALL`` filings is attached to another: two large matters of one accused are two matters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from repeatdetect.compare import Columns, Comparable, compare
from repeatdetect.corpus import Corpus
from repeatdetect.decide import Scorer
from repeatdetect.matters import Doubles, Grouping, Score
from repeatdetect.propose import propose
from repeatdetect.ragged import Index, Ragged, rows_of_each
from repeatdetect.scoring import score_pairs as weigh

SMALL = 2
ROUNDS = 4
#: evidence of two matters besides that of `compare`, with the direction it may move the score
POOLED: dict[str, int] = {"best": 1, "small": 0, "large": 0}
_COUNTED = frozenset(("terms", "content", "title", "objects", "issues"))  # features whose weights add up


def pool(corpus: Corpus, label: Index) -> tuple[Corpus, Index]:
    """One row a matter: features of its filings joined, length and certainty of the names among them.

    Parameters
    ----------
    corpus : Corpus
    label : int64, shape (n,)
        Row of the first filing of each filing's matter.

    Returns
    -------
    Corpus
        Matters in order of their first filings.
    position : int64, shape (n,)
        Row of each filing's matter in it.
    """
    first, position = np.unique(label, return_inverse=True)
    count = len(first)
    features = {}
    for name, part in corpus.features.items():
        joined = Ragged.from_pairs(position[part.rows], part.ids, part.weights, count)
        if name not in _COUNTED:  # what an entry weighs is the same wherever it stands
            times = Ragged.from_pairs(position[part.rows], part.ids, np.ones(len(part.ids), np.float32), count)
            joined = joined.reweighted(joined.weights / times.weights)
        features[name] = joined
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
    """

    data: Comparable
    a: Index
    b: Index
    more: Columns
    position: Index

    @staticmethod
    def of(
        corpus: Corpus, label: Index, left: Index, right: Index, score: Doubles, threads: int = 1, small: int = SMALL
    ) -> Rivals:
        """Propose pairs of matters of which one has at most `small` filings, given the proposed pairs of filings."""
        pooled, position = pool(corpus, label)
        size = np.bincount(position)
        pairs = propose(pooled, threads)
        chosen = np.minimum(size[pairs.left], size[pairs.right]) <= small
        a, b = pairs.left[chosen], pairs.right[chosen]
        width = len(size)
        x, y = position[left], position[right]
        code = np.minimum(x, y) * width + np.maximum(x, y)
        best = pd.Series(score).groupby(code).max()
        more: Columns = {
            "best": best.reindex(a * width + b).to_numpy(np.float32),
            "small": np.log(np.minimum(size[a], size[b])).astype(np.float32),
            "large": np.log(np.maximum(size[a], size[b])).astype(np.float32),
        }
        return Rivals(Comparable.of(pooled), a, b, more, position)

    def evidence(self) -> pd.DataFrame:
        """Columns of `compare` and of ``POOLED``, shape (k, columns)."""
        return compare(self.data, self.a, self.b).assign(**self.more)


def attach(
    corpus: Corpus,
    grouping: Grouping,
    left: Index,
    right: Index,
    score: Doubles,
    scorer: Scorer,
    score_pairs: Score,
    *,
    threshold: float,
    threads: int = 1,
) -> Grouping:
    """Attach small matters to the matters they belong to.

    Each round compares all matters once and merges those pairs that are each other's best above `threshold`, so the
    answer depends on no order; rounds end when nothing is merged.

    Parameters
    ----------
    corpus : Corpus
        Rows in canonical order.
    grouping : Grouping
    left, right, score
        Proposed pairs of filings with their log-odds.
    scorer : Scorer
        Trained on pooled evidence.
    score_pairs : callable
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
    for _ in range(ROUNDS):
        rivals = Rivals.of(corpus, label, left, right, score, threads)
        a, b, position = rivals.a, rivals.b, rivals.position
        value = weigh(rivals.data, scorer, a, b, threshold, rivals.more)
        best = np.full(int(position.max(initial=-1)) + 1, -np.inf)
        np.maximum.at(best, a, value)
        np.maximum.at(best, b, value)
        merged = np.flatnonzero((value >= threshold) & (value >= best[a]) & (value >= best[b]))
        if not len(merged):
            break
        taken: set[int] = set()
        joins: list[tuple[int, int, float]] = []
        for at in merged[np.lexsort((b[merged], a[merged], -value[merged]))].tolist():
            one, two = int(a[at]), int(b[at])
            if one in taken or two in taken:  # ties: the first pair in canonical order is merged, the rest wait a round
                continue
            taken |= {one, two}
            joins.append((one, two, float(value[at])))
        rows_of = rows_of_each(position)
        edges.append(_edges([(rows_of[one], rows_of[two], weight) for one, two, weight in joins], score_pairs))
        for one, two, _ in joins:
            label[rows_of[two]] = label[rows_of[one][0]]
    joined = [np.concatenate(parts) for parts in zip(*edges, strict=True)]
    return Grouping(label, *joined)


def _edges(joins: list[tuple[Index, Index, float]], score_pairs: Score) -> tuple[Index, Index, Doubles]:
    """The best pair of filings across each two matters, as an edge with the score of the merge."""
    i = np.concatenate([np.repeat(one, len(two)) for one, two, _ in joins])
    j = np.concatenate([np.tile(two, len(one)) for one, two, _ in joins])
    low, high = np.minimum(i, j), np.maximum(i, j)
    count = np.array([len(one) * len(two) for one, two, _ in joins])
    owner = np.repeat(np.arange(len(joins)), count)
    order = np.lexsort((-score_pairs(low, high), owner))
    first = order[np.cumsum(count) - count]
    return low[first], high[first], np.array([weight for _, _, weight in joins])
