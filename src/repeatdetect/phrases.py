"""What one phrase of a text holds: persons, places, numbers, dates, listed words, each where it stands in the phrase.

One pass over the words of many phrases finds names and places; one pass of an automaton finds issue words, posts and
kin; numbers and dates have a pass each. The same phrases stand in filing after filing, so what was read is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

from repeatdetect import lexicon, numerals, settlements, text
from repeatdetect import persons as people
from repeatdetect.given import plausible, seldom
from repeatdetect.persons import Person
from repeatdetect.settlements import VILLAGE_POSTS, Mark

_LEX = lexicon.load()
_LAST = frozenset(word[-1] for word in _LEX.suffix_kind)
_ABOUT = ("反映", "举报", "控告", "检举", "投诉", "叫", "及", "和", "与", "、", "由", "是")
_LONG = ("期", "久", "达", "效", "途")  # after 长: a long time, no holder of a post
_ON_BEHALF = ("替", "代", "帮", "受", "替我", "代我", "帮我")  # before a relative in whose name one files
_OFFICIAL_SURNAMES = frozenset("高黄石江林田万丁章雷成方金温钱马段季项夏易")  # common before a title: 高所长, 钱校长
_GREETING = re.compile(r"[:,!]?\s*(?:您好|你好|\Z)")
_ASKED = ("尊敬的", "请问", "请求", "恳请", "恳求", "希望", "盼望")


class Fact(NamedTuple):
    """One fact of a filing: canonical `value` of a `kind`, and where it stands (`start`, `end`) in column `source`."""

    kind: str
    value: str
    start: int
    end: int
    source: str = "text"

    @property
    def amount(self) -> str:
        """A number without its measure word: 60头 is 60."""
        return self.value.rstrip(numerals.COUNTED)


class Phrase(NamedTuple):
    """What one phrase holds, before it is told who is who; places count from its beginning.

    Before the first `unplaced` persons the phrase names no place; `place` is the last it names.
    """

    facts: tuple[Fact, ...]
    persons: tuple[Person, ...]
    weak: tuple[Fact, ...]
    unplaced: int
    place: str


@dataclass(slots=True)
class _Words:
    """Listed words of one text: spans covered, posts by their ends, where kin (and from where) end, and who is named next."""

    facts: list[Mark]
    covered: dict[int, int]
    post_start: dict[int, str]
    post_end: dict[int, str]
    kin_end: dict[int, int]
    role_end: dict[int, str]

    @staticmethod
    def of(plain: str) -> _Words:
        out = _Words([], {}, {}, {}, {}, {})
        for index, start, end in _LEX.automaton.find_matches_as_indexes(plain):
            kind, value = _LEX.kinds[index], _LEX.values[index]
            if kind == "post" and plain.startswith(_LONG, end) and plain[end - 1] == "长":
                continue  # 村长期停水, 该厂长期排污
            if kind == "role":
                out.role_end[end] = value
            if kind in ("role", "none"):
                continue
            out.facts.append((kind, value, start, end))
            out.covered.update(dict.fromkeys(range(start, end), end))
            if kind == "post":
                out.post_end[end] = out.post_start[start] = value
            elif kind == "kin":
                out.kin_end[end] = start
        return out


def _parted(cut: Sequence[str], ends: Collection[int]) -> list[str]:
    """Words of a text, none running over the end of a post: 副场长于占江 is cut 长于, 占, 江."""
    out: list[str] = []
    at = 0
    for word in cut:
        end = at + len(word)
        if len(word) == 2 and at + 1 in ends:
            out += word
        else:
            out.append(word)
        at = end
    return out


class _Part(dict[str, int]):
    """What a word may be part of, each word looked at once: 1 begins a name, 2 ends a place."""

    def __missing__(self, word: str) -> int:
        if word.isascii():  # numbers are without end
            return 0
        begins = word[0] in _LEX.surnames or word in _LEX.double_surnames
        part = self[word] = begins + 2 * (word[-1] in _LAST or word in VILLAGE_POSTS)
        return part


_part = _Part()


def _read(phrases: Sequence[str]) -> list[Phrase]:
    """All facts of each of some normalised phrases."""
    plain = "\n".join(phrases)
    words = _Words.of(plain)
    cut = _parted(text.words(plain), words.post_end)
    part = list(map(_part.__getitem__, cut))
    offset = [0, *accumulate(map(len, cut))]
    facts = words.facts
    facts += numerals.numbers(plain)
    facts += [("date", value, a, b) for value, a, b in numerals.dates(plain)]
    places, place_end, placed = settlements.named(cut, offset, [i for i, kind in enumerate(part) if kind & 2])
    facts += places
    around = _Around(plain, words, cut, offset, place_end)
    persons: list[Person] = []
    weak: list[Mark] = []
    busy, place = 0, ""
    passed = iter([*place_end.items(), (len(plain) + 1, "")])
    place_at, coming = next(passed)
    for i in [i for i, kind in enumerate(part) if kind & 1]:
        at = offset[i]
        while place_at <= at:
            place = coming
            place_at, coming = next(passed)
        if at < busy or at in placed:
            continue
        found = around.person(i, place)
        if found is None:
            continue
        person, busy = found
        persons.append(person)
        if person.name:
            told = weak if person.role == "weak" and at not in place_end else facts
            told.append(("person", person.name, at, person.end))
    facts.sort(key=by_place)
    return _by_phrase(phrases, facts, persons, weak, place_end)


@dataclass(slots=True)
class _Around:
    """What stands around the words of a text that may begin a person's name."""

    plain: str
    words: _Words
    cut: Sequence[str]
    offset: Sequence[int]
    place_end: Mapping[int, str]

    def person(self, i: int, place: str) -> tuple[Person, int] | None:
        """The person whose name begins with word `i`, and where the next may begin; None where it begins none."""
        words, at, word = self.words, self.offset[i], self.cut[i]
        if at in words.post_start:
            return None  # 支书, 党支部书记, 经理: words that begin like names
        post = words.post_end.get(at, "")
        about = self.plain.endswith(_ABOUT, 0, at)
        strong = bool(post) or about or at in words.kin_end or at in words.role_end or at in self.place_end
        if at in words.covered and words.covered[at] > at + 1 and not strong:
            return None
        if len(word) == 1 and i + 1 < len(self.cut):
            settled, found = self._surname_alone(i, post, place)
            if settled:
                return found
        name, count = people.name_at(self.cut, i, strong)
        if not name:
            return None
        end = self.offset[i + count]
        if part_of := people.short_of_name(name):
            return self._short_of_name(at, end, part_of, strong, place)
        if words.covered and not (post or about) and self._inside(at, end):
            return None
        title = words.post_start.get(end, "")
        if title and _addressed(self.plain, at, words.covered[end]):
            return None
        if not strong and not title and word[0] in _LEX.doubtful_surnames:
            return None
        surname = people.surname_of(name)
        given = name[len(surname) :]
        if not (post or title) and (people.names_place(self.plain, at, end) or not plausible(surname, given)):
            return None
        if surname in _LEX.doubtful_surnames and seldom(given):
            return None
        # 支书权耀祖: a surname that is a word, too, but stands alone between a post and a given name
        plainly = bool(post) and len(word) == 1 and len(name) == 3
        role = self._role(at, bool(post or title or about))
        return Person(name, surname, post or title, place, role, "text", at, end, sure=plainly), end

    def _surname_alone(self, i: int, post: str, place: str) -> tuple[bool, tuple[Person, int] | None]:
        """Whether a surname stands without a name, and whom it means: 高所长, 王某, 姓施的书记."""
        cut, at = self.cut, self.offset[i]
        word, following, end = cut[i], cut[i + 1], self.offset[i + 1]
        title = self.words.post_start.get(end, "")
        if title and word not in "老小" and (word not in _LEX.doubtful_surnames or word in _OFFICIAL_SURNAMES):
            if _addressed(self.plain, at, self.words.covered[end]):
                return True, None
            return True, (Person("", word, title, place, "mentioned", "text", at, end), end + 1)
        if following[0] == "某":
            return True, (Person("", word, post, place, "mentioned", "text", at, at + 2), at)
        if following == "姓" or (i and cut[i - 1] == "姓"):  # 施姓书记, 姓施的书记
            end = at + (2 if following in ("姓", "的") else 1)
            title = self.words.post_start.get(end, "")
            person = Person("", word, title, place, "mentioned", "text", at, end)
            return True, (person, at) if title or following != "姓" else None
        return False, None

    def _short_of_name(
        self, at: int, end: int, part_of: tuple[str, str], strong: bool, place: str
    ) -> tuple[Person, int] | None:
        """Whoever is called by surname and a title cut short, or whose family is spoken of: 薛局, 樊家的村主任."""
        surname, title = part_of
        title = title or self.words.post_start.get(end + 1 if self.plain.startswith("的", end) else end, "")
        sure = strong or surname not in _LEX.doubtful_surnames or surname in _OFFICIAL_SURNAMES
        if not title or not sure or _addressed(self.plain, at, end):
            return None
        return Person("", surname, title, place, "mentioned", "text", at, end), end

    def _inside(self, at: int, end: int) -> bool:
        """Whether a listed word of several characters, which begins no post, reaches into a span."""
        covered, post_start = self.words.covered, self.words.post_start
        return any(covered.get(p, p + 1) > p + 1 and p not in post_start for p in range(at, end))

    def _role(self, at: int, told: bool) -> str:
        """Who somebody is by what stands before: petitioner, accused, kin, `named` where a title or 反映 stands beside, weak."""
        words = self.words
        if at in words.role_end:
            return words.role_end[at]
        if at in words.kin_end:
            return "petitioner" if self.plain.endswith(_ON_BEHALF, 0, words.kin_end[at]) else "kin"
        return "named" if told else "weak"


def _addressed(plain: str, start: int, end: int) -> bool:
    """Whether an official is greeted or asked, not spoken of: 尊敬的沈书记, 恳请沈书记, or 沈书记 at the head of a letter."""
    begin, stop = plain.rfind("\n", 0, start) + 1, plain.find("\n", end)
    before, after = plain[begin:start].strip(), plain[end : stop if stop >= 0 else len(plain)]
    return before.startswith("尊敬的") or before.endswith(_ASKED) or (not before and _GREETING.match(after) is not None)


def _by_phrase(
    phrases: Sequence[str],
    facts: Sequence[Mark],
    persons: Sequence[Person],
    weak: Sequence[Mark],
    place_end: Mapping[int, str],
) -> list[Phrase]:
    """What was read of phrases joined by line ends, in the order it stands, told apart."""
    out = []
    ends = list(place_end)
    begin = f = p = w = e = 0
    for phrase in phrases:
        f0, p0, w0, e0, stop = f, p, w, e, begin + len(phrase)
        while f < len(facts) and facts[f][2] < stop:
            f += 1
        while p < len(persons) and persons[p].start < stop:
            p += 1
        while w < len(weak) and weak[w][2] < stop:
            w += 1
        while e < len(ends) and ends[e] <= stop:
            e += 1
        if f > f0 or p > p0:
            first, place = (ends[e0], place_end[ends[e - 1]]) if e > e0 else (stop, "")
            unplaced = sum(person.start < first for person in persons[p0:p])
            out.append(
                Phrase(
                    tuple([Fact(kind, value, start - begin, end - begin) for kind, value, start, end in facts[f0:f]]),
                    tuple([moved(person, -begin) for person in persons[p0:p]]),
                    tuple([Fact(kind, value, start - begin, end - begin) for kind, value, start, end in weak[w0:w]]),
                    unplaced, place,
                )
            )  # fmt: skip
        else:
            out.append(NOTHING)
        begin = stop + 1
    return out


def moved(person: Person, by: int, source: str = "text", place: str | None = None) -> Person:
    """The same person read from another place."""
    name, surname, post, there, role, _, start, end, given, sure = person
    where = there if place is None else place
    return Person(name, surname, post, where, role, source, start + by, end + by, given, sure)


class Memory:
    """Phrases read before; the same ones stand in filing after filing."""

    def __init__(self) -> None:
        self._known: dict[str, Phrase] = {}
        self._room = _ROOM

    def read(self, phrases: Sequence[str]) -> list[Phrase]:
        """`_read`, each phrase once."""
        known = self._known
        new = list(dict.fromkeys(phrase for phrase in phrases if phrase not in known))
        if new:
            self._room -= sum(map(len, new))
            if self._room < 0:
                known = self._known = {}  # a new one: other threads go on with theirs
                self._room = _ROOM
                new = list(dict.fromkeys(phrases))
            known.update(zip(new, _read(new), strict=True))
        return [known[phrase] for phrase in phrases]


NOTHING = Phrase((), (), (), 0, "")
_ROOM = 1 << 19  # characters of phrases that are remembered, some tens of MB with what they hold
memory = Memory()
by_place = itemgetter(2, 3)  # start, end
