"""Pairs of filings to named evidence.

Each column is a number that grows with agreement; NaN means unknown (a side says nothing), which is never the same
as different. Columns named ``*_agree`` run from -1 (conflict) over 0 to 1 (agree).
"""

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
from repeatdetect.ragged import Floats, Index, Ragged, matrices, row_dots

Flags = npt.NDArray[np.bool_]

#: Evidence columns and the direction in which each may move the score (1 up, 0 free): a monotone scorer
#: transfers to unseen counties, a free one learns the development set by heart.
EVIDENCE: dict[str, int] = {
    "cosine": 1,
    "containment": 1,
    "shared_rare": 1,
    "title": 1,
    "title_in": 1,
    "title_body": 1,
    "latent": 1,
    "issue": 1,
    "who": 1,
    "others": 1,
    "village": 1,
    "town": 1,
    "object": 1,
    "org": 1,
    "numbers": 1,
    "dates": 1,
    "petitioner": 1,
    "category": 1,
    "days": -1,
    "shortest": 0,
    "names": 1,
    "title_letters": 1,
    "topic": 1,
    "topic_latent": 1,
    "who_what": 1,
    "where_what": 1,
    "template": -1,
    "conflict": -1,
}


@dataclass(frozen=True)
class Comparable:
    """What `compare` needs of a corpus, made once and used for any number of pairs."""

    corpus: Corpus
    terms: sparse.csr_matrix
    squared: sparse.csr_matrix
    known: sparse.csr_matrix
    accused_terms: sparse.csr_matrix
    title: sparse.csr_matrix
    title_mass: sparse.csr_matrix
    latent: Floats
    names: sparse.csr_matrix
    content: sparse.csr_matrix
    content_latent: Floats
    mass: Floats
    single: dict[str, sparse.csr_matrix]
    persons: sparse.csr_matrix
    accused: sparse.csr_matrix
    part: sparse.csr_matrix
    called: sparse.csr_matrix
    titled: sparse.csr_matrix
    spoken: sparse.csr_matrix
    org: sparse.csr_matrix
    org_mass: Floats

    @cached_property
    def titles(self) -> npt.NDArray[np.object_]:
        """Titles as filed, shape (n,)."""
        return self.corpus.filings["title"].to_numpy(dtype=object)

    @cached_property
    def short_title(self) -> Flags:
        """Titles of fewer than four characters, shape (n,)."""
        return np.fromiter((len(title) < 4 for title in self.titles), bool, len(self.titles))

    @cached_property
    def title_sum(self) -> Floats:
        """Weight of all words of a title, shape (n,)."""
        return np.asarray(self.title_mass.sum(axis=1), dtype=np.float32).ravel()

    @staticmethod
    def of(corpus: Corpus) -> Comparable:
        """Weight and align the features of a corpus."""
        weighted = corpus_stage.weighted(corpus, "terms")
        title = corpus_stage.weighted(corpus, "title")
        tables = lexical.load()
        raw = weighted.reweighted(tables.idf["terms"](weighted.ids))
        names = corpus.features["names"]
        flags = Ragged.from_pairs(
            np.concatenate([weighted.rows, names.rows]),
            np.concatenate([weighted.ids, names.ids]),
            np.ones(len(weighted.ids) + len(names.ids), np.float32),
            len(corpus),
        )
        title_squared = title.reweighted(tables.idf["terms"](title.ids) ** 2)
        terms, squared, known, accused_terms, titles, title_mass = matrices(
            weighted, raw, flags, corpus.features["accused_terms"], title, title_squared
        )
        known.data[:] = 1.0
        mass = np.asarray(squared.multiply(squared).sum(axis=1), dtype=np.float32).ravel()
        persons, accused = matrices(corpus.features["persons"], corpus.features["accused"])
        single = {name: matrices(corpus.features[name])[0] for name in _SINGLE}
        for name in ("issues", "objects"):
            single[name] = matrices(corpus_stage.weighted(corpus, name))[0]
        content = corpus_stage.weighted(corpus, "content")
        part, called = matrices(corpus.features["part"], corpus.features["called"])
        titled, spoken = matrices(corpus.features["titled"], corpus.features["spoken"])
        org_part = corpus.features["org"]
        org_idf = tables.idf["org"](org_part.ids)
        (org,) = matrices(org_part.reweighted(np.sqrt(org_idf)))
        org_mass = np.asarray(org.multiply(org).sum(axis=1), dtype=np.float32).ravel()
        return Comparable(
            corpus, terms, squared, known, accused_terms, titles, title_mass, tables.project(weighted),
            matrices(_unit(names))[0], matrices(content)[0], tables.project(content), mass, single, persons, accused,
            part, called, titled, spoken, org, org_mass,
        )  # fmt: skip


_SINGLE = (
    "surname", "office", "village", "town", "numbers", "dates", "petitioner", "identity", "category",
)  # fmt: skip


def _agreement(side: sparse.csr_matrix, i: Index, j: Index, conflict: float = -1.0) -> Floats:
    """1 where the rows share an entry, `conflict` where both say something and share nothing, NaN else."""
    count = np.diff(side.indptr)
    both = (count[i] > 0) & (count[j] > 0)
    out = np.full(len(i), np.nan, np.float32)
    shared = row_dots(side, side, i[both], j[both])
    out[both] = np.where(shared > 0, 1.0, conflict)
    return out


def _cosine(side: sparse.csr_matrix, i: Index, j: Index) -> Floats:
    """Dot product of rows of length one; NaN where a side is empty."""
    count = np.diff(side.indptr)
    both = (count[i] > 0) & (count[j] > 0)
    out = np.full(len(i), np.nan, np.float32)
    out[both] = row_dots(side, side, i[both], j[both])
    return out


def _unit(part: Ragged) -> Ragged:
    """Rows of ones scaled to length one."""
    return part.reweighted((1.0 / np.sqrt(np.maximum(part.lengths, 1)))[part.rows].astype(np.float32))


def _title_letters(data: Comparable, i: Index, j: Index) -> Floats:
    """Normalised edit similarity of titles letter by letter (rapidfuzz), NaN where one is missing."""
    from rapidfuzz import fuzz, process

    out = np.asarray(
        process.cpdist(data.titles[i], data.titles[j], scorer=fuzz.ratio, dtype=np.float32, workers=1), np.float32
    )
    out[data.short_title[i] | data.short_title[j]] = np.nan
    return out / 100.0


def _dense(rows: Floats, i: Index, j: Index) -> Floats:
    """Dot products of dense rows, in pieces so that memory stays bounded."""
    out = np.empty(len(i), np.float32)
    for start in range(0, len(i), 65536):
        part = slice(start, start + 65536)
        out[part] = np.einsum("ij,ij->i", rows[i[part]], rows[j[part]])
    return out


def _two_ways(ahead: sparse.csr_matrix, whole: sparse.csr_matrix, i: Index, j: Index, scale: Floats) -> Floats:
    """Mean of title against whole in both directions, each over `scale` of the title; NaN without any title."""
    has = np.diff(ahead.indptr) > 0
    ways = []
    for a, b in ((i, j), (j, i)):
        value = np.full(len(i), np.nan, np.float32)
        value[has[a]] = row_dots(ahead, whole, a[has[a]], b[has[a]]) / scale[a[has[a]]]
        ways.append(value)
    one, two = ways
    return np.where(np.isnan(one), two, np.where(np.isnan(two), one, (one + two) / 2))


def _shares(left: sparse.csr_matrix, right: sparse.csr_matrix, i: Index, j: Index) -> Flags:
    """Whether row i of `left` and row j of `right` have an entry in common."""
    some = (np.diff(left.indptr)[i] > 0) & (np.diff(right.indptr)[j] > 0)
    out = np.zeros(len(i), bool)
    out[some] = row_dots(left, right, i[some], j[some]) > 0
    return out


def _who(data: Comparable, i: Index, j: Index) -> Floats:
    """Agreement of the accused, resolved.

    ===== ==========================================================================================================
    1     the same full name (homophones count as the same)
    .9    the accused of one is named in the other's text, or is called there by given name or nickname
    .75   the same surname with the same title (储校长 and 储玉茹, 校长)
    .6    the same office at the same place (村书记 of one village)
    .5    the same surname where a side knows no more
    -.4   parts of names that do not fit
    -.6   different full names, but one office at one place (a successor, a nickname)
    -1    different full names, both certain, neither anywhere in the other
    NaN   a side names nobody, or only uncertainly
    ===== ==========================================================================================================
    """
    named = np.diff(data.accused.indptr) > 0
    sure = data.corpus.scalars["sure"].astype(bool)
    surname, office = data.single["surname"], data.single["office"]
    some = np.diff(surname.indptr) > 0
    out = np.full(len(i), np.nan, np.float32)
    same_surname = _shares(surname, surname, i, j)
    clash = some[i] & some[j] & (sure[i] | sure[j]) & ~same_surname
    out[clash] = -0.4
    both = named[i] & named[j] & sure[i] & sure[j]
    out[both] = -1.0
    same_office = _shares(office, office, i, j)
    out[both & same_office] = -0.6
    partial = some[i] & some[j] & ~(named[i] & named[j])
    out[partial & same_surname] = 0.5
    out[same_office & ~both & ~clash] = np.fmax(out[same_office & ~both & ~clash], 0.6)
    for a, b in ((i, j), (j, i)):
        out[_shares(data.titled, data.spoken, a, b) & ~both] = 0.75
    for a, b in ((i, j), (j, i)):
        inside = _shares(data.accused_terms, data.known, a, b) | _shares(data.accused, data.persons, a, b)
        out[inside | _shares(data.part, data.called, a, b)] = 0.9
    out[_shares(data.accused, data.accused, i, j)] = 1.0
    return out


def _overlap(side: sparse.csr_matrix, mass: Floats, i: Index, j: Index) -> Floats:
    """Weight of what two rows share over that of the lighter row, 0 to 1; NaN where a side is empty."""
    least = np.minimum(mass[i], mass[j])
    out = np.full(len(i), np.nan, np.float32)
    both = least > 0
    out[both] = row_dots(side, side, i[both], j[both]) / least[both]
    return out


#: columns that cost next to nothing: who, where, how much and when, without a look at the words
FIRST = (
    "topic_latent", "issue", "who", "others", "village", "town", "object", "org", "numbers", "dates", "petitioner",
    "category", "days", "shortest", "who_what", "where_what", "conflict",
)  # fmt: skip
Columns = dict[str, npt.NDArray[np.floating]]


def compare(data: Comparable, left: Index, right: Index) -> pd.DataFrame:
    """Evidence of pairs.

    Parameters
    ----------
    data : Comparable
    left, right : int64, shape (pairs,)
        Row positions.

    Returns
    -------
    DataFrame, shape (pairs, len(EVIDENCE)), float32
    """
    first = compare_facts(data, left, right)
    columns = {**first, **compare_words(data, left, right, first)}
    return pd.DataFrame({name: columns[name] for name in EVIDENCE}, copy=False)


def compare_facts(data: Comparable, left: Index, right: Index) -> Columns:
    """The columns of ``FIRST``, each float32 of shape (pairs,)."""
    i, j = np.asarray(left, np.int64), np.asarray(right, np.int64)
    corpus, single = data.corpus, data.single
    topic_latent = _dense(data.content_latent, i, j)
    issue = _cosine(single["issues"], i, j)
    who = _who(data, i, j)
    village = _agreement(single["village"], i, j)
    objects = _cosine(single["objects"], i, j)
    org = _overlap(data.org, data.org_mass, i, j)
    identity = _agreement(single["identity"], i, j)
    petitioner = np.fmax(identity, _agreement(single["petitioner"], i, j))
    named = corpus.scalars["named"].astype(bool)
    petitioner[~(named[i] & named[j])] = np.nan
    what = np.fmax(np.nan_to_num(issue, nan=0.0), topic_latent)
    where = np.fmax(np.fmax(village, np.where(org > 0.6, org, np.nan)), np.where(objects > 0, objects, np.nan))
    day = corpus.scalars["day"]
    length = corpus.scalars["length"]
    numbers = row_dots(single["numbers"], single["numbers"], i, j)
    some = (np.diff(single["numbers"].indptr)[i] > 0) & (np.diff(single["numbers"].indptr)[j] > 0)
    others = row_dots(data.persons, data.persons, i, j)
    columns: Columns = {
        "topic_latent": topic_latent,
        "issue": issue,
        "who": who,
        "others": np.log1p(others),
        "village": village,
        "town": _agreement(single["town"], i, j),
        "object": objects,
        "org": org,
        "numbers": np.where(some, np.log1p(numbers), np.nan),
        "dates": row_dots(single["dates"], single["dates"], i, j),
        "petitioner": petitioner,
        "category": _agreement(single["category"], i, j),
        "days": np.log1p(np.abs(day[i] - day[j])),
        "shortest": np.log1p(np.minimum(length[i], length[j])),
        "who_what": np.where(np.isnan(who), np.nan, np.minimum(who, what)),
        "where_what": np.where(np.isnan(where), np.nan, np.minimum(where, what)),
        "conflict": np.where(who <= -0.6, 1.0, 0.0) + (village < 0) + (org < 0.34),
    }
    return {name: np.asarray(columns[name], np.float32) for name in FIRST}


def compare_words(data: Comparable, left: Index, right: Index, first: Columns) -> Columns:
    """The other columns of ``EVIDENCE``, given the first ones of the same pairs."""
    i, j = np.asarray(left, np.int64), np.asarray(right, np.int64)
    cosine = row_dots(data.terms, data.terms, i, j)
    shared = row_dots(data.squared, data.squared, i, j)
    least = np.minimum(data.mass[i], data.mass[j])
    ones = np.ones(len(data.corpus), np.float32)
    columns: Columns = {
        "cosine": cosine,
        "containment": shared / np.where(least > 0, least, 1),
        "shared_rare": np.log1p(shared),
        "title": _cosine(data.title, i, j),
        "title_in": _two_ways(data.title_mass, data.known, i, j, data.title_sum),
        "title_body": _two_ways(data.title, data.terms, i, j, ones),
        "latent": _dense(data.latent, i, j),
        "names": _cosine(data.names, i, j),
        "title_letters": _title_letters(data, i, j),
        "topic": row_dots(data.content, data.content, i, j),
        "template": np.where((first["who"] < 0) | (first["village"] < 0), cosine, 0.0),
    }
    return {name: np.asarray(values, np.float32) for name, values in columns.items()}
