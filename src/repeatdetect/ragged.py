"""Rows of hashed features: the one container every stage shares.

A feature is a 32-bit hash of a string, so rows made in different processes, or on different nights, can be laid side
by side without a common vocabulary.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

Ids = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.float32 | np.unsignedinteger]
Index = npt.NDArray[np.int64]


def hashed(word: str) -> int:
    """32-bit hash of a string (CRC-32 of UTF-8)."""
    return zlib.crc32(word.encode())


class HashCache(dict[str, int]):
    """Remembers the hash of each string it has seen."""

    def __missing__(self, word: str) -> int:
        value = self[word] = hashed(word)
        return value


@dataclass(frozen=True)
class Ragged:
    """Rows of (id, weight), ids ascending and unique within a row.

    Attributes
    ----------
    indptr : int64, shape (rows + 1,)
    ids : uint32, shape (entries,)
    weights : float32, shape (entries,)
        Counts may have fewer bytes, and ones none: one number that stands in all places.
    """

    indptr: Index
    ids: Ids
    weights: Weights

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @staticmethod
    def from_pairs(row: Index, ids: Ids, weights: Floats, n_rows: int) -> Ragged:
        """Sort (row, id, weight) triples into rows; of equal (row, id) the weights are added."""
        key = (row.astype(np.uint64) << np.uint64(32)) | ids.astype(np.uint64)
        order = np.argsort(key, kind="stable")
        key, value = key[order], weights[order]
        first = np.ones(len(key), dtype=bool)
        first[1:] = key[1:] != key[:-1]
        start = np.flatnonzero(first)
        total = np.add.reduceat(value, start).astype(np.float32) if len(start) else value
        return Ragged._of_keys(key[start], total, n_rows)

    @staticmethod
    def counted(row: Index, ids: Ids, n_rows: int) -> Ragged:
        """Sort (row, id) pairs into rows; weights are how often each stands there. Quicker than with weights."""
        key = np.sort((row.astype(np.uint64) << np.uint64(32)) | ids.astype(np.uint64))
        start = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
        return Ragged._of_keys(key[start], np.diff(np.append(start, len(key))).astype(np.float32), n_rows)

    @staticmethod
    def _of_keys(key: npt.NDArray[np.uint64], weights: Floats, n_rows: int) -> Ragged:
        counts = np.bincount((key >> np.uint64(32)).astype(np.int64), minlength=n_rows)
        return Ragged(
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            (key & np.uint64(0xFFFFFFFF)).astype(np.uint32),
            weights,
        )

    @property
    def lengths(self) -> Index:
        """Entries of each row."""
        return np.diff(self.indptr)

    @property
    def rows(self) -> Index:
        """Row of each entry."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.lengths)

    def between(self, start: int, stop: int) -> Ragged:
        """Rows from `start` up to `stop`; ids and weights are shared."""
        cells = slice(self.indptr[start], self.indptr[stop])
        return Ragged(self.indptr[start : stop + 1] - cells.start, self.ids[cells], self.weights[cells])

    def take(self, rows: Index) -> Ragged:
        """Rows in the order asked for."""
        lengths = self.lengths[rows]
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        at = np.arange(indptr[-1]) - np.repeat(indptr[:-1] - self.indptr[rows], lengths)
        return Ragged(indptr, self.ids[at], self.weights[at])

    @staticmethod
    def concat(parts: Sequence[Ragged]) -> Ragged:
        """One after the other."""
        lengths = np.concatenate([part.lengths for part in parts])
        return Ragged(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.concatenate([part.ids for part in parts]),
            _joined([part.weights for part in parts]),
        )

    def reweighted(self, weights: Weights) -> Ragged:
        """Same rows with other weights, shape (entries,)."""
        return Ragged(self.indptr, self.ids, weights)


def _joined(weights: Sequence[Weights]) -> Weights:
    if all(part.dtype == np.float32 and (part == 1).all() for part in weights):
        return np.broadcast_to(np.float32(1), sum(map(len, weights)))
    return np.concatenate(weights)


_ENTRIES, _ROWS = 1 << 20, 1 << 11  # worked on at once; keeps memory flat


def pieces(count: int) -> Iterator[slice]:
    """Slices of `count` entries."""
    return (slice(start, start + _ENTRIES) for start in range(0, count, _ENTRIES))


def blocks(count: int) -> Iterator[tuple[int, int]]:
    """Bounds of some of `count` rows at a time; at least once."""
    return ((start, min(start + _ROWS, count)) for start in range(0, max(count, 1), _ROWS))


def evenly(count: int, most: int) -> list[slice]:
    """Slices of about one size, at most `most`, of `count` entries; none holds one alone, which libraries add up otherwise."""
    bounds = np.linspace(0, count, max(-(-count // most), 1) + 1).astype(int).tolist()
    return [slice(a, b) for a, b in itertools.pairwise(bounds)]


def matrices(*parts: Ragged) -> list[sparse.csr_matrix]:
    """Sparse matrices of several features over one common set of columns; see `aligned`."""
    return aligned(*parts)[1]


def aligned(*parts: Ragged) -> tuple[Ids, list[sparse.csr_matrix]]:
    """Distinct ids of several features, and sparse matrices of which these are the columns.

    Returns
    -------
    ids : uint32, shape (columns,), ascending
    matrices : list of csr_matrix
        Shapes (rows of the part, columns), one column where there are no ids; indices sorted. Values are the weights, ones
        a byte each.
    """
    ids: Ids = np.sort(pd.unique(np.concatenate([pd.unique(part.ids) for part in parts])))
    distinct = pd.Index(ids)
    width = max(len(distinct), 1)
    out = []
    for part in parts:
        column = np.empty(len(part.ids), np.int32)
        for some in pieces(len(column)):
            column[some] = distinct.get_indexer(pd.Index(part.ids[some]))
        weights = np.ones(len(column), np.uint8) if part.weights.strides == (0,) else part.weights
        matrix = sparse.csr_matrix((weights, column, part.indptr), shape=(len(part), width))
        matrix.has_sorted_indices = True
        out.append(matrix)
    return ids, out


def instead(side: sparse.csr_matrix, data: Floats) -> sparse.csr_matrix:
    """A matrix with other values in the same places, which both then share."""
    out = sparse.csr_matrix((data, side.indices, side.indptr), shape=side.shape)
    out.has_sorted_indices = side.has_sorted_indices
    return out


def within(side: sparse.csr_matrix, other: sparse.csr_matrix) -> sparse.csr_matrix:
    """`side` with only the columns that `other` uses: dot products with rows of `other` stay what they are."""
    used = np.zeros(side.shape[1], bool)
    used[other.indices] = True
    kept = used[side.indices]
    indptr = np.concatenate([[0], np.cumsum(kept)])[side.indptr]
    out = sparse.csr_matrix((side.data[kept], side.indices[kept], indptr), shape=side.shape)
    out.has_sorted_indices = True
    return out


@dataclass(frozen=True)
class Side:
    """A matrix whose rows are compared pair by pair, with what tells at once that two have nothing in common.

    Attributes
    ----------
    matrix : csr_matrix
    first : int32, shape (rows,)
        First column of each row; -1 where it is empty.
    bits : uint64, shape (rows,)
        One bit of 64 for each column: rows without a common bit have no common column.
    """

    matrix: sparse.csr_matrix
    first: npt.NDArray[np.int32]
    bits: npt.NDArray[np.uint64]

    @staticmethod
    def of(matrix: sparse.csr_matrix) -> Side:
        """Side of a matrix with sorted indices and no zeros."""
        filled = np.diff(matrix.indptr) > 0
        start = matrix.indptr[:-1][filled]
        first = np.full(matrix.shape[0], -1, np.int32)
        bits = np.zeros(matrix.shape[0], np.uint64)
        if len(start):
            first[filled] = matrix.indices[start]
            bit = np.uint64(1) << (matrix.indices.astype(np.uint64) & np.uint64(63))
            bits[filled] = np.bitwise_or.reduceat(bit, start)
        return Side(matrix, first, bits)

    def both(self, i: Index, j: Index) -> Flags:
        """Whether rows ``i[k]`` and ``j[k]`` both have entries."""
        out: Flags = (self.first[i] >= 0) & (self.first[j] >= 0)
        return out

    def share(self, other: Side, i: Index, j: Index) -> Flags:
        """Whether row ``i[k]`` of this and row ``j[k]`` of another over the same columns have one in common."""
        one = self.first[i]
        out: Flags = (one >= 0) & (one == other.first[j])
        open_ = np.flatnonzero(~out & ((self.bits[i] & other.bits[j]) != 0))
        out[open_] = row_dots(self.matrix, other.matrix, i[open_], j[open_]) > 0
        return out

    def dots(self, other: Side, i: Index, j: Index) -> Floats:
        """What `row_dots` gives, sooner."""
        out = np.zeros(len(i), np.float32)
        open_ = np.flatnonzero((self.bits[i] & other.bits[j]) != 0)
        out[open_] = row_dots(self.matrix, other.matrix, i[open_], j[open_])
        return out


_BLOCK = 64  # rows laid out densely at a time
_TOGETHER = 4000  # pairs whose rows are fetched together, about
_LONG = 16  # entries a row from which that pays


def row_dots(left: sparse.csr_matrix, right: sparse.csr_matrix, i: Index, j: Index) -> Floats:
    """Dot product of row ``i[k]`` of `left` with row ``j[k]`` of `right`, for every k; shape (pairs,)."""
    if left.nnz * right.shape[0] > right.nnz * left.shape[0]:
        left, right, i, j = right, left, j, i
    if right.nnz >= _LONG * right.shape[0]:
        return long_row_dots(_held(left), _held(right), right.shape[1], i, j)[0]
    out = np.empty(len(i), dtype=np.float32)
    for start in range(0, len(i), 65536):
        part = slice(start, start + 65536)
        out[part] = np.asarray(left[i[part]].multiply(right[j[part]]).sum(axis=1), dtype=np.float32).ravel()
    return out


Fetched = tuple[sparse.csr_matrix, list[Floats]]


def _held(matrix: sparse.csr_matrix) -> Callable[[Index], Fetched]:
    def fetch(rows: Index) -> Fetched:
        some = matrix[rows]
        return some, [some.data]

    return fetch


def long_row_dots(
    left: Callable[[Index], Fetched], right: Callable[[Index], Fetched], width: int, i: Index, j: Index, kinds: int = 1
) -> list[Floats]:
    """`row_dots` of rows that are fetched, quick where they are long.

    Parameters
    ----------
    left, right : callable
        Rows of a matrix of `width` columns, and `kinds` of values of their entries.
    width : int
    i, j : int64, shape (pairs,)
    kinds : int

    Returns
    -------
    list of ndarray of float32, shape (pairs,)
        Dot products with the values of each kind.
    """
    out = [np.empty(len(i), dtype=np.float32) for _ in range(kinds)]
    order = np.argsort(j, kind="stable")
    i, j = i[order], j[order]
    first = np.flatnonzero(np.append(True, j[1:] != j[:-1])) if len(j) else j
    rows, first = j[first], np.append(first, len(j))
    offset = np.arange(len(rows), dtype=np.int32) % _BLOCK * np.int32(width)  # of each right row in the table
    table = np.zeros(min(_BLOCK, len(rows)) * width, np.float32)
    start = 0
    while start < len(rows):
        blocks = max((int(np.searchsorted(first, first[start] + _TOGETHER)) - start) // _BLOCK, 1)
        stop = min(start + blocks * _BLOCK, len(rows))
        held, theirs = right(rows[start:stop])
        some, mine = left(i[first[start] : first[stop]])
        (right_begin, cells), (left_begin, at) = ((part.indptr, part.indices) for part in (held, some))
        cells += np.repeat(offset[start:stop], np.diff(right_begin))
        at += np.repeat(np.repeat(offset[start:stop], np.diff(first[start : stop + 1])), np.diff(left_begin))
        for block in range(start, stop, _BLOCK):
            end = min(block + _BLOCK, stop)
            entries = slice(right_begin[block - start], right_begin[end - start])
            pairs = slice(first[block], first[end])
            begin = left_begin[pairs.start - first[start] : pairs.stop - first[start] + 1]
            sought = slice(begin[0], begin[-1])
            shape = (len(begin) - 1, len(table))
            for dots, one, other in zip(out, mine, theirs, strict=True):
                table[cells[entries]] = other[entries]
                laid = sparse.csr_matrix((one[sought], at[sought], begin - begin[0]), shape=shape)
                dots[order[pairs]] = laid @ table
            table[cells[entries]] = 0
        start = stop
    return out


def rows_of_each(label: Index) -> list[Index]:
    """Rows of each label, ascending; labels ascending."""
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.diff(label[order])) + 1
    return [rows for rows in np.split(order, starts) if len(rows)]
