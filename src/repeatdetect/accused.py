"""Who a filing is about: what the field says, completed by the text; where the field is blank, what the text says.

The order of trust is: a full name of the field; a full name of the text that completes a part of a name in the field
(储校长, and the text says 校长储玉茹); where the field names nobody, the person of the text who is called by a title
or is what 反映, 举报 … govern. What stays a part of a name never contradicts anything.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from repeatdetect import lexicon
from repeatdetect.persons import Person, office

_LEX = lexicon.load()
_LEAST = 3.0  # of the score below: one mention with a title, in the title line, or after 反映


def resolve(
    field: Sequence[Person], found: Sequence[Person], petitioners: Collection[str], field_post: str
) -> list[Person]:
    """Tell who of all persons of a filing is accused.

    Parameters
    ----------
    field : sequence of Person
        Of the 被反映人 cell.
    found : sequence of Person
        Of title and text, with the roles ``petitioner``, ``kin``, ``named`` (a title, or a word like 反映 beside the
        name), ``mentioned`` (part of a name with a title), ``weak`` (a bare name), ``accused`` (被举报人 before it).
    petitioners : collection of str
        Names of those who filed.
    field_post : str
        Canonical post of the 职务 cell.

    Returns
    -------
    list of Person
        The accused of the field first, then those of title and text, roles told.
    """
    others = [p for p in found if p.name not in petitioners and p.role != "petitioner"]
    named = [p for p in others if p.name and p.role == "named"]
    completed = [_complete(person, named) for person in field]
    names = {p.name for p in completed if p.name}
    told = names or {p.given or p.surname for p in completed if p.given or p.surname}
    chosen = set() if told else _spoken_of(others, field_post)
    out = list(completed)
    for person in found:
        key = _key(person)
        if person.name in petitioners or person.role == "petitioner":
            role = "petitioner"
        elif (person.name and person.name in names) or key in chosen or person.role == "accused":
            role = "accused"
        else:
            role = "mentioned"
        sure = role == "accused" and bool(person.name) and person.role in ("named", "accused") and key in chosen
        doubted = person.surname in _LEX.doubtful_surnames and not person.sure
        out.append(person._replace(role=role, sure=sure and not doubted))
    return out


def _key(person: Person) -> str:
    return person.name or person.surname + person.post


def _complete(person: Person, named: Sequence[Person]) -> Person:
    """A part of a name completed by the one full name of the text that fits it."""
    if person.name or not (person.surname or person.given or person.post):
        return person
    fits = {}
    for other in named:
        if person.surname and other.surname != person.surname:
            continue
        if not person.surname and person.given and not other.name.endswith(person.given):
            continue
        if not person.surname and not person.given and office(other.post) != office(person.post):
            continue
        fits[other.name] = other
    if len(fits) != 1:
        return person
    (other,) = fits.values()
    return person._replace(name=other.name, surname=other.surname, post=person.post or other.post, sure=True)


def _spoken_of(found: Sequence[Person], field_post: str) -> set[str]:
    """Keys of the persons of a text that speaks of most: with a title, in the title line, again and again."""
    score: dict[str, float] = {}
    eligible: set[str] = set()
    for person in found:
        key = _key(person)
        gain = 1.0 + 2.0 * bool(person.post) + 2.0 * (person.source == "title") + (person.role == "named")
        gain += _LEAST * (person.role == "accused")
        if field_post and office(person.post) == office(field_post):
            gain += 3.0
        score[key] = score.get(key, 0.0) + gain - (person.role == "kin")
        if person.role != "weak" or (score[key] >= _LEAST and person.surname not in _LEX.doubtful_surnames):
            eligible.add(key)
    best = max((score[key] for key in eligible), default=0.0)
    return {key for key in eligible if score[key] >= max(best, _LEAST)}
