"""Filings to features: hashed words, persons, places, numbers; each filing for itself, many at a time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import facts as fact_stage
from repeatdetect import lexicon, persons, text
from repeatdetect.addresses import counties, merged_villages, place_stem, short_town
from repeatdetect.batch import LISTED, Batch
from repeatdetect.bodies import body_keys, is_government, key_weight
from repeatdetect.namelist import names_in, numbers_in
from repeatdetect.petitioners import Petitioner
from repeatdetect.ragged import Ragged

TOLD = ("accused", "field", "posts", "town", "village", "unit", "issues")
READING = 1  # raised when the same filing gives other features than before: stores are then made anew
SCALARS = ("day", "length", "named", "sure")
USED = ("title", "text", "accused", "post", "unit", "place", "category", "petitioner", "id_number", "phone", "named")


def _digits(value: str) -> float:
    """How telling a number is: its significant digits."""
    return float(max(len("".join(filter(str.isdecimal, value)).strip("0")), 1))


@lru_cache(maxsize=text.REMEMBERED)
def _sound_grams(name: str) -> tuple[str, ...]:
    return tuple(a + "-" + b for a, b in itertools.pairwise(text.sound(name).split("-")))


@lru_cache(maxsize=text.REMEMBERED)
def _village_key(name: str) -> str:
    return text.sound(place_stem(name))


@lru_cache(maxsize=text.REMEMBERED)
def _given_keys(name: str) -> tuple[str, ...]:
    """How a person of this full name may be called: by the whole given name, by its last character, by the name."""
    given = name[len(persons.surname_of(name)) :]
    return "1" + text.sound(given[-1:]), "2" + text.sound(given), "2" + text.sound(name)


@lru_cache(maxsize=text.REMEMBERED)
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
    return [f"{persons.position(post)}@{where}" for post in posts] if where else []


_LEVEL = lexicon.load().post_level


def _maybe_full(person: persons.Person) -> str:
    """A 被反映人 of two characters that may be a given name or a full one (高兴, 满囤), '' for any other.

    It contradicts whoever is called otherwise; who bears it as a given name is known by that (`called`).
    """
    told = person.given if person.source == "accused" and not person.name else ""
    return told if len(told) == 2 and persons.is_surname(told[0]) and not persons.NICKNAME.search(told) else ""


def _who(row: Mapping[str, Any], found: fact_stage.FilingFacts, unit: str) -> dict[str, list[str]]:
    """Feature words that tell who is accused and who else is spoken of."""
    accused = found.accused
    names = sorted({name for p in accused if len(name := p.name or _maybe_full(p)) > 1})
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


def _encode_row(row: Mapping[str, Any], batch: Batch) -> tuple[int, list[str]]:
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
        villages |= {text.sound(name) for part in (title, body) for name in merged_villages(part.plain)}
    towns = {text.sound(short_town(found.town))} if found.town else set()
    towns |= {text.sound(short_town(f.value)) for f in places if f.kind == "town"}
    unit = found.unit or next((f.value for f in places if f.kind == "unit"), "")
    numbers = {f.amount: _digits(f.amount) for f in found.facts if f.kind in ("sum", "area", "length", "count")}
    dates = {f.value for f in found.facts if f.kind == "date"}
    issues: dict[str, float] = {}
    for code in found.issues:
        issues[code] = issues.get(code, 0.0) + 1.0
    reached = numbers_in(row["id_number"]) + numbers_in(row["phone"])
    accused = found.accused
    lists: dict[str, Collection[str]] = {
        **_who(row, found, unit),
        "village": villages,
        "town": towns,
        "county": counties(map(text.normalise, (row["place"], row["unit"])), (title.plain, body.plain)),
        "objects": [g for f in places if _named(f) for g in _sound_grams(f.value)],
        "org": body_keys(unit, found.town),
        "body": () if is_government(found.unit) else body_keys(found.unit, found.town),
        "numbers": numbers,
        "dates": dates,
        "issues": issues,
        "petitioner": names_in(row["petitioner"]) if row["named"] != "no" else (),
        "identity": [number for number in reached if "*" not in number] if row["named"] != "no" else (),
        "category": [text.normalise(row["category"])] if row["category"] else [],
    }
    for name in LISTED:
        batch.list(name, lists[name])
    accuses = lists["accused"] or lists["surname"]
    batch.grams(*("", "") if accuses else ("\n".join(body.plain[a:b] for a, b in body.spans), title.plain))
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
    return int(any(p.sure or _maybe_full(p) for p in accused)), told


def _named(place: fact_stage.Fact) -> bool:
    """Whether the name tells one place: a township has a column of its own, a body that any may have tells nothing."""
    return place.kind != "town" and (place.kind != "unit" or bool(body_keys(place.value, "")))


_WHO_AND_WHERE = frozenset(("person", "post", "kin", "village", "town", "date"))


def _known_names(found: fact_stage.FilingFacts) -> set[str]:
    """What a filing calls its accused and its places by, also without 村 or 镇: 大石畔后沟的, 刘坡的猪场."""
    places = {found.village, found.town} | {f.value for f in found.facts if f.kind in ("village", "town")}
    return {short for name in places if len(short := place_stem(name)) > 1} | {
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


Encoded = tuple[dict[str, Ragged], dict[str, npt.NDArray[Any]], dict[str, list[str]]]


_AT_ONCE = 400  # filings whose texts are read together


def encode(filings: pd.DataFrame) -> Encoded:
    """Features of some filings; pure, so that any process may do any share of them."""
    batch = Batch.new()
    sure: list[int] = []
    told: list[list[str]] = []
    columns = {name: filings[name].tolist() for name in USED}
    for row, values in enumerate(zip(*columns.values(), strict=True)):
        if row % _AT_ONCE == 0:
            ahead = slice(row, row + _AT_ONCE)
            fact_stage.learn([*zip(columns["title"][ahead], columns["text"][ahead], strict=True)])
        is_sure, row_told = _encode_row(dict(zip(columns, values, strict=True)), batch)
        sure.append(is_sure)
        told.append(row_told)
    features = batch.features()
    length = np.array([len(t) for t in columns["text"]], np.float32)
    day = filings["date"].to_numpy().astype("datetime64[s]").astype("float64") / 86400
    day[filings["date"].isna().to_numpy()] = np.nan
    who = zip(*(columns[name] for name in ("named", "petitioner", "id_number", "phone")), strict=True)
    named = np.array([cells[0] == "yes" or not Petitioner.of(*cells).anonymous for cells in who], bool)
    return (
        features,
        {
            "day": day,
            "length": length,
            "named": named.astype(np.uint8),
            "sure": np.array(sure, np.uint8),
        },
        {name: [row[k] for row in told] for k, name in enumerate(TOLD)},
    )
