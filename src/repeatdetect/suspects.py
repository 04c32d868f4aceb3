"""Which other filings count when it is asked who must not have a matter.

The filing that names the official often is the one that was left out of its matter: written by somebody else, in other
words. A complaint must not reach the one it is about for that reason, so what is said in a filing that *may* belong to
the matter counts, too; the note says that it is a suspicion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from repeatdetect import text
from repeatdetect.caselink import CaseLink
from repeatdetect.near import FAINT_FROM, NEAR_FROM, Near
from repeatdetect.places import Gazetteer
from repeatdetect.pooled import Pooled

_LIKELY = 0.35  # probability from which what may be one matter with another, may be it with its kin, too
_SETTLED = 0.5  # probability of being one with a matter that names somebody, from which a fourth of it is no suspicion
_SURE = (
    0.8  # probability of being one that other names do not speak against: the accused and the contractor of one matter
)
_SMALL = 2  # filings of a matter that may be such a note
_MOST = 300  # filings of a township that are all compared with each other; a county has 500 a year in all


def suspects(
    matter_ids: npt.NDArray[Any],
    matters: Mapping[str, Pooled],
    town_of: Mapping[str, str],
    found: Mapping[str, CaseLink],
    near: Near,
    known: Gazetteer,
    texts: Sequence[str],
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
    texts : sequence of str
        Of all filings.
    complains : callable
        Whether a matter complains of an official of its township.

    Returns
    -------
    dict
        Matter -> rows of those matters that complain of an official and may be one with it: of one case; perhaps of one
        case, or of one accused, in one township, unless nothing makes them alike or people told them apart; near in the
        township, most likely one with something near, or what it resembles most when it names nobody.

    Notes
    -----
    A shattered matter is found again by its largest part: the note that names the official resembles the main letter,
    and so does the call that resembles nothing else, while the two have no word in common.
    """
    of_case, alike = _kin(matters, town_of, found)
    others = {name: set(more) for name, more in of_case.items()}
    around: dict[str, dict[str, list[int]]] = {}
    for name, matter in matters.items():
        if town_of[name]:
            around.setdefault(town_of[name], {})[name] = matter.rows
    crowded = {town for town, here in around.items() if sum(map(len, here.values())) > _MOST}
    listed = near.matters(matter_ids) if crowded else {}
    complaining = {name for name in matters if complains(name)}
    for town, here in around.items():
        township = _Township(matters, here, near, listed if town in crowded else None, known, texts)
        for name, other in township.doubts(complaining & here.keys(), of_case, alike):
            others[name].add(other)
            others[other].add(name)
    return {
        name: [row for other in sorted((more - {name}) & complaining) for row in matters[other].rows]
        for name, more in others.items()
    }


@dataclass(frozen=True)
class _Township:
    """Matters of one township: `here`, name -> rows; `listed`: which are near, where all cannot be compared with all."""

    matters: Mapping[str, Pooled]
    here: Mapping[str, list[int]]
    near: Near
    listed: Mapping[str, Mapping[str, float]] | None
    known: Gazetteer
    texts: Sequence[str]

    def doubts(
        self, complaining: Set[str], of_case: Mapping[str, set[str]], alike: Mapping[str, set[str]]
    ) -> Iterator[tuple[str, str]]:
        """Pairs of matters that may be one, the first `complaining` of an official."""
        if not complaining:
            return
        notes = self._notes()
        for name, close in self._close_to(sorted(complaining)).items():
            akin = {other for other in alike[name] if close.get(other, 0.0) >= FAINT_FROM}
            likely = {other for other, chance in close.items() if chance >= _LIKELY}
            relatives = likely | akin | (of_case[name] & self.here.keys())
            one_with = {name} | self._maybe(name, close, relatives) | self._through(name, relatives)
            for other in akin.union(one_with, *(notes.get(one, ()) for one in one_with)) - {name}:
                yield name, other

    def _close_to(self, names: Iterable[str]) -> dict[str, dict[str, float]]:
        """Each of some matters -> the others here and the probability of their best pair."""
        if self.listed is not None:
            near = {name: self.listed.get(name, {}) for name in names}
            return {name: {o: chance for o, chance in close.items() if o in self.here} for name, close in near.items()}
        found = self.near.between({name: self.here[name] for name in names}, self.here)
        return {name: {o: chance for o, chance in close.items() if o != name} for name, close in found.items()}

    def _reconciled(self, name: str, other: str) -> bool:
        """Whether nothing speaks against two matters being one, or a text of the other names who this one is about."""
        one, two = self.matters[name], self.matters[other]
        return not _apart(one, two, self.known) or _names(two, one, self.texts)

    def _maybe(self, name: str, close: Mapping[str, float], relatives: Set[str]) -> set[str]:
        """What is near a matter, but for what most probably belongs to somebody else's."""
        maybe = {
            other for other, chance in close.items()
            if chance >= NEAR_FROM and (chance >= _SURE or self._reconciled(name, other))
        }  # fmt: skip
        rivals = {other for other in self.here if not _names_nobody(self.matters[other])} - {name} - relatives
        for other, further in self._close_to(sorted(maybe - relatives)).items():
            elsewhere = max((chance for third, chance in further.items() if third in rivals), default=0.0)
            if elsewhere >= _SETTLED and close[other] < elsewhere / 4:
                maybe.discard(other)
        return maybe

    def _through(self, name: str, relatives: Set[str]) -> set[str]:
        """What may be one with a matter's relatives, and is against neither."""
        return {
            other
            for relative, further in self._close_to(sorted(relatives - {name})).items()
            for other, chance in further.items()
            if chance >= _LIKELY
            and not _apart(self.matters[relative], self.matters[other], self.known)
            and self._reconciled(name, other)
        }

    def _notes(self) -> dict[str, set[str]]:
        """Matter -> small ones that name nobody and resemble it most."""
        small = [name for name, rows in self.here.items() if len(rows) <= _SMALL and _names_nobody(self.matters[name])]
        out: dict[str, set[str]] = {}
        for name, close in self._close_to(small).items():
            nearest = max(close, key=lambda other: (close[other], other), default="")
            if close.get(nearest, 0.0) >= FAINT_FROM:
                out.setdefault(nearest, set()).add(name)
        return out


def _kin(
    matters: Mapping[str, Pooled], town_of: Mapping[str, str], found: Mapping[str, CaseLink]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Matters of one case; and those perhaps of one case, or of one accused in one township."""
    cases: dict[str, list[str]] = {}
    perhaps: dict[tuple[str, str], list[str]] = {}
    for name, linked in found.items():
        perhaps.setdefault(("", linked.case["case_id"]), []).append(name)
        if linked.decision == "same":
            cases.setdefault(linked.case["case_id"], []).append(name)
    for name, matter in matters.items():
        if town := town_of[name]:
            for sound in {text.sound(person) for person in matter.names}:
                perhaps.setdefault((town, sound), []).append(name)
    return _together(matters, cases.values()), _together(matters, perhaps.values())


def _together(matters: Iterable[str], groups: Iterable[Sequence[str]]) -> dict[str, set[str]]:
    """Matter -> those that share a group with it."""
    out: dict[str, set[str]] = {name: set() for name in matters}
    for names in groups:
        for name in names:
            out[name].update(names)
    return out


def _names_nobody(matter: Pooled) -> bool:
    """Whether no 被反映人 cell of a matter holds a full name."""
    return not (matter.names and matter.field_surnames)


def _names(one: Pooled, other: Pooled, texts: Sequence[str]) -> bool:
    """Whether a text of one matter gives the full name of somebody another is about: who was paid, who stood surety."""
    return any(name in texts[row] for name in other.names if len(name) > 2 for row in one.rows)


def _apart(one: Pooled, other: Pooled, known: Gazetteer) -> bool:
    """Whether two matters say different things of where, or of whom."""
    if one.villages and other.villages and not known.same(one.villages, other.villages):
        return True
    if not (one.field_surnames and other.field_surnames):
        return False
    if not set(map(text.sound, one.field_surnames)) & set(map(text.sound, other.field_surnames)):
        return True
    # 谢志红 is not 谢礼成; 宋保田 and 宋保国 may be one, misheard
    return not (_names_nobody(one) or _names_nobody(other) or _name_alike(one.names, other.names))


def _name_alike(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether any two names agree in the surname and one more syllable."""
    heard = [[text.sound(name).split("-") for name in names] for names in (some, others)]
    return any(a[0] == b[0] and set(a[1:]) & set(b[1:]) for a in heard[0] for b in heard[1])
