"""Townships, villages, bodies and objects that the words of a text name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from repeatdetect import lexicon, text
from repeatdetect.text import FUNCTION

Mark = tuple[str, str, int, int]  # kind, value, start, end
Place = tuple[str, str, int]  # kind ('' when none), name, words it takes before the one it ends with

_NONE: Place = ("", "", 0)
_NO_MARK: Mark = ("", "", -1, -1)
_LEX = lexicon.load()
_OPENING = frozenset("月日大太多公")  # function words that begin names of places, too: 月潭镇, 大湾乡
# single characters that end the name of a place when one reads backwards from its suffix
_PLACE_EDGE = FUNCTION | frozenset("和及全本该邻等因同住系至经往沿离距驻村镇乡县市省区户人年元称")
_HAN_RUN = re.compile(rf"[{text.HAN}]+\Z")
_SETTLED = ("town", "village")
_OPEN_ENDED = frozenset("于在到给是从个有为以过着了的两会年月")  # ends a word that goes on to a place: 存在, 交给, 三个
_LEADS_TO = frozenset("转成现原来按拆管时并改归属扣")  # before a name: 转青石镇, 成新塬村
VILLAGE_POSTS = frozenset(("村支书", "村长", "村干部", "村委", "村主任", "村书记", "村民"))  # words that swallow 村
_SITES = frozenset("庄湾坪沟河坡岭坳冲塘坝寨屯店铺堡营口桥圩垸墩畈岗岔洼塬峪窑滩洲集")  # 张家庄 is a village's name
_TOWN_WORDS = (["镇"], ["乡"], ["街道"])
_LARGE = frozenset("大小三东西南北")  # belongs to the name after it: 大辛店镇


def _names_none(word: str) -> bool:
    """Whether a word of the dictionary before 村 or 镇 names no settlement: 用于村道路, 退回村集体, 三个村."""
    return word in _LEX.place_stop or word in _LEX.settlement_stop or word[-1] in _OPEN_ENDED


def _place_at(cut: Sequence[str], i: int) -> Place:
    """Place, unit or object that ends with word `i`."""
    kind = _LEX.suffix_kind.get(cut[i])
    if not kind:
        return _in_a_word(cut, i)
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
    return (kind, name + cut[i], taken) if len(name) > 1 else _NONE


def _in_a_word(cut: Sequence[str], i: int) -> Place:
    """As `_place_at`, where word `i` is a name and its suffix, or but for the first character of the name."""
    word, before = cut[i], cut[i - 1] if i else ""
    for size in (3, 2, 1):
        if not size + 1 < len(word) <= 6 or not (kind := _LEX.suffix_kind.get(word[-size:])):
            continue
        name = word[:-size]
        if name in _LEX.place_stop or not _HAN_RUN.match(word):
            continue
        if kind not in _SETTLED:
            return (kind, word, 0) if size > 1 else _NONE
        large = before if before in _LARGE else ""
        return (kind, large + word, len(large)) if not _names_none(name) else _NONE
    kind = _LEX.suffix_kind.get(word[1:])  # 外塘村 is cut 外, 塘村
    if kind not in _SETTLED or len(before) != 1 or not _HAN_RUN.match(before + word):
        return _NONE
    bare = word in _LEX.place_stop or before in _PLACE_EDGE or word[0] in _PLACE_EDGE
    return _NONE if bare else (kind, before + word, 1)


def _settlement_at(cut: Sequence[str], i: int, kind: str) -> Place:
    """Town or village whose suffix is word `i`: a name of up to three characters before it, or a word."""
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
            and (before == name[0] or before not in (_LARGE if kind == "village" else _LARGE | {"老"}))
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
    if len(name) < 2 or (kind == "village" and cut[i + 1 : i + 2] in (["民"], ["级"], ["务"])):
        return _NONE
    return kind, name + peoples + word, taken


def _settlement_before(cut: Sequence[str], i: int, suffix: str, kind: str) -> Place:
    """As `_settlement_at`, if a suffix stood in the place of word `i`, which swallowed it."""
    return _settlement_at([*cut[max(i - 6, 0) : i], suffix], min(i, 6), kind)


def _village_of_post(cut: Sequence[str], offset: Sequence[int], i: int, marks: Sequence[Mark]) -> Place:
    """Village before its post, word `i`, after some places; 沈大有村长 is a man's name, 青石镇南坪村长 and 刘坡村支书 a village's."""
    kind, name, taken = _settlement_before(cut, i, "村", "village")
    if not kind or (cut[i] == "村民" and cut[i + 1 : i + 2] != ["委员会"]):
        return _NONE
    begin = i - taken
    adjacent = bool(marks) and marks[-1][3] == offset[begin]
    site = len(name) == 4 and name[2] in _SITES and (name[1] == "家" or adjacent)
    whole = (name[0] in "镇乡") == (len(name) > 3)
    return (kind, name, taken) if site or whole or cut[max(begin - 1, 0) : begin] in _TOWN_WORDS else _NONE


def named(
    cut: Sequence[str], offset: Sequence[int], ends: Sequence[int]
) -> tuple[list[Mark], dict[int, str], set[int]]:
    """Places that end with one of the words `ends`; the place that ends at a position; positions inside towns and villages."""
    marks: list[Mark] = []
    place_end: dict[int, str] = {}
    inside: set[int] = set()

    def add(kind: str, name: str, start: int, end: int) -> None:
        marks.append((kind, name, start, end))
        if kind in _SETTLED:
            inside.update(range(start, end))
        if kind != "object":
            place_end[end] = name

    for i in ends:
        post = cut[i] in VILLAGE_POSTS
        kind, name, taken = _village_of_post(cut, offset, i, marks) if post else _place_at(cut, i)
        if not kind:
            continue
        start, end = offset[i - taken], offset[i] + 1 if post else offset[i + 1]
        last_kind, last_name, last_start, last_end = marks[-1] if marks else _NO_MARK
        if kind == "village":
            if cut[i] == "村" and last_end == offset[i] and last_name[-1] in "寨屯":
                name, start = last_name + "村", last_start
                marks.pop()
            if taken and name[0] in "镇乡" and len(name) > 3:
                if name[1] == "里":
                    continue
                # 江坪镇长湾村 is cut 江坪, 镇长, 湾, 村
                _, town, more = _settlement_before(cut, i - taken, name[0], "town")
                name, start = name[1:], start + 1
                if town:
                    add("town", town, offset[i - taken - more], start)
            if name.endswith("村委会"):
                name = name.removesuffix("委会")
        elif kind == last_kind == "unit" and last_start >= start:
            place_end.pop(last_end)  # 清河镇中心 of 清河镇中心卫生院
            marks.pop()
        add(kind, name, start, end)
    return marks, place_end, inside
