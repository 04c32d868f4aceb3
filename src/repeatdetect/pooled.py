"""What a matter says, pooled over its filings: whom, where, about what; and the label composed of these three."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import ahocorasick_rs
import numpy as np
import pandas as pd

from repeatdetect import addresses, facts, lexicon, text
from repeatdetect.bodies import own_name
from repeatdetect.corpus import Corpus
from repeatdetect.persons import NICKNAME, is_surname, surname_of
from repeatdetect.places import Gazetteer

_COLUMNS = (
    "accused", "unit", "post", "rank", "place", "category", "title", "text", "address", "handler", "petitioner",
)  # fmt: skip
_LONGEST_UNIT = 20
_MOST_NAMES = 2
_BEFORE_NAME = re.compile(r"(?:反映|举报|控告|检举|投诉|叫|是|由)$")
_LONGEST_POST = 8


@dataclass(frozen=True)
class Cells:
    """Columns of a corpus as lists, fetched once for all matters."""

    of: dict[str, list[str]]
    dates: list[Any]
    told: dict[str, list[str]]

    @staticmethod
    def read(corpus: Corpus) -> Cells:
        """From a corpus; rows as in it."""
        filings = corpus.filings
        day, days = pd.factorize(filings["date"])  # each day is an object once
        dates = np.array([*days, pd.NaT], object)[day].tolist()
        return Cells({name: filings[name].tolist() for name in _COLUMNS}, dates, corpus.told)


class Accused:
    """Names that stand in a 被反映人 field anywhere in the export."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def within(self, body: str) -> set[str]:
        """Those that stand in a text."""
        order, automaton = self._sought
        return {order[k] for k, _, _ in automaton.find_matches_as_indexes(body, overlapping=True)}

    @cached_property
    def _sought(self) -> tuple[list[str], ahocorasick_rs.AhoCorasick]:
        order = list(self._names)
        return order, ahocorasick_rs.AhoCorasick(order)


@dataclass(slots=True)
class Pooled:
    """What a matter says.

    Attributes
    ----------
    rows : list of int
    names : Counter
        Full names of the accused, by weight: a name of the 被反映人 field counts three times.
    surnames, field_surnames : set of str
        Surnames of the accused, those known by surname only included; and of 被反映人 cells alone.
    villages, towns, units, posts, issues : Counter
    field_villages : Counter
        Villages of 属地 and 单位 cells alone.
    first, last : Timestamp or NaT
    """

    rows: list[int]
    names: Counter[str]
    surnames: set[str]
    field_surnames: set[str]
    villages: Counter[str]
    field_villages: Counter[str]
    towns: Counter[str]
    units: Counter[str]
    posts: Counter[str]
    issues: Counter[str]
    first: Any
    last: Any


@lru_cache(maxsize=text.REMEMBERED)
def _codes(plain: str) -> tuple[str, ...]:
    words = lexicon.load()
    found = words.automaton.find_matches_as_indexes(plain)
    return tuple(dict.fromkeys(words.values[k] for k, _, _ in found if words.kinds[k] == "issue"))


def full_name(person: facts.Person) -> str:
    """Full name of a person of a 被反映人 cell, '' when there is none.

    A surname may be one the word list does not have; a name of two characters such as 冷锋 or 高峰 may be a given name alone:
    it agrees with its like, but contradicts none.
    """
    given = "" if NICKNAME.search(person.given) or person.surname else person.given
    return person.name or (given if len(given) == 3 or (len(given) == 2 and is_surname(given[0])) else "")


def full_names(cell: str) -> list[str]:
    """Full names of a 被反映人 cell, those of a surname that the word list does not have included."""
    return list(filter(None, map(full_name, facts.field_persons(cell))))


def field_names(cell: str) -> list[str]:
    """Full names of a 被反映人 cell whose surname the word list has."""
    return [person.name for person in facts.field_persons(cell) if len(person.name) > 1]


def pool(cells: Cells, rows: Sequence[int], known_accused: Accused) -> Pooled:
    """Pool the filings of one matter.

    Parameters
    ----------
    cells : Cells
    rows : sequence of int
    known_accused : Accused
        A person only spoken of in a text is believed to be accused when known, or when the text says so twice.
    """
    of, told = cells.of, cells.told
    names: Counter[str] = Counter()
    spoken: Counter[str] = Counter()
    surnames: set[str] = set()
    field_surnames: set[str] = set()
    villages: Counter[str] = Counter()
    field_villages: Counter[str] = Counter()
    towns: Counter[str] = Counter()
    units: Counter[str] = Counter()
    posts: Counter[str] = Counter()
    issues: Counter[str] = Counter()
    for row in rows:
        people = facts.field_persons(of["accused"][row], of["post"][row], of["unit"][row]) if of["accused"][row] else ()
        for person in people:
            name, surname = full_name(person), person.surname
            if not surname and len(name) == 3:
                surname = name[0]  # a surname the word list does not have
            field_surnames.add(surname)
            if len(name) > 1:
                names[name] += 3
        if not people:
            for name in filter(None, told["accused"][row].split("、")):
                surname = name if is_surname(name) else surname_of(name)
                surnames.add(surname)
                if name != surname and not told["field"][row]:
                    spoken[name] += 1
        for cell in (of["place"][row], of["unit"][row]):
            if village := addresses.place_of(cell)[1] if cell else "":
                field_villages[village] += 1
        if told["village"][row]:
            villages[told["village"][row]] += 1
        if told["town"][row]:
            towns[told["town"][row]] += 2
        if told["unit"][row]:
            units[told["unit"][row]] += 1
        posts.update(filter(None, told["posts"][row].split("、")))
        for weight, cell in ((3.0, of["category"][row]), (2.0, of["title"][row])):
            for code in _codes(text.normalise(cell)) if cell else ():
                issues[code] += weight  # type: ignore[assignment]
        for rank, code in enumerate(filter(None, told["issues"][row].split("、"))):
            issues[code] += 2.0 / (1 + rank)  # type: ignore[assignment]
    # of two that weigh the same the first by name counts, whatever the order of the filings
    issues = Counter({code: round(weight, 6) for code, weight in sorted(issues.items())})
    surnames |= field_surnames
    if not names:
        names = _spoken(cells, rows, spoken, villages, known_accused)
        surnames |= set(map(surname_of, names))
    days = [day for row in rows if (day := cells.dates[row]) is not pd.NaT]
    return Pooled(
        list(rows), names, surnames - {""}, field_surnames - {""},
        villages, field_villages, towns, units, posts, issues,
        min(days, default=pd.NaT), max(days, default=pd.NaT),
    )  # fmt: skip


def _spoken(
    cells: Cells, rows: Sequence[int], spoken: Counter[str], villages: Counter[str], known: Accused
) -> Counter[str]:
    """Accused of a matter whose fields name nobody: believable names of its texts."""
    body = "\n".join(text.normalise(f"{cells.of['title'][row]}\n{cells.of['text'][row]}") for row in rows)
    out: Counter[str] = Counter()
    for name, count in spoken.items():
        if any(village.startswith(name) for village in villages) or f"{name}村" in body or f"{name}社区" in body:
            continue
        times = body.count(name)
        at = body.find(name)
        if name in known or times > len(rows) or _is_introduced(body, at):
            out[name] = count + 2 * (name in known)
    return out or Counter(sorted(known.within(body)))


def _is_introduced(body: str, at: int) -> bool:
    """Whether a post, or a word such as 反映, stands before a name that begins at some place."""
    before = body[max(0, at - _LONGEST_POST) : at]
    posts = lexicon.load().posts.find_matches_as_indexes(before)
    return any(end == len(before) for _, _, end in posts) or _BEFORE_NAME.search(before) is not None


def accused_of(matter: Pooled) -> str:
    """The one or two persons a matter is about, spellings of one name counted together; 覃某 or a post where no name is known."""
    groups: dict[str, Counter[str]] = {}
    for name, weight in matter.names.items():
        groups.setdefault(text.sound(name), Counter())[name] += weight
    best = sorted(groups.values(), key=lambda names: (-sum(names.values()), min(names)))
    if best:
        top = sum(best[0].values())
        chosen = [names for names in best[:_MOST_NAMES] if 3 * sum(names.values()) >= top or len(best) <= _MOST_NAMES]
        return "、".join(min(names, key=lambda name: (-names[name], name)) for names in chosen)
    if matter.surnames:
        return "、".join(f"{surname}某" for surname in sorted(matter.surnames)[:1])
    return min(matter.posts, key=lambda post: (-matter.posts[post], post)) if matter.posts else ""


def place_of(matter: Pooled, known: Gazetteer, row: str) -> str:
    """Where a matter lies, as one would say it: 双桥镇石塘村, 双桥镇中心小学, 县人民医院, 枫林镇."""
    village = _most(matter.field_villages) or ("" if matter.units else _most(matter.villages))
    town = row if row and row != known.county else ""
    if not town and village:
        town = known.town_of(village)
    if village:
        return (town or _most(matter.towns)) + village
    unit = _most(Counter({name: n for name, n in matter.units.items() if len(name) <= _LONGEST_UNIT}))
    bare = own_name(unit)
    if unit and bare not in (town, ""):
        stem = re.sub(r"[镇乡]$", "", town)
        return unit if not town or (stem and stem in unit) or re.match(r"[县市区]", unit) else town + unit
    return town or _most(matter.towns) or _most(matter.villages)


def issue_of(matter: Pooled) -> str:
    """What a matter is about: the issue named most in 类别, 标题 and text."""
    return _most(matter.issues)


def compose_title(place: str, accused: str, issue: str) -> str:
    """Label of a matter from place, accused and issue; never from a filing's own title."""
    body = f"{place}{accused}"
    return f"{body}{issue}问题" if issue else f"{body}有关问题" if body else "未载明对象的事项"


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name)) if counts else ""
