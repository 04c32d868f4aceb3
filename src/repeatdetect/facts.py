"""Who, where, how much, when, about what: the facts of a filing, each with its span.

One pass over the words of a text finds names and places; one pass of an automaton finds issue words, posts and kin;
numbers and dates have a pass each. Nothing here looks at any other filing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from repeatdetect import lexicon, numerals, text

_LEX = lexicon.load()
# characters that never stand in a given name as people write them
_FUNCTION = frozenset(
    "的了是在与及为被把给对向到从不也都就还又说问叫让去要会我你他她它们这那某于由所里没月日号块亩个只次多少几每各"
    "并但却且请查找讲称拿做办报买卖将已仍或以跟若则便即既收借吃任"
)
_SUFFIX_CHARACTERS = frozenset("村镇乡县市省区组路局所站")
_SELDOM_LAST = frozenset("时上下等人一因同和")
# single characters that end the name of a place when one reads backwards from its suffix
_PLACE_EDGE = _FUNCTION | frozenset("和及全本该邻等因同住系至经往沿离距驻村镇乡县市省区户人年元称")
_HAN_RUN = re.compile(rf"[{text.HAN}]+\Z")
_SPLIT = re.compile(r"[、,;/|\s]+|和(?=[^和])|及")
_ET_AL = re.compile(r"(?:等|一行|夫妇|父子|兄弟)?(?:\d+|[一二三四五六七八九十]+)?(?:人|户|名.*)?\Z")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a filing: canonical `value` of a `kind`, and where it stands (`start`, `end`) in column `source`."""

    kind: str
    value: str
    start: int
    end: int
    source: str = "text"


@dataclass(frozen=True, slots=True)
class Person:
    """A person a filing speaks of; unknown parts are empty.

    Attributes
    ----------
    name, surname, post, place : str
        Full name, surname, canonical post (see ``lexicon/people.toml``) and the village or unit it belongs to.
    role : str
        ``accused``, ``took_part``, ``mentioned`` or ``petitioner``.
    source, start, end
        Column and span the person was read from.
    """

    name: str
    surname: str
    post: str
    place: str
    role: str
    source: str = "text"
    start: int = 0
    end: int = 0


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


def _name_at(cut: Sequence[str], i: int, strong: bool) -> tuple[str, int]:
    """Name that begins at word `i`, and how many words it takes ('' when none)."""
    word = cut[i]
    following = cut[i + 1] if i + 1 < len(cut) else ""
    if len(word) == 1 and word in _LEX.surnames:
        if not _HAN_RUN.match(following) or following[0] in _FUNCTION:
            return "", 0
        if len(following) == 2:
            if (strong or word not in _LEX.doubtful_surnames) and following[1] not in _FUNCTION:
                return ("", 0) if following in _LEX.place_stop else (word + following, 2)
            return "", 0
        if len(following) == 1:
            third = cut[i + 2] if i + 2 < len(cut) else ""
            if third in _SUFFIX_CHARACTERS:
                return "", 0
            if len(third) == 1 and _HAN_RUN.match(third) and third not in _FUNCTION and third not in _SELDOM_LAST:
                return word + following + third, 3
            return word + following, 2
        return "", 0
    if word in _LEX.double_surnames and len(following) in (1, 2) and _HAN_RUN.match(following):
        return ("", 0) if following[0] in _FUNCTION else (word + following, 2)
    if word[0] not in _LEX.surnames or not _HAN_RUN.match(word):
        return "", 0
    sure = strong or word[0] not in _LEX.doubtful_surnames
    if len(word) == 3 and sure and word[2] not in _COMMON_LAST:
        return word, 1
    runs_on = len(following) == 1 and _HAN_RUN.match(following) and following not in _FUNCTION | _SELDOM_LAST
    if len(word) == 2 and strong and runs_on and word[1] not in _FUNCTION:
        return word + following, 2
    return "", 0


_COMMON_LAST = frozenset("人者性们化式型费款金局所站部村镇乡县市省区路会力员权法长院厂店队组户控的")


def _place_at(cut: Sequence[str], i: int) -> tuple[str, str, int]:
    """Place, unit or object that ends with word `i`: (kind, name, words taken before `i`); kind '' when none."""
    word = cut[i]
    kind = _LEX.suffix_kind.get(word, "")
    if not kind:
        for size in (3, 2, 1):
            if len(word) > size + 1:
                kind = _LEX.suffix_kind.get(word[-size:], "")
                if kind and word[:-size] not in _LEX.place_stop and len(word) <= 6 and _HAN_RUN.match(word):
                    if kind in ("unit", "object") and size == 1:
                        return "", "", 0
                    return kind, word, 0
        return "", "", 0
    taken, name = 0, ""
    longest = 3 if kind in ("town", "village") else 8
    while i - taken > 0 and taken < 5:
        before = cut[i - taken - 1]
        if before in _PLACE_EDGE or (len(before) > 1 and before in _LEX.place_stop):
            break
        if not _HAN_RUN.match(before) or len(name) + len(before) > longest:
            break
        if before in _LEX.suffix_kind and _LEX.suffix_kind[before] in ("town", "village"):
            break
        name, taken = before + name, taken + 1
        if len(before) > 1 and kind in ("town", "village"):
            break
    if len(name) < 2:
        return "", "", 0
    if kind == "village" and cut[i + 1 : i + 2] and cut[i + 1] in ("民", "级", "务"):
        return "", "", 0
    return kind, name + word, taken


def _scan(plain: str, source: str) -> _Scan:
    """All facts of one normalised string."""
    facts: list[Fact] = []
    covered: dict[int, int] = {}
    post_end: dict[int, str] = {}
    post_start: dict[int, str] = {}
    kin_end: set[int] = set()
    self_end: set[int] = set()
    for index, start, end in _LEX.automaton.find_matches_as_indexes(plain):
        kind, value = _LEX.kinds[index], _LEX.values[index]
        if kind == "self":
            self_end.add(end)
            continue
        facts.append(Fact(kind, value, start, end, source))
        for at in range(start, end):
            covered[at] = end
        if kind == "post":
            post_end[end] = post_start[start] = value
        elif kind == "kin":
            kin_end.add(end)
    facts += [Fact(kind, value, a, b, source) for kind, value, a, b in numerals.numbers(plain)]
    facts += [Fact("date", value, a, b, source) for value, a, b in numerals.dates(plain)]
    cut = text.words(plain)
    offset = [0, *accumulate(map(len, cut))]
    persons: list[Person] = []
    weak: list[Fact] = []
    place_end: dict[int, str] = {}
    placed: set[int] = set()
    for i, word in enumerate(cut):
        if word[-1] in _LAST:
            kind, name, taken = _place_at(cut, i)
            if kind:
                start, end = offset[i - taken], offset[i + 1]
                facts.append(Fact(kind, name, start, end, source))
                if kind in ("town", "village"):
                    placed.update(range(start, end))
                if kind != "object":
                    place_end[end] = name
    busy = 0
    place = ""
    for i, word in enumerate(cut):
        at = offset[i]
        place = place_end.get(at, place)
        if at < busy or at in placed or (word[0] not in _LEX.surnames and word not in _LEX.double_surnames):
            continue
        post = post_end.get(at, "")
        about = _ABOUT.search(plain, max(0, at - 4), at) is not None
        strong = bool(post) or about or at in kin_end or at in self_end or at in place_end
        if at in covered and covered[at] > at + 1 and not strong:
            continue
        if len(word) == 1 and i + 1 < len(cut):
            title = post_start.get(offset[i + 1], "")
            if title and word not in "老小" and (word not in _LEX.doubtful_surnames or word in "高黄石江林田万丁章"):
                persons.append(Person("", word, title, place, "mentioned", source, at, offset[i + 1]))
                busy = offset[i + 1] + 1
                continue
            if cut[i + 1] == "某" or cut[i + 1].startswith("某"):
                persons.append(Person("", word, post, place, "mentioned", source, at, at + 2))
                continue
            if i and cut[i - 1] == "姓":
                persons.append(Person("", word, "", place, "mentioned", source, at, at + 1))
                continue
        name, count = _name_at(cut, i, strong)
        if not name:
            continue
        end = offset[i + count]
        if any(covered.get(p, p + 1) > p + 1 and p not in post_start for p in range(at, end)) and not (post or about):
            continue
        title = post_start.get(end, "")
        if not strong and not title and word[0] in _LEX.doubtful_surnames:
            continue
        busy = end
        role = "petitioner" if at in self_end else "kin" if at in kin_end else "named" if strong or title else "weak"
        if role == "weak":
            weak.append(Fact("person", name, at, end, source))
            continue
        facts.append(Fact("person", name, at, end, source))
        persons.append(Person(name, _surname(name), post or title, place, role, source, at, end))
    known = {p.name: p for p in persons if p.name}
    for fact in weak:
        if fact.value in known:
            facts.append(fact)
    facts.sort(key=lambda fact: (fact.start, fact.end))
    return _Scan(facts, persons, weak)


_LAST = frozenset(word[-1] for word in _LEX.suffix_kind)
_ABOUT = re.compile(r"(?:反映|举报|控告|检举|投诉|叫|及|和|与|、|由|是)\Z")


def _surname(name: str) -> str:
    return name[:2] if name[:2] in _LEX.double_surnames and len(name) > 2 else name[:1]


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
    scan = _scan(text.normalise(raw), source)
    names = {fact.value for fact in scan.facts if fact.kind == "person"}
    return sorted(scan.facts + [fact for fact in scan.weak if fact.value not in names], key=lambda f: (f.start, f.end))


@lru_cache(maxsize=65536)
def field_persons(cell: str, post_cell: str = "", unit_cell: str = "") -> tuple[Person, ...]:
    """Persons of a 被反映人 cell: full names, surname + title (卜书记), bare posts (村支书, 石塘村书记).

    Parameters
    ----------
    cell, post_cell, unit_cell : str
        被反映人, 职务, 单位 as filed.
    """
    plain = text.normalise(cell)
    own_post = field_post(post_cell)
    place = place_of(unit_cell)[1] or unit_cell
    out: list[Person] = []
    for piece in _SPLIT.split(plain):
        piece = _ET_AL.sub("", piece.strip("()[]<>\"' ")) if len(piece) > 3 else piece.strip()
        if not piece or piece in ("无", "不详", "未知", "匿名", "某某", "有关人员", "相关人员"):
            continue
        at = plain.find(piece)
        end = at + len(piece)
        found = _LEX.automaton.find_matches_as_indexes(piece)
        posts = [(s, e, _LEX.values[i]) for i, s, e in found if _LEX.kinds[i] == "post"]
        if posts:
            start, stop, post = posts[-1]
            before, after = piece[:start], piece[stop:]
            town, village, _ = place_of(before)
            name = after if 2 <= len(after) <= 4 and after[0] in _LEX.surnames else ""
            rest = before.replace(town, "").replace(village, "") if town or village else before
            if not name and 2 <= len(rest) <= 4 and rest[0] in _LEX.surnames:
                name = rest
            surname = _surname(name) if name else rest[-1:] if rest[-1:] in _LEX.surnames and len(rest) == 1 else ""
            out.append(Person(name, surname, post, village or town or place, "accused", "accused", at, end))
        elif (
            len(piece) <= 4
            and piece[0] in _LEX.surnames | {w[0] for w in _LEX.double_surnames}
            and piece[1:2] not in "某"
        ):
            out.append(
                Person(piece if len(piece) > 1 else "", _surname(piece), own_post, place, "accused", "accused", at, end)
            )
        elif piece[1:2] == "某":
            out.append(Person("", piece[0], own_post, place, "accused", "accused", at, end))
        elif len(piece) <= 4 and not place_of(piece)[1]:
            out.append(Person(piece, piece[0], own_post, place, "accused", "accused", at, end))
    return tuple(out)


@lru_cache(maxsize=65536)
def field_post(cell: str) -> str:
    """Canonical post of a 职务 cell ('' when none is known); of two posts the first."""
    for index, _, _ in _LEX.automaton.find_matches_as_indexes(text.normalise(cell)):
        if _LEX.kinds[index] == "post":
            return _LEX.values[index]
    return ""


_TOWN = re.compile(rf"(?:^|[县市区州])?([{text.HAN}]{{2,5}}?(?:镇|乡|街道(?:办事处)?|开发区|园区|农场))")
_VILLAGE = re.compile(rf"([{text.HAN}]{{1,5}}?(?:村(?!委|支|民|党|主|书|务|干)|社区))")


@lru_cache(maxsize=65536)
def place_of(cell: str) -> tuple[str, str, str]:
    """Town, village and unit of a 属地 or 单位 cell such as 安澜县双桥镇石塘村 or 石塘村党支部."""
    plain = re.sub(rf"^[{text.HAN}]{{2,4}}?(?:省|市|州)", "", text.normalise(cell))
    plain = re.sub(rf"^[{text.HAN}]{{2,3}}?县(?![直委纪级])", "", plain)
    town = _TOWN.match(plain)
    rest = plain[town.end() :] if town else plain
    village = re.match(rf"([{text.HAN}]{{1,5}}?(?:村(?=$|党|委|村委|支|民|[一二三四五六七八九十\d])|社区))", rest)
    name = village.group(1) if village else ""
    unit = "" if name else rest
    return (town.group(1) if town else ""), name, unit


_ROLE_PENALTY = {"petitioner": -9, "kin": -1}


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

    petitioners = {piece for piece in _SPLIT.split(text.normalise(cell("petitioner"))) if len(piece) > 1}
    facts: list[Fact] = []
    found: list[Person] = []
    weak: list[Fact] = []
    for source in ("title", "text"):
        plain = text.normalise(cell(source))
        if not plain:
            continue
        begin = text.forwarding_end(plain) if source == "text" else 0
        scan = _scan(plain[begin:], source)
        if begin:
            scan.facts = [replace(f, start=f.start + begin, end=f.end + begin) for f in scan.facts]
            scan.persons = [replace(p, start=p.start + begin, end=p.end + begin) for p in scan.persons]
            scan.weak = [replace(f, start=f.start + begin, end=f.end + begin) for f in scan.weak]
        facts += scan.facts
        found += scan.persons
        weak += scan.weak

    field = list(field_persons(cell("accused"), cell("post"), cell("unit")))
    for person in field:
        if person.name:
            facts.append(Fact("person", person.name, person.start, person.end, "accused"))
    town, village, unit = _where(filing, facts)
    names = {p.name for p in field if p.name}
    known = {f.value for f in facts if f.kind == "person"}
    facts += [f for f in weak if f.value not in known and f.value not in petitioners]
    persons = field + _told(found, names, petitioners, bool(names))
    issues = [f.value for f in facts if f.kind == "issue"]
    for index, _, _ in _LEX.automaton.find_matches_as_indexes(text.normalise(cell("category"))):
        if _LEX.kinds[index] == "issue":
            issues += [_LEX.values[index]]
    return FilingFacts(tuple(facts), tuple(persons), town, village, unit, tuple(issues))


def _where(filing: Mapping[str, object], facts: Sequence[Fact]) -> tuple[str, str, str]:
    """Town, village, unit: from 属地, then 单位, then 被反映人, then the text."""
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


def _told(found: Sequence[Person], names: set[str], petitioners: set[str], have_field: bool) -> list[Person]:
    """Who is accused by the text: the person with a post or after 反映/举报 that is spoken of most."""
    score: dict[str, float] = {}
    for person in found:
        key = person.name or person.surname + person.post
        if person.name in petitioners or person.role == "petitioner":
            score[key] = -99.0
            continue
        gain = 1.0 + (2.0 if person.post or person.place else 0.0) + (2.0 if person.source == "title" else 0.0)
        score[key] = score.get(key, 0.0) + gain + _ROLE_PENALTY.get(person.role, 0)
    best = max((s for s in score.values()), default=0.0)
    out: list[Person] = []
    for person in found:
        key = person.name or person.surname + person.post
        if score[key] < 0:
            role = "petitioner"
        elif (person.name in names and person.name) or (not have_field and score[key] >= 3.0 and score[key] >= best):
            role = "accused"
        elif person.role == "kin" or person.post:
            role = "took_part"
        else:
            role = "mentioned"
        out.append(replace(person, role=role))
    return out
