"""Which case of the ledger a matter belongs to, if any: listed ids, accused, place, what it is about, dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from repeatdetect import facts, lexical, text
from repeatdetect.addresses import place_of
from repeatdetect.cells import ids_in
from repeatdetect.corpus import Corpus
from repeatdetect.near import Near
from repeatdetect.persons import surname_of
from repeatdetect.places import Gazetteer
from repeatdetect.pooled import Pooled, full_name
from repeatdetect.ragged import HashCache

#: Probability from which a matter is linked to a case.
LINK_FROM = 0.6
_DOUBT = 0.35
_PLAIN = (
    0.4  # share of 案由, by weight of words, that says as much as a name where a matter of the village names nobody
)
_LONG_AGO = 1100  # days between a case's first petition and a matter's, beyond which it is less likely the same
_FIRST_ELSEWHERE = 1.2  # against a matter not near the one of the same accused that begins on the ledger's 首次信访日期
_OVER = 1.5  # against a matter that begins when the case was over, where no filing of its own beginning is at hand
_SAME_DAY = 1  # days by which the ledger's 首次信访日期 may differ from the filing it means


@dataclass(frozen=True)
class CaseLink:
    """A case a matter may belong to."""

    case: Mapping[str, Any]
    probability: float
    decision: str
    reason: str


def choose(
    corpus: Corpus,
    matters: Mapping[str, Pooled],
    cases: pd.DataFrame,
    known: Gazetteer,
    near: Near,
    words_of: Callable[[Sequence[int]], frozenset[int]],
) -> dict[str, CaseLink]:
    """Best case of each matter that may have one.

    Parameters
    ----------
    corpus : Corpus
    matters : mapping of str to Pooled
    cases : DataFrame
        As from `read_cases`.
    known : Gazetteer
    near : Near
    words_of : callable
        Ids of the terms of some filings.

    Returns
    -------
    dict
        Matter -> its case (decision ``same``) or the one a person should look at (``review``).
    """
    hashed = HashCache()
    by_key: dict[str, list[str]] = {}
    for name, matter in matters.items():
        for key in _keys(matter.names, (known.root(v) for v in matter.villages), matter.units):
            by_key.setdefault(key, []).append(name)
    listed_in = _listed(corpus, matters, cases)
    words: dict[str, frozenset[int]] = {}
    scored: list[tuple[float, str, dict[str, Any], str]] = []
    for case in records(cases):
        wanted = _Wanted.of(case, known, hashed)
        listed = listed_in.get(case["case_id"], set())
        candidates = sorted(listed | {name for key in wanted.keys for name in by_key.get(key, ())})
        first = {name: matters[name].rows for name in candidates if _begins(wanted, matters[name])}
        others = {
            name: matters[name].rows
            for name in candidates
            if first and name not in first and _who(wanted, matters[name]) == 1
        }
        one_with = {name: max(chances.values()) for name, chances in near.between(others, first).items()}
        for name in candidates:
            if name not in words:
                words[name] = words_of(matters[name].rows)
            against = 0.0
            if name not in listed:
                over = not first and wanted.over < matters[name].first
                against = _OVER * over + _FIRST_ELSEWHERE * (1 - one_with.get(name, 1.0))
            chance, reason = _compare(wanted, matters[name], words[name], known, name in listed, against)
            if chance >= _DOUBT:
                scored.append((chance, name, case, reason))
    scored.sort(key=lambda item: (-item[0], item[1], item[2]["case_id"]))
    chosen: dict[str, CaseLink] = {}
    for chance, name, case, reason in scored:
        chosen.setdefault(name, CaseLink(case, chance, "same" if chance >= LINK_FROM else "review", reason))
    return chosen


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts by column name."""
    return [{str(column): value for column, value in row.items()} for row in table.to_dict("records")]


def _listed(corpus: Corpus, matters: Mapping[str, Pooled], cases: pd.DataFrame) -> dict[str, set[str]]:
    """Case -> matters whose filings the ledger lists for it."""
    if not (cases["filing_ids"] != "").any():
        return {}
    ids = corpus.filings["filing_id"].tolist()
    position = {ids[row]: name for name, matter in matters.items() for row in matter.rows}
    return {
        case_id: {position[i] for i in ids_in(cell) if i in position}
        for case_id, cell in zip(cases["case_id"], cases["filing_ids"], strict=True)
        if cell
    }


def _keys(people: Iterable[str], villages: Iterable[str], units: Iterable[str]) -> set[str]:
    """What a case and a matter must share one of to be compared."""
    return {*map(text.sound, people), *map(text.sound, villages), *(unit for unit in units if len(unit) > 2)}


def _begins(case: _Wanted, matter: Pooled) -> bool:
    """Whether a matter against the accused of a case begins on the day the ledger gives."""
    return _who(case, matter) == 1 and _on_the_day(case, matter)


def _on_the_day(case: _Wanted, matter: Pooled) -> bool:
    return bool(pd.notna(case.since) and pd.notna(matter.first) and abs((matter.first - case.since).days) <= _SAME_DAY)


@dataclass(frozen=True)
class _Wanted:
    """A case, read once for all matters it is compared with."""

    people: tuple[facts.Person, ...]
    villages: frozenset[str]
    keys: set[str]
    issues: frozenset[str]
    mass: dict[int, float]
    objects: frozenset[int]
    since: pd.Timestamp
    over: pd.Timestamp

    @staticmethod
    def of(case: Mapping[str, Any], known: Gazetteer, hashed: HashCache) -> _Wanted:
        told_people = ((p, full_name(p)) for p in facts.field_persons(case["accused"]))
        people = tuple(p._replace(name=name, surname=p.surname or surname_of(name)) for p, name in told_people if name)
        town, village, unit = place_of(case["place"])
        _, unit_village, own_unit = place_of(case["unit"])
        told = facts.mentions(case["subject"])
        villages = frozenset({village, unit_village, *(f.value for f in told if f.kind == "village")} - {""})
        units = {unit, own_unit, *(f.value for f in told if f.kind == "unit")} - {""}
        bare = case["subject"]
        for part in (*(p.name for p in people), *villages, town, "反映", "问题"):
            bare = bare.replace(part, " ") if part else bare
        terms = sorted(_terms(bare, hashed))
        bodies = [case["unit"], case["place"], *(f.value for f in told if f.kind in ("object", "unit"))]
        objects = _terms(" ".join(bodies), hashed)
        weights = lexical.load().idf["terms"](np.array(terms, np.uint32)) ** 2
        return _Wanted(
            people, villages, _keys((p.name for p in people), (known.root(v) for v in villages), units),
            frozenset(f.value for f in told if f.kind == "issue"), dict(zip(terms, weights.tolist(), strict=True)),
            objects, case["first_petition_date"],
            case["due_date"] if pd.isna(case["closed_date"]) else case["closed_date"],
        )  # fmt: skip


def _terms(plain: str, hashed: HashCache) -> frozenset[int]:
    return frozenset(hashed[w] for w in text.terms(text.words(text.normalise(plain))) if len(w) > 1)


def _compare(
    case: _Wanted, matter: Pooled, words: frozenset[int], known: Gazetteer, listed: bool, against: float
) -> tuple[float, str]:
    """Probability that a matter belongs to a case, and why.

    `against` is what speaks against it in the filings that began the case, in log-odds.

    Notes
    -----
    The same accused in the same village is not enough: a case is about one issue of theirs. Either the words of 案由
    stand in the filings, or the matter begins on the very day the ledger gives as 首次信访日期.
    """
    bare, inside = _share(case.mass, words, case.objects), _share(case.mass, words)
    issue = len(case.issues & set(matter.issues)) / len(case.issues) if case.issues else 0.5
    top = {code for code, _ in matter.issues.most_common(2)}
    if matter.names and not case.issues & top and case.mass.keys() - case.objects:
        inside = bare  # the works or the estate is in all one hears of an accused: other words tell their issues apart
    what = 0.85 * inside + 0.2 * issue + 0.15 * bool(case.issues & top)
    who = _who(case, matter)
    same_place = known.same(case.villages, matter.villages)
    where = 1.0 if same_place else -1.0 if matter.villages and case.villages else 0.0
    dated = pd.notna(case.since) and pd.notna(matter.last)
    same_day = who >= 0 and _on_the_day(case, matter)
    plain = same_place and not matter.surnames and bare >= _PLAIN
    late = dated and case.since > matter.last and not same_day
    old = dated and (matter.first - case.since).days > _LONG_AGO
    score = -4.8 + 2.2 * who + 0.9 * where + 5.0 * what + 3.2 * same_day - 2.5 * late - 1.2 * old + 9.0 * listed
    score += 3.2 * plain - against
    grounds = [
        ("被反映人相符", who > 0.5), ("属地相符", same_place), ("问题相符", what > 0.4), ("首次信访日期相符", same_day),
        ("台账列明", listed),
    ]  # fmt: skip
    return float(1 / (1 + np.exp(-score))), "、".join(word for word, holds in grounds if holds)


def _share(mass: Mapping[int, float], words: Set[int], without: Set[int] = frozenset()) -> float:
    """Share of the mass of words that are among others, some of them left out."""
    told = {word: weight for word, weight in mass.items() if word not in without}
    return sum(weight for word, weight in told.items() if word in words) / (sum(told.values()) or 1.0)


def _who(case: _Wanted, matter: Pooled) -> float:
    """1 same accused, .4 same surname where the matter names nobody, -1 somebody else, 0 unknown."""
    sounds = {text.sound(name) for name in matter.names}
    if any(text.sound(p.name) in sounds for p in case.people):
        return 1.0
    if sounds and matter.surnames and case.people:
        return -1.0
    return 0.4 if matter.surnames & {p.surname for p in case.people} else 0.0
