"""Pairs to log-odds, the words compared only where they could still matter."""

from __future__ import annotations

import math

import numpy as np

from repeatdetect.compare import Columns, Comparable, compare_facts, compare_words
from repeatdetect.decide import Doubles, Scorer
from repeatdetect.ragged import Index

#: log-odds from which a compared pair is remembered: below the weakest pair that any stage looks at
KEEP = math.log(0.05 / 0.95)
_PIECE = 250_000  # pairs compared at once; keeps memory flat


def score_pairs(
    data: Comparable, scorer: Scorer, left: Index, right: Index, least: float = -np.inf, more: Columns | None = None
) -> Doubles:
    """Log-odds of pairs.

    Parameters
    ----------
    data : Comparable
    scorer : Scorer
    left, right : int64, shape (pairs,)
    least : float
        Pairs that cannot reach these log-odds whatever their words say get -inf: most proposed pairs are told apart by
        who and where alone, which costs a twentieth of comparing the words.
    more : dict of str to ndarray, shape (pairs,)
        Columns of evidence known besides those of `compare`.

    Returns
    -------
    ndarray of float64, shape (pairs,)
    """
    out = np.full(len(left), -np.inf)
    for start in range(0, len(left), _PIECE):
        i, j = left[start : start + _PIECE], right[start : start + _PIECE]
        first = compare_facts(data, i, j)
        first |= {name: values[start : start + _PIECE] for name, values in (more or {}).items()}
        open_ = np.flatnonzero(scorer.at_most(first) >= least)
        first = {name: values[open_] for name, values in first.items()}
        words = compare_words(data, i[open_], j[open_], first)
        out[start + open_] = scorer.total({**first, **words})
    return out
