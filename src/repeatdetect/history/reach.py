"""Which filings a run groups anew: what may be one matter with the new ones, and what is connected with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from repeatdetect.history.state import State
from repeatdetect.ragged import Index
from repeatdetect.scoring import Proposed

MATTERS = 3  # matters looked at for each new filing
EACH, MOST = 30, 3000  # filings grouped anew for their connections alone: for each new one, and in all
STRIDE = 1.0  # log-odds by which connections looked at together may differ


@dataclass(frozen=True)
class Reach:
    """How far a run reaches into a store.

    Attributes
    ----------
    state : State
    pairs : Proposed
        The run's own pairs that are worth looking at; numbers of filings.
    look : float
        Log-odds from which a remembered pair is worth looking at.
    gone : set of int
        Filings that were replaced or taken back.
    bound : mapping of int to set of int
        Filings that decisions speak of together.
    """

    state: State
    pairs: Proposed
    look: float
    gone: set[int]
    bound: Mapping[int, set[int]]

    def touched(self, fresh: Index, replaced: set[int], spoken_of: Iterable[int]) -> set[int]:
        """Filings that new ones, versions they replace, and new decisions may put into another matter."""
        state = self.state
        left_behind = state.members(state.matter_of(replaced).values()).union(state.partners(replaced, self.look))
        begun = left_behind.union(spoken_of, fresh.tolist(), self._resembled(fresh))
        seeds = state.together(begun, self.gone, self.bound)
        return self._connected(seeds, min(MOST, EACH * len(fresh)))

    def _resembled(self, fresh: Index) -> set[int]:
        """Filings that new ones resemble so much that they may be one matter, of the matters each resembles most."""
        pairs = self.pairs
        new, other = np.concatenate([pairs.right, pairs.left]), np.concatenate([pairs.left, pairs.right])
        score = np.tile(pairs.score, 2)
        mine = np.isin(new, fresh)
        new, other, score = new[mine], other[mine], score[mine]
        matter_of = self.state.matter_of(np.unique(other).tolist())
        out: set[int] = set()
        seen: dict[int, set[int]] = {}
        order = np.argsort(-score, kind="stable")
        for n, m in zip(new[order].tolist(), other[order].tolist(), strict=True):
            matters, matter = seen.setdefault(n, set()), matter_of.get(m, -m)
            if matter in matters or len(matters) < MATTERS:
                matters.add(matter)
                out.add(m)
        return out

    def _connected(self, seeds: set[int], most: int) -> set[int]:
        """The seeds and what pairs worth looking at connect with them, the likeliest first, about `most` filings."""
        links: dict[int, list[tuple[int, float]]] = {}
        pairs = self.pairs
        for a, b, score in zip(pairs.left.tolist(), pairs.right.tolist(), pairs.score.tolist(), strict=True):
            links.setdefault(a, []).append((b, score))
            links.setdefault(b, []).append((a, score))
        seen, edge = set(seeds), set(seeds)
        outside: dict[int, float] = {}
        while edge and len(seen) < most:
            tonight = [link for one in edge for link in links.get(one, ())]
            for n, score in (*self.state.partners(edge, self.look).items(), *tonight):
                outside[n] = max(score, outside.get(n, score))
            outside = {n: score for n, score in outside.items() if n not in seen and n not in self.gone}
            least = max(outside.values(), default=0.0) - STRIDE
            likeliest = (n for n, score in outside.items() if score >= least)
            edge = self.state.together(likeliest, self.gone, self.bound) - seen
            seen |= edge
        return seen
