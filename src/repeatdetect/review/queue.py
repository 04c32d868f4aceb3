"""Which doubtful pair to ask about next: where an answer is least certain and settles most; nothing that follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from repeatdetect.contradictions import DIFFERENT, SAME
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
        self._matters = matters
        self._pairs = [
            (Pair(left, right, float(chance)), self._matter(left), self._matter(right))
            for left, right, chance in pairs[["left_id", "right_id", "probability"]].itertuples(index=False)
        ]
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
        joined = {matter: sets.find(matter) for matter in {side for *two, _ in said for side in two}}
        size = Counter(self._sizes)
        for matter, root in joined.items():
            if matter != root:
                size[root] += self._sizes[matter]
        best: dict[tuple[str, str], tuple[float, float, Pair]] = {}
        for pair, one, other in self._pairs:
            a, b = joined.get(one, one), joined.get(other, other)
            if a == b or (a in joined and b in sets.foes(a)):
                continue
            key = (a, b) if a < b else (b, a)
            worth = pair.probability * (1 - pair.probability) * size[a] * size[b]
            if key not in best or pair.probability > best[key][2].probability:
                best[key] = (-worth, -pair.probability, pair)
        return [pair for *_, pair in sorted(best.values())]

    def _matter(self, filing: str) -> str:
        return self._matters.get(filing, filing)
