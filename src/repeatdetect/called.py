"""What people call an official: the name, misheard or half hidden, surname and title, post and place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from repeatdetect import text
from repeatdetect.filed import TITLE, VILLAGE, Scene
from repeatdetect.persons import surname_of
from repeatdetect.places import town_names

FORMER = re.compile(r"(?:原任?|前任?|上一?[任届]|老|退休的?|已调走的?|离任的?|卸任的?)的?$")
_SOMEBODY = r"(?:那|有|来了?|派了?|派来)一?[个位]|[来派]的"
_NO_HEAD = re.compile(r"(?:村|社区|支部?|总支|局|公司|集团|学?校|医?院|厂|协会|商会|机关|县|市|省|纪|副)$")


@dataclass(frozen=True)
class Official:
    """Somebody who would be put in charge of a matter.

    Attributes
    ----------
    name, post : str
        As the ledger or the officials' table gives them.
    heads : str
        Township whose party secretary this is ('' for anybody else).
    unit : str
        Unit the ledger names beside the person.
    """

    name: str
    post: str = ""
    heads: str = ""
    unit: str = ""

    @property
    def of_village(self) -> bool:
        """Whether the ledger made somebody of the village itself responsible."""
        return not self.heads and bool(VILLAGE.search(self.unit + self.post))


def mentions(official: Official, sentence: str, scene: Scene) -> Iterator[tuple[int, int, bool, bool]]:
    """Start, end, by full name?, beyond doubt? of each mention of an official in a sentence."""
    for match in name_pattern(official.name).finditer(sentence):
        yield match.start(), match.end(), True, True
    if not TITLE.search(sentence):
        return
    for pattern, sure, bare in _aliases(official):
        for match in pattern.finditer(sentence):
            before = sentence[: match.start()]
            if FORMER.search(before) or elsewhere(before + match.group(), scene, official.heads):
                continue
            if (
                bare
                and not official.of_village
                and (surname_of(official.name) in scene.village_surnames or _NO_HEAD.search(before))
            ):
                continue
            yield match.start(), match.end(), False, sure
    if official.heads and not scene.below:
        for match in re.finditer(rf"(?<![{text.HAN}])书记|(?<=[被由给是的])书记", sentence):
            yield match.start(), match.end(), False, False


@lru_cache(maxsize=4096)
def _aliases(official: Official) -> tuple[tuple[re.Pattern[str], bool, bool], ...]:
    """What people call an official: pattern, whether it can mean nobody else, whether it is surname and title alone."""
    surname, titles = re.escape(surname_of(official.name)), titles_of(official)
    some = "(?:某{1,2}|[xX×*]{1,2})"
    if official.heads:
        names = "|".join(map(re.escape, sorted(town_names(official.heads), key=len, reverse=True)))
        place = rf"(?:(?:{names})(?:镇|乡|街道|区)?|(?:我们?|本|该|咱们?|俺们?)?[镇乡](?:里|上)?|街道办?|开发区|经开区|高新区|园区|管委会)"
        body = "(?:党委|党工委|党政|政府|人民政府|办事处)?"
        at = rf"(?:{place}{body}|(?<![村区局司校院团厂])(?:党委|党工委))(?:的|一把手|主要领导|{_SOMEBODY})?"
        return (
            (re.compile(rf"{at}(?:姓{surname}的|{surname}(?:{some}|{some}?(?:党委|党工委)?(?:{titles}|领导|书记)))"), True, False),
            (re.compile(rf"姓{surname}的(?:[镇乡](?:里|党委)?)?(?:书记|领导|一把手)"), True, True),
            (re.compile(rf"(?:{place}{body}(?:的)?|(?<![村区局司校院团厂县市省])(?:党委|党工委))(?:书记|一把手|主要领导|主要负责人|一号|老大|主官)(?!处)"), True, False),
            (re.compile(rf"{surname}{some}?(?:党委|党工委)?(?:{titles})"), True, True),
        )  # fmt: skip
    if official.of_village:
        return ((re.compile(rf"{surname}{some}?(?:{titles})|姓{surname}的(?:{titles})"), True, True),)
    at = rf"(?:[县市区](?:里|上|委)?(?:纪委)?(?:监委)?|纪委(?:监委)?|监委|纪检委|委里)(?:的|{_SOMEBODY})?"
    out = [
        (re.compile(rf"{at}(?:姓{surname}的|{surname}(?:{some}|{some}?(?:{titles}|领导)))"), True, False),
        (re.compile(rf"姓{surname}的(?:县领导|常委|{titles})"), True, True),
        (re.compile(rf"{surname}{some}?(?:{titles})"), "常委" in official.post, True),
        (re.compile(r"包案(?:县|区|市)?领导|联系(?:我们?|本|该)?[镇乡]?的?(?:县领导|常委)"), False, False),
    ]
    return tuple(out)


@cache
def titles_of(official: Official) -> str:
    """Pattern of the titles that follow an official's surname: a 副书记 is called 书记, too."""
    if official.heads:
        return "书记|一把手"
    if official.of_village:
        return "书记|支书|主任|村长"
    found = re.findall(
        r"副?书记|常委|委员|副?主任|副?[镇乡县局部]长|副?组长|副?主席|副?所长|副?校长|副?院长", official.post
    )
    titles = {word for title in found for word in (title, title.removeprefix("副"))} or {
        "书记",
        "主任",
        "镇长",
        "乡长",
        "局长",
        "常委",
    }
    return "|".join(sorted(titles, key=lambda word: (-len(word), word)))


def elsewhere(before: str, scene: Scene, town: str = "") -> bool:
    """Whether the place named last before a post is another township than the one in question."""
    here = town or scene.town
    tail = _AFTER_PLACE.sub("", before)
    names = _names(scene.towns)
    ends = [names.get(part[-length:], "") for part in (tail, before) for length in _LENGTHS if length <= len(part)]
    return any(name not in ("", here) for name in ends) and not any(tail.endswith(name) for name in town_names(here))


_AFTER_PLACE = re.compile(r"(?:镇|乡|街道|党委|党工委|政府|人民政府|的|书记|纪委|一把手|主要领导|主要负责人|某)+$")
_LENGTHS = range(2, 12)  # characters of a township's name


@lru_cache(maxsize=8)
def _names(towns: tuple[str, ...]) -> dict[str, str]:
    """Every name of a township -> the township."""
    return {name: town for town in towns for name in town_names(town)}


@cache
def _alike() -> dict[str, str]:
    """Sound -> the common characters with it: what a typist picks instead of the right one."""
    out: dict[str, list[str]] = {}
    for lead in range(0xB0, 0xF8):
        for trail in range(0xA1, 0xFF):
            try:
                character = bytes((lead, trail)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            out.setdefault(text.sound(character), []).append(character)
    return {sound: "".join(characters) for sound, characters in out.items()}


@lru_cache(maxsize=4096)
def name_pattern(name: str) -> re.Pattern[str]:
    """The name with its homophones, with blanks inside, and half hidden (覃某先).

    In a name of two characters only the given name may differ: 王军 has too many homophones among common words.
    """
    surname = surname_of(name)
    classes = [re.escape(c) for c in name]
    for at, character in enumerate(name):
        if len(name) > len(surname) + 1 and (same := _alike().get(text.sound(character), "")):
            classes[at] = f"[{re.escape(same)}{re.escape(character)}]"
    patterns = [r"[ ]?".join(classes)]
    if len(name) == len(surname) + 2:
        patterns.append(rf"{re.escape(surname)}[某xX×*＊]{re.escape(name[-1])}")
    return re.compile("|".join(patterns))
