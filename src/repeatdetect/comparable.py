"""Features of a corpus, weighted and aligned, so that any pairs of its filings can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from repeatdetect import corpus as corpus_stage
from repeatdetect import lexical
from repeatdetect.corpus import Corpus
from repeatdetect.ragged import Floats, Ids, Ragged, Side, blocks, instead, matrices, within

COMMON = 3.0  # IDF up to which a shared word tells nothing


@dataclass(frozen=True)
class Comparable:
    """What `compare` needs of a corpus, made once and used for any number of pairs."""

    corpus: Corpus
    terms: sparse.csr_matrix
    accused_terms: Side
    known_names: Side
    title_mass: sparse.csr_matrix
    known_title: sparse.csr_matrix
    content: sparse.csr_matrix
    rare: sparse.csr_matrix
    rare_mass: Floats
    meaning: Floats
    sides: dict[str, Side]
    org: Side
    org_mass: Floats
    body: Side
    body_mass: Floats

    @cached_property
    def title_sum(self) -> Floats:
        """Weight of all words of a title, shape (n,)."""
        return np.asarray(self.title_mass.sum(axis=1), dtype=np.float32).ravel()

    @cached_property
    def by_cell(self) -> npt.NDArray[np.bool_]:
        """Whether a cell, not the text alone, names the accused, shape (n,)."""
        return np.array([told == "1" for told in self.corpus.told["field"]], bool)

    @staticmethod
    def of(corpus: Corpus) -> Comparable:
        """Weight and align the features of a corpus."""
        weighted = corpus_stage.weighted(corpus, "terms")
        title = corpus_stage.weighted(corpus, "title")
        tables = lexical.load()
        accused = corpus.features["accused_terms"]
        flags = _which(weighted, corpus.features["names"], np.concatenate([accused.ids, title.ids]))
        title_squared = title.reweighted(tables.idf["terms"](title.ids) ** 2)
        terms, known, accused_terms, title_mass = matrices(weighted, flags, accused, title_squared)
        known.data[:] = 1.0
        sides = {name: Side.of(matrices(corpus_stage.weighted(corpus, name))[0]) for name in ("issues", "objects")}
        for group in _PLAIN:
            together = matrices(*(corpus.features[name] for name in group))
            sides |= {name: Side.of(side) for name, side in zip(group, together, strict=True)}
        words = corpus_stage.weighted(corpus, "content")
        (content,) = matrices(words)
        rare = instead(content, np.maximum(tables.idf["terms"](words.ids) - np.float32(COMMON), 0))
        org, body = (
            matrices(part.reweighted(part.weights * np.sqrt(tables.idf["org"](part.ids))))[0]
            for part in (corpus.features["org"], corpus.features["body"])
        )
        return Comparable(
            corpus, terms, Side.of(accused_terms), Side.of(within(known, accused_terms)), title_mass,
            within(known, title_mass), content, rare, _mass(rare), tables.meaning(words), sides,
            Side.of(org), _mass(org), Side.of(body), _mass(body),
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


def _mass(side: sparse.csr_matrix) -> Floats:
    """Squared length of each row, shape (n,)."""
    some = (side[start:stop] for start, stop in blocks(side.shape[0]))
    return np.concatenate([np.asarray(part.multiply(part).sum(axis=1), dtype=np.float32).ravel() for part in some])
