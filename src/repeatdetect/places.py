"""Villages, townships and the row of the officials' table a matter belongs to: a gazetteer learned from the export itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from repeatdetect import text
from repeatdetect.addresses import place_of, place_stem, short_town

#: the bodies of the office itself
OWN_OFFICE = r"纪委|监委|纪律检查委员会|监察委员会|纪检监察"
_COUNTY_ROW = re.compile(r"[县市区][直属]|县级(?:单位|部门|机关)|机关单位")
_IN_TOWN = "城(?![管建投市]|乡[公建规])"  # 县城 is a place, 县城管局 and 县城乡公交公司 are bodies
# the county itself, not 小区, 社区, 开发区 and the like
_OF_COUNTY = rf"(?:(?:^|[^{text.HAN}]|[^各外邻全本我该在到去回来])[县市]|(?:^|[^{text.HAN}]|[^各外邻全本我该在到去回来小社园片山景辖地发开新厂校库林矿])区)(?!{_IN_TOWN}|里|上|长|内)"
_COUNTY_BODY = re.compile(
    rf"{_OF_COUNTY}[{text.HAN}]{{0,10}}?(?:局|医院|[中小]学|幼儿园|一中|二中|学校|公司|中心|大厅|大队|法院|检察院|委|办|站|院|银行|集团)"
)
_COUNTY_UNIT = re.compile(
    rf"[县市区](?!{_IN_TOWN})|(?:人民|中)?医院|妇幼保健院|疾控中心|职教中心|职业(?:中专|中学|学校|技术)|实验(?:小学|中学)"
)
# 砥石 of 砥石县公交公司, not of 砥石县红果镇卫生院
_COUNTY_NAME = re.compile(rf"^[{text.HAN}]{{2,3}}(?=县(?!{_IN_TOWN}|.*(?:[镇村]|(?<!城)乡|街道|社区)))")
# a school with a number is of the county, though it bears the name of the sub-district it lies in
_NUMBERED = re.compile(r"(?<![镇乡村])第[一二三四五六七八九十]+(?:实验)?(?:小学|中学)$")
# a body that a 单位 cell gives without saying where: what townships have none of
_UNPLACED = re.compile(r"(?!.*(?:[镇村]|(?<!城)乡|社区|街道)).*(?:局|中学|[一二三]中|医院|公司|集团|中心|大队|处)$")
_TOLD_BODY = rf"{_OF_COUNTY}(?!委|纪|直)(?P<body>[{text.HAN}]{{0,8}}?(?:局|医院|中学|[一二三]中|中专|职中|学校|公司|中心|大队|银行|集团))"
_TITLE_BODY = re.compile(rf"{_TOLD_BODY}(?!转|交)[{text.HAN}]{{0,6}}")
_BODY_BEFORE = re.compile(rf"{_TOLD_BODY}[{text.HAN}]{{0,6}}$")
# 水利局梁某…: a text that begins with a body of which townships have none, and is not addressed to it
_BEGINS_WITH_BODY = re.compile(
    rf"(?:反映|举报)?(?:(?![去来到在送住进年月日我你他她的了是从向给找各镇乡村])[{text.HAN}]){{2,4}}(?:(?<![饭酒牌赌骗结布])局|医院|法院|检察院)"
    r"(?!\s*(?:[:：,，、]|的?各?位?(?:领导|同志|负责)|[您你转收]))"
)
_NEAR_NAME = 24  # characters before a name in which a body is looked for
_SEAT = re.compile(r"街道|城关|城区")
_BODY = re.compile(r"(?:党委|党工委|纪工?委|人民政府|政府|管委会|办事处|委员会)+$")
_OWN_OFFICE = re.compile(rf"{OWN_OFFICE}|[县市区]委(?!办|党校|[政老])|人民政府$|政府办|人大|政协")
_V = rf"[{text.HAN}]{{2,6}}?(?:村|社区)"
_STEM = rf"[{text.HAN}]{{2,3}}"
_OLD = r"(?:就是|即|也就是)?(?:原来的?|原先的?|原名|原为|原|以前的?|过去的?|从前的?|旧称|老名字?|曾用名|旧名)(?:叫做?|是|名|为|称)?"
_NOW = r"(?:(?:现在?|如今|后来|后|已经?|就)?(?:改名|更名|改称|改叫|合并成立|合并组成|合并|并入|并到|并给|并成|撤并|划入|划归|归入|更改)(?:为|成|到|了|组成)*|(?:现在?|如今)(?:叫做?|名叫|是|为|称|属于?))"
# without one of these there is no _OLD, no _NOW: quick to look for, as the patterns that begin with a village are not
_OLD_WORDS = ("原", "以前", "过去", "从前", "旧称", "老名", "曾用名", "旧名")
_NOW_WORDS = (
    "改名", "更名", "改称", "改叫", "合并", "并入", "并到", "并给", "并成", "撤并", "划入", "划归", "归入", "更改",
    *(now + word for now in ("现", "现在", "如今") for word in ("叫", "名叫", "是", "为", "称", "属")),
)  # fmt: skip
_RENAMED = (
    re.compile(rf"(?P<new>{_V})[,(]?\s*{_OLD}(?P<old>{_V})"),
    re.compile(rf"(?P<old>{_V})(?:\(?{_NOW}|[,(]\s*{_NOW})(?P<new>{_V})"),
    re.compile(rf"(?:原来的?|以前的?|老|原)(?P<old>{_V})[,(]?(?:现在?|今|如今)(?:的|为|是|叫)?(?P<new>{_V})"),
)
_MERGED = re.compile(
    rf"(?P<new>{_V})[^。;\n]{{0,4}}?{_OLD}(?P<a>{_STEM})(?:村)?[和与跟、](?P<b>{_STEM}?)(?:村)?(?:等)?(?:[两三四几]个?村|合并|并成)"
)
_ALIAS_HINT = re.compile(r"村|社区")
_GENERIC = frozenset(("经济", "工业", "高新", "经济技术", "高新技术", "城区", "新区", "产业"))
_TOWN_SUFFIX = re.compile(r"(?:镇|乡|街道办事处|街道|经济技术开发区|经济开发区|开发区|新区|园区|农场|林场|区)$")


@lru_cache(maxsize=4096)
def town_names(town: str) -> tuple[str, ...]:
    """A township's name, and the name without 镇 or 乡 where that is a name: 双桥镇, 双桥."""
    stem = _TOWN_SUFFIX.sub("", town)
    return (town, stem) if len(stem) > 1 and stem != town and stem not in _GENERIC else (town,)


def is_county(row: str) -> bool:
    """Whether a row of the officials' table stands for the bodies of the county itself."""
    return bool(_COUNTY_ROW.search(row))


@dataclass
class Gazetteer:
    """What is known of places: villages and the townships they were seen with, old and new names, townships' rows.

    Attributes
    ----------
    towns : tuple of str
        Rows of the officials' table, in its order.
    seen : dict
        Village -> counts of the townships it stood with.
    """

    towns: tuple[str, ...]
    seen: dict[str, Counter[str]] = field(default_factory=dict)
    _renamed: dict[str, str] = field(default_factory=dict)

    def root(self, village: str) -> str:
        """One name for all names of a village."""
        while village in self._renamed:
            village = self._renamed[village]
        return village

    def same(self, left: Iterable[str], right: Iterable[str]) -> bool:
        """Whether two sets of villages share one, under any of its names and spellings."""
        one, other = ({text.sound(place_stem(self.root(v))) for v in side} for side in (left, right))
        return bool(one & other)

    def town_of(self, village: str) -> str:
        """Township of a village; '' when it is unknown or lies in several."""
        counts = sum((self.seen[v] for v in self._names(village) if v in self.seen), Counter())
        if not counts:
            return ""
        town, times = counts.most_common(1)[0]
        return town if times * 2 > sum(counts.values()) else ""

    def row(self, town: str) -> str:
        """Row of the officials' table that a township's name means; '' when none or several do."""
        if town in self.towns:
            return town
        town = short_town(town)
        found = [
            name for name in self.towns
            if town == short_town(name) or _is_short(town, name) or _is_short(name, town)
        ]  # fmt: skip
        return found[0] if len(found) == 1 else ""

    @property
    def county(self) -> str:
        """The table's row for bodies of the county itself; '' when there is none."""
        return next(filter(is_county, self.towns), "")

    def learn(self, village: str, town: str, weight: int = 1) -> None:
        """Note that a village was seen with a township."""
        if village and town:
            self.seen.setdefault(village, Counter())[self.row(town) or town] += weight

    def rename(self, old: str, new: str) -> None:
        """Make two names one village."""
        old, new = self.root(old), self.root(new)
        if old and new and old != new:
            self._renamed[old] = new

    def rename_told(self, pairs: Iterable[tuple[str, str]], villages: Iterable[str]) -> None:
        """Make two names one village where a text says so and both are villages known otherwise."""
        known = set(self.seen) | set(villages)
        for old, new in pairs:
            # 原来我们村 and 现在全村 look the same to a pattern
            before, after = _trimmed(old, known), _trimmed(new, known)
            if before in known and after in known and before != after:
                self.rename(before, after)

    def _names(self, village: str) -> list[str]:
        root = self.root(village)
        return [village, *(name for name in (root, *self._renamed) if name != village and self.root(name) == root)]


def _is_short(short: str, long: str) -> bool:
    """经开区 for 经济开发区, 双桥 for 双桥镇, 双桥镇 for 双桥镇人民政府: the characters in order, the first the same."""
    if len(short) < 2 or len(short) >= len(long) or short[0] != long[0]:
        return len(short) >= 3 and long.endswith(short)
    if long.startswith(short):
        return True
    if short[-1] not in "区" or short[-1] != long[-1]:
        return False
    rest = iter(long)
    return all(character in rest for character in short)


def renamings(value: str) -> list[tuple[str, str]]:
    """Pairs (old, new) that a text may call one village; whether both are villages is for others to tell."""
    if not (_ALIAS_HINT.search(value) and re.search(r"原|以前|过去|从前|旧|曾用|老名|改|更名|并|划|现|如今", value)):
        return []
    plain = text.normalise(value)
    old, now = (any(word in plain for word in words) for words in (_OLD_WORDS, _NOW_WORDS))
    patterns = [pattern for pattern, possible in zip(_RENAMED, (old, now, True), strict=True) if possible]
    pairs = [(m.group("old"), m.group("new")) for pattern in patterns for m in pattern.finditer(plain)]
    for match in _MERGED.finditer(plain) if old else ():
        pairs += [(match.group(name) + "村", match.group("new")) for name in ("a", "b")]
    return pairs


def _trimmed(name: str, villages: set[str]) -> str:
    """The village at the end of what a pattern took: 大湾乡兴隆村 -> 兴隆村."""
    return next((name[at:] for at in range(len(name)) if name[at:] in villages), name)


def row_of(
    known: Gazetteer,
    towns: Counter[str],
    villages: Counter[str],
    places: Sequence[str],
    units: Sequence[str],
    handlers: Sequence[str],
    words: Sequence[str],
) -> str:
    """Row of the officials' table that is responsible for a matter ('' when nothing tells).

    Parameters
    ----------
    known : Gazetteer
    towns, villages : Counter
        What the matter's filings name, from fields and texts.
    places, units, handlers : sequence of str
        属地, 单位 and 承办单位 cells.
    words : sequence of str
        Other cells and texts, looked at when nothing else tells.

    Notes
    -----
    属地 outweighs 单位, a township's own 承办单位 and a county body's unit outweigh one that is only spoken of (where the
    petitioner lives, where the money came from); the office's own bodies are no place, so that a complaint about one of
    its members goes by the township the text names. A sub-district of the county seat is where county bodies have their
    doors: there 单位 outweighs 属地 without a village.
    """
    votes: Counter[str] = Counter()
    bodies = [unit for unit in units if _is_county_body(unit)]
    # 砥石县陵园 lies where its 属地 says
    full = [unit for unit in units if _is_county_body(_COUNTY_NAME.sub("", unit))]
    local = False
    for place in places:
        town, village, _ = place_of(place)
        if row := known.row(town) or known.row(known.town_of(village) if village else "") or known.row(place):
            seat = bool(known.county and bodies and not village and _SEAT.search(row))
            votes[known.county if seat else row] += 6
            local |= not seat
    for unit in units:
        town, village, _ = place_of(unit)
        row = known.row(town) or known.row(known.town_of(village) if village else "")
        row = row or known.row(_BODY.sub("", unit)) or next(
            (name for name in known.towns if len(name) > 2 and (unit.startswith(name) or _names_in(name, unit))), ""
        )  # fmt: skip
        if row and not (_NUMBERED.search(unit) and _SEAT.search(row)):
            votes[row] += 4
    county = [place for place in places if _COUNTY_ROW.search(place)]
    if known.county and (county or not votes):
        votes[known.county] += 6 * (len(county) + (0 if local else len(full)))
    for handler in handlers:
        votes.update(dict.fromkeys(_townships_of(known.towns, handler), 5))
    for village, count in villages.items():
        if row := known.row(known.town_of(village)):
            votes[row] += 2 * count
    for town, count in towns.items():
        if row := known.row(town):
            votes[row] += count
    votes = +votes
    if not votes:
        votes.update(name for part in words for name in known.towns if _names_in(name, part))
    unplaced = [unit for unit in units if not _OWN_OFFICE.search(unit) and _UNPLACED.match(unit)]
    if (
        not votes
        and known.county
        and (unplaced or any(map(_COUNTY_BODY.search, words)) or any(map(_BEGINS_WITH_BODY.match, words)))
    ):
        return known.county
    return min(votes, key=lambda name: (-votes[name], name)) if votes else ""


def told_body(title: str, body: str, names: Iterable[str], towns: Sequence[str]) -> str:
    """The county's body that a filing's title names, or whose member its text calls the accused; '' when there is none."""
    found = _TITLE_BODY.search(text.normalise(title))
    for name in names:
        at = body.find(name)
        found = found or (_BODY_BEFORE.search(body, max(0, at - _NEAR_NAME), at) if at > 0 else None)
    if found is None or any(_names_in(town, found.group()) for town in towns):
        return ""  # 县公安局清溪派出所
    return "县" + found["body"]


def _is_county_body(unit: str) -> bool:
    """Whether a 单位 is a body of the county itself: 县热力公司, 县人民医院, 妇幼保健院; not 县公安局双桥派出所, not 县纪委."""
    return bool(_COUNTY_UNIT.match(unit) or _NUMBERED.search(unit)) and not _OWN_OFFICE.search(unit)


@lru_cache(maxsize=4096)
def _townships_of(towns: tuple[str, ...], handler: str) -> tuple[str, ...]:
    """Townships that a 承办单位 names."""
    return tuple(name for name in towns if _names_in(name, handler))


def _names_in(town: str, part: str) -> bool:
    names = town_names(town)
    return town in part or (
        len(names) > 1 and re.search(rf"{re.escape(names[1])}(?!村|社区|路|街|县)", part) is not None
    )
