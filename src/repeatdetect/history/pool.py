"""Which pairs all at once would propose among the filings of a store, whatever the order in which they came.

Every filing has neighbours among those before it by date, at most so many. One that comes late is a neighbour of filings
the store has had for long, and takes the place of another with them. So while a store is not too large, a night finds out
which pairs its filings bring in and which they put out; the store itself remembers every pair that was ever compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from repeatdetect import filings as canonical_table
from repeatdetect import propose
from repeatdetect.corpus import Corpus
from repeatdetect.history.state import State
from repeatdetect.propose import Pairs
from repeatdetect.ragged import Flags, Index, Ragged
from repeatdetect.scoring import Proposed

AS_A_WHOLE = 5000  # filings of a store up to which a night works this out: a second of its time


def coded(one: Index, other: Index) -> Index:
    """Pairs of numbers as one number each."""
    out: Index = (np.minimum(one, other) << 32) | np.maximum(one, other)
    return out


@dataclass(frozen=True)
class Pool:
    """Filings in canonical order.

    Attributes
    ----------
    told : DataFrame
        ``filing_id, date``.
    numbers : int64, shape (n,)
    keys : Ragged
        Their block keys.
    pairs : Pairs
        Of rows, as proposed all at once.
    """

    told: pd.DataFrame
    numbers: Index
    keys: Ragged
    pairs: Pairs

    @staticmethod
    def of(told: pd.DataFrame, numbers: Index, keys: Ragged, threads: int, before: Pool | None = None) -> Pool:
        """Filings in any order.

        Parameters
        ----------
        told : DataFrame
        numbers : int64, shape (n,)
        keys : Ragged
        threads : int
        before : Pool, optional
            Neighbours of filings that have the same before them are as in this one.
        """
        order = canonical_table.canonical_rows(told)
        told, numbers, keys = told.iloc[order].reset_index(drop=True), numbers[order], keys.take(order)
        parts, first = [], 0
        if before is not None and before.independent and propose.independent(keys):
            least = min(len(numbers), len(before.numbers))
            same = numbers[:least] == before.numbers[:least]
            first = int(np.argmin(same)) if not same.all() else least
            kept = before.pairs.right < first
            parts = [Pairs(before.pairs.left[kept], before.pairs.right[kept], {"keys": 0})]
        parts = [*propose.proposals(keys, threads, first), *parts]
        return Pool(told, numbers, keys, Pairs.concat(parts))

    def changed(self, told: pd.DataFrame, numbers: Index, keys: Ragged, gone: set[int], threads: int) -> Pool:
        """With some filings more, and without some."""
        kept = np.flatnonzero(~np.isin(self.numbers, np.fromiter(gone, np.int64, len(gone))))
        if not len(numbers) and len(kept) == len(self.numbers):
            return self
        return Pool.of(
            pd.concat([self.told.iloc[kept], told[["filing_id", "date"]]], ignore_index=True),
            np.concatenate([self.numbers[kept], numbers]), Ragged.concat([self.keys.take(kept), keys]), threads, self,
        )  # fmt: skip

    @cached_property
    def independent(self) -> bool:
        """Whether nobody's neighbours depend on what comes after."""
        return propose.independent(self.keys)

    @cached_property
    def codes(self) -> Index:
        """The pairs, as `coded` numbers of filings, ascending."""
        codes = coded(self.numbers[self.pairs.left], self.numbers[self.pairs.right])
        return np.sort(codes, kind="stable")

    def holds(self, codes: Index) -> Flags:
        """Which `coded` pairs are proposed."""
        at = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return self.codes[at] == codes if len(self.codes) else np.zeros(len(codes), bool)

    def only(self, pairs: Proposed) -> Proposed:
        """Of pairs of numbers those that are proposed."""
        kept = self.holds(coded(pairs.left, pairs.right))
        return Proposed(pairs.left[kept], pairs.right[kept], pairs.score[kept])

    def beyond(self, other: Pool) -> Pairs:
        """Pairs of numbers, the smaller one left, that are proposed here and not there."""
        codes = self.codes[~other.holds(self.codes)]
        return Pairs(codes >> 32, codes & 0xFFFFFFFF, self.pairs.capped)


@dataclass(frozen=True)
class Change:
    """What new filings change in the pairs of a pool.

    Attributes
    ----------
    after : Pool
    found : Pairs
        Pairs of numbers to be compared: those brought in that the store does not remember.
    moved : int64, shape (n,)
        `coded` pairs of filings there were before that are brought in or put out.
    """

    after: Pool
    found: Pairs
    moved: Index

    @staticmethod
    def of(
        before: Pool, new: Corpus, numbers: Index, keys: Ragged, gone: set[int], state: State, threads: int
    ) -> Change:
        """By filings that come, with their numbers and keys, and some that go."""
        after = before.changed(new.filings, numbers, keys, gone, threads)
        brought, put_out = after.beyond(before), before.beyond(after)
        there = np.setdiff1d(before.numbers, np.fromiter(gone, np.int64, len(gone)))
        old = np.isin(brought.right, there) & np.isin(brought.left, there)
        still = np.isin(put_out.right, there) & np.isin(put_out.left, there)
        known = state.pairs_among(np.unique([brought.left[old], brought.right[old]]))
        codes = coded(brought.left, brought.right)
        fresh = ~np.isin(codes, coded(known.left, known.right))
        return Change(
            after, Pairs(brought.left[fresh], brought.right[fresh], after.pairs.capped),
            np.concatenate([codes[old], coded(put_out.left[still], put_out.right[still])]),
        )  # fmt: skip

    def stirred(self, state: State, compared: Proposed, look: float) -> set[int]:
        """Filings of which a pair worth looking at has moved."""
        known = state.pairs_among(np.unique([self.moved >> 32, self.moved & 0xFFFFFFFF]))
        near = Proposed.concat([known, compared])
        moved = np.isin(coded(near.left, near.right), self.moved) & (near.score >= look)
        return {*near.left[moved].tolist(), *near.right[moved].tolist()}


def proposed_among(state: State, numbers: Index, more: Proposed | None = None, pool: Pool | None = None) -> Proposed:
    """Remembered pairs, and more, of which both filings are among some, and which a pool proposes; rows, ascending."""
    ascending = np.argsort(numbers)
    remembered = state.pairs_among(numbers[ascending])
    parts = [pool.only(remembered) if pool else remembered]
    if more is not None:
        inside = np.isin(more.left, numbers) & np.isin(more.right, numbers)
        parts.append(Proposed(more.left[inside], more.right[inside], more.score[inside]))

    def rows(part: Proposed) -> Proposed:
        a, b = (ascending[np.searchsorted(numbers[ascending], side)] for side in (part.left, part.right))
        return Proposed(np.minimum(a, b), np.maximum(a, b), part.score)

    return Proposed.concat(list(map(rows, parts)))
