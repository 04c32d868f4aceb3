"""Who, where, how much, when, about what: the facts of a filing, each with its span.

What its phrases hold (`repeatdetect.phrases`) is put together and told who is who. Nothing here looks at any other
filing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from repeatdetect import accused as accused_stage
from repeatdetect import lexicon, text
from repeatdetect.accused_cells import field_persons, field_post
from repeatdetect.addresses import place_of, place_stem
from repeatdetect.namelist import names_in
from repeatdetect.persons import Person
from repeatdetect.phrases import NOTHING, Fact, by_place, memory, moved

__all__ = [
    "Fact",
    "FilingFacts",
    "Person",
    "extract",
    "field_persons",
    "field_post",
    "mentions",
]
_LEX = lexicon.load()


@dataclass(frozen=True)
class FilingFacts:
    """Facts of one filing over all its columns; blank fields are filled from the text."""

    facts: tuple[Fact, ...]
    persons: tuple[Person, ...]
    town: str
    village: str
    unit: str
    issues: tuple[str, ...]

    def of(self, kind: str) -> list[Fact]:
        """Facts of one kind, in the order they stand."""
        return [fact for fact in self.facts if fact.kind == kind]

    @property
    def accused(self) -> tuple[Person, ...]:
        """The persons the filing is about."""
        return tuple(person for person in self.persons if person.role == "accused")


@dataclass(slots=True)
class _Scan:
    """What one text holds, before it is told who is who."""

    facts: list[Fact]
    persons: list[Person]
    weak: list[Fact]


def _scan(pieces: Sequence[str], source: str, begin: int = 0) -> _Scan:
    """All facts of the phrases of one text, the first of which begins at `begin`."""
    out = _Scan([], [], [])
    place, at, role = "", begin, ""
    for piece, phrase in zip(pieces, memory.read(pieces), strict=True):
        if phrase is not NOTHING:
            for kind, value, start, end, _ in phrase.facts:
                out.facts.append(Fact(kind, value, at + start, at + end, source))
            for kind, value, start, end, _ in phrase.weak:
                out.weak.append(Fact(kind, value, at + start, at + end, source))
            for k, person in enumerate(phrase.persons):
                told = moved(person, at, source, place if k < phrase.unplaced else None)
                out.persons.append(told._replace(role=role) if role and not person.start and person.name else told)
            place = phrase.place or place
        at += len(piece)
        role = _role_told(piece) if piece[-1:] == ":" else ""
    known = {p.name for p in out.persons if p.name and p.role != "weak"}
    if some := [fact for fact in out.weak if fact.value in known]:
        out.facts = sorted(out.facts + some, key=by_place)
    return out


@lru_cache(maxsize=4096)
def _role_told(piece: str) -> str:
    """Whom a phrase such as 被举报人: announces ('' for any other)."""
    found = _LEX.automaton.find_matches_as_indexes(piece)
    ends = [_LEX.values[index] for index, _, end in found if _LEX.kinds[index] == "role" and end == len(piece) - 1]
    return ends[0] if ends else ""


def learn(filings: Sequence[tuple[str, str]]) -> None:
    """Read the phrases of some titles and texts all at once, which is quicker, so that `extract` knows them."""
    memory.read([phrase for pieces in filings for raw in pieces for phrase in text.read(raw).phrases])


def mentions(raw: str, source: str = "text") -> list[Fact]:
    """All facts of one string, ordered by where they stand.

    Parameters
    ----------
    raw : str
        Text as filed; spans refer to it.
    source : str
        Canonical column it comes from, copied into the facts.

    Returns
    -------
    list of Fact
        Kinds: ``person``, ``post``, ``kin``, ``town``, ``village``, ``unit``, ``object``, ``sum`` (yuan), ``area``
        (mu or m2), ``length``, ``count``, ``date``, ``issue``.
    """
    reading = text.read(raw)
    scan = _scan(text.phrases(reading.plain), source)
    names = {fact.value for fact in scan.facts if fact.kind == "person"}
    return sorted(scan.facts + [fact for fact in scan.weak if fact.value not in names], key=by_place)


def extract(filing: Mapping[str, object]) -> FilingFacts:
    """Facts of one canonical row; a blank 被反映人 or 属地 is filled from title and text.

    Parameters
    ----------
    filing : mapping
        A row with the canonical columns (missing ones count as blank).

    Returns
    -------
    FilingFacts
        ``persons`` holds first the accused of the field, then those of title and text; an accused read from the
        text carries ``source`` ``title`` or ``text``.
    """

    def cell(name: str) -> str:
        value = filing.get(name)
        return value if isinstance(value, str) else ""

    petitioners = set(names_in(cell("petitioner")))
    facts: list[Fact] = []
    found: list[Person] = []
    weak: list[Fact] = []
    for source in ("title", "text"):
        reading = text.read(cell(source))
        if not reading.plain:
            continue
        begin = reading.begin if source == "text" else 0
        scan = _scan(reading.between((begin, len(reading.plain))), source, begin)
        facts += scan.facts
        found += scan.persons
        weak += scan.weak
    field = field_persons(cell("accused"), cell("post"), cell("unit"))
    facts += [Fact("person", p.name, p.start, p.end, "accused") for p in field if p.name]
    town, village, unit = _where(filing, facts)
    if nobody := _settlements(facts, found, town, village):
        facts = [f for f in facts if f.value not in nobody]
        found = [p for p in found if p.name not in nobody]
        weak = [f for f in weak if f.value not in nobody]
    known = {f.value for f in facts if f.kind == "person"}
    facts += [f for f in weak if f.value not in known and f.value not in petitioners]
    told = accused_stage.resolve(field, found, petitioners, field_post(cell("post")))
    issues = [f.value for f in facts if f.kind == "issue"]
    for index, _, _ in _LEX.automaton.find_matches_as_indexes(text.normalise(cell("category"))):
        if _LEX.kinds[index] == "issue":
            issues += [_LEX.values[index]]
    return FilingFacts(tuple(facts), tuple(told), town, village, unit, tuple(issues))


_SETTLED = frozenset(("town", "village"))


def _settlements(facts: Sequence[Fact], found: Sequence[Person], *told: str) -> set[str]:
    """What was read as names and is that of a town or village told: 刘坡 of 刘坡村, and 原刘坡 of its former head."""
    stems = {place_stem(f.value) for f in facts if f.kind in _SETTLED}
    stems.update(place_stem(place) for place in told if place)
    return (
        {p.name for p in found if p.name in stems or (p.name[:1] == "原" and p.name[1:] in stems)} if stems else stems
    )


def _where(filing: Mapping[str, object], facts: Sequence[Fact]) -> tuple[str, str, str]:
    """Town, village, unit: from 属地, then 单位, then the text."""
    town = village = unit = ""
    for column in ("place", "unit"):
        value = filing.get(column)
        if isinstance(value, str) and value:
            a, b, c = place_of(value)
            town, village, unit = town or a, village or b, unit or (c if column == "unit" else "")
    if not village and not unit:
        village = next((f.value for f in facts if f.kind == "village" and len(f.value) > 1), "")
    if not town:
        town = next((f.value for f in facts if f.kind == "town"), "")
    return town, village, unit
