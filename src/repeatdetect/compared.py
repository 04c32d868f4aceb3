"""What is still asked of pairs once matters are known, so that nobody need hold what they were compared by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from repeatdetect.comparable import Comparable
from repeatdetect.decide import Scorer, probability
from repeatdetect.grounds import Across, apart, pair_table
from repeatdetect.honour import Decided, told_apart
from repeatdetect.matters import Grouping
from repeatdetect.near import FAINT_FROM, NEAR_FROM, Near
from repeatdetect.ragged import Doubles, Index
from repeatdetect.scoring import Proposed, by_whomever
from repeatdetect.thresholds import logit


@dataclass(frozen=True)
class Compared:
    """Pairs of filings whose matters are known.

    Attributes
    ----------
    pairs : DataFrame
        Those of the contract; first the edges that hold the matters together.
    twins : dict
        Row of a filing -> row of its suspected twin, and the probability.
    near : Near
    words : callable
        Ids of the terms of some filings (rows).
    """

    pairs: pd.DataFrame
    twins: dict[int, tuple[int, float]]
    near: Near
    words: Callable[[Sequence[int]], frozenset[int]]

    @staticmethod
    def of(
        data: Comparable, scorer: Scorer, grouping: Grouping, across: Across, cannot: Decided, close: Proposed | None
    ) -> Compared:
        """From all there is; with pairs that are `close` (see `close_apart`) matters can be linked.

        Then `data` lives on as long as the answer.
        """
        pairs, twins, label = pair_table(data, scorer, grouping, across, cannot), across.twins(), grouping.label
        if close is None:
            return Compared(pairs, twins, Near.nothing(), lambda rows: frozenset())

        def chance(i: Index, j: Index) -> Doubles:
            told: Doubles = probability(by_whomever(data, scorer, i, j, logit(FAINT_FROM)))
            return np.where(told_apart(label, i, j, cannot), 0.0, told)

        return Compared(pairs, twins, Near(close.left, close.right, probability(close.score), chance), data.words)


def close_apart(proposed: Proposed, label: Index, cannot: Decided) -> Proposed:
    """Pairs across two matters that may yet be one: all that linking matters asks of the proposed ones."""
    left, right, score = proposed.left, proposed.right, proposed.score
    close = np.flatnonzero(apart(label, left, right, score, logit(NEAR_FROM), cannot))
    return Proposed(left[close], right[close], score[close])
