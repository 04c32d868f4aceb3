"""Feature words of many filings as flat lists: phrases numbered as they come, their words cut once, rows at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from repeatdetect import text
from repeatdetect.ragged import Floats, HashCache, Ids, Index, Ragged, hashed

FEATURES = (
    "terms", "content", "title", "names", "persons", "accused", "accused_terms", "near", "surname", "part", "called", "titled",
    "spoken", "office", "seat", "village", "town", "county", "objects", "org", "body", "numbers", "dates", "issues", "petitioner", "identity",
    "category", "grams", "title_grams",
)  # fmt: skip
_STREAMS = ("own", "title", "what")
_GRAMS = ("grams", "title_grams")
LISTED = tuple(name for name in FEATURES if name not in ("terms", "content", "title", "names", *_GRAMS))
_WEIGHTED = ("numbers", "dates", "issues", "org", "body")
_FLAGS = (
    "persons", "names", "accused", "called", "part", "spoken", "office", "seat", "village", "town", "county", *_GRAMS,
)  # fmt: skip


class _Vocabulary(dict[str, int]):
    """Numbers words, or phrases, as they come."""

    def __missing__(self, word: str) -> int:
        code = self[word] = len(self)
        return code


@dataclass(frozen=True)
class _Words:
    """Words of numbered phrases, cut all at once: those of phrase k are ``code[start[k]:stop[k]]``."""

    vocabulary: list[str]
    code: Index
    start: Index
    stop: Index

    @staticmethod
    def of(phrases: Collection[str]) -> _Words:
        vocabulary = _Vocabulary()
        cut = text.words("\n".join(phrases))
        code = np.fromiter(map(vocabulary.__getitem__, cut), np.int64, len(cut))
        offset = np.cumsum(np.append(0, np.array([len(word) for word in vocabulary] or [0], np.int64)[code]))
        size = np.fromiter(map(len, phrases), np.int64, len(phrases))
        begin = np.cumsum(size + 1) - (size + 1)
        return _Words(list(vocabulary), code, np.searchsorted(offset, begin), np.searchsorted(offset, begin + size))

    def along(self, phrases: Index, rows: Index) -> tuple[Index, Index]:
        """Words of phrases one after the other, and the row of each, given the rows of the phrases."""
        count = (self.stop - self.start)[phrases]
        at = np.arange(count.sum()) + np.repeat(self.start[phrases] - (np.cumsum(count) - count), count)
        return self.code[at], np.repeat(rows, count)


@dataclass
class Batch:
    """Features of a batch as flat lists, one length a filing each.

    The phrases of texts are kept as numbers in three streams: ``own`` (own words and title, a line break after each
    span), ``title`` and ``what`` (the words that say what happened). What `_GRAMS` are made of is kept as it stands.
    """

    phrases: _Vocabulary
    streams: dict[str, list[int]]
    ids: dict[str, list[int]]
    weights: dict[str, list[float]]
    lengths: dict[str, list[int]]
    plain: dict[str, list[str]]
    hashed: HashCache

    @staticmethod
    def new() -> Batch:
        """Empty."""
        names = (*_STREAMS, *LISTED)
        return Batch(
            _Vocabulary(), {name: [] for name in _STREAMS}, {name: [] for name in LISTED},
            {name: [] for name in _WEIGHTED}, {name: [] for name in names}, {name: [] for name in _GRAMS}, HashCache(),
        )  # fmt: skip

    def stream(self, name: str, pieces: Iterable[Sequence[str]]) -> None:
        """Add some pieces of one filing, each as its phrases."""
        stream, before, line_end = self.streams[name], len(self.streams[name]), self.phrases["\n"]
        for phrases in pieces:
            stream.extend(map(self.phrases.__getitem__, phrases))
            stream.append(line_end)
        self.lengths[name].append(len(stream) - before)

    def list(self, name: str, words: Collection[str]) -> None:
        """Add the feature words of one filing."""
        if words:
            self.ids[name].extend(map(self.hashed.__getitem__, words))
        self.lengths[name].append(len(words))

    def grams(self, own: str, title: str) -> None:
        """Add what one filing tells, and its title, for their pairs of characters."""
        for name, told in zip(_GRAMS, (f"{own}\n{title}", title), strict=True):
            self.plain[name].append(told)

    def features(self) -> dict[str, Ragged]:
        """All as rows."""
        count = len(self.lengths["own"])
        rows = {name: np.repeat(np.arange(count), sizes) for name, sizes in self.lengths.items()}
        cut = _Words.of(self.phrases)
        told = {name: cut.along(np.array(stream, np.int64), rows[name]) for name, stream in self.streams.items()}
        words = cut.vocabulary
        term = np.array([hashed(w.lower()) if text.is_term(w) else -1 for w in words] or [-1], np.int64)
        out = {}
        for feature, stream in (("terms", "own"), ("content", "what"), ("title", "title")):
            code, row = told[stream]
            found = term[code]
            some = found >= 0
            rows_of = _ragged(row[some], found[some].astype(np.uint32), count)
            most = int(rows_of.weights.max(initial=0))
            out[feature] = rows_of.reweighted(rows_of.weights.astype(np.min_scalar_type(most)))
        code, row = told["own"]
        at, ids = _names(code, words)
        out["names"] = _ragged(row[at], ids, count)
        for name in LISTED:
            weights = np.array(self.weights[name], np.float32) if name in _WEIGHTED else None
            out[name] = _ragged(rows[name], np.array(self.ids[name], np.uint32), count, weights)
        for name in _GRAMS:
            out[name] = _ragged(*_grams(self.plain[name]), count)
        for name in _FLAGS:
            out[name] = out[name].reweighted(np.ones(len(out[name].ids), np.float32))
        return {name: out[name] for name in FEATURES}


def _ragged(rows: Index, ids: Ids, count: int, weights: Floats | None = None) -> Ragged:
    return Ragged.counted(rows, ids, count) if weights is None else Ragged.from_pairs(rows, ids, weights, count)


def _names(code: Index, words: Sequence[str]) -> tuple[Index, Ids]:
    """Bigrams and trigrams over runs of single characters, and a single character with the word after it.

    They stand for names jieba does not know (刘/德/贵, 龚/培元): rare, so good keys to propose pairs with.

    Returns
    -------
    at : int64, shape (names,)
        Where in the stream each begins.
    ids : uint32, shape (names,)
    """
    han = np.array([ord(w) if len(w) == 1 and "\u3400" <= w <= "\u9fff" else 0 for w in words], np.uint32)
    two = np.array([len(w) == 2 and "\u3400" <= w[0] <= "\u9fff" for w in words], bool)
    character = np.concatenate([han[code], np.zeros(2, np.uint32)]) if len(words) else np.zeros(2, np.uint32)
    single = character > 0
    pair = np.flatnonzero(single[:-1] & single[1:])
    triple = pair[single[pair + 2]]
    inside = np.append(False, single[:-2])
    alone = np.flatnonzero(single[:-2] & ~inside[:-1] & ~single[1:-1])
    alone = alone[alone + 1 < len(code)]
    alone = alone[two[code[alone + 1]]] if len(alone) else alone
    named, distinct = pd.factorize(code[alone] * len(words) + code[alone + 1])
    with_word = [hashed(words[both // len(words)] + words[both % len(words)]) for both in distinct.tolist()]
    return np.concatenate([pair, triple, alone]), np.concatenate(
        [
            _crc(character[pair], character[pair + 1]),
            _crc(character[triple], character[triple + 1], character[triple + 2]),
            np.array(with_word, np.uint32)[named],
        ]
    )


def _grams(texts: Sequence[str]) -> tuple[Index, Ids]:
    """Row and code of each pair of neighbouring Chinese characters of some normalised texts."""
    characters = np.frombuffer("".join(f"{told}\n" for told in texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    row = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    han = (characters >= 0x3400) & (characters < 0xA000)
    at = np.flatnonzero(han[:-1] & han[1:])
    return row[at], characters[at] << np.uint32(16) | characters[at + 1]


@cache
def _crc_table() -> Ids:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(0xEDB88320), table >> 1)
    return table


def _crc(*characters: Ids) -> Ids:
    """CRC-32 of strings of Chinese characters, given as one array a position: what `HashCache` gives, many at once."""
    table = _crc_table()
    out = np.full(len(characters[0]), 0xFFFFFFFF, np.uint32)
    for c in characters:
        for byte in (0xE0 | (c >> 12), 0x80 | ((c >> 6) & 0x3F), 0x80 | (c & 0x3F)):
            out = table[(out ^ byte) & 0xFF] ^ (out >> 8)
    return ~out
