"""同人: whether two filings of one matter share a petitioner. Never asked of an anonymous one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from repeatdetect import text
from repeatdetect.namelist import names_in, numbers_in, only_surname
from repeatdetect.persons import surname_of

_LEAST_DIGITS = 7  # unmasked digits that two numbers must share
_OWN_DIGITS = 4  # at the end of an identity number: those before are the same for all of one place and birthday


@dataclass(frozen=True, slots=True)
class Petitioner:
    """Who filed, reduced to what may be compared; empty for an anonymous filing.

    Attributes
    ----------
    names : frozenset of str
    identities, phones : frozenset of str
        Digits; a masked one is ``*``.
    address : str
        Without blanks and punctuation; empty when too short to tell a household.
    """

    names: frozenset[str]
    identities: frozenset[str]
    phones: frozenset[str]
    address: str = ""

    @staticmethod
    def of(named: str, names: str, identity: str, phone: str, address: str = "") -> Petitioner:
        """From the cells of a filing; an anonymous one has no petitioner whatever its cells hold."""
        plain = text.normalise(names).strip() if named != "no" else ""
        called = frozenset(names_in(plain))
        told = called or numbers_in(plain)  # 网友 tells nobody, a number in place of a name does
        if named == "no" or (not told and not identity and not (named == "yes" and phone)):
            return _NOBODY
        where = re.sub(r"[\W_]", "", text.normalise(address))
        return Petitioner(
            called,
            frozenset(number for number in numbers_in(identity) if len(number) >= 15),
            frozenset(numbers_in(phone)),
            where if len(where) >= 6 else "",
        )

    @property
    def anonymous(self) -> bool:
        """True when nothing names the petitioner."""
        return not (self.names or self.identities or self.phones)

    def same(self, other: Petitioner) -> bool:
        """Whether two named petitioners of one matter share a person.

        An equal identity number decides; one with hidden digits counts as a telephone does, and not at all where those
        are hidden that tell people of one birthday apart. Two numbers that differ speak against a shared name, unless
        several sign (the number is one signer's) or the telephone is one, too. Two telephones of one kind that differ
        speak against 王女士, and against 张伟, of whom there are 290,000: a name of two characters, or any with another
        address, unless several sign.
        Without a shared name an equal telephone or address counts when the names may mean one person (兰水生 and 蓝水生,
        王先生 and 王伟): those who live together are not one person.
        """
        if self.anonymous or other.anonymous:
            return False
        if any("*" not in number for number in self.identities & other.identities):
            return True
        identity, phone = _agree(self.identities, other.identities, _OWN_DIGITS), _agree(self.phones, other.phones)
        hidden = bool(identity and self.names and other.names)
        reached = hidden or bool(phone) or (self.address != "" and self.address == other.address)
        if shared := self.names & other.names:
            several = len(self.names) > 1 or len(other.names) > 1
            weak = self._lives_apart(other) or all(len(name) == 2 for name in shared)
            if phone is False and not reached and (all(map(only_surname, shared)) or (weak and not several)):
                return False
            return identity is not False or several or reached
        return identity is not False and reached and _compatible(self.names, other.names)

    def _lives_apart(self, other: Petitioner) -> bool:
        """Whether both addresses are known and neither is the end of the other."""
        one, two = self.address, other.address
        return bool(one and two) and not (one.endswith(two) or two.endswith(one))

    @property
    def full(self) -> list[str]:
        """Names that tell more than a surname."""
        return [name for name in self.names if not only_surname(name)]

    def keys(self) -> Iterator[str]:
        """Names as they sound, ends of numbers, address: who shares none is nobody to compare with."""
        if not self.anonymous:
            yield from map(text.sound, self.names)
            ends = [end for number in self.identities | self.phones for end in (number[:7], number[-4:])]
            yield from (end for end in ends if "*" not in end)
            if self.address:
                yield self.address


_NOBODY = Petitioner(frozenset(), frozenset(), frozenset())


def _agree(ours: Iterable[str], theirs: Iterable[str], shown: int = 0) -> bool | None:
    """Whether two sides share a number, the last `shown` digits of which are not hidden; None when none can be compared."""
    told = [_is(one, other, shown) for one in ours for other in theirs]
    return True if True in told else False if False in told else None


def _is(one: str, other: str, shown: int) -> bool | None:
    if len(one) != len(other) or {one[0], other[0]} == {"0", "1"}:  # a landline is no other mobile telephone
        return None
    both = [a == b for a, b in zip(one, other, strict=True) if "*" not in (a, b)]
    if not all(both):
        return False
    tells = "*" not in one[len(one) - shown :] + other[len(other) - shown :]
    return True if len(both) >= _LEAST_DIGITS and tells else None


def _compatible(left: frozenset[str], right: frozenset[str]) -> bool:
    """Names that may mean one person: a side has none, they sound alike, or one gives the other's surname only."""
    if not left or not right:
        return True
    if {text.sound(n) for n in left} & {text.sound(n) for n in right}:
        return True
    return any(_may_be(one, other) for one in left for other in right)


def _may_be(one: str, other: str) -> bool:
    """Whether a name that gives the surname only may mean the other: 王先生 may be 王伟 and 老王, not 王女士."""
    hidden = [only_surname(name) for name in (one, other)]
    if not any(hidden):
        return False
    (surname, sex), (another, other_sex) = (
        told or (surname_of(name), "") for told, name in zip(hidden, (one, other), strict=True)
    )
    return text.sound(surname) == text.sound(another) and (sex == other_sex or not sex or not other_sex)


def people(filed: Iterable[Petitioner]) -> int:
    """How many people signed some filings: each full name once unless it is that of two, 王女士 or a number once for each that is nobody else."""
    names: set[str] = set()
    known: dict[str, list[Petitioner]] = defaultdict(list)
    alone = 0
    named = [one for one in set(filed) if not one.anonymous]
    for one in sorted(
        named, key=lambda p: (not p.full, sorted(p.names), sorted(p.identities), sorted(p.phones), p.address)
    ):
        keys = list(one.keys())
        if one.full:
            again = names.intersection(one.full)
            if again and not any(one.same(other) for key in keys for other in known[key]):
                alone += 1  # another 张伟
            names.update(one.full)
        elif any(one.same(other) for key in keys for other in known[key]):
            continue
        else:
            alone += 1
        for key in keys:
            known[key].append(one)
    return len(names) + alone


def read(filings: pd.DataFrame) -> list[Petitioner]:
    """Petitioner of each canonical filing."""
    cells = (filings[name] for name in ("named", "petitioner", "id_number", "phone", "address"))
    return [Petitioner.of(*row) for row in zip(*cells, strict=True)]
