"""The repeat test (同人 + 同事): first, repeat, joint, single, review, and who repeats whom.

Rules as read in the handbook pages quoted in the domain notes: same matter and at least one petitioner identical (see
`repeatdetect.petitioners`). For an anonymous filing the person is replaced by the accused, that is by the matter
itself; it is never tied to a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import text
from repeatdetect.alike import relation
from repeatdetect.corpus import Corpus
from repeatdetect.jobs import PARALLEL_FROM, each
from repeatdetect.novelty import USED, Novelty, batches, measure
from repeatdetect.passed_on import bare, own_words
from repeatdetect.petitioners import Petitioner
from repeatdetect.ragged import Index, rows_of_each

Edges = dict[int, list[tuple[int, float]]]


def classify(
    corpus: Corpus,
    label: Index,
    left: Index,
    right: Index,
    certainty: npt.NDArray[np.float64],
    twin: dict[int, tuple[int, float]],
    novelty: Novelty | None = None,
    wanted: npt.NDArray[np.bool_] | None = None,
    jobs: int = 1,
) -> pd.DataFrame:
    """Status of every filing by the repeat test.

    Parameters
    ----------
    corpus : Corpus
        Rows in canonical order (date, then id).
    label : int64, shape (n,)
        Row of the first member of each filing's matter.
    left, right, certainty : shape (edges,)
        Edges that hold the matters together, and the probability of each pair by itself.
    twin : dict
        Row of a filing in no other matter -> (row of its suspected twin, probability).
    novelty : Novelty, optional
        The shipped one when not given.
    wanted : bool, shape (n,), optional
        Texts are read only in the matters of these filings (default: in all); elsewhere relation and new_content are ''.
    jobs : int
        Processes that read texts.

    Returns
    -------
    DataFrame, shape (n, 7)
        status, repeat_of (row or -1), repeat_no, probability, relation, same_petitioner, new_content.
    """
    who = corpus.petitioners
    n = len(corpus)
    status = np.array(["single"] * n, dtype=object)
    repeat_of = np.full(n, -1, np.int64)
    repeat_no = np.ones(n, np.int64)
    chance = np.full(n, np.nan)
    same = np.array([""] * n, dtype=object)
    edges = _Edges.of(label, left, right, certainty)
    for rows in _matters(label):
        first = rows[0]
        if len(rows) == 1:
            if first in twin:
                status[first], (repeat_of[first], chance[first]) = "review", twin[first]
                same[first] = _same_word(who[first], who[twin[first][0]])
            continue
        status[first] = "first"
        by_key: dict[str, list[int]] = defaultdict(list)
        seen: set[Petitioner] = set()
        tree = _Tree.of(edges.within(first), first)
        for number, row in enumerate(rows, start=1):
            keys = list(who[row].keys())
            earlier = min((o for o in {o for key in keys for o in by_key[key]} if who[row].same(who[o])), default=-1)
            if who[row] not in seen:  # of those who are the same in all, the earliest is enough to compare with
                seen.add(who[row])
                for key in keys:
                    by_key[key].append(row)
            if row == first:
                continue
            again = who[row].anonymous or earlier >= 0
            goal = earlier if earlier >= 0 else first
            status[row], repeat_of[row], repeat_no[row] = "repeat" if again else "joint", goal, number
            same[row] = _same_word(who[row], who[goal])
            chance[row] = tree.weakest(row, goal)
    relations, new = _wording(corpus.filings, label, novelty, wanted, jobs)
    return pd.DataFrame(
        {
            "status": status, "repeat_of": repeat_of, "repeat_no": repeat_no, "probability": chance,
            "relation": relations, "same_petitioner": same, "new_content": new,
        }
    )  # fmt: skip


def _matters(label: Index) -> Iterator[list[int]]:
    """Rows of each matter, the earliest first."""
    return (rows.tolist() for rows in rows_of_each(label))


@dataclass(frozen=True)
class _Edges:
    """Edges in the order of their matters; those of one are made objects when asked for."""

    matter: Index
    left: Index
    right: Index
    certainty: npt.NDArray[np.float64]

    @staticmethod
    def of(label: Index, left: Index, right: Index, certainty: npt.NDArray[np.float64]) -> _Edges:
        order = np.argsort(label[left], kind="stable")
        return _Edges(label[left][order], left[order], right[order], certainty[order])

    def within(self, matter: int) -> Edges:
        """For each filing of a matter the others it has an edge to, and how certain that is."""
        some = slice(*np.searchsorted(self.matter, [matter, matter + 1]).tolist())
        out: Edges = defaultdict(list)
        for a, b, value in zip(*(part[some].tolist() for part in (self.left, self.right, self.certainty)), strict=True):
            out[a].append((b, value))
            out[b].append((a, value))
        return out


def copies(texts: Sequence[str], matter: Index) -> Index:
    """For each filing the first one of its matter with the same own words (-1: none earlier).

    Parameters
    ----------
    texts : sequence of str
        Normalised, in order of time within a matter.
    """
    seen: dict[tuple[int, str], int] = {}
    out = np.full(len(texts), -1, np.int64)
    for row, (value, of) in enumerate(zip(texts, matter.tolist(), strict=True)):
        key = of, own_words(value)
        if key[1] and seen.setdefault(key, row) != row:
            out[row] = seen[key]
    return out


def _wording(
    filings: pd.DataFrame, label: Index, novelty: Novelty | None, wanted: npt.NDArray[np.bool_] | None, jobs: int
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Relation of each filing's text to the closest earlier one of its matter, and what is new in it."""
    relations = np.array([""] * len(filings), dtype=object)
    new = np.array([""] * len(filings), dtype=object)
    matters = (rows for rows in _matters(label) if len(rows) > 1 and (wanted is None or wanted[rows].any()))
    together = np.array([row for rows in matters for row in rows], np.int64)
    if not len(together):
        return relations, new
    table, matter = filings[list(USED)].iloc[together], label[together]
    cuts = batches(matter, np.array([*map(len, table["text"])], np.int64))
    parts = [(table.iloc[a:b], matter[a:b], novelty) for a, b in cuts]
    told = each(_read, parts, jobs if len(together) >= PARALLEL_FROM else 1)
    relations[together], new[together] = zip(*chain.from_iterable(told), strict=True)
    return relations, new


def _read(filings: pd.DataFrame, matter: Index, novelty: Novelty | None) -> list[tuple[str, str]]:
    """Relation and new content of each filing of some whole matters."""
    texts = filings["text"].tolist()
    plain = list(map(text.normalise, texts))
    copied = copies(plain, matter)
    measured = measure(filings, matter, copied >= 0)
    letters = [len(bare(value)) for value in plain]
    out = []
    for at, passages in enumerate((novelty or Novelty.load()).passages(texts, measured)):
        closest = int(measured.closest.row[at])
        how = ""
        if copied[at] >= 0:
            how = "transferred" if text.forwarding_end(plain[at]) else "verbatim"
        elif measured.passed_on[at]:
            how = "transferred"
        elif closest >= 0:
            shares = float(measured.closest.inside[at]), float(measured.closest.kept[at])
            how = relation(letters[at], letters[closest], *shares)
        out.append(("extended" if passages and how == "transferred" else how, "；".join(passages)))
    return out


def _same_word(one: Petitioner, other: Petitioner) -> str:
    if one.anonymous or other.anonymous:
        return ""
    return "yes" if one.same(other) else "no"


@dataclass(frozen=True)
class _Tree:
    """Edges of a matter as a tree: for each filing the next one on the way to the root, and the edge to it."""

    root: int
    parent: dict[int, int]
    edge: dict[int, float]
    depth: dict[int, int]
    to_root: dict[int, float]

    @staticmethod
    def of(edges: Edges, root: int) -> _Tree:
        tree = _Tree(root, {root: root}, {}, {root: 0}, {root: np.inf})
        queue = [root]
        for row in queue:
            for other, value in edges.get(row, ()):
                if other not in tree.parent:
                    tree.parent[other], tree.edge[other], tree.depth[other] = row, value, tree.depth[row] + 1
                    tree.to_root[other] = min(tree.to_root[row], value)
                    queue.append(other)
        return tree

    def weakest(self, one: int, other: int) -> float:
        """Probability of the weakest edge between two filings; NaN when no edges join them."""
        if one not in self.parent or other not in self.parent:
            return np.nan
        if other == self.root:
            return self.to_root[one]
        weakest = np.inf
        while one != other:
            if self.depth[one] < self.depth[other]:
                one, other = other, one
            weakest = min(weakest, self.edge[one])
            one = self.parent[one]
        return weakest


def path(edges: dict[int, list[int]], start: int, goal: int) -> list[int]:
    """Rows on the tree path that joins two filings of a matter ([] when there is none)."""
    parent = {start: start}
    queue = [start]
    for row in queue:
        for other in edges.get(row, ()):
            if other not in parent:
                parent[other] = row
                queue.append(other)
    if goal not in parent:
        return []
    out = [goal]
    while out[-1] != start:
        out.append(parent[out[-1]])
    return out[::-1]
