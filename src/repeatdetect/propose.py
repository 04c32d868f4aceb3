"""Which pairs are worth comparing: independent blocks, joined by shared keys.

A key is a rare term, an accused, a place with an issue, a petitioner … hashed to 32 bits. A pair is proposed when the
keys both filings carry weigh enough; keys that too many filings carry are capped and reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
from scipy import sparse

from repeatdetect import lexical
from repeatdetect.corpus import Corpus
from repeatdetect.jobs import each_threaded
from repeatdetect.ragged import Index, Ragged, blocks, matrices

TOP_TERMS = 24
KEY_CAP = 2000
NEIGHBOURS = 120
LEAST_WEIGHT = 30.0  # about one very rare term alone, or two fairly rare ones (weights are squared IDF)
_LEAF = 1024  # filings that look back together
_TOGETHER = 8  # times so many filings are given at once
_TIE = (
    1e-13  # of its weight a filing loses for each before it, so that of pairs that weigh the same the earlier is nearer
)
_LEAST = LEAST_WEIGHT * (1 - 1e-6)  # what ties lose must not cost a pair


@dataclass(frozen=True)
class Pairs:
    """Proposed pairs, ``left < right``, ascending by right, then left; `capped` counts the keys that were too common."""

    left: Index
    right: Index
    capped: dict[str, int]

    def __len__(self) -> int:
        return len(self.left)

    @staticmethod
    def concat(parts: Iterable[Pairs]) -> Pairs:
        """Of one pool, given some at a time."""
        left, right, capped = zip(*((part.left, part.right, part.capped) for part in parts), strict=True)
        return Pairs(np.concatenate(left), np.concatenate(right), capped[0])


def _salted(first: Ragged, second: Ragged, salt: int) -> Ragged:
    """Keys for every combination of an id of `first` with an id of `second` in the same row."""
    n = len(first)
    times = second.lengths[first.rows]
    row = np.repeat(first.rows, times)
    one = np.repeat(first.ids, times).astype(np.uint64)
    at = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times) + second.indptr[row]
    two = second.ids[at].astype(np.uint64)
    mixed = (one * np.uint64(0x9E3779B1) + two * np.uint64(0x85EBCA77) + np.uint64(salt)) & np.uint64(0xFFFFFFFF)
    return Ragged.from_pairs(row, mixed.astype(np.uint32), np.ones(len(row), np.float32), n)


def _top(part: Ragged, count: int) -> Ragged:
    """The `count` heaviest entries of each row (ties by id)."""
    # weights are not negative, so their bits order as they do; ids ascend within a row, so a stable sort breaks ties
    heavy = ~part.weights.view(np.uint32)
    order = np.argsort((part.rows.astype(np.uint64) << np.uint64(32)) | heavy, kind="stable")
    rank = np.arange(len(order)) - np.repeat(part.indptr[:-1], part.lengths)
    kept = np.sort(order[rank < count])
    indptr = np.concatenate([[0], np.cumsum(np.minimum(part.lengths, count))]).astype(np.int64)
    return Ragged(indptr, part.ids[kept], part.weights[kept])


def block_keys(corpus: Corpus, threads: int = 1) -> Ragged:
    """Keys of every filing with their weights (squared IDF for terms, fixed for facts).

    Parameters
    ----------
    corpus : Corpus
    threads : int

    Returns
    -------
    Ragged
        One row a filing. Depends on each filing alone.
    """
    used = {name: corpus.features[name] for name in _KEYED}

    def keys(some: tuple[int, int]) -> Ragged:
        return _keys({name: part.between(*some) for name, part in used.items()})

    return Ragged.concat(each_threaded(keys, blocks(len(corpus)), threads))


_KEYED = (
    "terms", "names", "accused_terms", "accused", "persons", "surname", "titled", "village", "town", "objects", "org",
    "issues", "numbers", "petitioner", "identity",
)  # fmt: skip


def _keys(features: Mapping[str, Ragged]) -> Ragged:
    count = len(features["terms"])
    table = lexical.load().idf["terms"]
    words, names_part = features["terms"], features["names"]
    terms = Ragged.from_pairs(
        np.concatenate([words.rows, names_part.rows]),
        np.concatenate([words.ids, names_part.ids]),
        np.concatenate([words.weights, names_part.weights]),
        count,
    )
    rare = _top(
        terms.reweighted(table(terms.ids) * np.minimum(1.0 + np.log(terms.weights), 2.0).astype(np.float32)),
        TOP_TERMS,
    )
    rare = rare.reweighted(table(rare.ids) ** 2)
    names = features["accused_terms"].reweighted(np.full(len(features["accused_terms"].ids), 74.0, np.float32))
    issue = _top(features["issues"], 2)
    fixed = (  # keys, what tells their kind from others of the same hash, weight
        (features["accused"], 1, 60.0),
        (features["persons"], 2, 25.0),
        (_salted(features["village"], issue, 3), 0, 40.0),
        (_salted(features["village"], features["surname"], 4), 0, 40.0),
        (_salted(features["objects"], issue, 5), 0, 25.0),
        (_salted(features["town"], issue, 9), 0, 16.0),
        (features["village"], 10, 16.0),
        (_salted(features["surname"], issue, 11), 0, 30.0),
        (features["titled"], 12, 30.0),
        (_salted(features["org"], issue, 13), 0, 16.0),
        (features["numbers"], 6, 8.0),
        (features["petitioner"], 7, 40.0),
        (features["identity"], 8, 60.0),
    )
    row = [rare.rows, names.rows, *(part.rows for part, _, _ in fixed)]
    ids = [rare.ids, names.ids, *((part.ids * np.uint32(2 * salt + 1) + np.uint32(salt)) for part, salt, _ in fixed)]
    weights = [rare.weights, names.weights, *(np.full(len(part.ids), weight, np.float32) for part, _, weight in fixed)]
    joined = Ragged.from_pairs(np.concatenate(row), np.concatenate(ids), np.concatenate(weights), count)
    return joined.reweighted(np.minimum(joined.weights, 100.0))


def propose(corpus: Corpus, threads: int = 1) -> Pairs:
    """All `proposals` at once."""
    pairs = Pairs.concat(proposals(block_keys(corpus, threads), threads))
    order = np.lexsort((pairs.left, pairs.right))
    return Pairs(pairs.left[order], pairs.right[order], pairs.capped)


def independent(keys: Ragged) -> bool:
    """Whether no key is too common and nothing a crowd: then nobody's neighbours depend on what comes after."""
    common = np.unique(keys.ids, return_counts=True)[1].max(initial=0) > KEY_CAP
    return not common and bool((_crowds(keys) == np.arange(len(keys))).all())


def proposals(keys: Ragged, threads: int = 1, start: int = 0) -> Iterator[Pairs]:
    """For each filing its nearest earlier ones: those that share keys worth ``LEAST_WEIGHT``, at most ``NEIGHBOURS``.

    Parameters
    ----------
    keys : Ragged
        Of filings in canonical order, from `block_keys`. Since every filing looks back only, a filing that comes later
        changes no earlier pair: night by night the same pairs are proposed as all at once.
    threads : int
    start : int
        The first row whose neighbours are wanted.

    Yields
    ------
    Pairs
        Of some filings at a time, at least once: nobody need hold a hundred pairs a filing.
    """
    first = _crowds(keys)
    alone = first == np.arange(len(keys))
    own, copy = np.flatnonzero(alone), np.flatnonzero(~alone)
    shared, common = _shared(keys.take(own) if len(copy) else keys)
    del keys
    for pairs in _nearest(shared, int(np.searchsorted(own, start)), common, threads):
        yield Pairs(own[pairs.left], own[pairs.right], pairs.capped)
        capped = pairs.capped
    if len(copy := copy[copy >= start]):
        yield Pairs(first[copy], copy, capped)


def _crowds(keys: Ragged) -> Index:
    """For each row the first row of its crowd: more rows with the very same keys than a filing has neighbours.

    Each of a crowd would have only the others for neighbours, and their keys would be too common to be keys at all; so
    the first stands for all, and every other one is paired with it.
    """
    mixed = (keys.ids.astype(np.uint64) + np.uint64(0x9E3779B9)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed * np.uint64(0xBF58476D1CE4E5B9), dtype=np.uint64)])
    content = sums[keys.indptr[1:]] - sums[keys.indptr[:-1]]
    _, first, crowd, count = np.unique(content, return_index=True, return_inverse=True, return_counts=True)
    return np.where((count[crowd] > NEIGHBOURS) & (keys.lengths > 0), first[crowd], np.arange(len(keys)))


def nearest(keys: Ragged, pool: Ragged, threads: int = 1) -> Pairs:
    """The nearest filings, among those before each, for the last of a pool.

    Parameters
    ----------
    keys : Ragged
        Keys of the filings whose neighbours are wanted: the last ``len(keys)`` rows of the pool.
    pool : Ragged
        Keys of all filings. Of the others only what shares a key with the last is needed.
    threads : int

    Returns
    -------
    Pairs
        Rows of the pool.
    """
    shared, common = _shared(pool)
    return Pairs.concat(_nearest(shared, len(pool) - len(keys), common, threads))


def _shared(pool: Ragged) -> tuple[sparse.csr_matrix, int]:
    """Keys that some filings, but not too many, have in common, shape (filings, such keys); how many are too common."""
    (matrix,) = matrices(pool)
    frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
    common = frequency > KEY_CAP
    useful = ~common & (frequency > 1)
    kept = useful[matrix.indices]
    indptr = np.concatenate([[0], np.cumsum(kept)])[matrix.indptr].astype(np.int32)
    rows = np.repeat(np.arange(len(pool)), np.diff(indptr))
    weights = np.sqrt(matrix.data[kept].astype(np.float64)) * (1.0 - _TIE * rows)
    column = (np.cumsum(useful) - 1).astype(np.int32)[matrix.indices[kept]]
    shape = (len(pool), max(int(useful.sum()), 1))
    return sparse.csr_matrix((weights, column, indptr), shape=shape), int(common.sum())


def _nearest(shared: sparse.csr_matrix, first: int, common: int, threads: int) -> Iterator[Pairs]:
    """`nearest` for the filings from `first` on, some at a time; at least once."""
    none, capped = np.empty(0, np.int64), {"keys": common}
    looking = _looking_back(shared, first, threads)
    while near := list(islice(looking, _TOGETHER)):
        count = np.concatenate([np.diff(part.indptr) for part in near])
        left = np.concatenate([none, *(part.indices for part in near)])
        yield Pairs(left, np.repeat(np.arange(first, first + len(count)), count), capped)
        first += len(count)
    yield Pairs(none, none, capped)


def _looking_back(shared: sparse.csr_matrix, first: int, threads: int) -> Iterator[sparse.csr_matrix]:
    """For the rows from `first` on, some at a time: which rows before each are its nearest, ascending, shape (some, all rows).

    What lies behind is kept in blocks that double, so that each row looks into few of them.
    """
    from sparse_dot_topn import sp_matmul_topn, zip_sp_matmul_topn

    total = shared.shape[0]
    blocks: list[tuple[int, int, sparse.csr_matrix]] = []

    def keep(start: int, stop: int) -> None:
        while blocks and blocks[-1][1] - blocks[-1][0] <= stop - start:
            start = blocks.pop()[0]
        blocks.append((start, stop, shared[start:stop].T.tocsr()))

    if first:
        keep(0, first)
    for start in range(first, total, _LEAF):
        rows = shared[start : start + _LEAF]
        stop = start + rows.shape[0]
        own = sparse.tril(rows @ rows.T, -1, format="csr")
        own.data[own.data < _LEAST] = 0
        own.eliminate_zeros()
        behind = [
            sp_matmul_topn(rows, block, top_n=NEIGHBOURS, threshold=_LEAST, sort=False, n_threads=threads)
            for _, _, block in blocks
        ]
        near = zip_sp_matmul_topn(NEIGHBOURS, [*behind, own])
        near.sort_indices()
        yield near
        keep(start, stop)
