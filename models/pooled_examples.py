"""Examples for the scorer of whole matters: pairs of partial matters whose truth is known; called by ``train.py``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import matters
from repeatdetect.attach import Rivals
from repeatdetect.corpus import Corpus
from repeatdetect.matters import Score
from repeatdetect.propose import Pairs, propose

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]
#: evidence, truth, weights, and rows of the first filings of both sides, shape (k, 2)
Found = tuple[pd.DataFrame, npt.NDArray[np.bool_], Doubles, Ints]
BREAKS = 6  # times that the gold matters are broken at random
FIRST_PASS = (0.0, 0.7)  # log-odds of the first passes whose left-overs are learned from, three times as heavy


def of_gold(corpus: Corpus, gold: npt.NDArray[np.object_], score: Score) -> Found:
    """Examples of a set whose matters are known.

    Gold matters are broken into random parts; to these come the left-overs of real first passes.
    """
    pairs = propose(corpus)
    value = score(pairs.left, pairs.right)
    truth = np.unique(gold.astype(str), return_inverse=True)[1]
    tables, same, weight, rows = [], [], [], []
    labels = [(_broken(truth, np.random.default_rng(k)), 1.0) for k in range(BREAKS)]
    labels += [(label, 3.0) for label in _first_passes(corpus, pairs, value, score)]
    for label, heavy in labels:
        rivals = Rivals.of(corpus, label, pairs.left, pairs.right, value, small=len(corpus))
        table, a, b, position = rivals.evidence(), rivals.a, rivals.b, rivals.position
        of = np.array([np.bincount(truth[position == k]).argmax() for k in range(int(position.max()) + 1)])
        tables.append(table)
        same.append(of[a] == of[b])
        weight.append(np.full(len(a), heavy))
        rows.append(np.column_stack([rivals.first[a], rivals.first[b]]))
    return pd.concat(tables), np.concatenate(same), np.concatenate(weight), np.concatenate(rows)


def of_pairs(
    corpus: Corpus, left: Ints, right: Ints, same: npt.NDArray[np.bool_], weight: Doubles, score: Score
) -> Found:
    """Examples of a set of which only pairs are labelled: matters of first passes that labelled pairs join."""
    pairs = propose(corpus)
    value = score(pairs.left, pairs.right)
    tables, truth, heavy, rows = [], [], [], []
    for label in _first_passes(corpus, pairs, value, score):
        rivals = Rivals.of(corpus, label, pairs.left, pairs.right, value, small=len(corpus))
        table, a, b, position = rivals.evidence(), rivals.a, rivals.b, rivals.position
        width = int(position.max()) + 1
        x, y = position[left], position[right]
        votes = pd.DataFrame(
            {"code": np.minimum(x, y) * width + np.maximum(x, y), "same": same * weight, "all": weight}
        )
        known = votes[x != y].groupby("code").sum().reindex(a * width + b)
        some = known["all"].notna().to_numpy()
        tables.append(table[some])
        truth.append((known["same"] > known["all"] / 2).to_numpy()[some])
        heavy.append(known["all"].to_numpy()[some])
        rows.append(np.column_stack([rivals.first[a], rivals.first[b]])[some])
    return pd.concat(tables), np.concatenate(truth), np.concatenate(heavy), np.concatenate(rows)


def _first_passes(corpus: Corpus, pairs: Pairs, value: Doubles, score: Score) -> list[Ints]:
    """Matters as first passes of each level leave them; labels are rows of first filings."""
    told = matters.telling(corpus.scalars["length"])
    return [
        matters.group(len(corpus), pairs.left, pairs.right, value, score, threshold=level, look=-1.1, weight=told).label
        for level in FIRST_PASS
    ]


def _broken(truth: Ints, random: np.random.Generator) -> Ints:
    """Each matter in a random number of random parts; labels are rows of first filings."""
    part = np.zeros(len(truth), np.int64)
    for name in np.unique(truth):
        rows = np.flatnonzero(truth == name)
        part[rows] = random.integers(0, int(random.integers(1, len(rows) + 1)), len(rows))
    _, first, inverse = np.unique(truth * (len(truth) + 1) + part, return_index=True, return_inverse=True)
    label: Ints = first[inverse].astype(np.int64)
    return label
