"""Filings cut into clauses, each measured against everything filed earlier in its matter.

Nothing is aligned pair by pair. All characters of many matters lie in one array; for each n-gram, number and kin
word a hash table tells which filing of its matter had it first, so a matter of 20,000 filings costs no more a filing
than one of two.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import ahocorasick_rs
import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import lexicon, numerals, text
from repeatdetect.lexical import load as load_tables
from repeatdetect.ragged import HashCache, Index

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: what a clause is judged by; all but the last block depend on the clause alone and on what was filed before
FEATURES = (
    "size", "new_characters", "new_pairs", "new_triples", "new_mass", "new_numbers", "old_numbers", "new_kin",
    "request", "ask", "reminder", "procedure", "rhetoric", "evidence", "reply", "quotation", "question",
    "first", "last", "before", "after", "filing", "announced",
)  # fmt: skip
_FIELDS = ("accused", "unit", "post", "place", "petitioner", "address")
_LISTS = ("request", "ask", "reminder", "procedure", "rhetoric", "evidence", "reply", "cue", "kin")
_CHUNK = 3_000_000  # characters worked on at once; keeps memory flat
_STOPS = np.zeros(0x10000, bool)
_STOPS[[ord(c) for c in "。!?;\n…—,:[]【】"]] = True
_CLOSING = np.zeros(0x10000, bool)
_CLOSING[[ord(c) for c in "”’』」)》"]] = True
_NUMBER = re.compile(
    r"(?P<dec>\d[\d,]*(?:\.\d+)?)(?P<mul>[万千百亿]{0,2})"
    r"|(?P<han>[〇零○一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]{2,}(?:点[〇零一二三四五六七八九]+[万亿]?)?)"
)
_TIMES = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_ROUGH = frozenset("多余几来")
_ORDINAL = frozenset("、.)")


@dataclass(frozen=True)
class Clauses:
    """Clauses of filings and what they look like beside everything earlier.

    Attributes
    ----------
    row : int64, shape (clauses,)
        Position of the filing in the sequence given.
    start, end : int64, shape (clauses,)
        Span in the filing's text.
    features : float64, shape (clauses, len(FEATURES))
    closest : int64, shape (filings,)
        Position of the earlier filing with most of a filing's wording (-1: none shares any).
    inside, kept : float64, shape (filings,)
        Share of a filing's wording that its closest filing has, and of the closest filing's wording that it keeps.
    """

    row: Index
    start: Index
    end: Index
    features: Doubles
    closest: Index
    inside: Doubles
    kept: Doubles


@cache
def _discourse() -> tuple[ahocorasick_rs.AhoCorasick, npt.NDArray[np.bool_], tuple[int, ...]]:
    """Automaton over the discourse and kin words; which lists each word stands in; length of each word."""
    lists = tomllib.loads(files("repeatdetect.lexicon").joinpath("discourse.toml").read_text(encoding="utf-8"))
    words = lexicon.load()
    lists["kin"] = [value for kind, value in zip(words.kinds, words.values, strict=True) if kind == "kin"]
    every = list(dict.fromkeys(word for name in _LISTS for word in lists[name]))
    member = np.array([[word in chosen for word in every] for chosen in (set(lists[name]) for name in _LISTS)])
    automaton = ahocorasick_rs.AhoCorasick(every, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    return automaton, member, tuple(map(len, every))


@cache
def _weight() -> Doubles:
    """How telling each character is: its frozen inverse document frequency, 0 to 1."""
    hashed = HashCache()
    table = load_tables().idf["terms"]
    out = np.full(0x10000, 0.6)
    han = np.arange(0x3400, 0xA000)
    out[han] = np.clip(table(np.array([hashed[chr(c)] for c in han], np.uint32)) / 8.0, 0.02, 1.0)
    return out


def _first(keys: npt.NDArray[np.uint64], time: Index) -> Index:
    """For each entry the time of the first entry with the same key; entries stand in order of time."""
    codes, _ = pd.factorize(keys)
    highest = np.maximum.accumulate(codes) if len(codes) else codes
    fresh = np.append(True, codes[1:] > highest[:-1]) if len(codes) else np.empty(0, bool)
    out: Index = time[fresh][codes]
    return out


def _numbers(plain: str) -> tuple[Index, Index, npt.NDArray[np.float64], Flags]:
    """Numbers of a text in digits or characters: start, end, value, and whether only roughly given (三十多)."""
    start, end, value, rough = [], [], [], []
    for match in _NUMBER.finditer(plain):
        dec = match["dec"]
        if dec:
            number: float | None = float(dec.replace(",", "") or 0)
            for c in match["mul"]:
                number = (number or 0.0) * _TIMES[c]
        else:
            number = numerals.han_value(match["han"])
        at = match.end()
        if number is None or number < 3 or (number <= 20 and plain[at : at + 1] in _ORDINAL):
            continue
        start.append(match.start())
        end.append(at)
        value.append(number)
        rough.append(plain[at : at + 1] in _ROUGH)
    return np.array(start, np.int64), np.array(end, np.int64), np.array(value), np.array(rough, bool)


def _number_keys(value: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Keys of numbers: the exact value, and its leading digit with its magnitude."""
    safe = np.maximum(value, 1e-3)
    magnitude = np.floor(np.log10(safe) + 1e-9)
    lead = np.floor(safe / 10.0**magnitude + 1e-6)
    exact = np.round(value * 100).astype(np.uint64) & np.uint64(0x7FFFFFFFFF)
    return exact, (lead + 16 * (magnitude + 8)).astype(np.uint64) | np.uint64(1 << 39)


def measure(filings: pd.DataFrame, matter: Index, copy: Flags) -> Clauses:
    """Cut filings into clauses and measure them.

    Parameters
    ----------
    filings : DataFrame
        Canonical columns, sorted by matter and, within one, by time.
    matter : int64, shape (filings,)
        Ascending.
    copy : bool, shape (filings,)
        True where the own words are those of an earlier filing of the matter: not cut, for nothing can be new.

    Returns
    -------
    Clauses
    """
    if not len(filings):
        none = np.empty(0, np.int64)
        return Clauses(none, none, none, np.empty((0, len(FEATURES))), none, np.empty(0), np.empty(0))
    matter = np.unique(matter, return_inverse=True)[1]
    texts = filings["text"].tolist()
    heads = list(map("\n".join, zip(*(filings[name].tolist() for name in _FIELDS), strict=True)))
    titles = filings["title"].tolist()
    size = np.fromiter((0 if c else len(t) for c, t in zip(copy, texts, strict=True)), np.int64, len(texts))
    parts = [
        _measure(texts[a:b], heads[a:b], titles[a:b], matter[a:b] - matter[a], copy[a:b], a)
        for a, b in _batches(matter, size)
    ]
    columns = zip(*parts, strict=True)
    return Clauses(*(np.concatenate(column) for column in columns))


def _batches(matter: Index, size: Index) -> Iterator[tuple[int, int]]:
    """Slices of whole matters with about ``_CHUNK`` characters each."""
    begin = np.flatnonzero(np.append(True, matter[1:] != matter[:-1]))
    total = np.add.reduceat(size, begin)
    start, held, matters = 0, 0, 0
    for at, chars in zip(begin.tolist(), total.tolist(), strict=True):
        if held and (held + chars > _CHUNK or matters >= 0xFFFF):
            yield start, at
            start, held, matters = at, 0, 0
        held += chars
        matters += 1
    yield start, len(matter)


def _measure(
    texts: Sequence[str], heads: Sequence[str], titles: Sequence[str], matter: Index, copy: Flags, offset: int
) -> tuple[npt.NDArray[np.generic], ...]:
    """`measure` for one batch; `offset` is the position of its first filing."""
    stream = _Stream.of(texts, heads, titles, matter, copy)
    table = _Table.of(stream)
    known = _Known.of(stream, table)
    features = _features(stream, table, known)
    keep = table.own
    row = stream.piece_row[table.piece[keep]]
    begin = stream.piece_start[table.piece[keep]]
    closest, inside, kept = _closest(table, known, len(texts))
    return (
        row + offset, table.start[keep] - begin, table.end[keep] - begin, features,
        np.where(closest >= 0, closest + offset, -1), inside, kept,
    )  # fmt: skip


@dataclass(frozen=True)
class _Stream:
    """All characters of a batch in one array. Each filing gives three pieces: its fields, its title, its text.

    A piece has a time: fields are known to the filing itself (twice its row), title and text to later ones only.
    """

    plain: str
    code: npt.NDArray[np.uint16]
    piece_start: Index
    piece_row: Index
    piece_time: Index
    piece_matter: Index
    own: Flags  # per character: the filing's own words
    number: tuple[Index, Index, Doubles, Flags]

    @staticmethod
    def of(texts: Sequence[str], heads: Sequence[str], titles: Sequence[str], matter: Index, copy: Flags) -> _Stream:
        n = len(texts)
        shown = ["" if c else t for c, t in zip(copy, texts, strict=True)]
        pieces = [piece for three in zip(heads, titles, shown, strict=True) for piece in three]
        plain = text.normalise("\n".join(pieces)) + "\n"
        length = np.fromiter(map(len, pieces), np.int64, 3 * n) + 1
        start = np.cumsum(length) - length
        row = np.repeat(np.arange(n), 3)
        time = 2 * row + (np.arange(3 * n) % 3 > 0)
        wide = np.frombuffer(plain.encode("utf-32-le"), np.uint32)
        code = np.where(wide < 0x10000, wide, 0x25A1).astype(np.uint16)
        own = np.zeros(len(code) + 1, np.int8)
        for piece, value in zip(range(2, 3 * n, 3), shown, strict=True):
            for a, b in text.core_spans(value) if value else ():
                own[start[piece] + a] += 1
                own[start[piece] + b] -= 1
        return _Stream(plain, code, start, row, time, matter[row], np.cumsum(own[:-1]) > 0, _numbers(plain))


@dataclass(frozen=True)
class _Table:
    """Clauses of a batch, all pieces: spans in the stream, and the clause of every character."""

    start: Index
    end: Index
    piece: Index
    own: Flags
    of_char: Index

    @staticmethod
    def of(stream: _Stream) -> _Table:
        code = stream.code
        n = len(code)
        stop = _STOPS[code]
        digit = (code >= 48) & (code <= 57)
        inner = (code == 44) | (code == 58)
        inner[1:-1] &= digit[:-2] & digit[2:]
        inner[[0, -1]] = False
        stop &= ~inner
        stop[1:] |= stop[:-1] & _CLOSING[code[1:]]
        begins = np.zeros(n, bool)
        begins[1:] = (stop[:-1] & ~stop[1:]) | (stream.own[1:] != stream.own[:-1])
        begins[stream.piece_start] = True
        start = np.flatnonzero(begins)
        of_char = np.cumsum(begins) - 1
        end = np.append(start[1:], n)
        piece = np.searchsorted(stream.piece_start, start, side="right") - 1
        return _Table(start, end, piece, stream.own[start] & (piece % 3 == 2), of_char)


@dataclass(frozen=True)
class _Known:
    """Which n-grams, numbers and kin words of a batch were stated earlier.

    ``clause`` and ``weight`` are per content character; ``new`` holds for n = 1, 2, 3 the clauses of all n-grams, and
    whether each is new; ``triple`` the key and the first time of every trigram of a text.
    """

    clause: Index
    weight: Doubles
    new: tuple[tuple[Index, Doubles, Flags], ...]
    numbers: tuple[Index, Flags]
    kin: tuple[Index, Flags]
    words: npt.NDArray[np.float64]  # (lists, clauses): characters covered by the words of each discourse list
    triple: tuple[Index, Index, Index]

    @staticmethod
    def of(stream: _Stream, table: _Table) -> _Known:
        time = stream.piece_time[table.piece]
        matter = stream.piece_matter[table.piece].astype(np.uint64)
        code = stream.code.copy()
        start, end, value, rough = stream.number
        inside = np.zeros(len(code) + 1, np.int8)
        np.add.at(inside, start, 1)
        np.add.at(inside, end, -1)
        content = ((code >= 0x3400) & (code < 0xA000)) | ((code | 32) >= 97) & ((code | 32) <= 122)
        content &= np.cumsum(inside[:-1]) == 0
        content[start] = True
        code[start] = 35
        at = np.flatnonzero(content)
        letter = code[at].astype(np.uint64)
        clause = table.of_char[at]
        weight = _weight()[code[at]]
        weight[letter == 35] = 0.1
        new = []
        triple = (np.empty(0, np.int64),) * 3
        key, of, heft = (matter[clause] << np.uint64(48)) | letter, clause, weight
        for n in (1, 2, 3):
            if n > 1:
                joined = clause[n - 1 :] == clause[: 1 - n]
                key = (
                    (key[:-1] & np.uint64(0xFFFF000000000000))
                    | ((key[:-1] & np.uint64(0xFFFFFFFF)) << np.uint64(16))
                    | letter[n - 1 :]
                )
                heft = heft[:-1] + weight[n - 1 :]
                of = clause[n - 1 :]
            else:
                joined = np.ones(len(key), bool)
            first = _first(key[joined], time[of[joined]])
            new.append((of[joined], heft[joined] / n, first >= time[of[joined]]))
            if n == 3:
                triple = (of[joined], pd.factorize(key[joined])[0], first)
        of_number = table.of_char[start] if len(start) else np.empty(0, np.int64)
        when = time[of_number]
        exact, lead = (matter[of_number] << np.uint64(40) | keys for keys in _number_keys(value))
        known = (_first(exact, when) < when) | (rough & (_first(lead, when) < when))
        words, kin_at, kin_word = _words(stream.plain, table)
        kin_when = time[kin_at]
        kin_first = _first((matter[kin_at] << np.uint64(32)) | kin_word.astype(np.uint64), kin_when)
        return _Known(clause, weight, tuple(new), (of_number, ~known), (kin_at, kin_first >= kin_when), words, triple)


def _words(plain: str, table: _Table) -> tuple[npt.NDArray[np.float64], Index, Index]:
    """Discourse words: characters each list covers in each clause; clauses and indices of the kin words."""
    automaton, member, length = _discourse()
    found = np.array(automaton.find_matches_as_indexes(plain), np.int64).reshape(-1, 3)
    word, clause = found[:, 0], table.of_char[found[:, 1]]
    size = np.array(length, np.int64)[word]
    n = len(table.start)
    out = np.zeros((len(_LISTS), n))
    for i, name in enumerate(_LISTS):
        chosen = member[i, word]
        if name == "request":
            chosen &= found[:, 1] - table.start[clause] <= 2
        out[i] = np.bincount(clause[chosen], weights=size[chosen], minlength=n)
    kin = member[_LISTS.index("kin"), word]
    return out, clause[kin], word[kin]


def _features(stream: _Stream, table: _Table, known: _Known) -> Doubles:
    """One row of ``FEATURES`` a clause of the filings' own words."""
    n = len(table.start)
    keep = table.own
    size = np.bincount(known.clause, minlength=n).astype(float)
    share = []
    mass = np.zeros(n)
    for of, weight, new in known.new:
        total = np.bincount(of, weights=weight, minlength=n)
        fresh = np.bincount(of, weights=weight * new, minlength=n)
        share.append(np.divide(fresh, total, out=np.full(n, 0.5), where=total > 0))
        if len(share) == 2:
            mass = fresh.astype(np.float64)
    numbers, kin = known.numbers, known.kin
    code = stream.code
    quotes = np.bincount(table.of_char[(code == 0x201C) | (code == 0x201D)], minlength=n) > 0
    last_stop = code[np.maximum(table.end - 1, 0)]
    piece = table.piece[keep]
    fresh_of = (share[1] * size)[keep]
    at = np.flatnonzero(np.append(True, piece[1:] != piece[:-1])) if len(piece) else np.empty(0, np.int64)
    per_filing = np.diff(np.append(at, len(piece)))
    filing = np.zeros(len(piece))
    if len(piece):
        sums = np.add.reduceat(fresh_of, at) / np.maximum(np.add.reduceat(size[keep], at), 1)
        filing = np.repeat(sums, per_filing)
    opening = np.zeros(len(piece), bool)
    opening[at] = True
    closing = np.append(opening[1:], True) if len(piece) else opening
    near = share[1][keep]
    before = np.where(opening, filing, np.append(0, near[:-1])) if len(piece) else filing
    after = np.where(closing, filing, np.append(near[1:], 0)) if len(piece) else filing
    cue = np.bincount(piece, weights=known.words[_LISTS.index("cue")][keep], minlength=len(stream.piece_start))
    words = {name: known.words[i][keep] / np.maximum(size[keep], 2) for i, name in enumerate(_LISTS)}
    columns = {
        "size": np.log1p(size[keep]),
        "new_characters": share[0][keep], "new_pairs": near, "new_triples": share[2][keep],
        "new_mass": np.sqrt(mass[keep]),
        "new_numbers": np.bincount(numbers[0][numbers[1]], minlength=n)[keep],
        "old_numbers": np.bincount(numbers[0][~numbers[1]], minlength=n)[keep],
        "new_kin": np.bincount(kin[0][kin[1]], minlength=n)[keep],
        **{name: words[name] for name in ("ask", "reminder", "procedure", "rhetoric", "evidence", "reply")},
        "request": known.words[_LISTS.index("request")][keep] > 0,
        "quotation": quotes[keep], "question": last_stop[keep] == 63,
        "first": opening, "last": closing, "before": before, "after": after, "filing": filing,
        "announced": cue[piece] > 0,
    }  # fmt: skip
    return np.column_stack([np.minimum(columns[name], 4).astype(float) for name in FEATURES])


def _closest(table: _Table, known: _Known, n: int) -> tuple[Index, Doubles, Doubles]:
    """Earlier filing with most of each filing's trigrams; shares of the wording both ways."""
    clause, code, first = known.triple
    mine = table.own[clause]
    row, code, source = table.piece[clause[mine]] // 3, code[mine], first[mine] // 2
    shared = source < row
    pair, votes = np.unique(row[shared] * n + source[shared], return_counts=True)
    voter, voted = pair // max(n, 1), pair % max(n, 1)
    order = np.lexsort((voted, -votes, voter))
    chosen = order[np.append(True, voter[order][1:] != voter[order][:-1])] if len(order) else order
    closest = np.full(n, -1, np.int64)
    closest[voter[chosen]] = voted[chosen]
    kinds = int(code.max()) + 1 if len(code) else 1
    held = np.unique(row * kinds + code)
    holder = held // kinds
    total = np.bincount(holder, minlength=n).astype(float)
    other = closest[holder]
    wanted = other * kinds + held % kinds
    at = np.minimum(np.searchsorted(held, wanted), max(len(held) - 1, 0))
    both = np.bincount(holder, weights=(other >= 0) & (held[at] == wanted), minlength=n) if len(held) else total
    inside = both / np.maximum(total, 1)
    kept = np.where(closest >= 0, both / np.maximum(total[closest], 1), 0.0)
    return closest, inside, kept
