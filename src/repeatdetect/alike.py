"""How the wording of a filing relates to what was filed before: copied, forwarded, told anew, longer, shorter."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import text
from repeatdetect.clauses import TEXT, Stream
from repeatdetect.grams import Codes, first_time, grams
from repeatdetect.ragged import Index

Doubles = npt.NDArray[np.float64]

_PASSED_ON = re.compile(
    r"[转移]交|[转交督]办|[转移]送|[批函来]转|[转函]来|转[去自信发至下]| 转 |阅处|研处|信访件|来[信文]|原[文信件]|照录|摘录|呈报|"
    r"移[交送].*线索|巡[察视]|督察|分流|收件[:人]|工单|FW|Fwd"
)
_NOTE = re.compile(  # what an office adds below a letter it passes on
    r"\n(?:\([^\n()]{0,12}注:[^\n]*|\((?:来信|来件|信件)[^\n()]{0,12}\)|【(?:备注|说明|办理要求)】[^\n]*|"
    r"请[^\n\d万元]{0,30}(?:[核查]实|处理|办理|答复|查处|核查|阅处)[^\n\d万元]{0,30})\s*\Z"
)
_LETTERS = re.compile(r"[^\W_]+")
_LEAD = 500  # characters an office may put before a letter it passes on
_SHINGLE = 8
_HELD = 0.9  # share of a letter's wording from which another holds it as a whole
_LEAST = 20  # letters a copy has at least


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


def bare(plain: str) -> str:
    """Normalised text without blanks and punctuation."""
    return "".join(_LETTERS.findall(plain))


def own_words(plain: str) -> str:
    """What is compared to find copies: normalised text after its forwarding header, bare."""
    return bare(plain[text.forwarding_end(plain) :])


def note_start(plain: str) -> int:
    """Where a closing note begins that an office puts below a letter it passes on (at the end: there is none)."""
    note = _NOTE.search(plain, max(len(plain) - _LEAD, 0))
    return note.start() if note else len(plain)


def lead_end(plain: str, earlier: str) -> int:
    """Where an earlier letter begins in one that passes it on (0: it does not).

    What comes first must speak of passing on, and nearly all that follows, but for a closing note, must stand in the
    earlier letter.

    Parameters
    ----------
    plain, earlier : str
        Normalised texts.
    """
    if not _PASSED_ON.search(plain, 0, _LEAD):
        return 0
    at = [i for i, c in enumerate(plain[: note_start(plain)]) if c.isalnum()]
    letters = "".join(plain[i] for i in at)
    there = own_words(earlier)
    known = {there[i : i + _SHINGLE] for i in range(len(there) - _SHINGLE + 1)}
    hits = [letters[i : i + _SHINGLE] in known for i in range(len(letters) - _SHINGLE + 1)]
    first = next((i for i, hit in enumerate(hits) if hit and sum(hits[i : i + _LEAST]) >= 0.6 * _LEAST), 0)
    rest = hits[first:]
    if not first or len(rest) < _LEAST or not _PASSED_ON.search(plain, 0, at[first]):
        return 0
    covered = np.convolve(rest, np.ones(_SHINGLE)) > 0  # letters of the rest in any shingle that is known
    return at[first] if covered.mean() >= _HELD else 0


def relation(mine: int, other: int, inside: float, kept: float) -> str:
    """Relation of the wording of a filing of `mine` letters that is no copy to its closest of `other` letters."""
    if max(inside, kept) < 0.05:
        return ""
    if (kept >= 0.5 and mine > 1.25 * other) or (kept >= _HELD and mine > other):
        return "extended"
    return "shortened" if mine < 0.5 * other else "reworded"
