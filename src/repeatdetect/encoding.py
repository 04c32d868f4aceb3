"""Filings to features: hashed words, persons, places, numbers; each filing for itself, many at a time."""

from __future__ import annotations

import gc
import itertools
import math
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import facts as fact_stage
from repeatdetect import lexicon, persons, text
from repeatdetect.bodies import body_keys, is_government, key_weight
from repeatdetect.ragged import Floats, HashCache, Ids, Index, Ragged

FEATURES = (
    "terms", "content", "title", "names", "persons", "accused", "accused_terms", "near", "surname", "part", "called", "titled",
    "spoken", "office", "seat", "village", "town", "county", "objects", "org", "body", "numbers", "dates", "issues", "petitioner", "identity",
    "category",
)  # fmt: skip
TOLD = ("accused", "field", "posts", "town", "village", "unit", "issues")
SCALARS = ("day", "length", "named", "text_hash", "sure")
USED = ("title", "text", "accused", "post", "unit", "place", "category", "petitioner", "id_number", "phone", "named")


def _digits(value: str) -> float:
    """How telling a number is: its significant digits."""
    return float(max(len(value.replace(".", "").strip("0")), 1))


@lru_cache(maxsize=65536)
def _sound_grams(name: str) -> tuple[str, ...]:
    return tuple(a + "-" + b for a, b in itertools.pairwise(text.sound(name).split("-")))


@lru_cache(maxsize=65536)
def _village_key(name: str) -> str:
    return text.sound(name.removesuffix("居委会").removesuffix("村").removesuffix("社区").removesuffix("村委会"))


@lru_cache(maxsize=65536)
def _given_keys(name: str) -> tuple[str, ...]:
    """How a person of this full name may be called: by the whole given name, by its last character, by the name."""
    given = name[len(persons.surname_of(name)) :]
    return "1" + text.sound(given[-1:]), "2" + text.sound(given), "2" + text.sound(name)


@lru_cache(maxsize=65536)
def _near_keys(name: str) -> tuple[str, ...]:
    """What a name of three characters shares with one in which a given character is misread (尚志学, 尚志字)."""
    sound = text.sound(name).split("-")
    return (f"{sound[0]}-{sound[1]}-", f"{sound[0]}--{sound[2]}") if len(sound) == 3 else ()


def _office_keys(found: fact_stage.FilingFacts, unit: str, post_cell: str) -> list[str]:
    """Offices the accused hold, each with the place that makes it one: 书记 of a village, 校长 of a school."""
    posts = [p.post for p in found.accused if p.post]
    if own := fact_stage.field_post(post_cell):
        posts.append(own)
    if not posts and found.village and not any(p.name for p in found.accused):
        posts = [f.value for f in found.facts if f.kind == "post" and _LEVEL.get(f.value) == "village"][:1]
    where = _village_key(found.village) if found.village else "-".join(body_keys(unit or "人民政府", found.town))
    return [f"{persons.office(post)}@{where}" for post in posts] if where else []


_LEVEL = lexicon.load().post_level


def _who(row: Mapping[str, Any], found: fact_stage.FilingFacts, unit: str) -> dict[str, list[str]]:
    """Feature words that tell who is accused and who else is spoken of."""
    accused = found.accused
    names = sorted({p.name for p in accused if len(p.name) > 1})
    others = {p.name for p in found.persons if len(p.name) > 1 and p.role != "petitioner"}
    petitioners = {p.name for p in found.persons if p.role == "petitioner" and p.name}
    title = [(p.surname, persons.office(p.post)) for p in accused if p.surname and p.post]
    spoken = title + [(p.surname, persons.office(p.post)) for p in found.persons if p.surname and p.post]
    nicknames = [alias for alias, _, _ in persons.aliases(text.read(row["text"]).plain)]
    offices = _office_keys(found, unit, row["post"])
    parts = [("1" if len(p.given) == 1 else "2") + text.sound(p.given) for p in accused if p.given and not p.name]
    return {
        "persons": [text.sound(f.value) for f in found.facts if f.kind == "person" and f.value not in petitioners],
        "accused": [text.sound(name) for name in names],
        "accused_terms": names,
        "near": [key for name in names for key in _near_keys(name)],
        "surname": list({p.surname for p in accused if p.surname}),
        "part": parts,
        "called": [key for name in others for key in _given_keys(name)]
        + ["2" + text.sound(n) for n in nicknames]
        + parts,
        "titled": list({"|".join(pair) for pair in title}),
        "spoken": list({"|".join(pair) for pair in spoken}),
        "office": offices,
        "seat": list({key.partition("@")[2] for key in offices}),
    }


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
class _Batch:
    """Features of a batch as flat lists, one length a filing each.

    The phrases of texts are kept as numbers in three streams: ``own`` (own words and title, a line break after each
    span), ``title`` and ``what`` (the words that say what happened).
    """

    phrases: _Vocabulary
    streams: dict[str, list[int]]
    ids: dict[str, list[int]]
    weights: dict[str, list[float]]
    lengths: dict[str, list[int]]
    hashed: HashCache

    @staticmethod
    def new() -> _Batch:
        """Empty."""
        names = (*_STREAMS, *_LISTED)
        return _Batch(
            _Vocabulary(), {name: [] for name in _STREAMS}, {name: [] for name in _LISTED},
            {name: [] for name in _WEIGHTED}, {name: [] for name in names}, HashCache(),
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
        self.ids[name].extend(map(self.hashed.__getitem__, words))
        self.lengths[name].append(len(words))

    def features(self) -> dict[str, Ragged]:
        """All as rows."""
        count = len(self.lengths["own"])
        rows = {name: np.repeat(np.arange(count), sizes) for name, sizes in self.lengths.items()}
        cut = _Words.of(self.phrases)
        told = {name: cut.along(np.array(stream, np.int64), rows[name]) for name, stream in self.streams.items()}
        words = cut.vocabulary
        term = np.array([zlib.crc32(w.lower().encode()) if text.is_term(w) else -1 for w in words] or [-1], np.int64)
        out = {}
        for feature, stream in (("terms", "own"), ("content", "what"), ("title", "title")):
            code, row = told[stream]
            found = term[code]
            some = found >= 0
            out[feature] = _ragged(row[some], found[some].astype(np.uint32), count)
        code, row = told["own"]
        at, ids = _names(code, words)
        out["names"] = _ragged(row[at], ids, count)
        for name in _LISTED:
            weights = np.array(self.weights[name], np.float32) if name in _WEIGHTED else None
            out[name] = _ragged(rows[name], np.array(self.ids[name], np.uint32), count, weights)
        for name in _FLAGS:
            out[name] = out[name].reweighted(np.ones(len(out[name].ids), np.float32))
        return {name: out[name] for name in FEATURES}


_STREAMS = ("own", "title", "what")
_LISTED = tuple(name for name in FEATURES if name not in ("terms", "content", "title", "names"))
_WEIGHTED = ("numbers", "dates", "issues", "org", "body")
_FLAGS = ("persons", "names", "accused", "called", "part", "spoken", "office", "seat", "village", "town", "county")


def _ragged(rows: Index, ids: Ids, count: int, weights: Floats | None = None) -> Ragged:
    return Ragged.from_pairs(rows, ids, np.ones(len(ids), np.float32) if weights is None else weights, count)


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
    with_word = [zlib.crc32((words[a] + words[b]).encode()) for a, b in zip(code[alone], code[alone + 1], strict=True)]
    return np.concatenate([pair, triple, alone]), np.concatenate(
        [
            _crc(character[pair], character[pair + 1]),
            _crc(character[triple], character[triple + 1], character[triple + 2]),
            np.array(with_word, np.uint32),
        ]
    )


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


def _encode_row(row: Mapping[str, Any], batch: _Batch) -> tuple[int, list[str]]:
    """Add one filing to a batch; returns whether an accused is sure, and what the filing says in words."""
    found = fact_stage.extract(row)
    body, title = text.read(row["text"]), text.read(row["title"])
    heading = title.between((0, len(title.plain)))
    batch.stream("own", [*map(body.between, body.spans), heading])
    known = _known_names(found)
    what = [body.between(span) for span in _what(found, "text", body.plain, known, body.spans)]
    around = _what(found, "title", title.plain, known, [(0, len(title.plain))])
    named = [text.phrases(title.plain[start:end]) for start, end in around]
    batch.stream("title", named)
    batch.stream("what", what + named)
    villages = {_village_key(found.village)} if found.village else set()
    places = [f for f in found.facts if f.kind in ("village", "town", "unit", "object")]
    villages |= {_village_key(f.value) for f in places if f.kind == "village"}
    if villages:
        villages |= {text.sound(name) for part in (title, body) for name in persons.merged_villages(part.plain)}
    towns = {text.sound(persons.short_town(found.town))} if found.town else set()
    towns |= {text.sound(persons.short_town(f.value)) for f in places if f.kind == "town"}
    unit = found.unit or next((f.value for f in places if f.kind == "unit"), "")
    numbers = {f.amount: _digits(f.amount) for f in found.facts if f.kind in ("sum", "area", "length", "count")}
    dates = {f.value for f in found.facts if f.kind == "date"}
    issues: dict[str, float] = {}
    for code in found.issues:
        issues[code] = issues.get(code, 0.0) + 1.0
    accused = found.accused
    lists: dict[str, Collection[str]] = {
        **_who(row, found, unit),
        "village": villages,
        "town": towns,
        "county": persons.counties((row["place"], row["unit"]), (row["title"], row["text"])),
        "objects": [g for f in places if _named(f) for g in _sound_grams(f.value)],
        "org": body_keys(unit, found.town),
        "body": () if is_government(found.unit) else body_keys(found.unit, found.town),
        "numbers": numbers,
        "dates": dates,
        "issues": issues,
        "petitioner": [n for n in text.normalise(row["petitioner"]).replace("、", " ").split() if len(n) > 1],
        "identity": [key for key in (_bare(row["id_number"]), _bare(row["phone"])) if len(key) >= 7],
        "category": [text.normalise(row["category"])] if row["category"] else [],
    }
    for name in _LISTED:
        batch.list(name, lists[name])
    batch.weights["numbers"] += numbers.values()
    batch.weights["dates"] += [2.0 if len(d) > 4 else 0.5 for d in dates]
    for name in ("org", "body"):
        batch.weights[name] += map(key_weight, lists[name])
    batch.weights["issues"] += [1.0 + math.log(n) for n in issues.values()]
    spoken = list(dict.fromkeys(p.name or p.surname for p in accused if p.name or p.surname))
    told = [
        "、".join(spoken),
        "1" if any(p.source == "accused" for p in accused) else "",
        "、".join(sorted({p.post for p in accused if p.post})),
        found.town,
        found.village,
        found.unit,
        "、".join(sorted(issues, key=lambda code: (-issues[code], code))),
    ]
    return int(any(p.sure for p in accused)), told


def _named(place: fact_stage.Fact) -> bool:
    """Whether the name tells one place: a township has a column of its own, a body that any may have tells nothing."""
    return place.kind != "town" and (place.kind != "unit" or bool(body_keys(place.value, "")))


_WHO_AND_WHERE = frozenset(("person", "post", "kin", "village", "town", "date"))


_PLACE_END = re.compile(r"(?:村|社区|镇|乡|街道)$")


def _known_names(found: fact_stage.FilingFacts) -> set[str]:
    """What a filing calls its accused and its places by, also without 村 or 镇: 大石畔后沟的, 刘坡的猪场."""
    places = {found.village, found.town} | {f.value for f in found.facts if f.kind in ("village", "town")}
    return {short for name in places if len(short := _PLACE_END.sub("", name)) > 1} | {
        p.name for p in found.accused if len(p.name) > 1
    }


def _what(
    found: fact_stage.FilingFacts, source: str, plain: str, known: Collection[str], spans: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Spans that say what happened: those of persons, posts, places and dates are left out."""
    out: list[tuple[int, int]] = []
    taken = [(f.start, f.end) for f in found.facts if f.source == source and f.kind in _WHO_AND_WHERE]
    for name in known:
        at = plain.find(name)
        while at >= 0:
            taken.append((at, at + len(name)))
            at = plain.find(name, at + len(name))
    taken.sort()
    at = 0
    for begin, end in spans:
        start = begin
        while at and taken[at - 1][1] > begin:
            at -= 1
        while at < len(taken) and taken[at][0] < end:
            if taken[at][0] > start:
                out.append((start, taken[at][0]))
            start = max(start, taken[at][1])
            at += 1
        if start < end:
            out.append((start, end))
    return out


def _bare(value: str) -> str:
    return "".join(c for c in value if c.isalnum()).lower()


Encoded = tuple[dict[str, Ragged], dict[str, npt.NDArray[Any]], dict[str, list[str]]]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cyclic garbage: there is none in many small objects, and looking costs a sixth."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


_AT_ONCE = 400  # filings whose texts are read together


def encode(filings: pd.DataFrame) -> Encoded:
    """Features of some filings; pure, so that any process may do any share of them."""
    batch = _Batch.new()
    sure: list[int] = []
    told: list[list[str]] = []
    columns = {name: filings[name].tolist() for name in USED}
    with _uncollected():
        for row, values in enumerate(zip(*columns.values(), strict=True)):
            if row % _AT_ONCE == 0:
                ahead = slice(row, row + _AT_ONCE)
                fact_stage.learn([*zip(columns["title"][ahead], columns["text"][ahead], strict=True)])
            is_sure, row_told = _encode_row(dict(zip(columns, values, strict=True)), batch)
            sure.append(is_sure)
            told.append(row_told)
    features = batch.features()
    terms = features["terms"]
    mixed = (terms.ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ (
        terms.weights.astype(np.uint64) << np.uint64(7)
    )
    text_hash = np.add.reduceat(np.append(mixed, np.uint64(0)), terms.indptr[:-1]) if len(filings) else mixed
    text_hash = np.where(terms.lengths > 0, text_hash, np.uint64(0)).astype(np.uint64)
    length = np.array([len(t) for t in columns["text"]], np.float32)
    day = filings["date"].to_numpy().astype("datetime64[s]").astype("float64") / 86400
    day[filings["date"].isna().to_numpy()] = np.nan
    named = (filings["named"] == "yes").to_numpy() | (
        (filings["named"] == "").to_numpy() & (features["petitioner"].lengths > 0)
    )
    return (
        features,
        {
            "day": day,
            "length": length,
            "named": named.astype(np.uint8),
            "text_hash": text_hash,
            "sure": np.array(sure, np.uint8),
        },
        {name: [row[k] for row in told] for k, name in enumerate(TOLD)},
    )
