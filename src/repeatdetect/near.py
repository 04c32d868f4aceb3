"""Which filings of different matters may yet be of one matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from repeatdetect.ragged import Doubles, Index

#: Probability from which two filings count as perhaps of one matter.
NEAR_FROM = 0.08
#: Probability from which a filing that names nobody counts with what it resembles most.
FAINT_FROM = 0.04


@dataclass(frozen=True)
class Near:
    """Pairs of filings of two matters that may yet be one.

    Attributes
    ----------
    left, right : int64, shape (pairs,)
        Rows, left < right.
    probability : float64, shape (pairs,)
        At least ``NEAR_FROM``.
    chance : callable
        Probability of any pairs (rows left, rows right; left < right); may be 0 below ``FAINT_FROM``.
    """

    left: Index
    right: Index
    probability: Doubles
    chance: Callable[[Index, Index], Doubles]

    @staticmethod
    def nothing() -> Near:
        """No pair is near."""
        nobody = np.empty(0, np.int64)
        return Near(nobody, nobody, np.empty(0), lambda i, j: np.zeros(len(i)))

    def matters(self, matter_ids: npt.NDArray[Any]) -> dict[str, dict[str, float]]:
        """Matter -> matters it may be one with and the probability of the best pair, the most probable first."""
        out: dict[str, dict[str, float]] = {}
        order = np.lexsort((self.right, self.left, -self.probability))
        pairs = (matter_ids[self.left[order]].tolist(), matter_ids[self.right[order]].tolist())
        for a, b, chance in zip(*pairs, self.probability[order].tolist(), strict=True):
            out.setdefault(a, {}).setdefault(b, chance)
            out.setdefault(b, {}).setdefault(a, chance)
        return out

    def between(
        self, some: Mapping[str, Sequence[int]], others: Mapping[str, Sequence[int]]
    ) -> dict[str, dict[str, float]]:
        """Probability of the best pair of filings of each of `some` matters and each of the `others` (name -> rows)."""
        if not some or not others:
            return {name: {} for name in some}
        (i, left), (j, right) = _joined(some), _joined(others)
        a, b = np.repeat(i, len(j)), np.tile(j, len(i))
        pairs = self.chance(np.minimum(a, b), np.maximum(a, b)).reshape(len(i), len(j))
        best = np.maximum.reduceat(np.maximum.reduceat(pairs, left, axis=0), right, axis=1)
        return {name: dict(zip(others, line, strict=True)) for name, line in zip(some, best.tolist(), strict=True)}


def _joined(matters: Mapping[str, Sequence[int]]) -> tuple[Index, Index]:
    """Rows of all matters, and where each matter's begin."""
    rows = np.concatenate([np.asarray(members, np.int64) for members in matters.values()])
    return rows, np.cumsum([0, *map(len, matters.values())])[:-1]
