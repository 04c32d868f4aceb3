"""What is learned from texts once and shipped: frozen IDFs, and the meanings of words as vectors.

A pair's score must not depend on what else is in tonight's export, so nothing here is ever refitted at run time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from repeatdetect.models import arrays
from repeatdetect.ragged import Floats, Ids, Index, Ragged, blocks, evenly, pieces

_TURNED = 1 << 16  # rows turned together; keeps memory flat
_MANY = 2000  # ids from which it pays to look each up once


def _position(table: Ids, ids: Ids) -> Index:
    """Where each id stands in an ascending table, -1 where it does not."""
    at = np.minimum(np.searchsorted(table, ids), len(table) - 1)
    return np.where(table[at] == ids, at, -1)


@dataclass(frozen=True)
class Idf:
    """Inverse document frequency by id.

    Attributes
    ----------
    ids : uint32, shape (terms,), ascending
    values : float32, shape (terms,)
    unseen : float
        Value of every other id.
    """

    ids: Ids
    values: Floats
    unseen: float

    def __call__(self, ids: Ids) -> Floats:
        """Values of `ids`; same shape."""
        if len(ids) <= _MANY:
            return self._of(ids)
        out = np.empty(len(ids), np.float32)
        for some in pieces(len(ids)):
            code, distinct = pd.factorize(ids[some])
            out[some] = self._of(distinct)[code]
        return out

    def _of(self, ids: Ids) -> Floats:
        at = _position(self.ids, ids)
        return np.where(at >= 0, self.values[at], np.float32(self.unseen)).astype(np.float32)


@dataclass(frozen=True)
class Lexical:
    """The shipped tables.

    Attributes
    ----------
    idf : dict of str to Idf
        For ``terms``, ``objects`` (sound bigrams of named places), ``org`` (sounds of the characters of bodies) and
        ``issues``.
    word_ids : uint32, shape (words,), ascending
    vectors : float32, shape (words, k)
        What each word means.
    turn : float32, shape (k, k)
        Map of a filing's vector, learned from labelled pairs (``models/meaning.py``).
    """

    idf: dict[str, Idf]
    word_ids: Ids
    vectors: Floats
    turn: Floats

    def plain(self, terms: Ragged) -> Floats:
        """Sums of word vectors of weighted rows, shape (rows, k): telling words count by the square of their weights."""
        out = np.empty((len(terms), self.vectors.shape[1]), np.float32)
        for start, stop in blocks(len(terms)):
            some = terms.between(start, stop)
            code, distinct = pd.factorize(some.ids)
            at = _position(self.word_ids, distinct)[code]
            known = at >= 0
            kept = np.concatenate([[0], np.cumsum(known)])[some.indptr]
            shape = (len(some), len(self.word_ids))
            matrix = sparse.csr_matrix((some.weights[known] ** 2, at[known], kept), shape=shape)
            out[start:stop] = matrix @ self.vectors
        return out

    def meaning(self, terms: Ragged) -> Floats:
        """Unit vectors of weighted rows, shape (rows, k), turned so that they tell affairs apart."""
        out = self.plain(terms)
        for some in evenly(len(out), _TURNED):
            out[some] = unit(out[some] @ self.turn)
        return out


def unit(rows: npt.NDArray[np.floating]) -> Floats:
    """Rows of length one; empty ones stay."""
    norm = np.linalg.norm(rows, axis=1, keepdims=True)
    out: Floats = (rows / np.where(norm > 0, norm, 1)).astype(np.float32)
    return out


@cache
def load() -> Lexical:
    """Read the shipped tables (``lexical.npz``, ``words.npz``, ``meaning.npz``)."""
    tables, words = arrays("lexical.npz"), arrays("words.npz")
    idf = {
        name: Idf(tables[f"{name}_ids"], tables[f"{name}_idf"].astype(np.float32), float(tables[f"{name}_unseen"][0]))
        for name in ("terms", "objects", "issues", "org")
    }
    turn = arrays("meaning.npz")["turn"].astype(np.float32)
    return Lexical(idf, words["ids"], words["values"] * words["scale"], turn)
