"""Which case of the ledger a matter belongs to, if any: listed ids, accused, place, what it is about, dates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from repeatdetect import facts, lexical, text
from repeatdetect.places import Gazetteer
from repeatdetect.pooled import Cells, Pooled
from repeatdetect.ragged import HashCache

_LINK, _DOUBT = 0.6, 0.35
_LONG_AGO = 1100  # days between a case's first petition and a matter's, beyond which it is less likely the same
_READ = 40  # filings of a matter whose words are compared with 案由


@dataclass(frozen=True)
class CaseLink:
    """A case a matter may belong to."""

    case: Mapping[str, Any]
    probability: float
    decision: str
    reason: str


def choose(cells: Cells, matters: Mapping[str, Pooled], cases: pd.DataFrame, known: Gazetteer) -> dict[str, CaseLink]:
    """Best case of each matter that may have one.

    Parameters
    ----------
    cells : Cells
    matters : mapping of str to Pooled
    cases : DataFrame
        As from `read_cases`.
    known : Gazetteer

    Returns
    -------
    dict
        Matter -> its case (decision ``same``) or the one a person should look at (``review``).
    """
    hashed = HashCache()
    by_key: dict[str, list[str]] = {}
    words: dict[str, set[str]] = {}
    for name, matter in matters.items():
        villages = {known.root(v) for v in matter.villages}
        for key in {
            *map(text.sound, matter.names),
            *map(text.sound, villages),
            *(u for u in matter.units if len(u) > 2),
        }:
            by_key.setdefault(key, []).append(name)
    position = {cells.of["filing_id"][row]: name for name, matter in matters.items() for row in matter.rows}
    scored: list[tuple[float, str, Mapping[str, Any], str]] = []
    for case in cases.to_dict("records"):
        wanted = _Wanted.of(case, known, hashed)
        listed = {position[i] for i in re.split(r"[、,，;；\s]+", case["filing_ids"]) if i in position}
        candidates = listed | {name for key in wanted.keys for name in by_key.get(key, ())}
        for name in sorted(candidates):
            if name not in words:
                words[name] = _words(cells, matters[name].rows)
            chance, reason = _compare(wanted, matters[name], words[name], known, name in listed)
            if chance >= _DOUBT:
                scored.append((chance, name, case, reason))
    scored.sort(key=lambda item: (-item[0], item[1], item[2]["case_id"]))
    chosen: dict[str, CaseLink] = {}
    for chance, name, case, reason in scored:
        chosen.setdefault(name, CaseLink(case, chance, "same" if chance >= _LINK else "review", reason))
    return chosen


@dataclass(frozen=True)
class _Wanted:
    """A case, read once for all matters it is compared with."""

    people: tuple[facts.Person, ...]
    villages: frozenset[str]
    town: str
    unit: str
    keys: frozenset[str]
    issues: frozenset[str]
    mass: dict[str, float]
    since: Any

    @staticmethod
    def of(case: Mapping[str, Any], known: Gazetteer, hashed: HashCache) -> _Wanted:
        people = tuple(p for p in facts.field_persons(case["accused"]) if p.name)
        town, village, unit = facts.place_of(case["place"])
        unit_town, unit_village, own_unit = facts.place_of(case["unit"])
        told = facts.mentions(case["subject"])
        villages = frozenset({village, unit_village} | {f.value for f in told if f.kind == "village"} - {""}) - {""}
        units = {unit, own_unit, *(f.value for f in told if f.kind == "unit")} - {""}
        roots = {known.root(v) for v in villages}
        keys = {*(text.sound(p.name) for p in people), *map(text.sound, roots), *(u for u in units if len(u) > 2)}
        bare = case["subject"]
        for part in (*(p.name for p in people), *villages, town, "反映", "问题"):
            bare = bare.replace(part, " ") if part else bare
        terms = {w for w in text.terms(text.words(text.normalise(bare))) if len(w) > 1}
        ids = np.array([hashed[w] for w in terms], np.uint32)
        weights = lexical.load().idf["terms"](ids) ** 2 if len(ids) else []
        return _Wanted(
            people, villages, known.row(town or unit_town) or town or unit_town, own_unit or unit, frozenset(keys),
            frozenset(f.value for f in told if f.kind == "issue"), dict(zip(terms, map(float, weights), strict=True)),
            case["first_petition_date"],
        )  # fmt: skip


def _words(cells: Cells, rows: Sequence[int]) -> set[str]:
    parts = [cells.of[column][row] for row in rows[:_READ] for column in ("title", "text")]
    return {w for part in parts for w in text.terms(text.words(text.normalise(part)))}


def _compare(case: _Wanted, matter: Pooled, words: set[str], known: Gazetteer, listed: bool) -> tuple[float, str]:
    """Probability that a matter belongs to a case, and why."""
    inside = sum(v for w, v in case.mass.items() if w in words) / (sum(case.mass.values()) or 1.0)
    issue = len(case.issues & set(matter.issues)) / len(case.issues) if case.issues else 0.5
    top = {code for code, _ in matter.issues.most_common(2)}
    what = 0.6 * inside + 0.25 * issue + 0.15 * bool(case.issues & top)
    who = _who(case, matter)
    same_place = known.same(case.villages, matter.villages)
    where = 1.0 if same_place else -1.0 if matter.villages and case.villages else 0.0
    before = pd.notna(case.since) and pd.notna(matter.last)
    late = before and case.since > matter.last
    old = before and (matter.first - case.since).days > _LONG_AGO
    score = -3.6 + 2.2 * who + 0.9 * where + 5.0 * what - 2.5 * late - 1.2 * old + 9.0 * listed
    grounds = [("被反映人相符", who > 0.5), ("属地相符", same_place), ("问题相符", what > 0.4), ("台账列明", listed)]
    return float(1 / (1 + np.exp(-score))), "、".join(word for word, holds in grounds if holds)


def _who(case: _Wanted, matter: Pooled) -> float:
    """1 same accused, .4 same surname where the matter names nobody, -1 somebody else, 0 unknown."""
    sounds = {text.sound(name) for name in matter.names}
    if any(text.sound(p.name) in sounds for p in case.people):
        return 1.0
    if sounds and case.people:
        return -1.0
    return 0.4 if matter.surnames & {p.surname for p in case.people} else 0.0
