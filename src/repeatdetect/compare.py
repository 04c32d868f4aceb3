"""Pairs of filings to named evidence.

Each column is a number; ``EVIDENCE`` says which way it may move the score. NaN means unknown (a side says nothing), which
is never the same as different.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from repeatdetect.comparable import Comparable
from repeatdetect.ragged import Floats, Index, Side, long_row_dots, row_dots
from repeatdetect.same_person import (
    ANOTHER_NAME,
    ANOTHER_PERSON,
    IN_ONE_OFFICE,
    SAME_NAME,
    SAME_PERSON,
    SAME_SURNAME,
    misread,
    who_agrees,
)

NO_ISSUE = 0.05  # cosine of issues up to which two filings have none in common
OTHER_BODY, SAME_BODY = 0.34, 0.6  # of `body`: up to here the two are two bodies, above they are one

#: Evidence columns and the direction in which each may move the score (1 up, 0 free): a monotone scorer
#: transfers to unseen counties, a free one learns the development set by heart.
EVIDENCE: dict[str, int] = {
    "cosine": 1,
    "containment": 1,
    "shared_rare": 1,
    "title_in": 1,
    "issue": 1,
    "who": 1,
    "others": 1,
    "village": 1,
    "town": 1,
    "object": 1,
    "org": 1,
    "body": 1,
    "numbers": 1,
    "dates": 1,
    "petitioner": 1,
    "category": 1,
    "shortest": 0,
    "days_apart": -1,
    "title_grams": 1,
    "topic": 1,
    "meaning": 1,
    "who_what": 1,
    "where_what": 1,
    "template": -1,
    "conflict": -1,
}

_WORDS = ("title_in", "shared_rare", "topic", "meaning")
#: Evidence that tells more or less where the accused is known to be one person, where nobody knows whether they are, and
#: where the place is one: what all complaints about one accused, or of one village, share says little. These columns,
#: ``person_topic`` and so on, repeat the evidence there and are unknown elsewhere, so that the sum stays one of columns.
WHERE: dict[str, tuple[str, ...]] = {
    "person": _WORDS,
    "unknown": (*_WORDS, "issue", "object"),
    "place": _WORDS,
}
EVIDENCE |= {f"{case}_{name}": EVIDENCE[name] for case, names in WHERE.items() for name in names}


def _agreement(side: Side, i: Index, j: Index) -> Floats:
    """1 where the rows share an entry, -1 where both say something and share nothing, NaN else."""
    out = np.where(side.share(side, i, j), np.float32(1.0), np.float32(-1.0))
    out[~side.both(i, j)] = np.nan
    return out


def _overlap_told(side: Side, i: Index, j: Index) -> Floats:
    """Dot product of rows, a cosine where they have length one; NaN where a side is empty."""
    return np.where(side.both(i, j), side.dots(side, i, j), np.float32(np.nan))


_DENSE = 4096  # pairs whose dense rows are fetched together: they fit into the cache


def _dense(rows: Floats, i: Index, j: Index) -> Floats:
    """Dot products of dense rows, in pieces so that memory stays bounded."""
    out = np.empty(len(i), np.float32)
    for start in range(0, len(i), _DENSE):
        part = slice(start, start + _DENSE)
        out[part] = np.einsum("ij,ij->i", rows[i[part]], rows[j[part]])
    return out


def _told(data: Comparable, i: Index, j: Index) -> npt.NDArray[np.floating]:
    """Of the words that say what happened: cosine, and the weight of the rare ones that are shared, shape (pairs, 2)."""
    width = data.content.matrix.shape[1]
    return np.column_stack(long_row_dots(data.content_and_rare, data.content_and_rare, width, i, j, kinds=2))


def _cosine_of_terms(data: Comparable, i: Index, j: Index) -> Floats:
    return long_row_dots(data.terms.fetch, data.terms.fetch, data.terms.matrix.shape[1], i, j)[0]


def _filled(matrix: sparse.csr_matrix, rows: Index) -> npt.NDArray[np.bool_]:
    """Which of some rows have entries."""
    out: npt.NDArray[np.bool_] = matrix.indptr[rows + 1] > matrix.indptr[rows]
    return out


def _two_ways(ahead: sparse.csr_matrix, whole: sparse.csr_matrix, i: Index, j: Index, scale: Floats) -> Floats:
    """Mean of title against whole in both directions, each over `scale` of the title; NaN without any title."""
    ways = []
    for a, b in ((i, j), (j, i)):
        value, some = np.full(len(i), np.nan, np.float32), np.flatnonzero(_filled(ahead, a))
        value[some] = row_dots(ahead, whole, a[some], b[some]) / scale[a[some]]
        ways.append(value)
    one, two = ways
    return np.where(np.isnan(one), two, np.where(np.isnan(two), one, (one + two) / 2))


def _overlap(side: Side, mass: Floats, i: Index, j: Index) -> Floats:
    """Weight of what two rows share over that of the lighter row, 0 to 1; NaN where a side is empty."""
    least = np.minimum(mass[i], mass[j])
    return np.divide(side.dots(side, i, j), np.where(least > 0, least, np.float32(np.nan)), dtype=np.float32)


Columns = dict[str, npt.NDArray[np.floating]]


class Pairs:
    """Evidence of pairs, each column worked out when it is first asked for.

    Parameters
    ----------
    data : Comparable
    left, right : int64, shape (pairs,)
        Row positions.
    known : dict of str to ndarray, shape (pairs,)
        Columns known beforehand.
    """

    def __init__(self, data: Comparable, left: Index, right: Index, known: Columns | None = None) -> None:
        self.data = data
        self.i, self.j = np.asarray(left, np.int64), np.asarray(right, np.int64)
        self._known: Columns = {name: np.asarray(values, np.float32) for name, values in (known or {}).items()}

    def __len__(self) -> int:
        return len(self.i)

    def __getitem__(self, name: str) -> npt.NDArray[np.floating]:
        if name not in self._known:
            self._known[name] = np.asarray(_COLUMN[name](self), np.float32)
        return self._known[name]

    def only(self, kept: Index) -> Pairs:
        """Some of the pairs, with what is known of them."""
        known = {name: values[kept] for name, values in self._known.items()}
        return Pairs(self.data, self.i[kept], self.j[kept], known)

    def agreement(self, name: str) -> Floats:
        """Agreement of a feature; see `_agreement`."""
        return _agreement(self.data.sides[name], self.i, self.j)

    def dots(self, name: str) -> Floats:
        """Dot products of a feature."""
        side = self.data.sides[name]
        return side.dots(side, self.i, self.j)


def _who(pairs: Pairs) -> Floats:
    """`who_agrees`, but one name in offices of two townships tells no more than a surname: they are namesakes."""
    out = who_agrees(pairs.data, pairs.i, pairs.j)
    one_place = (pairs["village"] > 0) | (pairs["body"] > SAME_BODY)
    far = (pairs["another_town"] > 0) & (pairs.agreement("seat") < 0) & ~one_place
    out[far & (out >= SAME_NAME)] = SAME_SURNAME
    return out


def _petitioner(pairs: Pairs) -> Floats:
    named = pairs.data.corpus.scalars["named"]
    out: Floats = np.fmax(pairs.agreement("identity"), pairs.agreement("petitioner"))
    out[(named[pairs.i] & named[pairs.j]) == 0] = np.nan
    return out


def _numbers(pairs: Pairs) -> Floats:
    return np.log1p(_overlap_told(pairs.data.sides["numbers"], pairs.i, pairs.j))


def _another_town(pairs: Pairs) -> npt.NDArray[np.floating]:
    """1 where both sides tell a township, or both a county, and it is not one."""
    return ((pairs["town"] < 0) | (pairs.agreement("county") < 0)).astype(np.float32)


def _elsewhere(pairs: Pairs) -> npt.NDArray[np.floating]:
    """1 where both sides tell where, and it is not one place; a township or county only contradicts where no village agrees."""
    village = pairs["village"]
    apart = (village < 0) | ((pairs["another_town"] > 0) & ~(village > 0))
    return apart.astype(np.float32)


def _where(pairs: Pairs) -> Floats:
    """The best agreement of village, body and named object; none of them outweighs another place or body."""
    org, objects = pairs["org"], pairs["object"]
    out: Floats = np.fmax(
        np.fmax(pairs["village"], np.where(org > 0.6, org, np.nan)),
        np.where((objects > 0) & ~(org < OTHER_BODY), objects, np.nan),
    )
    out[(pairs["elsewhere"] > 0) | (pairs["body"] < OTHER_BODY)] = -1.0
    return out


def _affair(pairs: Pairs) -> Floats:
    """Agreement of issues by their cosine, 1 where the category is the same; NaN where a side tells no issue."""
    same = np.where(pairs["category"] > 0, np.float32(1.0), np.float32(np.nan))
    out: Floats = np.fmax(pairs["issue"], same)
    return out


def _who_what(pairs: Pairs) -> Floats:
    """Where both accuse the same person: whether of the same affair, NaN elsewhere.

    ====== =============================
    .05-1  issues in common, by cosine; 1 the same category
    0      a side tells no issue
    -1     different issues
    ====== =============================
    """
    affair = _affair(pairs)
    told = np.where(affair > NO_ISSUE, affair, np.float32(-1.0))
    out = np.where(np.isnan(affair), np.float32(0.0), told)
    out[~(pairs["who"] >= SAME_PERSON)] = np.nan
    return out


def _where_what(pairs: Pairs) -> Floats:
    """Place or object and affair must agree: the weaker of both; unknown where the place is."""
    where = _where(pairs)
    return np.where(np.isnan(where), np.float32(np.nan), np.minimum(where, pairs["what"]))


def _what(pairs: Pairs) -> Floats:
    """How far two filings are about one kind of affair, 0 to 1.

    ======= ==========================================================================================================
    .6-1    the same category, or issues in common
    .3-.7   a side tells no issue: by their meaning
    0-.25   different issues: by a quarter of their meaning, below whatever is unknown, as no likeness of words makes them one
    ======= ==========================================================================================================
    """
    meaning, affair = pairs["meaning"], _affair(pairs)
    known = np.where(affair > NO_ISSUE, 0.6 + 0.4 * affair, 0.25 * meaning)
    out: Floats = np.where(np.isnan(affair), 0.3 + 0.4 * meaning, known).astype(np.float32)
    return out


def _containment(pairs: Pairs) -> Floats:
    """Weight of the shared rare words over that of the filing with less of them."""
    least = np.minimum(pairs.data.rare_mass[pairs.i], pairs.data.rare_mass[pairs.j])
    out: Floats = np.divide(pairs["shared"], np.where(least > 0, least, np.float32(1.0)), dtype=np.float32)
    return out


def _shortest(pairs: Pairs) -> Floats:
    length = pairs.data.corpus.scalars["length"]
    out: Floats = np.log1p(np.minimum(length[pairs.i], length[pairs.j]))
    return out


def _days_apart(pairs: Pairs) -> Floats:
    """Logarithm of the days between two filings of which neither accuses anybody; NaN elsewhere and without a date.

    What many complain of, an estate or a road, is complained of for some weeks. Whoever accuses a person may go on for years.
    """
    day, nobody = pairs.data.corpus.scalars["day"], pairs.data.nobody
    out: Floats = np.log1p(np.abs(day[pairs.i] - day[pairs.j])).astype(np.float32)
    out[~(nobody[pairs.i] & nobody[pairs.j])] = np.nan
    return out


def _title_grams(pairs: Pairs) -> Floats:
    """Of two filings of which neither accuses anybody: how many pairs of neighbouring characters of a title the other has.

    The better of both directions; NaN elsewhere and without any title. Names that no list knows (an estate, a shop) are
    two common words to a tokenizer; here they are runs like any others.
    """
    data, i, j = pairs.data, pairs.i, pairs.j
    told = _filled(data.title_grams, i) | _filled(data.title_grams, j)
    open_ = np.flatnonzero(data.nobody[i] & data.nobody[j] & told)
    i, j = i[open_], j[open_]
    out = np.full(len(pairs), np.nan, np.float32)
    out[open_] = np.maximum(*(row_dots(data.title_grams, data.grams, a, b) for a, b in ((i, j), (j, i))))
    return out


def _contradictions(pairs: Pairs) -> Floats:
    """How many of the three differ although both sides tell: accused, place, body.

    Another village in another township counts twice, but where the same name or one body is accused: whoever complains of
    a bureau tells where they live. Of 120,000 such pairs of sixteen counties 13 are one matter.
    """
    who, body = pairs["who"], pairs["body"]
    out: Floats = np.where(who <= ANOTHER_NAME, 1.0, 0.0) + pairs["elsewhere"] + (body < OTHER_BODY)
    far = (pairs["village"] < 0) & (pairs["another_town"] > 0)
    return out + (far & ~((who >= SAME_NAME) | (body > SAME_BODY)))


def _template(pairs: Pairs) -> npt.NDArray[np.floating]:
    """Cosine where another person, place or body is accused, 0 elsewhere: the same letter about somebody else.

    A successor in the same office is another person, too: what is said of them in the same words was said of the other.
    So is 王道星 beside 王道喜, unless the same petitioner wrote again: in letters with hardly another word misread, nobody
    misreads the name alone. One name in two bodies is somebody who moved, or a body called otherwise: 国土局, 自然资源局.
    """
    who = pairs["who"]
    another = (who <= ANOTHER_PERSON) | np.isclose(who, IN_ONE_OFFICE)
    another |= misread(pairs.data, pairs.i, pairs.j) & ~(pairs["petitioner"] > 0)
    renamed = (who >= SAME_NAME) & (pairs["body"] < OTHER_BODY) & ~(pairs["elsewhere"] > 0)
    return np.where((another | (pairs["conflict"] > 0)) & ~renamed, pairs["cosine"], 0.0)


_COLUMN: dict[str, Callable[[Pairs], npt.NDArray[np.floating]]] = {
    # who, where, how much and when: next to nothing to work out
    "who": _who,
    "others": lambda p: np.log1p(p.dots("persons")),
    "village": lambda p: p.agreement("village"),
    "town": lambda p: p.agreement("town"),
    "elsewhere": _elsewhere,
    "another_town": _another_town,
    "object": lambda p: _overlap_told(p.data.sides["objects"], p.i, p.j),
    "org": lambda p: _overlap(p.data.org, p.data.org_mass, p.i, p.j),
    "body": lambda p: _overlap(p.data.body, p.data.body_mass, p.i, p.j),
    "numbers": _numbers,
    "dates": lambda p: p.dots("dates"),
    "petitioner": _petitioner,
    "category": lambda p: p.agreement("category"),
    "shortest": _shortest,
    "days_apart": _days_apart,
    "conflict": _contradictions,
    # about what
    "issue": lambda p: _overlap_told(p.data.sides["issues"], p.i, p.j),
    "meaning": lambda p: _dense(p.data.meaning, p.i, p.j),
    "what": _what,
    "who_what": _who_what,
    "where_what": _where_what,
    # in which words
    "title_in": lambda p: _two_ways(p.data.title_mass, p.data.known_title, p.i, p.j, p.data.title_sum),
    "title_grams": _title_grams,
    "cosine": lambda p: _cosine_of_terms(p.data, p.i, p.j),
    "template": _template,
    "told": lambda p: _told(p.data, p.i, p.j),
    "topic": lambda p: p["told"][:, 0],
    "shared": lambda p: p["told"][:, 1],
    "shared_rare": lambda p: np.log1p(p["shared"]),
    "containment": _containment,
    # where the same evidence tells more, or less
    "person": lambda p: (p["who"] >= SAME_PERSON).astype(np.float32),
    "unknown": lambda p: np.isnan(p["who"]).astype(np.float32),
    "place": lambda p: ((p["village"] > 0) | (p["body"] > SAME_BODY)).astype(np.float32),
}


def _there(case: str, name: str) -> Callable[[Pairs], npt.NDArray[np.floating]]:
    return lambda pairs: np.where(pairs[case] > 0, pairs[name], np.float32(np.nan))


_COLUMN |= {f"{case}_{name}": _there(case, name) for case, names in WHERE.items() for name in names}


def compare(data: Comparable, left: Index, right: Index, known: Columns | None = None) -> pd.DataFrame:
    """Evidence of pairs.

    Parameters
    ----------
    data : Comparable
    left, right : int64, shape (pairs,)
        Row positions.
    known : dict of str to ndarray, shape (pairs,), optional
        Columns known beforehand.

    Returns
    -------
    DataFrame, shape (pairs, len(EVIDENCE)), float32
    """
    pairs = Pairs(data, left, right, known)
    return pd.DataFrame({name: pairs[name] for name in EVIDENCE}, copy=False)
