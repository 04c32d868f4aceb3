"""Facts exchanged in copied words: the old letter once more, with another sum, day, person or place in it.

A scorer of clauses sees nothing there, as every other word is known. So a filing is laid beside the earlier one whose
wording it shares most; where both run on alike before and after, but one tells a fact between that the matter has not
heard, that is news (《处理检举控告工作规则》 art. 27).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from repeatdetect import phrases, text
from repeatdetect.addresses import place_stem
from repeatdetect.alike import Closest
from repeatdetect.clauses import TEXT, Clauses, Stream
from repeatdetect.figures import Figures
from repeatdetect.grams import NUMBER, Codes, grams
from repeatdetect.ragged import Flags, Index

_COPIED = 0.5  # share of a wording from which one text is laid beside the other
_LONGEST = 8  # letters that stand exchanged, or put in, between copied ones
_ALIKE = 2  # letters of a name that are others: a single one is a slip of the pen, or of whoever read the paper
_TELLING = 3  # letters from which a sentence with a date is more than the date of a letter
_HANDFUL = 10  # numbers below it say little in a clause put in
_PLACES = ("town", "village", "unit")
_GROWING = [ord(c) for c in "岁次年月日时周期"]  # measures of what grows by itself: 我今年68岁, 第五次, 等了三年


@dataclass(frozen=True)
class _Beside:
    """Texts laid beside the closest earlier ones, triple of letters by triple of letters.

    Attributes
    ----------
    at : int64, shape (letters,)
        Positions in the stream of the letters.
    last : int64, shape (triples,)
        Last letter of each triple, as an index of `at`.
    row, source : int64, shape (triples,)
        Its filing, and the same triple of the other text (-1: it has none).
    runs_on : bool, shape (triples,)
        Whether the triple after it follows in both texts.
    """

    at: Index
    last: Index
    row: Index
    source: Index
    runs_on: Flags

    @staticmethod
    def of(stream: Stream, at: Index, code: Codes, closest: Closest) -> _Beside:
        copied = (closest.row >= 0) & (np.maximum(closest.inside, closest.kept) >= _COPIED)
        other = np.where(copied, closest.row, -1)
        needed = copied.copy()
        needed[other[copied]] = True
        piece = stream.of_piece[at]
        told = (piece % 3 == TEXT) & needed[stream.piece_row[piece]]
        at, code, piece = at[told], code[told], piece[told]
        key, last = grams(code, stream.piece_matter[piece], piece, 3)
        row = stream.piece_row[piece[last]]
        kind, distinct = pd.factorize(key)
        kinds = max(len(distinct), 1)
        # a triple that a text has twice stands beside the first in the first place, beside the second in the second
        nth = pd.Series(np.empty(len(row), bool)).groupby(row * kinds + kind).cumcount().to_numpy()
        most = int(nth.max(initial=0)) + 1
        held = (row * kinds + kind) * most + nth
        order = np.argsort(held)
        wanted = np.where(other[row] >= 0, (other[row] * kinds + kind) * most + nth, -1)
        found = order[np.minimum(np.searchsorted(held, wanted, sorter=order), max(len(order) - 1, 0))]
        source = np.where(held[found] == wanted, found, -1)
        follows = np.zeros(len(row), bool)
        follows[:-1] = (source[:-1] >= 0) & (source[1:] == source[:-1] + 1) & (row[1:] == row[:-1])
        return _Beside(at, last, row, source, follows)

    def within_copied(self, position: Index) -> Flags:
        """Whether what stands at each position is one of seven letters copied in a row: the middle one, if it can be."""
        if not len(self.row):
            return np.zeros(len(position), bool)
        letter = np.minimum(np.searchsorted(self.at, position), len(self.at) - 1)
        middle = np.searchsorted(self.last, letter)  # of the triple that ends there, or of the first of the text
        row = self.row[np.minimum(middle, len(self.row) - 1)]
        begin, end = np.searchsorted(self.row, row), np.searchsorted(self.row, row, side="right") - 1
        first = np.maximum(np.minimum(middle - 1, end - 4), begin)
        last = np.minimum(first + 4, end)
        run = np.append(0, np.cumsum(self.runs_on))
        out: Flags = (self.at[letter] == position) & (last - first == 4) & (run[last] - run[first] == 4)
        return out

    def gaps(self) -> _Gaps:
        """Where a few letters stand between copied ones instead of a few others, or of none."""
        matched = np.flatnonzero(self.source >= 0)
        one, next_one = matched[:-1], matched[1:]
        new, old = next_one - one - 3, self.source[next_one] - self.source[one] - 3
        # -2: put in letters may end as those before them do
        some = (new >= 1) & (new <= _LONGEST) & (old >= -2) & (old <= _LONGEST) & (one >= 1)
        some &= (self.row[one] == self.row[next_one]) & self.runs_on[one - 1] & self.runs_on[next_one]
        one, next_one, old = one[some], next_one[some], np.maximum(old[some], 0)
        before = self.at[self.last[self.source[one]]] + 1
        return _Gaps(
            self.at[self.last[one] + 1], self.at[self.last[next_one] - 3] + 1,
            self.at[self.last[one]], self.at[self.last[next_one] - 2],
            before, np.where(old > 0, self.at[self.last[self.source[next_one]] - 3] + 1, before),
        )  # fmt: skip


@dataclass(frozen=True)
class _Gaps:
    """Spans of the stream that stand between copied words, and the spans in whose place they stand; shape (gaps,).

    `before` and `after` are the copied letters next to each.
    """

    start: Index
    end: Index
    before: Index
    after: Index
    old_start: Index
    old_end: Index

    def touch(self, position: Index) -> Flags:
        """Whether each position lies in one or next to it: of 总价86万元另加7.5万元 only 另加 may look put in."""
        at = np.searchsorted(self.before, position, side="right") - 1
        out: Flags = (at >= 0) & (position <= np.append(self.after, 0)[at])
        return out


def exchanged(
    stream: Stream,
    clauses: Clauses,
    put_in: Flags,
    talk: Flags,
    figures: Figures,
    known: Flags,
    at: Index,
    code: Codes,
    closest: Closest,
) -> Flags:
    """Whether each clause of the stream has copied words in which a fact is another.

    Parameters
    ----------
    put_in : bool, shape (clauses,)
        Whether each stands in a copied letter in the writer's own words.
    talk : bool, shape (clauses,)
        Whether each tells of filing and waiting; days in it are no news.
    known : bool, shape (figures,)
        Whether each figure was stated before.
    at, code : shape (letters,)
        From `grams.letters`.

    Returns
    -------
    bool, shape (clauses,)
    """
    beside = _Beside.of(stream, at, code, closest)
    gaps = beside.gaps()
    sentence = clauses.sentence[clauses.of_character[at[code != NUMBER]]]
    letters = np.bincount(sentence, minlength=int(clauses.sentence.max(initial=0)) + 1)
    told = ~known & _stated(stream, clauses, talk, figures, letters)
    large = (figures.value >= _HANDFUL) | (figures.unit == ord("元"))  # of a day and a year, too
    added = put_in[clauses.of_character[figures.start]] & large
    told &= beside.within_copied(figures.start) | gaps.touch(figures.start) | added
    out = np.zeros(len(clauses.start), bool)
    out[clauses.of_character[figures.start[told]]] = True
    out[_with_names(stream, clauses, gaps, np.flatnonzero(put_in))] = True
    return out


def _stated(stream: Stream, clauses: Clauses, talk: Flags, figures: Figures, letters: Index) -> Flags:
    """Whether each figure states something: no time that passes by itself, no date of a letter.

    `letters` of each sentence, numbers apart.
    """
    clause = clauses.of_character[figures.start]
    dashes = np.isin(stream.code, [ord("-"), ord("/")])
    dated = dashes[figures.start - 1] | dashes[figures.end]  # 2022-01-28
    says_more = letters[clauses.sentence[clause]] >= _TELLING
    return np.select(
        [figures.day, figures.year], [says_more & ~talk[clause], says_more], ~dated & ~np.isin(figures.unit, _GROWING)
    )


def _with_names(stream: Stream, clauses: Clauses, gaps: _Gaps, put_in: Index) -> list[int]:
    """Clauses, put in or with a person or a place between copied words, that name whom the matter has not heard of."""
    named = [
        (name, clause)
        for clause in put_in.tolist()
        for name, *_ in _names(stream.plain[clauses.start[clause] : clauses.end[clause]])
    ]
    spans = zip(*(part.tolist() for part in (gaps.start, gaps.end, gaps.old_start, gaps.old_end)), strict=True)
    for start, end, old_start, old_end in spans:
        if end - start < _ALIKE:
            continue
        old = stream.plain[old_start:old_end]
        clause = int(clauses.of_character[start])
        for name, begin, stop, is_place in _names(stream.plain[clauses.start[clause] : clauses.end[clause]]):
            first, last = max(start, begin + clauses.start[clause]), min(end, stop + clauses.start[clause])
            if last - first >= _ALIKE and (old or not is_place) and not _sounds(stream.plain[first:last], old):
                named.append((name, clause))
    heard = stream.first_heard({name: [name] for name, _ in named})
    piece = clauses.piece
    return [
        clause
        for name, clause in named
        if heard.get((name, int(stream.piece_matter[piece[clause]])), -1) >= stream.piece_time[piece[clause]]
    ]


def _sounds(new: str, old: str) -> bool:
    """Whether other letters are but misheard: 刘弯 for 刘湾."""
    return text.sound(new) == text.sound(old)


def _names(clause: str) -> Iterator[tuple[str, int, int, bool]]:
    """Persons of a clause, who files excepted, and places without what they are: name, span, whether it is a place."""
    begin = 0
    pieces = text.phrases(clause)
    for piece, phrase in zip(pieces, phrases.memory.read(pieces), strict=True):
        for person in phrase.persons:
            if person.name and person.role != "petitioner":
                yield person.name, begin + person.start, begin + person.end, False
        for fact in phrase.facts:
            if fact.kind in _PLACES and len(stem := place_stem(fact.value)) >= _ALIKE:
                yield stem, begin + fact.start, begin + fact.end, True
        begin += len(piece)
