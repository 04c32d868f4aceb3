"""Scored pairs to matters: verified, cohesive, the same for any order of the rows.

Bare connected components chain: one wrong edge joins two matters. Here a component is only the place to look. Inside
it every pair is scored and clusters are merged, most certain first, while they agree *as a whole*: the linkage of two
clusters is partly the mean score of all their pairs, partly the mean of each filing's best match on the other side,
above all of those on the lighter side, and what they have ahead for their sizes. The mean keeps a single wrong edge from
joining; the best match keeps a serial petitioner's growing story together, and brings the note to the letter it
belongs to. Both are weighted by how much a filing tells: a note of ten characters is a little like everything of its
kind, and must not speak for the long letters beside it.

Where an accused is named the linkage joins only what is beyond doubt, and the rest is weighed as wholes
(`repeatdetect.wholes`): the other affair of the same official has filings that are each a little like this one's.
Where nobody is, less is asked of the linkage, or a hot topic falls in two; but a matter that stays small is merged once
more, by what its filings have against each other (`_firmly`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from repeatdetect import reciprocal
from repeatdetect.between import Score, Weigh
from repeatdetect.ragged import Doubles, Index, rows_of_each
from repeatdetect.wholes import LOOSE, Weigher, names_accused, reserve

CLIP = 6.0  # a pair cannot speak for more than odds of 400:1, so that one pair never outvotes a cluster
LEAST = (
    -12.0
)  # nor against for more than twice as much: who is like all of a cluster joins none that contradict each other
BATCH = 200_000  # pairs scored in one go
SHORT, LONG = 12, 400  # characters from which and up to which a longer text tells more
WHOLE = 200  # rows of a component of which all pairs are scored
SWAY = 0.5  # log-odds (`LOOSE` or more) by which clusters may be more alike in the end than their best pair
SMALL = 20  # filings up to which a matter in which nobody is accused is merged once more
_MIXER = np.uint64(0x9E3779B97F4A7C15)


def telling(length: npt.NDArray[np.floating]) -> Doubles:
    """How much filings tell by the characters of their texts: the logarithm, from a short note to a letter of a page."""
    out: Doubles = np.log1p(np.clip(length.astype(np.float64), SHORT, LONG)) - 2
    return out


def matter_id(filing_id: str) -> str:
    """Id of a matter from the id of its earliest filing at birth."""
    return "M-" + hashlib.blake2b(filing_id.encode(), digest_size=6).hexdigest()


@dataclass(frozen=True)
class Grouping:
    """Answer of `group`.

    Attributes
    ----------
    label : int64, shape (n,)
        Row of the first member (in the order given) of each filing's matter.
    left, right, score : ndarray, shape (edges,)
        The edges that hold the matters together: a spanning tree of each, of its strongest pairs.
    """

    label: Index
    left: Index
    right: Index
    score: Doubles


def _merge(score: Doubles, weight: Doubles, named: Doubles | None, threshold: float) -> list[list[int]]:
    """Agglomerate the weighted items of a symmetric score matrix.

    With `named`, how much of each item names an accused, the `reserve` that is due is asked for. Returns clusters of
    positions. Ties go to the lowest positions.
    """
    n = len(score)
    members: list[list[int]] = [[i] for i in range(n)]
    total = score * np.outer(weight, weight)
    best = score.copy()  # best[i, c]: best score of item i with a member of cluster c
    size, mass = np.ones(n), weight.copy()
    share = np.zeros(n) if named is None else named / weight

    def asked(one: Doubles, other: Doubles) -> Doubles | float:
        return 0.0 if named is None else reserve(one, other, threshold)

    link = score - asked(share[:, None], share[None, :])
    np.fill_diagonal(link, -np.inf)
    np.fill_diagonal(total, 0.0)
    alive = np.ones(n, bool)
    while True:
        at = int(np.argmax(link))
        a, b = divmod(at, n)
        if not link[a, b] >= threshold:
            break
        a, b = min(a, b), max(a, b)
        members[a] += members[b]
        members[b] = []
        alive[b] = False
        size[a] += size[b]
        share[a] = (share[a] * mass[a] + share[b] * mass[b]) / (mass[a] + mass[b])
        mass[a] += mass[b]
        total[a] += total[b]
        total[:, a] = total[a]
        best[:, a] = np.maximum(best[:, a], best[:, b])
        link[b] = link[:, b] = -np.inf
        others = np.flatnonzero(alive)
        others = others[others != a]
        if not len(others):
            break
        mine = members[a]
        mean = total[a, others] / (mass[a] * mass[others])
        forth = weight[mine] @ best[np.ix_(mine, others)] / mass[a]
        back = np.array([weight[members[c]] @ best[members[c], a] / mass[c] for c in others])
        value = reciprocal.linkage(
            (forth, back), mean, (mass[a : a + 1], mass[others]), (size[a : a + 1], size[others])
        )
        link[a, others] = link[others, a] = value - asked(share[a : a + 1], share[others])
    return [sorted(cluster) for cluster in members if cluster]


def _firmly(score: Doubles, threshold: float) -> Doubles:
    """Scores of which what falls short of the threshold counts three times.

    Sixty writers on one hot topic are each like some of the others only. Three letters on three ills of one estate are
    that, too, but then hardly one matter.
    """
    out: Doubles = score - 2 * np.maximum(threshold - score, 0.0)
    return out


@lru_cache(maxsize=WHOLE + 1)
def _corner(n: int) -> tuple[Index, Index]:
    """Rows and columns of all pairs of `n` items: most components are of a few sizes."""
    return np.triu_indices(n, 1)


def _least(score: Doubles) -> float:
    """The lowest score of two different items."""
    return float(score[_corner(len(score))].min())


def _spanning(rows: Index, score: Doubles) -> tuple[Index, Index, Doubles]:
    """Maximum spanning tree of one matter (Prim); ties go to the earlier rows."""
    n = len(rows)
    best, parent = score[0].copy(), np.zeros(n, np.int64)
    done = np.zeros(n, bool)
    done[0] = True
    out = []
    for _ in range(n - 1):
        best_open = np.where(done, -np.inf, best)
        k = int(np.argmax(best_open))
        out.append((rows[parent[k]], rows[k], score[parent[k], k]))
        done[k] = True
        closer = ~done & (score[k] > best)
        best[closer], parent[closer] = score[k][closer], k
    left, right, value = zip(*out, strict=True)
    return np.array(left), np.array(right), np.array(value)


def group(
    n: int,
    left: Index,
    right: Index,
    score: Doubles,
    score_pairs: Score,
    *,
    threshold: float,
    look: float,
    weight: Doubles,
    tie: npt.NDArray[np.uint64] | None = None,
    weigh: Weigher | None = None,
) -> Grouping:
    """Group filings whose rows stand in a canonical order (date, then id).

    Parameters
    ----------
    n : int
        Number of filings.
    left, right, score : shape (pairs,)
        Proposed pairs with their log-odds.
    score_pairs : callable
        Log-odds of any further pairs (rows left, rows right); what is below ``LEAST`` need not be exact.
    threshold : float
        Log-odds from which two clusters are merged.
    look : float
        Log-odds from which a pair makes a component worth looking into.
    weight : shape (n,)
        How much each filing tells; see `telling`.
    weigh : Weigher, optional
        Weighs clusters as wholes once the linkage has joined what is beyond doubt.
    tie : uint64, shape (n,), optional
        A hash of each filing by which ties are broken (default: of its row). With one of the filing itself, matters do
        not depend on filings they have nothing to do with.

    Returns
    -------
    Grouping
    """
    tie = _MIXER * np.arange(n, dtype=np.uint64) if tie is None else tie
    close = score >= look
    near = sparse.coo_matrix((np.ones(int(close.sum()), np.int8), (left[close], right[close])), shape=(n, n))
    component = connected_components(near, directed=False)[1]
    del near  # of a million filings hundreds of MB
    label = np.arange(n, dtype=np.int64)
    trees: list[tuple[Index, Index, Doubles]] = []

    def merged(inside: npt.NDArray[np.bool_], weigh: Weigh | None, sway: float = 0.0) -> Index:
        found = reciprocal.merge(
            n, left[inside], right[inside], np.clip(score[inside], LEAST, CLIP),
            lambda i, j: np.clip(score_pairs(i, j), LEAST, CLIP), threshold=threshold,
            weight=weight, tie=tie, label=label, weigh=weigh, sway=sway,
        )  # fmt: skip
        trees.append((found.left, found.right, found.score))
        return found.label

    named = None if weigh is None else weigh.wholes.named

    def agglomerated(parts: Iterable[tuple[Index, Doubles]], least: float, seen: Callable[[Doubles], Doubles]) -> None:
        for rows, matrix in parts:
            for cluster in _merge(seen(matrix), weight[rows], None if named is None else named[rows], least):
                label[rows[cluster]] = rows[cluster[0]]
                if len(cluster) > 1:
                    trees.append(_spanning(rows[cluster], matrix[np.ix_(cluster, cluster)]))

    large = np.bincount(component)[component] > WHOLE
    if large.any():
        label = merged(large[left] & large[right], weigh and weigh.careful(threshold), LOOSE if weigh else 0.0)
    components = [rows for rows in rows_of_each(component) if 1 < len(rows) <= WHOLE]
    agglomerated(_scored(components, score_pairs), threshold, lambda matrix: matrix)
    if weigh is not None:
        label = merged(close, weigh, SWAY)
        share, size = weigh.wholes.share(label), np.bincount(label, minlength=n)
        small = ((size > 1) & (size <= SMALL) & ~names_accused(share, share))[label]
        again = [rows for rows in rows_of_each(np.where(small, label, n)) if small[rows[0]]]
        doubtful = [(rows, matrix) for rows, matrix in _scored(again, score_pairs) if _least(matrix) < threshold]
        if doubtful:
            small[:] = False
            small[np.concatenate([rows for rows, _ in doubtful])] = True
            trees = [(left[~small[left]], right[~small[left]], value[~small[left]]) for left, right, value in trees]
            agglomerated(doubtful, threshold, partial(_firmly, threshold=threshold))
    if not trees:
        empty = np.empty(0, np.int64)
        return Grouping(label, empty, empty.copy(), np.empty(0))
    i, j, value = (np.concatenate(part) for part in zip(*trees, strict=True))
    return Grouping(label, np.minimum(i, j), np.maximum(i, j), value)


def _scored(components: Sequence[Index], score_pairs: Score) -> Iterator[tuple[Index, Doubles]]:
    """Each component with the clipped log-odds of all its pairs as a symmetric matrix; scored many at a time."""
    start = 0
    while start < len(components):
        stop, held = start, 0
        while stop < len(components) and (stop == start or held < BATCH):
            held += len(components[stop]) * (len(components[stop]) - 1) // 2
            stop += 1
        corners = [_corner(len(rows)) for rows in components[start:stop]]
        left = np.concatenate([rows[a] for rows, (a, _) in zip(components[start:stop], corners, strict=True)])
        right = np.concatenate([rows[b] for rows, (_, b) in zip(components[start:stop], corners, strict=True)])
        score = np.clip(score_pairs(left, right), LEAST, CLIP)
        at = 0
        for rows, (a, b) in zip(components[start:stop], corners, strict=True):
            matrix = np.zeros((len(rows), len(rows)))
            matrix[a, b] = matrix[b, a] = score[at : at + len(a)]
            at += len(a)
            yield rows, matrix
        start = stop
