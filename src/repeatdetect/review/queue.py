"""Which doubtful pair to ask about next: where an answer is least certain and settles most; nothing that follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from repeatdetect.decisions import DIFFERENT, SAME
from repeatdetect.honour import Sets


class Pair(NamedTuple):
    """A doubtful pair; the left filing is the earlier one."""

    left: str
    right: str
    probability: float


class Questions:
    """Doubtful pairs as questions on matters: each pair of matters is asked about once.

    Parameters
    ----------
    pairs : DataFrame
        left_id, right_id, probability.
    matters : mapping
        Filing to matter, every filing of the result.
    """

    def __init__(self, pairs: pd.DataFrame, matters: Mapping[str, str]) -> None:
        self._pairs = [
            Pair(left, right, float(chance))
            for left, right, chance in pairs[["left_id", "right_id", "probability"]].itertuples(index=False)
        ]
        self._matters = matters
        self._sizes = Counter(matters.values())

    def open(self, said: Iterable[tuple[str, str, str]]) -> list[Pair]:
        """Pairs whose answer follows from nothing said so far, the most useful first.

        Parameters
        ----------
        said : iterable of (left id, right id, same | different)
            Without contradiction.

        Returns
        -------
        list of Pair
            The most probable pair of any two matters. An answer is worth the doubt about it, times the pairs of
            filings it settles.
        """
        sets: Sets[str] = Sets()
        said = [(self._matter(left), self._matter(right), word) for left, right, word in said]
        for a, b, word in said:
            if word == SAME:
                sets.join(a, b)
        for a, b, word in said:
            if word == DIFFERENT and sets.find(a) != sets.find(b):
                sets.part(a, b)
        size: dict[str, int] = {}
        for matter, count in self._sizes.items():
            root = sets.find(matter)
            size[root] = size.get(root, 0) + count
        best: dict[frozenset[str], Pair] = {}
        for pair in self._pairs:
            a, b = sets.find(self._matter(pair.left)), sets.find(self._matter(pair.right))
            if a != b and b not in sets.foes(a):
                key = frozenset((a, b))
                best[key] = max(best.get(key, pair), pair, key=lambda one: one.probability)
        worth = {
            pair: pair.probability * (1 - pair.probability) * np.prod([size[root] for root in key])
            for key, pair in best.items()
        }
        return sorted(worth, key=lambda pair: (-worth[pair], -pair.probability, pair))

    def _matter(self, filing: str) -> str:
        return self._matters.get(filing, filing)
