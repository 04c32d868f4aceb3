"""What is new in a filing: passages that state a fact no earlier filing of the matter states.

Each clause is measured against everything filed earlier in its matter, pooled: how much of its wording is new, which
of its numbers and days are. An additive scorer (``models/novelty.json``, trained by ``models/train_novelty.py``) weighs
that and the characters of the clause, which tell a narrated fact from rhetoric, reminders and procedure; beside it
stand facts exchanged in copied words (`repeatdetect.exchanged`). Hash tables
say who was first, so that a matter of 20,000 filings costs no more a filing than one of two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from repeatdetect import lexical, text
from repeatdetect.alike import Closest
from repeatdetect.clauses import TEXT, Clauses, Span, Stream
from repeatdetect.discourse import KINDS, covered, new_issues
from repeatdetect.exchanged import exchanged
from repeatdetect.figures import Figures
from repeatdetect.grams import NUMBER, Codes, Keys, first_time, grams, letters
from repeatdetect.newcomers import newcomers
from repeatdetect.passed_on import letter_within
from repeatdetect.ragged import Doubles, Flags, HashCache, Index
from repeatdetect.signers import signatures_start

FEATURES = (
    "before", "resumed", "new_pairs", "new_mass", "known_peak", "known_triples", "new_numbers", "new_large", "known_money",
    "only_known_digits", "new_years", "new_days", "new_issue", "quoted", *KINDS,
)  # fmt: skip
FIELDS = ("accused", "unit", "post", "place", "petitioner", "address")
USED = (*FIELDS, "date", "title", "text")
CUT_MARKS = "?!、"  # characters besides letters that the scorer weighs
#: what is always worth showing in a note: it has no room to prove itself
_IN_NOTES = [FEATURES.index(name) for name in ("new_issue", "new_large", "new_years")]
_TALK = [FEATURES.index(kind) for kind in ("reminder", "procedure")]
_LARGE = 10  # from here a number is no mere handful
_BARE_SUM = 100  # from here a number without a measure word is a sum of money
_NOTE = 40  # characters of a note
_REACH = 3  # clauses of a sentence, to either side, that say something of a clause
_COPIED = 0.5  # share of a letter that stands in an earlier one, and of that one that it keeps, from which it is a copy
_OWN_WORDS = 0.35  # share of new wording from which a clause was put into a copy
_ENCLOSURE = re.compile(r"\n[^\n]{0,30}\((?:略|附后|另附)\)[。 \n]*\Z")
_BATCH = 500_000  # characters worked on at once, so that memory stays flat


@dataclass(frozen=True)
class Measured:
    """Clauses of filings' own words beside everything filed earlier; the first filing of a matter has none.

    Attributes
    ----------
    row, start, end : int64, shape (clauses,)
        Filing and span in its text.
    sentence : int64, shape (clauses,)
        Ascending; equal within a sentence.
    features : float64, shape (clauses, len(FEATURES))
    outright : bool, shape (clauses,)
        What is shown whatever the scorer says: copied words in which a fact is another or that were put in, somebody
        new, and in a note of a few words another issue, year or number.
    character, of_clause : shape (entries,)
        Each character of each clause once: its code, and the clause.
    passed_on : bool, shape (filings,)
        Whether a filing passes an earlier letter on.
    closest : Closest
        With rows as in the sequence given.
    """

    row: Index
    start: Index
    end: Index
    sentence: Index
    features: Doubles
    outright: Flags
    character: Codes
    of_clause: Index
    passed_on: Flags
    closest: Closest


def batches(matter: Index, size: Index) -> list[tuple[int, int]]:
    """Slices of whole matters that can be measured at once.

    Parameters
    ----------
    matter : int64, shape (filings,)
        Ascending.
    size : int64, shape (filings,)
        Characters of each filing.
    """
    begin = np.flatnonzero(np.append(True, matter[1:] != matter[:-1])) if len(matter) else np.empty(0, np.int64)
    cuts, held, matters = [0], 0, 0
    for at, chars in zip(begin.tolist(), np.add.reduceat(size, begin).tolist(), strict=True):
        if matters and (held + chars > _BATCH or matters >= 0xFFFF):
            cuts.append(at)
            held = matters = 0
        held += chars
        matters += 1
    return list(zip(cuts, [*cuts[1:], len(matter)], strict=True))


def measure(filings: pd.DataFrame, matter: Index, copy: Flags) -> Measured:
    """Cut filings into clauses and measure them.

    Parameters
    ----------
    filings : DataFrame
        Canonical columns, in order of matter and, within one, of time.
    matter : int64, shape (filings,)
        Ascending; fewer than 65,536 (see `batches`).
    copy : bool, shape (filings,)
        True where the own words are those of an earlier filing of the matter: nothing in it can be new.
    """
    matter = np.unique(matter, return_inverse=True)[1].astype(np.int64)
    texts = ["" if skip else value for skip, value in zip(copy, filings["text"].tolist(), strict=True)]
    dates = filings["date"].dt.strftime("%Y年%m月%d日").str.replace("([年月])0", r"\1", regex=True).fillna("")
    fields = ["\n".join(cells) for cells in zip(dates, *(filings[name].tolist() for name in FIELDS), strict=True)]
    stream = Stream.of(fields, filings["title"].tolist(), texts, matter)
    figures = Figures.scan(stream.plain)
    at, code = letters(stream, figures)
    closest = Closest.of(stream, at, code)
    plain = list(map(stream.text, range(len(texts))))
    letter = [
        (0, len(one)) if other < 0 else letter_within(one, plain[other], float(kept))
        for one, other, kept in zip(plain, closest.row.tolist(), closest.kept.tolist(), strict=True)
    ]
    passed_on = np.array([span != (0, len(one)) for span, one in zip(letter, plain, strict=True)], bool)
    earliest = np.append(True, matter[1:] != matter[:-1])
    own = [[] if first else _own(one, span) for one, first, span in zip(plain, earliest.tolist(), letter, strict=True)]
    clauses = Clauses.cut(stream, own)
    kept = np.flatnonzero(clauses.own & (clauses.piece % 3 == TEXT))
    number = np.full(len(clauses.start), -1, np.int64)
    number[kept] = np.arange(len(kept))
    begin = stream.piece_start[clauses.piece[kept]]
    character, of_clause = _characters(stream, clauses, at, code)
    piece = stream.of_piece[figures.start]
    known = figures.known(stream.piece_matter[piece], stream.piece_time[piece])
    mine = number[of_clause] >= 0
    features = _features(stream, clauses, figures, known, at, code, closest.repeated)
    talk = np.any(features[:, _TALK] > 0, axis=1)
    copied = np.minimum(closest.kept, closest.inside)[stream.piece_row[clauses.piece]] >= _COPIED
    put_in = copied & (features[:, FEATURES.index("new_pairs")] >= _OWN_WORDS)
    row = stream.piece_row[clauses.piece[kept]]
    note = np.bincount(row, clauses.end[kept] - clauses.start[kept])[row] <= _NOTE
    outright = exchanged(stream, clauses, put_in, talk, figures, known, at, code, closest)
    outright |= put_in & (features[:, FEATURES.index("new_issue")] > 0)
    outright |= newcomers(stream, clauses, kept, note)
    return Measured(
        row, clauses.start[kept] - begin, clauses.end[kept] - begin, clauses.sentence[kept], features[kept],
        outright[kept] | (note & np.any(features[kept][:, _IN_NOTES] > 0, axis=1)),
        character[mine], number[of_clause[mine]], passed_on, closest,
    )  # fmt: skip


def _own(plain: str, letter: Span) -> list[Span]:
    """Spans of a filing's own words, of the letter it passes on alone; signatures and a line that leaves out are none."""
    enclosure = _ENCLOSURE.search(plain)
    begin, end = letter[0], enclosure.start() if enclosure else letter[1]
    end = signatures_start(plain[:end])
    spans = [(max(a, begin), min(b, end)) for a, b in text.core_spans(plain)]
    return [(a, b) for a, b in spans if a < b]


def _characters(stream: Stream, clauses: Clauses, at: Index, code: Codes) -> tuple[Codes, Index]:
    """Each letter or mark of each clause once: code and clause."""
    marks = np.flatnonzero(np.isin(stream.code, [ord(c) for c in CUT_MARKS]))
    pair = np.concatenate(
        [clauses.of_character[at] << 16 | code, clauses.of_character[marks] << 16 | stream.code[marks]]
    )
    pair = pd.unique(pair)
    return (pair & 0xFFFF).astype(np.uint16), pair >> 16


@cache
def _telling() -> Doubles:
    """How telling each letter is: its frozen inverse document frequency, 0 to 1."""
    hashed = HashCache()
    out = np.full(0x10000, 0.6)
    han = np.arange(0x3400, 0xA000)
    idf = lexical.load().idf["terms"](np.array([hashed[chr(c)] for c in han], np.uint32))
    out[han] = np.clip(idf / 8.0, 0.02, 1.0)
    out[NUMBER] = 0.1
    return out


def _features(
    stream: Stream, clauses: Clauses, figures: Figures, known: Flags, at: Index, code: Codes, repeated: Index
) -> Doubles:
    """One row of ``FEATURES`` a clause of the stream; `known` says which figures were stated before."""
    n = len(clauses.start)
    time = stream.piece_time[clauses.piece]
    matter = stream.piece_matter[clauses.piece]
    of_letter = clauses.of_character[at]
    weight = _telling()[code]
    letters_in = np.bincount(of_letter, minlength=n)
    new_pairs, new_mass, peak, resumed = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    for size in (1, 2):
        key, last = grams(code, matter[of_letter], of_letter, size)
        clause = of_letter[last]
        since = first_time(key, time[clause])
        heft = (weight[last] + weight[last - (size - 1)]) / 2
        new = since >= time[clause]
        fresh = np.asarray(np.bincount(clause, heft * new, n), float)
        if size == 1:
            new_mass = fresh
        else:
            total = np.bincount(clause, heft, n)
            new_pairs = np.divide(fresh, total, out=np.full(n, 0.5), where=total > 0)
            again = _said_before(stream, clauses, key, clause)
            resumed = np.divide(np.bincount(clause, heft * again, n), total, out=np.zeros(n), where=total > 0)
            told = ~new & (since % 2 == 1)  # in a title or text, not only in the fields
            np.maximum.at(peak, clause[told], heft[told])
    figure_in = clauses.of_character[figures.start]
    year = figures.year
    counted = ~figures.day & ~year
    money = (figures.unit == ord("元")) | ((figures.unit == 0) & (figures.value >= _BARE_SUM))
    large = figures.value >= _LARGE

    def count(chosen: Flags, weights: Index | None = None) -> Doubles:
        return np.bincount(figure_in[chosen], None if weights is None else weights[chosen], n).astype(float)

    new_numbers, new_days = count(counted & ~known), count(figures.day & ~known)
    digits = count(counted & known, np.minimum(figures.digits, 4))
    columns = {
        "before": np.log1p(_before(stream, clauses, letters_in)), "resumed": resumed, "new_pairs": new_pairs,
        "new_mass": new_mass, "known_peak": peak,
        "known_triples": np.log1p(np.bincount(clauses.of_character[repeated], minlength=n)),
        "new_numbers": new_numbers, "new_large": count(counted & ~known & large),
        "known_money": count(counted & known & money),
        "only_known_digits": np.where((new_numbers == 0) & (new_days == 0), digits, 0),
        "new_years": count(year & ~known), "new_days": new_days, "new_issue": new_issues(stream, clauses),
        "quoted": _quoted(stream, clauses), **covered(stream, clauses),
    }  # fmt: skip
    return np.column_stack([np.asarray(columns[name], float) for name in FEATURES])


def _before(stream: Stream, clauses: Clauses, letters_in: Index) -> Index:
    """Letters of the filing's own words that stand before each clause: who tells a thing again tells it first."""
    own = letters_in * (clauses.own & (clauses.piece % 3 == TEXT))
    so_far = np.cumsum(own) - own
    row = stream.piece_row[clauses.piece]
    first = np.flatnonzero(np.append(True, row[1:] != row[:-1]))
    out: Index = so_far - np.repeat(so_far[first], np.diff(np.append(first, len(row))))
    return out


def _said_before(stream: Stream, clauses: Clauses, pairs: Keys, clause: Index) -> Flags:
    """Whether an earlier clause of the filing's own words has each pair: who comes back to a thing adds to it."""
    out = np.zeros(len(pairs), bool)
    mine = np.flatnonzero((clauses.own & (clauses.piece % 3 == TEXT))[clause])
    row = stream.piece_row[clauses.piece[clause[mine]]].astype(np.uint64)
    letters_of = pairs[mine] & np.uint64(0xFFFFFFFF)
    out[mine] = first_time(row << np.uint64(32) | letters_of, clause[mine]) < clause[mine]
    return out


def _quoted(stream: Stream, clauses: Clauses) -> Flags:
    """Whether each clause has a quotation mark: it gives someone's words, or what stands on a paper."""
    out = np.zeros(len(clauses.start), bool)
    out[clauses.of_character[np.isin(stream.code, [ord("“"), ord("”")])]] = True
    return out


def with_neighbours(measured: Measured, values: Doubles, from_before: float, from_after: float) -> Doubles:
    """Values of clauses and, fading with distance, of those around them in the sentence.

    What follows news in a sentence is mostly news; what comes before it may still be the known that leads up to it.

    Parameters
    ----------
    values : float64, shape (clauses,) or (clauses, k)
    from_before, from_after : float
        Share that is added of the clause before and of the one after; squared of the next but one, and so on, to
        `_REACH` clauses.
    """
    out = values.copy()
    for distance in range(1, _REACH + 1):
        together = measured.sentence[distance:] == measured.sentence[:-distance]
        left = np.flatnonzero(together)
        out[left + distance] += from_before**distance * values[left]
        out[left] += from_after**distance * values[left + distance]
    return out


@dataclass(frozen=True)
class Novelty:
    """The shipped scorer of clauses.

    Attributes
    ----------
    intercept : float
    features : float64, shape (len(FEATURES),)
        Weight of each feature, in log-odds.
    characters : float64, shape (65536,)
        Weight of each character that stands in a clause.
    from_before, from_after : float
        How much a clause's neighbours in its sentence count; see `with_neighbours`.
    least : float
        Log-odds from which a clause is new.
    """

    intercept: float
    features: Doubles
    characters: Doubles
    from_before: float
    from_after: float
    least: float

    @staticmethod
    @cache
    def load() -> Novelty:
        """The shipped model."""
        raw = json.loads(files("repeatdetect.models").joinpath("novelty.json").read_text(encoding="utf-8"))
        characters = np.zeros(0x10000)
        characters[[ord(c) for c in raw["characters"]]] = list(raw["characters"].values())
        weights = np.array([raw["features"][name] for name in FEATURES], float)
        return Novelty(raw["intercept"], weights, characters, raw["from_before"], raw["from_after"], raw["least"])

    def score(self, measured: Measured) -> Doubles:
        """Log-odds that each clause states something new, shape (clauses,)."""
        alone = measured.features @ self.features
        alone += np.bincount(measured.of_clause, self.characters[measured.character], len(alone))
        return self.intercept + with_neighbours(measured, alone, self.from_before, self.from_after)

    def passages(self, texts: Sequence[str], measured: Measured) -> list[list[str]]:
        """Verbatim passages of each filing that state something new; neighbouring clauses are joined."""
        shown = self.score(measured) >= self.least
        shown |= measured.outright
        row, start, end = measured.row[shown], measured.start[shown], measured.end[shown]
        apart = (row[1:] != row[:-1]) | (start[1:] != end[:-1])
        first, last = np.append(True, apart)[: len(row)], np.append(apart, True)[: len(row)]
        out: list[list[str]] = [[] for _ in texts]
        for at, a, b in zip(row[first].tolist(), start[first].tolist(), end[last].tolist(), strict=True):
            passage = texts[at][a:b].strip(" \n\r\t　，,。；;：:、")
            if passage:
                out[at].append(passage)
        return out
