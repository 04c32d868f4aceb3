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

from repeatdetect import lexicon, numerals, text
from repeatdetect import persons as people
from repeatdetect.persons import Person

_LEX = lexicon.load()
_OPENING = frozenset("月日大太多公")  # function words that begin names of places, too: 月潭镇, 大湾乡
# single characters that end the name of a place when one reads backwards from its suffix
_PLACE_EDGE = people.FUNCTION | frozenset("和及全本该邻等因同住系至经往沿离距驻村镇乡县市省区户人年元称")
_HAN_RUN = re.compile(rf"[{text.HAN}]+\Z")
_SETTLED = ("town", "village")
_OPEN_ENDED = frozenset("于在到给是从个有为以过着了的两会年月")  # ends a word that goes on to a place: 存在, 交给, 三个
_LEADS_TO = frozenset("转成现原来按拆管时并改归属扣")  # before a name: 转青石镇, 成新塬村
_VILLAGE_POSTS = frozenset(("村支书", "村长", "村干部", "村委", "村主任", "村书记"))  # words that swallow 村
_TOWN_WORDS = (["镇"], ["乡"], ["街道"])
_LARGE = "大小三东西南北"  # belongs to the name after it: 大辛店镇
_LAST = frozenset(word[-1] for word in _LEX.suffix_kind)
_ABOUT = ("反映", "举报", "控告", "检举", "投诉", "叫", "及", "和", "与", "、", "由", "是")
_ON_BEHALF = ("替", "代", "帮", "受", "替我", "代我", "帮我")  # before a relative in whose name one files
_OFFICIAL_SURNAMES = frozenset("高黄石江林田万丁章雷成方金温钱马段季项夏易")  # common before a title: 高所长, 钱校长
_GREETING = re.compile(r"[:,!]?\s*(?:您好|你好|\Z)")
_ASKED = ("尊敬的", "请问", "请求", "恳请", "恳求", "希望", "盼望")
_Mark = tuple[str, str, int, int]  # kind, value, start, end


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


def _names_none(word: str) -> bool:
    """Whether a word of the dictionary before 村 or 镇 names no settlement: 用于村道路, 退回村集体, 三个村."""
    return word in _LEX.place_stop or word in _LEX.settlement_stop or word[-1] in _OPEN_ENDED


def _place_at(cut: Sequence[str], i: int) -> tuple[str, str, int]:
    """Place, unit or object that ends with word `i`: (kind, name, words taken before `i`); kind '' when none."""
    word = cut[i]
    kind = _LEX.suffix_kind.get(word, "")
    if not kind:
        for size in (3, 2, 1):
            if len(word) > size + 1:
                kind = _LEX.suffix_kind.get(word[-size:], "")
                if kind and word[:-size] not in _LEX.place_stop and len(word) <= 6 and _HAN_RUN.match(word):
                    if kind in _SETTLED:
                        if _names_none(word[:-size]):
                            return "", "", 0
                        large = cut[i - 1] if i and cut[i - 1] in _LARGE else ""
                        return kind, large + word, len(large)
                    if kind in ("unit", "object") and size == 1:
                        return "", "", 0
                    return kind, word, 0
        before = cut[i - 1] if i else ""
        kind = _LEX.suffix_kind.get(word[1:], "")  # 外塘村 is cut 外, 塘村
        if kind in _SETTLED and len(before) == 1 and _HAN_RUN.match(before + word):
            bare = word in _LEX.place_stop or before in _PLACE_EDGE or word[0] in _PLACE_EDGE
            return ("", "", 0) if bare else (kind, before + word, 1)
        return "", "", 0
    if kind in _SETTLED:
        return _settlement_at(cut, i, kind)
    taken, name = 0, ""
    while i - taken > 0 and taken < 5:
        before = cut[i - taken - 1]
        if before in _PLACE_EDGE or (len(before) > 1 and before in _LEX.place_stop):
            break
        if not _HAN_RUN.match(before) or len(name) + len(before) > 8 or _LEX.suffix_kind.get(before) in _SETTLED:
            break
        name, taken = before + name, taken + 1
    return (kind, name + word, taken) if len(name) > 1 else ("", "", 0)


def _settlement_at(cut: Sequence[str], i: int, kind: str) -> tuple[str, str, int]:
    """Town or village whose suffix is word `i`, as `_place_at`: a name of up to three characters before it, or a word."""
    word = cut[i]
    taken, name, peoples, whole = 0, "", "", False
    while i - taken > 0 and taken < 6:
        before = cut[i - taken - 1]
        opens = before in _OPENING and len(name) == 1
        if (before in _PLACE_EDGE and not opens) or not _HAN_RUN.match(before):
            break
        if len(before) > 1 and (
            whole or _names_none(before) or before[-1] == "村" or _LEX.suffix_kind.get(before) in _SETTLED
        ):
            break
        if kind == "town" and not name and before[-1] == "族" and len(before) > 1:
            peoples, taken = before + peoples, taken + 1  # 岜令布依族苗族乡
            continue
        of_family = name[:1] == "家" and len(before) == 1  # 韩家园村
        if (
            whole
            and not of_family
            and (before == name[0] or before not in (_LARGE if kind == "village" else _LARGE + "老"))
        ):
            break
        if len(name) + len(before) > 3 + (of_family or whole):
            break
        if len(before) == 1 and ((len(name) > 1 and before in _LEADS_TO) or (not name and before in "通老持")):
            break
        name, taken = before + name, taken + 1
        if len(name) > 1 and len(before) == 1 and whole:
            break
        whole = whole or len(before) > 1
    if len(name) < 2:
        return "", "", 0
    if kind == "village" and cut[i + 1 : i + 2] and cut[i + 1] in ("民", "级", "务"):
        return "", "", 0
    return kind, name + peoples + word, taken


@dataclass(slots=True)
class _Words:
    """Listed words of one text: spans covered, posts by their ends, where kin (and from where) and self words end."""

    facts: list[_Mark]
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


def _places(
    cut: Sequence[str], offset: Sequence[int], ends: Sequence[int]
) -> tuple[list[_Mark], dict[int, str], set[int]]:
    """Places that end with one of the words `ends`; the place that ends at a position; positions inside towns and villages."""
    facts: list[_Mark] = []
    place_end: dict[int, str] = {}
    inside: set[int] = set()
    for i in ends:
        end = offset[i + 1]
        if cut[i] in _VILLAGE_POSTS:
            kind, name, taken = _settlement_at([*cut[max(i - 6, 0) : i], "村"], min(i, 6), "village")
            # 沈大有村长 is a man's name, 青石镇南坪村长 and 刘坡村支书 a village's
            before = cut[max(i - taken - 1, 0) : i - taken]
            if not kind or not (len(name) == 3 or (name[0] in "镇乡" and len(name) > 3) or before in _TOWN_WORDS):
                continue
            end = offset[i] + 1
        else:
            kind, name, taken = _place_at(cut, i)
        if kind:
            start = offset[i - taken]
            if (
                kind == "village"
                and cut[i] == "村"
                and facts
                and facts[-1][3] == offset[i]
                and facts[-1][1][-1] in "寨屯"
            ):
                _, hamlet, start, _ = facts.pop()
                name = hamlet + "村"
            if kind == "village" and taken and name[0] in "镇乡" and len(name) > 3:
                # 江坪镇长湾村 is cut 江坪, 镇长, 湾, 村
                before = i - taken
                _, town, more = _settlement_at([*cut[max(before - 6, 0) : before], name[0]], min(before, 6), "town")
                if name[1] == "里":
                    continue
                name, start = name[1:], start + 1
                if town:
                    begin = offset[before - more]
                    facts.append(("town", town, begin, start))
                    place_end[start] = town
                    inside.update(range(begin, start))
            facts.append((kind, name, start, end))
            if kind in _SETTLED:
                inside.update(range(start, end))
            if kind != "object":
                place_end[end] = name
    return facts, place_end, inside


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
        part = self[word] = begins + 2 * (word[-1] in _LAST or word in _VILLAGE_POSTS)
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
    places, place_end, placed = _places(cut, offset, [i for i, kind in enumerate(part) if kind & 2])
    facts += places
    persons: list[Person] = []
    weak: list[_Mark] = []
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
        if not (post or title) and people.names_place(plain, at, end):
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
        persons.append(
            Person(name, people.surname_of(name), post or title, place, role, "text", at, end, sure=plainly)
        )
    facts.sort(key=by_place)
    return _by_phrase(phrases, facts, persons, weak, place_end)


def _addressed(plain: str, start: int, end: int) -> bool:
    """Whether an official is greeted or asked, not spoken of: 尊敬的沈书记, 恳请沈书记, or 沈书记 at the head of a letter."""
    begin, stop = plain.rfind("\n", 0, start) + 1, plain.find("\n", end)
    before, after = plain[begin:start].strip(), plain[end : stop if stop >= 0 else len(plain)]
    return before.startswith("尊敬的") or before.endswith(_ASKED) or (not before and _GREETING.match(after) is not None)


def _by_phrase(
    phrases: Sequence[str],
    facts: Sequence[_Mark],
    persons: Sequence[Person],
    weak: Sequence[_Mark],
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
        new = list(dict.fromkeys(phrase for phrase in phrases if phrase not in self._known))
        if new:
            self._room -= sum(map(len, new))
            if self._room < 0:
                self._known.clear()
                self._room = _ROOM
                new = list(dict.fromkeys(phrases))
            self._known.update(zip(new, _read(new), strict=True))
        return [self._known[phrase] for phrase in phrases]


NOTHING = Phrase((), (), (), 0, "")
_ROOM = 1 << 19  # characters of phrases that are remembered, some tens of MB with what they hold
memory = Memory()
by_place = itemgetter(2, 3)  # start, end
