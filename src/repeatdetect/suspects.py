"""Which other filings count when it is asked who must not have a matter.

The filing that names the official often is the one that was left out of its matter: written by somebody else, in other
words. A complaint must not reach the one it is about for that reason, so what is said in a filing that *may* belong to
the matter counts, too; the note says that it is a suspicion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy.typing as npt

from repeatdetect import text
from repeatdetect.caselink import CaseLink
from repeatdetect.near import NEAR_FROM, Near
from repeatdetect.places import Gazetteer
from repeatdetect.pooled import Pooled

_LIKELY = 0.35  # probability from which what may be one matter with another, may be it with its kin, too
_MOST = 1000  # filings of a township that are all compared with one that names an official; a county has 500 a year


def suspects(
    matter_ids: npt.NDArray[Any],
    matters: Mapping[str, Pooled],
    town_of: Mapping[str, str],
    found: Mapping[str, CaseLink],
    near: Near,
    known: Gazetteer,
    complains: Callable[[str], bool],
) -> dict[str, list[int]]:
    """Filings that may belong to each matter though they are not in it.

    Parameters
    ----------
    matter_ids : ndarray of str, shape (n,)
    matters : mapping of str to Pooled
    town_of : mapping of str to str
        Township of each matter, '' where it is not known.
    found : mapping of str to CaseLink
    near : Near
    known : Gazetteer
    complains : callable
        Whether a matter complains of an official of its township.

    Returns
    -------
    dict
        Matter -> rows of the matters it may be one with: those of its case, of its accused in its township, and for
        those that complain of an official whatever is near in the township, or most likely one with something near.

    Notes
    -----
    A shattered matter is found again by its largest part: the note that names the official resembles the main letter,
    and so does the call that resembles nothing else, while the two have no word in common.
    """
    kin = _kin(matters, town_of, found)
    others = {name: set(more) for name, more in kin.items()}
    around: dict[str, dict[str, list[int]]] = {}
    for name, matter in matters.items():
        if town_of[name]:
            around.setdefault(town_of[name], {})[name] = matter.rows
    crowded = {town for town, rows in around.items() if sum(map(len, rows.values())) > _MOST}
    listed = near.matters(matter_ids) if crowded else {}

    def close_to(name: str) -> dict[str, float]:
        here = around.get(town_of[name], {})
        if town_of[name] in crowded:
            return {other: chance for other, chance in listed.get(name, {}).items() if other in here}
        return near.closest(matters[name].rows, here)

    for name in matters:
        if not town_of[name] or not complains(name):
            continue
        close = close_to(name)
        suspected = {
            other for other, chance in close.items()
            if chance >= NEAR_FROM and not _apart(matters[name], matters[other], known)
        }  # fmt: skip
        relatives = {other for other, chance in close.items() if chance >= _LIKELY} | kin[name]
        for relative in relatives - {name}:
            suspected |= {other for other, chance in close_to(relative).items() if chance >= _LIKELY}
        for other in suspected - {name}:
            others[name].add(other)
            others[other].add(name)
    return {
        name: [row for other in sorted(more - {name}) for row in matters[other].rows] for name, more in others.items()
    }


def _kin(
    matters: Mapping[str, Pooled], town_of: Mapping[str, str], found: Mapping[str, CaseLink]
) -> dict[str, set[str]]:
    """Matters of one case, or of one accused in one township."""
    together: dict[tuple[str, ...], list[str]] = {}
    for name, linked in found.items():
        together.setdefault(("case", linked.case["case_id"]), []).append(name)
    for name, matter in matters.items():
        if town := town_of[name]:
            for sound in {text.sound(person) for person in matter.names}:
                together.setdefault((town, sound), []).append(name)
    out: dict[str, set[str]] = {name: set() for name in matters}
    for names in together.values():
        for name in names:
            out[name].update(names)
    return out


def _apart(one: Pooled, other: Pooled, known: Gazetteer) -> bool:
    """Whether two matters say different things of where, or of whom."""
    if one.villages and other.villages and not known.same(one.villages, other.villages):
        return True
    return bool(one.field_surnames and other.field_surnames and not one.field_surnames & other.field_surnames)
