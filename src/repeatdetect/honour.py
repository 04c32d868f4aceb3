"""What people said, applied to what the engine grouped: every decision holds, and changes no more than it must.

Two filings called the same make their matters one. Two called different divide their matter where it holds together
least; whatever that does not concern stays in one piece, even if only a filing thrown out had held it there. Nothing
is grouped anew, so a decision never moves a filing that it does not speak of, and each matter is settled by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

from repeatdetect.between import Score
from repeatdetect.contradictions import DIFFERENT, SAME, check, latest
from repeatdetect.matters import Grouping
from repeatdetect.ragged import Index

Decided = Sequence[tuple[int, int]]
Edge = tuple[float, int, int]
T = TypeVar("T")

CERTAIN = 1e3  # log-odds of a person's word


def constraints(decisions: pd.DataFrame | None, ids: Iterable[str]) -> tuple[Decided, Decided]:
    """Rows that people called the same and those they called different.

    Parameters
    ----------
    decisions : DataFrame or None
        left_id, right_id, decision; the last on a pair counts. Those on filings that are not here still count where
        they say something of filings that are: A = B and B = C make A = C whether B is here or not.
    ids : iterable of str
        Of the filings, row by row.

    Returns
    -------
    must, cannot : sequences of (row, row)

    Raises
    ------
    InputError
        When decisions contradict each other.
    """
    if decisions is None or not len(decisions):
        return [], []
    said = latest(check(decisions))[["left_id", "right_id", "decision"]]
    sets: Sets[str] = Sets()
    for left, right, word in said.itertuples(index=False):
        if word == SAME:
            sets.join(left, right)
    first: dict[str, int] = {}  # of each class of filings called the same, its first row here
    must = []
    for row, name in enumerate(ids):
        kept = first.setdefault(sets.find(name), row)
        if kept != row:
            must.append((kept, row))
    cannot = set()
    for left, right, word in said.itertuples(index=False):
        a, b = first.get(sets.find(left)), first.get(sets.find(right))
        if word == DIFFERENT and a is not None and b is not None and a != b:
            cannot.add((min(a, b), max(a, b)))
    return must, sorted(cannot)


def honour(grouping: Grouping, must: Decided, cannot: Decided, score_pairs: Score) -> Grouping:
    """Matters in which pairs called the same are together and those called different are not.

    Parameters
    ----------
    grouping : Grouping
        What the engine found by itself.
    must, cannot : sequences of (row, row)
        Free of contradiction.
    score_pairs : callable
        Log-odds of any pairs of rows; asked only for what a rejection leaves without an edge.

    Returns
    -------
    Grouping
    """
    if not must and not cannot:
        return grouping
    n = len(grouping.label)
    whole: Sets[int] = Sets()
    for a, b in [*enumerate(grouping.label.tolist()), *must]:
        whole.join(a, b)
    foes: dict[int, list[tuple[int, int]]] = {}
    for a, b in cannot:
        if whole.find(a) == whole.find(b):
            foes.setdefault(whole.find(a), []).append((a, b))
    edges: dict[int, list[Edge]] = {}
    found = zip(grouping.score.tolist(), grouping.left.tolist(), grouping.right.tolist(), strict=True)
    for value, a, b in [*((CERTAIN, *pair) for pair in must), *found]:
        edges.setdefault(whole.find(a), []).append((value, a, b))
    label = np.arange(n, dtype=np.int64)
    kept: list[Edge] = []
    for root, inside in edges.items():
        sets: Sets[int] = Sets()
        for a, b in foes.get(root, ()):
            sets.part(a, b)
        kept += _spanning(sets, inside)
        rows = sorted({row for _, *pair in inside for row in pair})
        if root in foes:
            kept += _spanning(sets, _bridges(_parts(sets, rows), sets, score_pairs))
        for part in _parts(sets, rows):
            label[part] = part[0]
    value, left, right = zip(*kept, strict=True) if kept else ((), (), ())
    return Grouping(label, np.array(left, np.int64), np.array(right, np.int64), np.array(value, np.float64))


def _spanning(sets: Sets[int], edges: Iterable[Edge]) -> list[Edge]:
    """Edges that join two sets, taken strongest first; the sort is stable, so ties stay in the order given."""
    return [edge for edge in sorted(edges, key=lambda edge: -edge[0]) if sets.join(edge[1], edge[2])]


def _bridges(parts: list[list[int]], sets: Sets[int], score_pairs: Score) -> list[Edge]:
    """Edges between the parts of a divided matter that no rejection keeps from its main one."""
    size = {sets.find(part[0]): len(part) for part in parts}
    free = {root: sum(size.values()) - sum(size.get(foe, 0) for foe in sets.foes(root)) for root in size}
    main, *others = sorted(parts, key=lambda part: (-free[sets.find(part[0])], -len(part), part))
    whole, added = list(main), []
    shut = set(sets.foes(main[0]))
    for part in others:
        if sets.find(part[0]) not in shut:
            shut |= sets.foes(part[0])
            whole += part
            added += part
    if not added:
        return []
    once = np.ones((len(added), len(whole)), bool)
    once[:, len(main) :] = np.triu(once[:, len(main) :], 1)  # `whole` ends with what is added
    at, to = np.nonzero(once)
    one, two = np.array(added)[at], np.array(whole)[to]
    left, right = np.minimum(one, two), np.maximum(one, two)
    return list(zip(score_pairs(left, right).tolist(), left.tolist(), right.tolist(), strict=True))


def told_apart(label: Index, left: Index, right: Index, cannot: Decided) -> np.ndarray:
    """Decided across two matters that people told apart by any pair of their filings."""
    if not cannot:
        return np.zeros(len(left), bool)
    n = len(label)
    a, b = label[np.array(cannot, np.int64).T]
    said = np.minimum(a, b) * n + np.maximum(a, b)
    i, j = label[left], label[right]
    return np.isin(np.minimum(i, j) * n + np.maximum(i, j), said)


def _parts(sets: Sets[int], rows: Iterable[int]) -> list[list[int]]:
    """The sets that these rows (ascending) make up, in order of their first rows."""
    parts: dict[int, list[int]] = {}
    for row in rows:
        parts.setdefault(sets.find(row), []).append(row)
    return list(parts.values())


class Sets(Generic[T]):
    """Disjoint sets of which some must never become one."""

    def __init__(self) -> None:
        self._parent: dict[T, T] = {}
        self._foes: dict[T, set[T]] = {}

    def find(self, item: T) -> T:
        """Representative of an item's set."""
        root = item
        while (above := self._parent.get(root, root)) != root:
            root = above
        while item != root:
            item, self._parent[item] = self._parent.get(item, root), root
        return root

    def foes(self, item: T) -> set[T]:
        """Representatives of the sets that an item's set must not meet."""
        return self._foes.get(self.find(item), set())

    def part(self, one: T, other: T) -> None:
        """Keep two sets from ever becoming one."""
        a, b = self.find(one), self.find(other)
        self._foes.setdefault(a, set()).add(b)
        self._foes.setdefault(b, set()).add(a)

    def join(self, one: T, other: T) -> bool:
        """Make two sets one; False when they are already, or must not be."""
        a, b = self.find(one), self.find(other)
        if a == b or b in self.foes(a):
            return False
        self._parent[b] = a
        moved = self._foes.pop(b, set())
        for foe in moved:
            self._foes[foe] = self._foes[foe] - {b} | {a}
        self._foes[a] = self.foes(a) | moved
        return True
