"""Rows of weighted words of which only the counts are held, a byte a word: what they weigh is worked out where they are
fetched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from repeatdetect.lexical import Idf
from repeatdetect.ragged import Doubles, Fetched, Floats, Ids, Index, Ragged, Weights, aligned, blocks


def unit(part: Ragged, table: Idf) -> Ragged:
    """Rows of counts weighted (1 + log count) x IDF and scaled to length one."""
    out = np.empty(len(part.ids), np.float32)
    for start, stop in blocks(len(part)):
        some = part.between(start, stop)
        weights = _dampened(some.weights) * table(some.ids)
        out[part.indptr[start] : part.indptr[stop]] = weights / _length(some, weights)[some.rows]
    return part.reweighted(out)


def _dampened(counts: Weights) -> Floats:
    out: Floats = np.float32(1.0) + np.log(np.maximum(counts, np.float32(1.0)))
    return out


def _length(rows: Ragged, weights: Floats) -> Doubles:
    """Length of each row, 1 where it is empty."""
    squares = np.add.reduceat(np.append(weights**2, 0.0), rows.indptr[:-1]) if len(rows) else np.empty(0)
    out: Doubles = np.sqrt(np.where(rows.lengths > 0, squares, 1.0))
    return out


@dataclass(frozen=True)
class Counted:
    """What `unit` gives as a matrix, without holding the weights.

    Attributes
    ----------
    matrix : csr_matrix of counts, shape (rows, columns)
        Indices sorted.
    ids : uint32, shape (columns,)
        What the columns stand for, ascending.
    worth : float32, shape (columns,)
        IDF of each.
    length : float64, shape (rows,)
        By which the weights of a row are divided.
    """

    matrix: sparse.csr_matrix
    ids: Ids
    worth: Floats
    length: Doubles

    @staticmethod
    def of(part: Ragged, table: Idf) -> Counted:
        """Of rows of counts."""
        length = np.empty(len(part))
        for start, stop in blocks(len(part)):
            some = part.between(start, stop)
            length[start:stop] = _length(some, _dampened(some.weights) * table(some.ids))
        ids, (matrix,) = aligned(
            part.reweighted(part.weights.astype(np.min_scalar_type(int(part.weights.max(initial=0)))))
        )
        return Counted(matrix, ids, table(ids), length)

    def fetch(self, rows: Index) -> Fetched:
        """Some rows with their weights."""
        some = self.matrix[rows]
        if not some.nnz:
            return some, [np.empty(0, np.float32)]
        weights = _dampened(np.arange(int(some.data.max()) + 1, dtype=np.float32))[some.data]
        weights *= self.worth[some.indices]
        length = np.repeat(self.length[rows], np.diff(some.indptr))
        return some, [np.divide(weights, length, out=weights, casting="same_kind")]
