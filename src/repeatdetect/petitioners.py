"""同人: whether two filings of one matter share a petitioner. Never asked of an anonymous one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from repeatdetect import text
from repeatdetect.namelist import names_in

_LEAST_DIGITS = 7  # unmasked digits that two numbers must share


@dataclass(frozen=True)
class Petitioner:
    """Who filed, reduced to what may be compared; empty for an anonymous filing.

    Attributes
    ----------
    names : frozenset of str
    identity, phone : str
        Digits; a masked one is ``*``.
    address : str
        Without blanks and punctuation; empty when too short to tell a household.
    """

    names: frozenset[str]
    identity: str
    phone: str
    address: str = ""

    @staticmethod
    def of(named: str, names: str, identity: str, phone: str, address: str = "") -> Petitioner:
        """From the cells of a filing; an anonymous one has no petitioner whatever its cells hold."""
        plain = text.normalise(names).strip()
        if named == "no" or (not plain and not identity):
            return Petitioner(frozenset(), "", "")
        number = re.sub(r"[^0-9X*]", "", _masked(identity).upper())
        digits = re.sub(r"[^0-9*]", "", _masked(phone))
        where = re.sub(r"[\W_]", "", text.normalise(address))
        return Petitioner(
            frozenset(names_in(plain)), number if len(number) >= 15 else "", digits[-11:] if len(digits) >= 7 else "",
            where if len(where) >= 6 else "",
        )  # fmt: skip

    @property
    def anonymous(self) -> bool:
        """True when nothing names the petitioner."""
        return not self.names and not self.identity

    def same(self, other: Petitioner) -> bool:
        """Whether two named petitioners of one matter share a person.

        An equal identity number decides. Two whole numbers that differ speak against a shared name, unless several
        sign (the number is one signer's) or the telephone is one, too. Without a shared name an equal telephone or
        address counts when the names may be spellings of one: those who live together are not one person.
        """
        if self.anonymous or other.anonymous:
            return False
        identity = _agree(self.identity, other.identity)
        if identity:
            return True
        reached = bool(_agree(self.phone, other.phone)) or (self.address != "" and self.address == other.address)
        if self.names & other.names:
            several = len(self.names) > 1 or len(other.names) > 1
            return identity is None or several or reached
        return identity is None and reached and _compatible(self.names, other.names)

    def keys(self) -> Iterator[str]:
        """Names as they sound, ends of numbers, address: who shares none is nobody to compare with."""
        if not self.anonymous:
            yield from map(text.sound, self.names)
            ends = [end for number in (self.identity, self.phone) if number for end in (number[:7], number[-4:])]
            yield from (end for end in ends if "*" not in end)
            if self.address:
                yield self.address


def _masked(number: str) -> str:
    """Normalised; whatever stands for a digit is ``*``."""
    return re.sub(r"[xX×•●■](?=.*\d)", "*", text.normalise(number))


def _agree(one: str, other: str) -> bool | None:
    """Whether two numbers with masked digits are one; None when that cannot be told."""
    if not one or len(one) != len(other):
        return None
    both = [(a, b) for a, b in zip(one, other, strict=True) if "*" not in (a, b)]
    if any(a != b for a, b in both):
        return False
    return True if len(both) >= _LEAST_DIGITS else None


def _compatible(left: frozenset[str], right: frozenset[str]) -> bool:
    """Names that may be spellings of one: a side has none, or they sound alike."""
    if not left or not right:
        return True
    return bool({text.sound(n) for n in left} & {text.sound(n) for n in right})
