"""Which case of the ledger a matter belongs to, if any: listed ids, accused, place, what it is about, dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from repeatdetect import facts, lexical, text
from repeatdetect.corpus import Corpus
from repeatdetect.near import NEAR_FROM, Near
from repeatdetect.places import Gazetteer
from repeatdetect.pooled import Pooled
from repeatdetect.ragged import HashCache

_LINK, _DOUBT = 0.6, 0.35
_LONG_AGO = 1100  # days between a case's first petition and a matter's, beyond which it is less likely the same
_SAME_DAY = 1  # days by which the ledger's 首次信访日期 may differ from the filing it means
_SMALL = 2  # filings of a matter that may follow another one into its case
_AKIN = 0.25  # probability, along what followed before, from which it may
_TOWN_BODY = re.compile(r"(?:[镇乡]|街道|管委会|办事处|党委|党工委|政府)$")
_MOST = 1000  # filings of a township among which the nearest is looked for; a county has 500 a year


@dataclass(frozen=True)
class CaseLink:
    """A case a matter may belong to."""

    case: Mapping[str, Any]
    probability: float
    decision: str
    reason: str


def choose(corpus: Corpus, matters: Mapping[str, Pooled], cases: pd.DataFrame, known: Gazetteer) -> dict[str, CaseLink]:
    """Best case of each matter that may have one.

    Parameters
    ----------
    corpus : Corpus
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
    for name, matter in matters.items():
        for key in _keys(matter.names, (known.root(v) for v in matter.villages), matter.units):
            by_key.setdefault(key, []).append(name)
    listed_in = _listed(corpus, matters, cases)
    words: dict[str, frozenset[int]] = {}
    scored: list[tuple[float, str, dict[str, Any], str]] = []
    for case in records(cases):
        wanted = _Wanted.of(case, known, hashed)
        listed = listed_in.get(case["case_id"], set())
        for name in sorted(listed | {name for key in wanted.keys for name in by_key.get(key, ())}):
            if name not in words:
                words[name] = _words(corpus, matters[name])
            chance, reason = _compare(wanted, matters[name], words[name], known, name in listed)
            if chance >= _DOUBT:
                scored.append((chance, name, case, reason))
    scored.sort(key=lambda item: (-item[0], item[1], item[2]["case_id"]))
    chosen: dict[str, CaseLink] = {}
    for chance, name, case, reason in scored:
        chosen.setdefault(name, CaseLink(case, chance, "same" if chance >= _LINK else "review", reason))
    return chosen


def follow(
    chosen: dict[str, CaseLink],
    matters: Mapping[str, Pooled],
    near: Near,
    known: Gazetteer,
    town_of: Mapping[str, str],
) -> dict[str, CaseLink]:
    """Cases of small matters that name nobody, or of which it is in doubt, from the matters they most resemble.

    A note of twelve characters that names neither person nor village has nothing to be compared with a ledger by, but
    it resembles the filings of the case more than any others of its township. What followed is resembled in turn.

    Parameters
    ----------
    chosen : dict
        From `choose`.
    matters : mapping of str to Pooled
    near : Near
    known : Gazetteer
    town_of : mapping of str to str
        Township of each matter, '' where it is not known.

    Returns
    -------
    dict
        `chosen`, with a link ``same`` for each matter that follows; its probability is the share of the best pair
        with a filing of the case in that and the best pair with any rival: a filing of another matter that is not
        itself near to the case.
    """
    around: dict[str, dict[str, list[int]]] = {"": {name: matter.rows for name, matter in matters.items()}}
    for name, matter in matters.items():
        if town_of[name]:
            around.setdefault(town_of[name], {})[name] = matter.rows
    out = dict(chosen)
    for town, here in around.items():
        if sum(map(len, here.values())) > _MOST:
            continue
        case_of = {name: out[name].case for name in here if name in out and out[name].decision == "same"}
        small = {
            name: members for name, members in here.items()
            if town_of[name] == town and name not in case_of and len(members) <= _SMALL
            and (name in chosen or not matters[name].names)
        }  # fmt: skip
        close: dict[str, dict[str, float]] = {name: {} for name in small}
        found: dict[str, dict[str, float]] = {}
        reached = dict.fromkeys(case_of, 1.0)
        fresh = {name: here[name] for name in case_of}
        while fresh and small:
            for name, nearer in near.between(small, fresh).items():
                close[name] |= {other: chance * reached[other] for other, chance in nearer.items()}
            akin = {name: small[name] for name in small if max(close[name].values()) >= _AKIN}
            found |= near.between({name: rows for name, rows in akin.items() if name not in found}, here)
            fresh = {}
            for name in akin:
                nearest = max(close[name], key=lambda other: (close[name][other], other))
                case, best = case_of[nearest], close[name][nearest]
                yields = best if name not in chosen else 0.0  # likeness up to which another note is no rival
                rivals = (
                    chance for other, chance in found[name].items() if other != name
                    and not _of_case(case, case_of.get(other), close.get(other, {}) if chance <= yields else {}, case_of)
                )  # fmt: skip
                share = best / (best + max(rivals, default=0.0))
                if share >= _LINK and not _against(case, matters[name], matters[nearest], chosen.get(name), known):
                    out[name] = CaseLink(case, share, "same", "与该积案的来件相近")
                    fresh[name], reached[name] = small[name], best
            case_of |= {name: out[name].case for name in fresh}
            # who names somebody in doubt follows the filings of the case alone
            small = {name: rows for name, rows in small.items() if name not in fresh and name not in chosen}
    return out


def _of_case(
    case: Mapping[str, Any], its: Mapping[str, Any] | None, close: Mapping[str, float], case_of: Mapping[str, Any]
) -> bool:
    """Whether a matter is of a case, or is a note that may yet be."""
    if its is not None:
        return bool(its["case_id"] == case["case_id"])
    return any(p >= NEAR_FROM and case_of[other]["case_id"] == case["case_id"] for other, p in close.items())


def _against(
    case: Mapping[str, Any], one: Pooled, model: Pooled, doubt: CaseLink | None, known: Gazetteer
) -> bool:
    """Whether place, date or another case in doubt speaks against following `model` into its case."""
    if one.villages and model.villages and not known.same(one.villages, model.villages):
        return True
    if facts.place_of(case["place"])[1] and not one.villages and any(_TOWN_BODY.search(unit) for unit in one.bodies):
        return True  # a township's government, where the case is about a village
    if pd.notna(case["first_petition_date"]) and case["first_petition_date"] > one.last:
        return True
    return doubt is not None and bool(doubt.case["case_id"] != case["case_id"])


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
        case_id: {position[i] for i in re.split(r"[、,，;；\s]+", cell) if i in position}
        for case_id, cell in zip(cases["case_id"], cases["filing_ids"], strict=True)
        if cell
    }


def _keys(people: Iterable[str], villages: Iterable[str], units: Iterable[str]) -> set[str]:
    """What a case and a matter must share one of to be compared."""
    return {*map(text.sound, people), *map(text.sound, villages), *(unit for unit in units if len(unit) > 2)}


def _words(corpus: Corpus, matter: Pooled) -> frozenset[int]:
    terms = corpus.features["terms"]
    cells = (terms.ids[terms.indptr[row] : terms.indptr[row + 1]].tolist() for row in matter.rows)
    return frozenset(word for row in cells for word in row)


@dataclass(frozen=True)
class _Wanted:
    """A case, read once for all matters it is compared with."""

    people: tuple[facts.Person, ...]
    villages: frozenset[str]
    keys: set[str]
    issues: frozenset[str]
    mass: dict[int, float]
    since: pd.Timestamp

    @staticmethod
    def of(case: Mapping[str, Any], known: Gazetteer, hashed: HashCache) -> _Wanted:
        people = tuple(p for p in facts.field_persons(case["accused"]) if p.name)
        town, village, unit = facts.place_of(case["place"])
        _, unit_village, own_unit = facts.place_of(case["unit"])
        told = facts.mentions(case["subject"])
        villages = frozenset({village, unit_village, *(f.value for f in told if f.kind == "village")} - {""})
        units = {unit, own_unit, *(f.value for f in told if f.kind == "unit")} - {""}
        bare = case["subject"]
        for part in (*(p.name for p in people), *villages, town, "反映", "问题"):
            bare = bare.replace(part, " ") if part else bare
        terms = sorted({hashed[w] for w in text.terms(text.words(text.normalise(bare))) if len(w) > 1})
        weights = lexical.load().idf["terms"](np.array(terms, np.uint32)) ** 2
        return _Wanted(
            people, villages, _keys((p.name for p in people), (known.root(v) for v in villages), units),
            frozenset(f.value for f in told if f.kind == "issue"), dict(zip(terms, weights.tolist(), strict=True)),
            case["first_petition_date"],
        )  # fmt: skip


def _compare(case: _Wanted, matter: Pooled, words: frozenset[int], known: Gazetteer, listed: bool) -> tuple[float, str]:
    """Probability that a matter belongs to a case, and why.

    Notes
    -----
    The same accused in the same village is not enough: a case is about one issue of theirs. Either the words of 案由
    stand in the filings, or the matter begins on the very day the ledger gives as 首次信访日期.
    """
    inside = sum(v for w, v in case.mass.items() if w in words) / (sum(case.mass.values()) or 1.0)
    issue = len(case.issues & set(matter.issues)) / len(case.issues) if case.issues else 0.5
    top = {code for code, _ in matter.issues.most_common(2)}
    what = 0.65 * inside + 0.2 * issue + 0.15 * bool(case.issues & top)
    who = _who(case, matter)
    same_place = known.same(case.villages, matter.villages)
    where = 1.0 if same_place else -1.0 if matter.villages and case.villages else 0.0
    dated = pd.notna(case.since) and pd.notna(matter.last)
    same_day = dated and who >= 0 and abs((matter.first - case.since).days) <= _SAME_DAY
    late = dated and case.since > matter.last and not same_day
    old = dated and (matter.first - case.since).days > _LONG_AGO
    score = -4.8 + 2.2 * who + 0.9 * where + 5.0 * what + 3.2 * same_day - 2.5 * late - 1.2 * old + 9.0 * listed
    grounds = [
        ("被反映人相符", who > 0.5), ("属地相符", same_place), ("问题相符", what > 0.4), ("首次信访日期相符", same_day),
        ("台账列明", listed),
    ]  # fmt: skip
    return float(1 / (1 + np.exp(-score))), "、".join(word for word, holds in grounds if holds)


def _who(case: _Wanted, matter: Pooled) -> float:
    """1 same accused, .4 same surname where the matter names nobody, -1 somebody else, 0 unknown."""
    sounds = {text.sound(name) for name in matter.names}
    if any(text.sound(p.name) in sounds for p in case.people):
        return 1.0
    if sounds and case.people:
        return -1.0
    return 0.4 if matter.surnames & {p.surname for p in case.people} else 0.0
