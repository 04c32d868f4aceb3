"""A second look: what stands alone is compared with whole matters, each taken as one long filing.

A twelve-character note, a call without names, a neighbour's view of the affair: none of them resembles any single
filing enough, but it resembles the matter, whose filings together name everybody and every sum. So the features of
each matter are pooled and compared by the same evidence as two filings; a scorer trained on pooled evidence decides.
Only a matter of at most ``SMALL`` filings is attached to another: two large matters of one accused are two matters.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from repeatdetect.compare import Comparable, compare
from repeatdetect.corpus import Corpus
from repeatdetect.decide import Scorer
from repeatdetect.matters import Doubles, Grouping, Score
from repeatdetect.propose import propose
from repeatdetect.ragged import Index, Ragged

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
        if name not in _COUNTED:
            joined = joined.reweighted(np.minimum(joined.weights, part.weights.max(initial=1.0)))
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


def evidence(
    corpus: Corpus, label: Index, left: Index, right: Index, score: Doubles, threads: int = 1, small: int = SMALL
) -> tuple[pd.DataFrame, Index, Index, Index]:
    """Evidence of pairs of matters of which one has at most `small` filings.

    Parameters
    ----------
    corpus, label
        As for `pool`.
    left, right, score : shape (pairs,)
        Proposed pairs of filings with their log-odds.

    Returns
    -------
    evidence : DataFrame, shape (k, evidence columns)
        Columns of `compare` and of ``POOLED``: ``best`` (log-odds of the best proposed pair across, NaN: none),
        ``small`` and ``large`` (log of filings).
    a, b : int64, shape (k,)
        Matters, rows of the pooled corpus.
    position : int64, shape (n,)
    """
    pooled, position = pool(corpus, label)
    size = np.bincount(position)
    pairs = propose(pooled, threads)
    chosen = np.minimum(size[pairs.left], size[pairs.right]) <= small
    a, b = pairs.left[chosen], pairs.right[chosen]
    out = compare(Comparable.of(pooled), a, b)
    width = len(size)
    x, y = position[left], position[right]
    code = np.minimum(x, y) * width + np.maximum(x, y)
    best = pd.Series(score).groupby(code).max()
    out["best"] = best.reindex(a * width + b).to_numpy(np.float32)
    out["small"] = np.log(np.minimum(size[a], size[b])).astype(np.float32)
    out["large"] = np.log(np.maximum(size[a], size[b])).astype(np.float32)
    return out, a, b, position


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
        table, a, b, position = evidence(corpus, label, left, right, score, threads)
        value = scorer.score(table)
        best = np.full(int(position.max(initial=-1)) + 1, -np.inf)
        np.maximum.at(best, a, value)
        np.maximum.at(best, b, value)
        merged = np.flatnonzero((value >= threshold) & (value >= best[a]) & (value >= best[b]))
        if not len(merged):
            break
        taken: set[int] = set()
        members = _members(position)
        for at in merged[np.lexsort((b[merged], a[merged], -value[merged]))].tolist():
            one, two = int(a[at]), int(b[at])
            if one in taken or two in taken:  # ties: the first pair in canonical order is merged, the rest wait a round
                continue
            taken |= {one, two}
            edges.append(_edge(members[one], members[two], float(value[at]), score_pairs))
            label[members[two]] = label[members[one][0]]
    joined = [np.concatenate(parts) for parts in zip(*edges, strict=True)]
    return Grouping(label, *joined)


def _members(position: Index) -> list[Index]:
    order = np.argsort(position, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(position[order]) > 0))
    return np.split(order, starts[1:])


def _edge(
    one: Index, two: Index, value: float, score_pairs: Callable[[Index, Index], Doubles]
) -> tuple[Index, Index, Doubles]:
    """The best pair of filings across two matters, as an edge with the score of the merge."""
    i, j = np.repeat(one, len(two)), np.tile(two, len(one))
    low, high = np.minimum(i, j), np.maximum(i, j)
    at = int(np.argmax(score_pairs(low, high)))
    return low[at : at + 1], high[at : at + 1], np.array([value])
