"""Pairs to log-odds, dear evidence worked out only where it could still matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from repeatdetect.comparable import Comparable
from repeatdetect.compare import WHERE, Pairs
from repeatdetect.decide import Scorer
from repeatdetect.jobs import each_threaded
from repeatdetect.ragged import Doubles, Index

#: log-odds from which a compared pair is remembered: below the weakest pair that any stage looks at
KEEP = math.log(0.05 / 0.95)
_SLACK = 1e-6  # sums in another order differ in their last digits
_PIECE = 100_000  # pairs compared at once; keeps memory flat
_SMALL_PIECE = 5_000  # pairs that are not worth being shared out
#: what is worked out together, the cheap and telling first; columns named nowhere come last
_TOGETHER = (
    ("conflict", "who", "town", "category", "body", "shortest", "days_apart", "petitioner"),
    ("numbers", "issue"),
    ("object", "who_what", "where_what", "meaning"),
    ("title_in", "title_grams"),
    ("topic", "shared_rare", "containment"),
)
_ORDER = tuple(
    (*names, *(f"{case}_{name}" for case, some in WHERE.items() for name in names if name in some))
    for names in _TOGETHER
)


def score_pairs(
    data: Comparable,
    scorer: Scorer,
    left: Index,
    right: Index,
    least: float = -np.inf,
    threads: int = 1,
) -> Doubles:
    """Log-odds of pairs.

    Parameters
    ----------
    data : Comparable
    scorer : Scorer
    left, right : int64, shape (pairs,)
    least : float
        Pairs that cannot reach these log-odds whatever evidence is left get -inf: most proposed pairs are told apart by
        who and where alone, which costs a twentieth of comparing the words.
    threads : int

    Returns
    -------
    ndarray of float64, shape (pairs,)
    """
    steps = _steps(scorer, least)
    size = min(_PIECE, max(_SMALL_PIECE, -(-len(left) // threads)))

    def piece(start: int) -> Doubles:
        part = slice(start, start + size)
        return _score(Pairs(data, left[part], right[part]), scorer, steps, least)

    return np.concatenate([*each_threaded(piece, range(0, len(left), size), threads), np.empty(0)])


def by_whomever(data: Comparable, scorer: Scorer, left: Index, right: Index, least: float) -> Doubles:
    """Log-odds of pairs as `score_pairs` gives them; another accused does not count where the text alone names one.

    A text that names but one person may name who signed, or dined along, and be about somebody else.
    """
    out = score_pairs(data, scorer, left, right, least)
    if "who" not in scorer.shapes:
        return out
    who = scorer.shapes["who"](np.asarray(Pairs(data, left, right)["who"]))
    against = np.flatnonzero((who < 0) & ~(data.by_cell[left] & data.by_cell[right]))
    who = who[against]
    out[against] = score_pairs(data, scorer, left[against], right[against], least + who.min(initial=0.0)) - who
    return out


def _steps(scorer: Scorer, least: float) -> list[list[str]]:
    """Columns the scorer uses in the order they are worked out; all at once where nothing is to be ruled out."""
    if least == -np.inf:
        return [list(scorer.shapes)]
    ordered = {name for names in _ORDER for name in names}
    steps = [*_ORDER, tuple(name for name in scorer.shapes if name not in ordered)]
    return [used for names in steps if (used := [name for name in names if name in scorer.shapes])]


def _score(pairs: Pairs, scorer: Scorer, steps: Sequence[Sequence[str]], least: float) -> Doubles:
    out = np.full(len(pairs), -np.inf)
    at = np.arange(len(pairs))
    most = np.full(len(pairs), scorer.intercept + sum(shape.most for shape in scorer.shapes.values()) + _SLACK)
    for names in steps:
        for name in names:
            most += scorer.shapes[name](pairs[name]) - scorer.shapes[name].most
        if not (most >= least).all():
            kept = np.flatnonzero(most >= least)
            pairs, at, most = pairs.only(kept), at[kept], most[kept]
    out[at] = scorer.score(pairs)
    return out


@dataclass(frozen=True)
class Proposed:
    """Pairs (rows, left < right) with their log-odds, those worth remembering."""

    left: Index
    right: Index
    score: Doubles

    @staticmethod
    def of(data: Comparable, scorer: Scorer, left: Index, right: Index, threads: int = 1) -> Proposed:
        """Compare proposed pairs; those worth remembering come out ascending."""
        score = score_pairs(data, scorer, left, right, KEEP, threads=threads)
        kept = score >= KEEP
        return Proposed.concat([Proposed(left[kept], right[kept], score[kept])])

    @staticmethod
    def concat(parts: Sequence[Proposed]) -> Proposed:
        """All of them, ascending."""
        left, right, score = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("left", "right", "score")
        )
        order = np.lexsort((right, left))
        return Proposed(left[order], right[order], score[order])

    def at_least(self, least: float) -> Proposed:
        """Those that score at least so much."""
        kept = self.score >= least
        return Proposed(self.left[kept], self.right[kept], self.score[kept])
