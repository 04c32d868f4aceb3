"""Filings made comparable: hashed terms and facts, columnar, nothing learned from the export itself."""

from __future__ import annotations

import itertools
import math
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import facts as fact_stage
from repeatdetect import lexical, lexicon, persons, text
from repeatdetect.ragged import HashCache, Index, Ragged

Progress = Callable[[str, int, int], None]

FEATURES = (
    "terms", "content", "title", "names", "persons", "accused", "accused_terms", "surname", "part", "called", "titled",
    "spoken", "office", "village", "town", "objects", "org", "numbers", "dates", "issues", "petitioner", "identity",
    "category",
)  # fmt: skip
TOLD = ("accused", "field", "posts", "town", "village", "unit", "issues")
SCALARS = ("day", "length", "named", "text_hash", "sure")
_USED = ("title", "text", "accused", "post", "unit", "place", "category", "petitioner", "id_number", "phone", "named")


@dataclass(frozen=True)
class Corpus:
    """Filings with their features.

    Attributes
    ----------
    filings : DataFrame
        Canonical columns, RangeIndex.
    features : dict of str to Ragged
        One row a filing for each name in ``FEATURES``. ``terms`` and ``title`` hold counts.
    scalars : dict of str to ndarray, shape (n,)
        ``day`` (days since 1970, NaN unknown), ``length`` (characters compared), ``named`` (1 named, 0 anonymous),
        ``text_hash`` (of the words compared), ``sure`` (1 where an accused is named in full by a field or with a title).
    told : dict of str to list of str, length n
        What the filing says in words: ``accused`` (names joined by 、), ``field`` ("1" when read from the field),
        ``posts`` of the accused, ``town``, ``village``, ``unit``, ``issues`` (most frequent first).
    """

    filings: pd.DataFrame
    features: dict[str, Ragged]
    scalars: dict[str, npt.NDArray[Any]]
    told: dict[str, list[str]]
    _facts: dict[int, fact_stage.FilingFacts] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.filings)

    def take(self, rows: Index) -> Corpus:
        """Filings in the order asked for."""
        rows = np.asarray(rows, dtype=np.int64)
        return Corpus(
            self.filings.iloc[rows].reset_index(drop=True),
            {name: part.take(rows) for name, part in self.features.items()},
            {name: values[rows] for name, values in self.scalars.items()},
            {name: [values[row] for row in rows.tolist()] for name, values in self.told.items()},
        )

    @staticmethod
    def concat(parts: list[Corpus]) -> Corpus:
        """Filings of several corpora, one after the other."""
        return Corpus(
            pd.concat([part.filings for part in parts], ignore_index=True),
            {name: Ragged.concat([part.features[name] for part in parts]) for name in FEATURES},
            {name: np.concatenate([part.scalars[name] for part in parts]) for name in SCALARS},
            {name: [value for part in parts for value in part.told[name]] for name in TOLD},
        )

    def facts(self, row: int) -> fact_stage.FilingFacts:
        """Facts of one filing with their spans; read again from the text when first asked for."""
        if row not in self._facts:
            self._facts[row] = fact_stage.extract({str(k): v for k, v in self.filings.iloc[row].items()})
        return self._facts[row]

    def dumps(self) -> list[bytes]:
        """Features of each filing as bytes, for a store; texts and fields are not in it."""
        out = []
        values = {name: self.scalars[name] for name in SCALARS}
        for row in range(len(self)):
            pieces = [struct.pack("<dfBQB", *(values[name][row] for name in SCALARS))]
            for name in FEATURES:
                part = self.features[name]
                cells = slice(part.indptr[row], part.indptr[row + 1])
                ids, weights = part.ids[cells], part.weights[cells]
                pieces += [struct.pack("<I", len(ids)), ids.tobytes(), weights.astype(np.float16).tobytes()]
            pieces.append("\x1f".join(self.told[name][row] for name in TOLD).encode())
            out.append(b"".join(pieces))
        return out

    @staticmethod
    def loads(filings: pd.DataFrame, blobs: list[bytes]) -> Corpus:
        """Corpus of `filings` with the features that `dumps` gave.

        Raises
        ------
        ValueError
            When there is not exactly one blob a filing.
        """
        if len(filings) != len(blobs):
            raise ValueError("one blob a filing")
        head = struct.Struct("<dfBQB")
        scalars = [head.unpack_from(blob) for blob in blobs]
        ids: dict[str, list[npt.NDArray[np.uint32]]] = {name: [] for name in FEATURES}
        weights: dict[str, list[npt.NDArray[np.float16]]] = {name: [] for name in FEATURES}
        words: list[list[str]] = []
        for blob in blobs:
            at = head.size
            for name in FEATURES:
                (count,) = struct.unpack_from("<I", blob, at)
                ids[name].append(np.frombuffer(blob, np.uint32, count, at + 4))
                weights[name].append(np.frombuffer(blob, np.float16, count, at + 4 + 4 * count))
                at += 4 + 6 * count
            words.append(blob[at:].decode().split("\x1f"))
        features = {
            name: Ragged(
                np.concatenate([[0], np.cumsum([len(row) for row in ids[name]])]).astype(np.int64),
                np.concatenate([*ids[name], np.empty(0, np.uint32)]),
                np.concatenate([*weights[name], np.empty(0, np.float16)]).astype(np.float32),
            )
            for name in FEATURES
        }
        columns = list(zip(*scalars, strict=True)) or [()] * len(SCALARS)
        kinds = (np.float64, np.float32, np.uint8, np.uint64, np.uint8)
        return Corpus(
            filings.reset_index(drop=True),
            features,
            {name: np.array(values, dtype=kind) for name, values, kind in zip(SCALARS, columns, kinds, strict=True)},
            {name: [row[k] for row in words] for k, name in enumerate(TOLD)},
        )


def _digits(value: str) -> float:
    """How telling a number is: its significant digits."""
    return float(max(len(value.replace(".", "").strip("0")), 1))


@lru_cache(maxsize=65536)
def _sound_grams(name: str) -> tuple[str, ...]:
    return tuple(a + "-" + b for a, b in itertools.pairwise(text.sound(name).split("-")))


@lru_cache(maxsize=65536)
def _village_key(name: str) -> str:
    return text.sound(name.removesuffix("村").removesuffix("社区").removesuffix("村委会"))


_GOVERNMENT = re.compile(
    r"(?:党总支|党支部|支部|党委|党工委|党组|人民政府|政府|村委会|居委会|委员会|管委会|办事处|有限责任公司|有限公司|股份公司)+\Z"
)


@lru_cache(maxsize=65536)
def _org_characters(name: str) -> tuple[str, ...]:
    """Sounds of the characters of a body's own name: 县第二实验小学 and 二实小 share theirs, 第二试验小学 too."""
    bare = _GOVERNMENT.sub("", name)
    bare = bare[1:] if bare[:1] in "县市区" and len(bare) > 3 else bare
    return tuple(dict.fromkeys(text.sound(bare).split("-"))) if bare else ()


def _given_keys(name: str) -> list[str]:
    """How a person of this full name may be called: by the whole given name, by its last character, by the name."""
    given = name[len(persons.surname_of(name)) :]
    return ["1" + text.sound(given[-1:]), "2" + text.sound(given), "2" + text.sound(name)]


def _office_keys(found: fact_stage.FilingFacts, post_cell: str) -> list[str]:
    """Offices the accused hold, each with the place that makes it one: 书记 of a village, 校长 of a school."""
    posts = [p.post for p in found.accused if p.post]
    if own := fact_stage.field_post(post_cell):
        posts.append(own)
    if not posts and found.village and not any(p.name for p in found.accused):
        posts = [f.value for f in found.facts if f.kind == "post" and _LEVEL.get(f.value) == "village"][:1]
    where = (
        _village_key(found.village)
        if found.village
        else "-".join(_org_characters(found.unit)) or text.sound(found.town)
    )
    return [f"{persons.office(post)}@{where}" for post in posts] if where else []


_LEVEL = lexicon.load().post_level


def _who(row: Mapping[str, Any], found: fact_stage.FilingFacts) -> dict[str, list[str]]:
    """Feature words that tell who is accused and who else is spoken of."""
    accused = found.accused
    names = sorted({p.name for p in accused if len(p.name) > 1})
    others = {p.name for p in found.persons if len(p.name) > 1 and p.role != "petitioner"}
    petitioners = {p.name for p in found.persons if p.role == "petitioner" and p.name}
    title = [(p.surname, persons.office(p.post)) for p in accused if p.surname and p.post]
    spoken = title + [(p.surname, persons.office(p.post)) for p in found.persons if p.surname and p.post]
    nicknames = [alias for alias, _, _ in persons.aliases(text.normalise(row["text"]))]
    parts = [("1" if len(p.given) == 1 else "2") + text.sound(p.given) for p in accused if p.given and not p.name]
    return {
        "persons": [text.sound(f.value) for f in found.facts if f.kind == "person" and f.value not in petitioners],
        "accused": [text.sound(name) for name in names],
        "accused_terms": names,
        "surname": list({p.surname for p in accused if p.surname}),
        "part": parts,
        "called": [key for name in others for key in _given_keys(name)]
        + ["2" + text.sound(n) for n in nicknames]
        + parts,
        "titled": list({"|".join(pair) for pair in title}),
        "spoken": list({"|".join(pair) for pair in spoken}),
        "office": _office_keys(found, row["post"]),
    }


def _encode_row(
    row: Mapping[str, Any], hashed: HashCache
) -> tuple[dict[str, list[int]], dict[str, list[float]], int, list[str]]:
    """Feature ids (and weights where they are not 1) of one filing."""
    found = fact_stage.extract(row)
    plain = text.normalise(row["text"])
    title = text.normalise(row["title"])
    cut = [word for a, b in text.core_spans(plain) for word in [*text.words(plain[a:b]), "\n"]]
    title_cut = text.words(title)
    head = text.terms(title_cut)
    what = _content(plain, [f for f in found.facts if f.source == "text"], text.core_spans(plain))
    what += _content(title, [f for f in found.facts if f.source == "title"], [(0, len(title))])
    villages = {_village_key(found.village)} if found.village else set()
    places = [f for f in found.facts if f.kind in ("village", "town", "unit", "object")]
    villages |= {_village_key(f.value) for f in places if f.kind == "village"}
    towns = {text.sound(found.town)} if found.town else set()
    towns |= {text.sound(f.value) for f in places if f.kind == "town"}
    unit = found.unit or next((f.value for f in places if f.kind == "unit"), "" if found.village else found.town)
    numbers = {f.amount: _digits(f.amount) for f in found.facts if f.kind in ("sum", "area", "length", "count")}
    dates = {f.value for f in found.facts if f.kind == "date"}
    issues: dict[str, float] = {}
    for code in found.issues:
        issues[code] = issues.get(code, 0.0) + 1.0
    accused = found.accused
    ids: dict[str, list[str]] = {
        "terms": text.terms(cut) + head,
        "content": what,
        "title": head,
        "names": text.names(cut) + text.names(title_cut),
        **_who(row, found),
        "village": list(villages),
        "town": list(towns),
        "objects": [g for f in places for g in _sound_grams(f.value)],
        "org": list(_org_characters(unit)),
        "numbers": list(numbers),
        "dates": list(dates),
        "issues": list(issues),
        "petitioner": [n for n in text.normalise(row["petitioner"]).replace("、", " ").split() if len(n) > 1],
        "identity": [key for key in (_bare(row["id_number"]), _bare(row["phone"])) if len(key) >= 7],
        "category": [text.normalise(row["category"])] if row["category"] else [],
    }
    weights = {
        "numbers": list(numbers.values()),
        "dates": [2.0 if len(d) > 4 else 0.5 for d in dates],
        "issues": [1.0 + math.log(n) for n in issues.values()],
    }
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
    sure = int(any(p.sure for p in accused))
    return {name: [hashed[word] for word in ids[name]] for name in FEATURES}, weights, sure, told


_WHO_AND_WHERE = frozenset(("person", "post", "kin", "village", "town", "date"))


def _content(plain: str, found: list[fact_stage.Fact], spans: list[tuple[int, int]]) -> list[str]:
    """Terms that say what happened: those of persons, posts, places and dates are left out."""
    own = bytearray(len(plain))
    for a, b in spans:
        own[a:b] = b"\x01" * (b - a)
    for fact in found:
        if fact.kind in _WHO_AND_WHERE:
            own[fact.start : fact.end] = bytes(fact.end - fact.start)
    return text.terms(text.words("".join(c if k else "\n" for c, k in zip(plain, own, strict=True))))


def _bare(value: str) -> str:
    return "".join(c for c in value if c.isalnum()).lower()


Encoded = tuple[dict[str, Ragged], dict[str, npt.NDArray[Any]], dict[str, list[str]]]


def encode(filings: pd.DataFrame) -> Encoded:
    """Features of some filings; pure, so that any process may do any share of them."""
    hashed = HashCache()
    ids: dict[str, list[list[int]]] = {name: [] for name in FEATURES}
    weights: dict[str, list[list[float]]] = {name: [] for name in FEATURES}
    sure: list[int] = []
    told: list[list[str]] = []
    columns = {name: filings[name].tolist() for name in _USED}
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        row_ids, row_weights, is_sure, row_told = _encode_row(row, hashed)
        told.append(row_told)
        for name in FEATURES:
            ids[name].append(row_ids[name])
            weights[name].append(row_weights.get(name) or [1.0] * len(row_ids[name]))
        sure.append(is_sure)
    features = {name: Ragged.build(ids[name], weights[name]) for name in FEATURES}
    for name in ("persons", "names", "accused", "called", "part", "spoken", "office", "org", "village", "town"):
        features[name] = features[name].reweighted(np.ones(len(features[name].ids), np.float32))
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


_PARALLEL_FROM = 4000  # below this a second process costs more than it saves


def prepare(filings: pd.DataFrame, jobs: int = 1) -> Corpus:
    """Make a corpus of canonical filings.

    Parameters
    ----------
    filings : DataFrame
        Canonical columns.
    jobs : int
        Processes; the answer does not depend on it.

    Returns
    -------
    Corpus
        Depends on each filing alone: not on its neighbours, their order or the number of processes.
    """
    filings = filings.reset_index(drop=True)
    if jobs < 2 or len(filings) < _PARALLEL_FROM:
        return Corpus(filings, *encode(filings))
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    used = filings[[*_USED, "date"]]
    parts = [used.iloc[at : at + 2000] for at in range(0, len(used), 2000)]
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = list(pool.map(encode, parts))
    return Corpus(
        filings,
        {name: Ragged.concat([features[name] for features, _, _ in done]) for name in FEATURES},
        {name: np.concatenate([scalars[name] for _, scalars, _ in done]) for name in SCALARS},
        {name: [value for _, _, told in done for value in told[name]] for name in TOLD},
    )


def weighted(corpus: Corpus, name: str) -> Ragged:
    """Counts of a feature weighted (1 + log count) x frozen IDF and scaled to length one."""
    part = corpus.features[name]
    table = lexical.load().idf[{"title": "terms", "content": "terms"}.get(name, name)]
    weights = (1.0 + np.log(np.maximum(part.weights, 1.0))) * table(part.ids)
    squares = np.add.reduceat(np.append(weights**2, 0.0), part.indptr[:-1]) if len(part) else weights
    norm = np.sqrt(np.where(part.lengths > 0, squares, 1.0))
    return part.reweighted((weights / norm[part.rows]).astype(np.float32))
