"""What is still asked of pairs once matters are known, so that nobody need hold what they were compared by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from repeatdetect.comparable import Comparable
from repeatdetect.decide import Doubles, Scorer, probability
from repeatdetect.grounds import Across, apart, pair_table
from repeatdetect.honour import Decided, told_apart
from repeatdetect.matters import Grouping
from repeatdetect.near import FAINT_FROM, NEAR_FROM, Near
from repeatdetect.ragged import Index
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
        data: Comparable, scorer: Scorer, grouping: Grouping, proposed: Proposed, across: Across, cannot: Decided,
        *, linked: bool,
    ) -> Compared:  # fmt: skip
        """From all there is; what is `near`, and which words stand where, is told only when matters are to be `linked`.

        Then `data` lives on as long as the answer.
        """
        pairs, twins, label = pair_table(data, scorer, grouping, across, cannot), across.twins(), grouping.label
        if not linked:
            return Compared(pairs, twins, Near.nothing(), lambda rows: frozenset())
        left, right, score = proposed.left, proposed.right, proposed.score
        close = np.flatnonzero(apart(label, left, right, score, logit(NEAR_FROM), cannot))

        def chance(i: Index, j: Index) -> Doubles:
            told: Doubles = probability(by_whomever(data, scorer, i, j, logit(FAINT_FROM)))
            return np.where(told_apart(label, i, j, cannot), 0.0, told)

        return Compared(pairs, twins, Near(left[close], right[close], probability(score[close]), chance), data.words)
