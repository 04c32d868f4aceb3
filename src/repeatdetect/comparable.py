"""Features of a corpus, weighted and aligned, so that any pairs of its filings can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from repeatdetect import lexical
from repeatdetect.corpus import Corpus
from repeatdetect.counted import Counted, unit
from repeatdetect.ragged import Fetched, Floats, Ids, Index, Ragged, Side, blocks, instead, matrices, within

COMMON = 3.0  # IDF up to which a shared word tells nothing


@dataclass(frozen=True)
class Comparable:
    """What `compare` needs of a corpus, made once and used for any number of pairs.

    Attributes
    ----------
    corpus : Corpus
        Of n filings; every matrix has a row each.
    terms, content : Counted
        All words; those that say what happened (without persons, posts, places and dates).
    accused_terms, known_names : Side
        Full names of the accused, and which of these a filing's words hold; over the same columns.
    title_mass, known_title : csr_matrix
        Squared IDF of the words of a title, and which of these a filing's words hold; over the same columns.
    rare : float32, shape (columns of `content`,)
        IDF above ``COMMON``, 0 below.
    rare_mass : float32, shape (n,)
        Squared length of each filing's content in `rare`.
    meaning : float32, shape (n, dimensions)
        Vectors of length one.
    sides : dict of str to Side
        The other features by name (see `repeatdetect.batch.FEATURES`).
    org, body : Side; org_mass, body_mass : float32, shape (n,)
        Keys of bodies weighted by the root of their IDF, and the squared length of each row.
    grams, title_grams : csr_matrix
        Pairs of characters of text and title, and of the title alone; over the columns of the latter.
    """

    corpus: Corpus
    terms: Counted
    accused_terms: Side
    known_names: Side
    title_mass: sparse.csr_matrix
    known_title: sparse.csr_matrix
    content: Counted
    rare: Floats
    rare_mass: Floats
    meaning: Floats
    sides: dict[str, Side]
    org: Side
    org_mass: Floats
    body: Side
    body_mass: Floats
    grams: sparse.csr_matrix
    title_grams: sparse.csr_matrix

    @cached_property
    def title_sum(self) -> Floats:
        """Weight of all words of a title, shape (n,)."""
        return np.asarray(self.title_mass.sum(axis=1), dtype=np.float32).ravel()

    @cached_property
    def nobody(self) -> npt.NDArray[np.bool_]:
        """Whether a filing accuses nobody by name, shape (n,)."""
        return (self.sides["accused"].first < 0) & (self.sides["surname"].first < 0)

    @cached_property
    def by_cell(self) -> npt.NDArray[np.bool_]:
        """Whether a cell, not the text alone, names the accused, shape (n,)."""
        return np.array([told == "1" for told in self.corpus.told["field"]], bool)

    def content_and_rare(self, rows: Index) -> Fetched:
        """Rows of the words that say what happened: weighted, and what the rare ones are worth."""
        some, weights = self.content.fetch(rows)
        return some, [*weights, self.rare[some.indices]]

    def words(self, rows: Sequence[int]) -> frozenset[int]:
        """Ids of the terms of some filings."""
        return frozenset(self.terms.ids[self.terms.matrix[rows].indices].tolist())

    @staticmethod
    def of(corpus: Corpus, *, release: bool = False) -> Comparable:
        """Weight and align the features of a corpus; when `release` is set the corpus holds them no longer."""
        features = corpus.released() if release else dict(corpus.features)
        idf = lexical.load().idf
        title = unit(features.pop("title"), idf["terms"])
        accused, words = features.pop("accused_terms"), features.pop("terms")
        flags = _which(words, features.pop("names"), np.concatenate([accused.ids, title.ids]))
        terms = Counted.of(words, idf["terms"])
        del words
        title_squared = title.reweighted(idf["terms"](title.ids) ** 2)
        known, accused_terms, title_mass = matrices(flags, accused, title_squared)
        del flags
        known.data = np.ones(known.nnz, np.uint8)
        names_known, title_known = Side.of(within(known, accused_terms)), within(known, title_mass)
        del known
        told = features.pop("content")
        meaning = lexical.load().meaning(unit(told, idf["terms"]))
        content = Counted.of(told, idf["terms"])
        del told
        rare = np.maximum(content.worth - np.float32(COMMON), 0)
        sides = {name: Side.of(matrices(unit(features.pop(name), idf[name]))[0]) for name in ("issues", "objects")}
        for group in _PLAIN:
            together = matrices(*(features.pop(name) for name in group))
            sides |= {name: Side.of(side) for name, side in zip(group, together, strict=True)}
        org, body = (
            matrices(part.reweighted(part.weights * np.sqrt(idf["org"](part.ids))))[0]
            for part in (features.pop("org"), features.pop("body"))
        )
        title_grams, grams = matrices(features.pop("title_grams"), features.pop("grams"))
        return Comparable(
            corpus, terms, Side.of(accused_terms), names_known, title_mass, title_known, content, rare,
            _mass(content.matrix, rare), meaning, sides, Side.of(org), _mass(org), Side.of(body), _mass(body),
            within(grams, title_grams), title_grams,
        )  # fmt: skip


#: features compared as they are; those of one group with each other, too
_PLAIN = (
    ("persons", "accused"), ("part", "called"), ("titled", "spoken"), ("surname",), ("near",), ("office",), ("seat",), ("village",),
    ("town",), ("county",), ("petitioner",), ("identity",), ("category",), ("numbers",), ("dates",),
)  # fmt: skip


def _which(words: Ragged, names: Ragged, asked: Ids) -> Ragged:
    """Which of the ids `asked` for stand in words or names of each row; weights are 1 a place."""
    known = pd.Index(pd.unique(asked))
    out = []
    for start, stop in blocks(len(words)):
        parts = words.between(start, stop), names.between(start, stop)
        ids, rows = (np.concatenate([getattr(part, name) for part in parts]) for name in ("ids", "rows"))
        there = known.get_indexer(pd.Index(ids)) >= 0
        out.append(Ragged.counted(rows[there], ids[there], stop - start))
    return Ragged.concat(out)


def _mass(side: sparse.csr_matrix, worth: Floats | None = None) -> Floats:
    """Squared length of each row, shape (n,); `worth`: of each column, in place of the values."""
    out = np.empty(side.shape[0], np.float32)
    for start, stop in blocks(len(out)):
        some = side[start:stop]
        some = some if worth is None else instead(some, worth[some.indices])
        out[start:stop] = np.asarray(some.multiply(some).sum(axis=1)).ravel()
    return out
