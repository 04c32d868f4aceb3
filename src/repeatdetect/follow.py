"""Small matters that follow others into their case, because they resemble its filings more than any others.

A note of twelve characters that names neither person nor village has nothing to be compared with a ledger by. It goes
where the filings go that it resembles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial
from typing import Any

import pandas as pd

from repeatdetect import facts
from repeatdetect.caselink import LINK_FROM, CaseLink
from repeatdetect.near import NEAR_FROM, Near
from repeatdetect.places import Gazetteer
from repeatdetect.pooled import Pooled, field_names

_SMALL = 2  # filings of a matter that may follow another one into its case
_AKIN = 0.25  # probability, along what followed before, from which it may when it names nobody
_LIKELY = 0.5  # the same when it names somebody: the accused of the case, but perhaps another issue, or another person
_MOST = 1000  # filings of a township among which the nearest is looked for; a county has 500 a year
_TOWN_BODY = re.compile(r"(?:[镇乡]|街道|管委会|办事处|党委|党工委|政府)$")

Rows = dict[str, list[int]]
Case = Mapping[str, Any]


def follow(
    chosen: Mapping[str, CaseLink],
    matters: Mapping[str, Pooled],
    near: Near,
    known: Gazetteer,
    town_of: Mapping[str, str],
    texts: Sequence[str],
) -> dict[str, CaseLink]:
    """Cases of small matters from the matters they most resemble.

    Parameters
    ----------
    chosen : mapping of str to CaseLink
        From `caselink.choose`.
    matters : mapping of str to Pooled
    near : Near
    known : Gazetteer
    town_of : mapping of str to str
        Township of each matter, '' where it is not known.
    texts : sequence of str
        Of all filings.

    Returns
    -------
    dict
        `chosen`, with a link ``same`` for each matter that follows; its probability is the share of the best pair
        with a filing of the case in that and the best pair with any rival.

    Notes
    -----
    Who may follow: a matter that names nobody; one of which a case is in doubt; one against somebody else whose text
    gives the full name of a case's accused (the helper, the one who was paid), from wherever it comes.

    What followed is resembled in turn, with the product of the probabilities along the way. Rivals are the filings of
    other matters; for a note that names nobody not those of another such note that may itself be of the case.
    """
    around: dict[str, Rows] = {"": {name: matter.rows for name, matter in matters.items()}}
    for name, matter in matters.items():
        if town_of[name]:
            around.setdefault(town_of[name], {})[name] = matter.rows
    case_of = {name: link.case for name, link in chosen.items() if link.decision == "same"}
    unlinked = {name: matter for name, matter in matters.items() if name not in case_of and len(matter.rows) <= _SMALL}
    out = dict(chosen)
    for town, here in around.items():
        local = {name: case_of[name] for name in here if name in case_of}
        if not local or sum(map(len, here.values())) > _MOST:
            continue
        accused = {person for case in local.values() for person in field_names(case["accused"])} if town else set()
        notes, speaking = [], []
        for name, matter in unlinked.items():
            if name in chosen or not matter.names:
                if town_of[name] == town:
                    notes.append(name)
            elif any(person in texts[row] for person in accused - matter.names.keys() for row in matter.rows):
                speaking.append(name)
        rivals = here | {name: rows for one in speaking if town_of[one] for name, rows in around[town_of[one]].items()}
        candidates = {name: matters[name].rows for name in [*notes, *speaking]}
        allowed = partial(_allowed, matters, chosen, known, frozenset(speaking))
        for name, (case, share) in _followers(candidates, rivals, local, {*chosen, *speaking}, near, allowed).items():
            out[name] = CaseLink(case, share, "same", "与该积案的来件相近")
    return out


def _allowed(
    matters: Mapping[str, Pooled], chosen: Mapping[str, CaseLink], known: Gazetteer, anywhere: Set[str], name: str,
    nearest: str, case: Case,
) -> bool:  # fmt: skip
    """Whether nothing speaks against following `nearest` into its case: another case in doubt, dates, place."""
    doubt = chosen.get(name)
    if doubt is not None and doubt.case["case_id"] != case["case_id"]:
        return False
    if pd.notna(case["first_petition_date"]) and case["first_petition_date"] > matters[name].last:
        return False
    return name in anywhere or not _elsewhere(case, matters[name], matters[nearest], known)


def _followers(
    candidates: Rows, here: Rows, linked: Mapping[str, Case], named: Set[str], near: Near,
    allowed: Callable[[str, str, Case], bool],
) -> dict[str, tuple[Case, float]]:  # fmt: skip
    """Case and share of each candidate that follows, from one township.

    Parameters
    ----------
    candidates : dict of str to list of int
        Matter -> rows.
    here : dict of str to list of int
        All matters that are resembled or are rivals.
    linked : mapping of str to mapping
        Case of the matters that have one.
    named : set of str
        Matters that name somebody: these follow the filings of the case alone, and every other matter is a rival.
    near : Near
    allowed : callable
        Whether a matter may follow another one into its case.
    """
    case_of = dict(linked)
    close: dict[str, dict[str, float]] = {name: {} for name in candidates}
    found: dict[str, dict[str, float]] = {}
    reached = dict.fromkeys(linked, 1.0)
    fresh = {name: here[name] for name in linked}
    out: dict[str, tuple[Case, float]] = {}
    while fresh and candidates:
        for name, nearer in near.between(candidates, fresh).items():
            close[name] |= {other: chance * reached[other] for other, chance in nearer.items()}
        akin = [name for name in candidates if max(close[name].values()) >= (_LIKELY if name in named else _AKIN)]
        found |= near.between({name: candidates[name] for name in akin if name not in found}, here)
        fresh = {}
        for name in akin:
            nearest = max(close[name], key=lambda other: (close[name][other], other))
            case, best = case_of[nearest], close[name][nearest]
            rival = max((
                chance for other, chance in found[name].items()
                if other != name and not _of_case(case, case_of.get(other))
                and not (name not in named and _may_be(case, close.get(other, {}), case_of))
            ), default=0.0)  # fmt: skip
            share = best / (best + rival)
            if share >= LINK_FROM and allowed(name, nearest, case):
                out[name] = (case, share)
                fresh[name], reached[name] = candidates[name], best
        case_of |= {name: out[name][0] for name in fresh}
        candidates = {name: rows for name, rows in candidates.items() if name not in {*fresh, *named}}
    return out


def _of_case(case: Case, its: Case | None) -> bool:
    return its is not None and bool(its["case_id"] == case["case_id"])


def _may_be(case: Case, close: Mapping[str, float], case_of: Mapping[str, Case]) -> bool:
    """Whether a note that is `close` to others may yet be of a case."""
    return any(chance >= NEAR_FROM and _of_case(case, case_of[other]) for other, chance in close.items())


def _elsewhere(case: Case, one: Pooled, model: Pooled, known: Gazetteer) -> bool:
    """Whether a matter lies elsewhere than the one it resembles, or is about a township where the case is about a village."""
    if one.villages and model.villages:
        return not known.same(one.villages, model.villages)
    township = not one.villages and any(_TOWN_BODY.search(body) for body in one.bodies)
    return township and bool(facts.place_of(case["place"])[1])
