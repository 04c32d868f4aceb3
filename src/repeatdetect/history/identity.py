"""Which matter is which after a night: ids stay, merges redirect, and everything that happened is an event.

A matter is called after the filing of its that the store has known longest. So the id depends on what is in the matter
and not on the way it came together: night by night it is the one of all at once, filings that come later never change
it, of several matters that become one the oldest id survives and the others redirect, and of a divided one the part
with that filing keeps it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from repeatdetect.history.state import Edge
from repeatdetect.honour import CERTAIN
from repeatdetect.matters import matter_id


@dataclass(frozen=True)
class Event:
    """What happened to a matter: ``born``, ``joined``, ``merged`` (other: the id that redirects), ``split`` (other: the
    matter born of it) or ``moved`` (other: the matter the filings came from)."""

    kind: str
    matter: int
    other: int | None
    filings: int
    reason: str


@dataclass
class Settled:
    """Answer of `settle`.

    Attributes
    ----------
    matter : dict
        Filing -> matter.
    born : dict
        New matter -> its id.
    redirects : dict
        Matter merged away -> the one that survives.
    revived : set
        Matters that redirected and are matters again.
    events : list of Event
    """

    matter: dict[int, int] = field(default_factory=dict)
    born: dict[int, str] = field(default_factory=dict)
    redirects: dict[int, int] = field(default_factory=dict)
    revived: set[int] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)


class Names:
    """Gives a matter its number by the filing it is called after.

    Parameters
    ----------
    known : callable
        Numbers of the matters that have some ids.
    redirected : container of int
    own : container of int
        Matters whose filings are grouped now.
    first_number : int
        For the next matter born.
    """

    def __init__(
        self, known: Callable[[Iterable[str]], dict[str, int]], redirected: Container[int], own: Container[int],
        first_number: int,
    ) -> None:  # fmt: skip
        self._known, self._redirected, self._own, self._next = known, redirected, own, first_number
        self._taken: dict[str, int] = {}
        self._given: set[int] = set()

    def expect(self, filing_ids: Iterable[str]) -> None:
        """Look up in one go which ids there are already."""
        self._taken |= self._known(map(matter_id, filing_ids))

    def name(self, filing_id: str, settled: Settled) -> int:
        """Number of the matter that is called after this filing; of two filings with one hash the second gets another."""
        name, again = matter_id(filing_id), 1
        while name in self._taken:
            number = self._taken[name]
            if number not in self._given and (number in self._own or number in self._redirected):
                self._given.add(number)
                if number in self._redirected:
                    settled.revived.add(number)
                return number
            again += 1
            name = matter_id(f"{filing_id}\x1f{again}")
            self._taken |= self._known([name])
        number, self._next = self._next, self._next + 1
        self._taken[name] = number
        self._given.add(number)
        settled.born[number] = name
        return number


def settle(
    groups: Sequence[Sequence[int]],
    before: Mapping[int, int],
    edges: Mapping[int, Sequence[Edge]],
    founders: Sequence[str],
    names: Names,
) -> Settled:
    """Give every group of filings its matter.

    Parameters
    ----------
    groups : sequence of sequences of int
        Filings that are together now, in canonical order.
    before : mapping of int to int
        Filing -> matter it was in; new filings are not in it.
    edges : mapping of int to sequence of Edge
        Position of a group -> edges that hold it together.
    founders : sequence of str
        Of each group, the id of the filing that the store has known longest.
    names : Names
    """
    out = Settled()
    counts = [Counter(before[n] for n in group if n in before) for group in groups]
    home: dict[int, int] = {}  # of each matter there was, the group with most of its filings
    for at, count in enumerate(counts):
        for matter, filings in count.items():
            if matter not in home or filings > counts[home[matter]][matter]:
                home[matter] = at
    numbers = [names.name(founder, out) for founder in founders]
    given = set(numbers)
    out.redirects = {matter: numbers[at] for matter, at in home.items() if matter not in given}
    for at, (number, group) in enumerate(zip(numbers, groups, strict=True)):
        fresh = {n for n in group if n not in before}
        out.matter.update(dict.fromkeys(group, number))
        for other, filings in sorted(counts[at].items()):
            if other == number:
                continue
            inside = {n for n in group if before.get(n) == other}
            if other in out.redirects and home[other] == at:
                out.events.append(Event("merged", number, other, filings, _why(edges.get(at, ()), inside)))
            elif number in home:
                out.events.append(Event("moved", number, other, filings, _why(edges.get(at, ()), inside)))
            else:
                out.events.append(Event("split", other, number, filings, "重新归并后与原事项其余来件不再聚合"))
        if fresh and counts[at]:
            out.events.append(Event("joined", number, None, len(fresh), _why(edges.get(at, ()), fresh)))
        elif fresh:
            out.events.append(Event("born", number, None, len(fresh), "没有与之同一的已有事项"))
    return out


def _why(edges: Sequence[Edge], inside: set[int]) -> str:
    """In words what ties some filings to the rest of their group."""
    across = [score for a, b, score in edges if (a in inside) != (b in inside)]
    if not across:
        return "与本事项来件归并为一体"
    best = max(across)
    if best >= CERTAIN:
        return "人工认定为同一事项"
    return f"与本事项来件相连，概率 {1 / (1 + math.exp(-best)):.3f}"
