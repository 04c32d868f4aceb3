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
from repeatdetect.given import plausible
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
    """Listed words of one text: spans covered, posts by their ends, where kin (and from where) and self words end."""

    facts: list[Mark]
    covered: dict[int, int]
    post_start: dict[int, str]
    post_end: dict[int, str]
    kin_end: dict[int, int]
    self_end: set[int]

    @staticmethod
    def of(plain: str) -> _Words:
        out = _Words([], {}, {}, {}, {}, set())
        for index, start, end in _LEX.automaton.find_matches_as_indexes(plain):
            kind, value = _LEX.kinds[index], _LEX.values[index]
            if kind == "post" and plain.startswith(_LONG, end) and plain[end - 1] == "长":
                continue  # 村长期停水, 该厂长期排污
            if kind == "self":
                out.self_end.add(end)
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
    facts = words.facts
    facts += numerals.numbers(plain)
    facts += [("date", value, a, b) for value, a, b in numerals.dates(plain)]
    offset = [0, *accumulate(map(len, cut))]
    places, place_end, placed = settlements.named(cut, offset, [i for i, kind in enumerate(part) if kind & 2])
    facts += places
    persons: list[Person] = []
    weak: list[Mark] = []
    covered, post_start, post_end = words.covered, words.post_start, words.post_end
    busy = 0
    place = ""
    passed = iter([*place_end.items(), (len(plain) + 1, "")])
    place_at, coming = next(passed)
    for i in [i for i, kind in enumerate(part) if kind & 1]:
        word, at = cut[i], offset[i]
        while place_at <= at:
            place = coming
            place_at, coming = next(passed)
        if at < busy or at in placed:
            continue
        post = post_end.get(at, "")
        about = plain.endswith(_ABOUT, 0, at)
        strong = bool(post) or about or at in words.kin_end or at in words.self_end or at in place_end
        if at in covered and covered[at] > at + 1 and not strong:
            continue
        if len(word) == 1 and i + 1 < len(cut):
            title = post_start.get(offset[i + 1], "")
            if title and word not in "老小" and (word not in _LEX.doubtful_surnames or word in _OFFICIAL_SURNAMES):
                if _addressed(plain, at, words.covered[offset[i + 1]]):
                    continue
                persons.append(Person("", word, title, place, "mentioned", "text", at, offset[i + 1]))
                busy = offset[i + 1] + 1
                continue
            if cut[i + 1][0] == "某":
                persons.append(Person("", word, post, place, "mentioned", "text", at, at + 2))
                continue
            if cut[i + 1] == "姓" or (i and cut[i - 1] == "姓"):  # 施姓书记, 姓施的书记
                end = at + (2 if cut[i + 1] in ("姓", "的") else 1)
                title = post_start.get(end, "")
                if title or cut[i + 1] != "姓":
                    persons.append(Person("", word, title, place, "mentioned", "text", at, end))
                continue
        name, count = people.name_at(cut, i, strong)
        if not name:
            continue
        end = offset[i + count]
        if part_of := people.short_of_name(name):
            surname, title = part_of
            title = title or post_start.get(end + 1 if plain.startswith("的", end) else end, "")
            if (
                title
                and at not in post_start
                and not _addressed(plain, at, end)
                and (strong or surname not in _LEX.doubtful_surnames or surname in _OFFICIAL_SURNAMES)
            ):
                persons.append(Person("", surname, title, place, "mentioned", "text", at, end))
                busy = end
            continue
        inside = covered and any(covered.get(p, p + 1) > p + 1 and p not in post_start for p in range(at, end))
        if inside and not (post or about):
            continue
        title = post_start.get(end, "")
        if title and _addressed(plain, at, covered[end]):
            continue
        if not strong and not title and word[0] in _LEX.doubtful_surnames:
            continue
        surname = people.surname_of(name)
        if not (post or title) and (people.names_place(plain, at, end) or not plausible(surname, name[len(surname) :])):
            continue
        busy = end
        role = "petitioner" if at in words.self_end else "weak"
        if at in words.kin_end and role == "weak":
            role = "petitioner" if plain.endswith(_ON_BEHALF, 0, words.kin_end[at]) else "kin"
        if role == "weak" and (post or title or about):
            role = "named"
        if role == "weak" and at not in place_end:
            weak.append(("person", name, at, end))
        else:
            facts.append(("person", name, at, end))
        # 支书权耀祖: a surname that is a word, too, but stands alone between a post and a given name
        plainly = bool(post) and len(word) == 1 and len(name) == 3
        persons.append(Person(name, surname, post or title, place, role, "text", at, end, sure=plainly))
    facts.sort(key=by_place)
    return _by_phrase(phrases, facts, persons, weak, place_end)


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
