"""How the wording of a filing relates to what was filed before: copied, forwarded, told anew, longer, shorter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from repeatdetect.clauses import TEXT, Stream
from repeatdetect.grams import Codes, first_time, grams
from repeatdetect.ragged import Doubles, Index

_HELD = 0.9  # share of a letter's wording from which another holds it as a whole


@dataclass(frozen=True)
class Closest:
    """For each filing the earlier one of its matter whose wording it shares most.

    Attributes
    ----------
    row : int64, shape (filings,)
        -1 where no earlier filing shares any.
    repeated : int64, shape (triples,)
        Positions in the stream of the last letters of triples that an earlier text of the matter has.
    inside, kept : float64, shape (filings,)
        Share of the filing's wording (triples of letters) that stands in the other; share of the other's that it keeps.
    """

    row: Index
    repeated: Index
    inside: Doubles
    kept: Doubles

    @staticmethod
    def of(stream: Stream, at: Index, code: Codes) -> Closest:
        """Let each triple of letters vote for the filing that used it first."""
        piece = stream.of_piece[at]
        told = piece % 3 == TEXT
        at, piece, code = at[told], piece[told], code[told]
        n = len(stream.piece_start) // 3
        key, last = grams(code, stream.piece_matter[piece], piece, 3)
        row = stream.piece_row[piece[last]]
        kind, _ = pd.factorize(key)
        source = first_time(key, row)
        shared = source < row
        pair, votes = np.unique(row[shared] * n + source[shared], return_counts=True)
        voter, voted = pair // max(n, 1), pair % max(n, 1)
        order = np.lexsort((voted, -votes, voter))
        chosen = order[np.append(True, voter[order][1:] != voter[order][:-1])] if len(order) else order
        closest = np.full(n, -1, np.int64)
        closest[voter[chosen]] = voted[chosen]
        kinds = int(kind.max()) + 1 if len(kind) else 1
        held = np.sort(pd.unique(row * kinds + kind))
        holder = held // kinds
        total = np.bincount(holder, minlength=n).astype(float)
        wanted = closest[holder] * kinds + held % kinds
        found = held[np.minimum(np.searchsorted(held, wanted), max(len(held) - 1, 0))] == wanted
        both = np.bincount(holder, weights=found, minlength=n)
        kept = np.where(closest >= 0, both / np.maximum(total[closest], 1), 0.0)
        return Closest(closest, at[last[shared]], both / np.maximum(total, 1), kept)


def relation(mine: int, other: int, inside: float, kept: float) -> str:
    """Relation of the wording of a filing of `mine` letters that is no copy to its closest of `other` letters."""
    if max(inside, kept) < 0.05:
        return ""
    if (kept >= 0.5 and mine > 1.25 * other) or (kept >= _HELD and mine > other):
        return "extended"
    return "shortened" if mine < 0.5 * other else "reworded"
