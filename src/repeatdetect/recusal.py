"""Recusal (回避): nobody handles, or sees, a complaint about themselves or about the leadership they head.

A person is looked for by name (homophones and 覃某 included) and by what people call an official: surname and title
(王书记), post and place (双桥镇党委书记), 镇里一把手. What the sentence says of the one it mentions is read in
`repeatdetect.conduct`; where that stays unclear the person is recused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from repeatdetect import lexicon, text
from repeatdetect.conduct import Conduct, conduct
from repeatdetect.places import town_names

_SENTENCE = re.compile(r"[^。!?;\n]+")
_FORMER = re.compile(r"(?:原任?|前任?|上一?[任届]|老|退休的?|已调走的?|离任的?|卸任的?)的?$")
# 副镇长的外甥: somebody of whom no more is known than whose relative they are
_KIN_OF = re.compile(
    r"的?(?:一个|远房)?(?:亲戚|亲家|亲属|女婿|儿子|儿媳|女儿|侄[儿子女]?|外甥女?|小?舅子|[舅姨姑叔伯]|连襟|妻|老婆|爱人|媳妇|弟|哥|姐|妹|表|堂|同学|战友)"
)
_SOMEBODY = r"(?:那|有|来了?|派了?|派来)一?[个位]|[来派]的"
_TITLE = re.compile(r"书记|常委|委员|主任|[镇乡]长|局长|部长|领导|一把手|负责人|姓")
_VILLAGE = re.compile(r"村|社区|支部|支书|居委|组长|小组|总支")
_NO_HEAD = re.compile(r"(?:村|社区|支部?|总支|局|公司|集团|学?校|医?院|厂|协会|商会|机关|县|市|省|纪|副)$")
# members of a township's leading group by post, as they stand in texts
_MEMBER = re.compile(
    r"(?:常务)?副?[镇乡]长(?![期大远年达久途短街势])|(?:党委|党工委)副书记|[镇乡]副书记|(?:[镇乡]|街道)?纪工?委书记|人大(?:主席团)?副?主席|"
    r"(?:党委|党工委)委员|(?:组织|宣传|统战|政法|纪检)委员|武装部长|(?:街道(?:办事处)?|办事处|管委会)副?主任|"
    r"(?:[镇乡](?:里|上|党委|政府)?|街道|管委会)(?:的)?(?:主要|分管|有关|包村|驻村|挂村|联村|班子)?领导(?:班子)?(?:成员)?|(?:包村|驻村|挂村|联村|分管)[镇乡]?领导"
)
_MEMBER_CELL = re.compile(
    r"副?[镇乡]长|党工?委书记|[镇乡]书记|党工?委副书记|[镇乡]副书记|纪工?委书记|人大(?:主席团)?副?主席|党工?委委员|(?:组织|宣传|统战|政法|纪检)委员|"
    r"武装部部?长|(?:办事处|管委会|街道)副?主任|[镇乡街](?:道)?(?:里|党委|政府)?(?:主要)?领导|班子成员"
)
_TOWN_BODY = re.compile(
    r"(?:镇|乡|街道|开发区|经开区|高新区|园区|新区)(?:党委|党工委|政府|人民政府|管委会|办事处|人大|委员会)*$"
)
_CITY_BODY = re.compile(r"(?:街道|办事处|管委会|开发区|经开区|高新区|园区)(?:党工委)?$")


@dataclass(frozen=True)
class Filed:
    """What one filing of a matter says, normalised, as far as recusal needs it."""

    accused: str
    unit: str
    post: str
    rank: str
    place: str
    codes: frozenset[str]
    sentences: tuple[tuple[str, bool], ...]

    @staticmethod
    def of(accused: str, unit: str, post: str, rank: str, place: str, codes: str, title: str, body: str) -> Filed:
        """From the cells of a filing; `codes` are the canonical posts of its accused, joined by 、."""
        plain = text.normalise(body)
        header = text.forwarding_end(plain)
        sentences = [(text.normalise(title), False)] if title else []
        sentences += [(m.group(), m.end() <= header) for m in _SENTENCE.finditer(plain)]
        return Filed(
            text.normalise(accused), text.normalise(unit), text.normalise(post), text.normalise(rank),
            text.normalise(place), frozenset(filter(None, codes.split("、"))), tuple(sentences),
        )  # fmt: skip

    @cached_property
    def whole(self) -> str:
        """All sentences, one a line."""
        return "\n".join(sentence for sentence, _ in self.sentences)

    @cached_property
    def titled(self) -> tuple[tuple[str, bool], ...]:
        """Sentences that name a post, or somebody by surname."""
        return tuple((sentence, header) for sentence, header in self.sentences if _TITLE.search(sentence))

    @cached_property
    def members(self) -> tuple[tuple[str, re.Match[str]], ...]:
        """Members of a township's leading group by post, each with its sentence."""
        return tuple((sentence, match) for sentence, _ in self.sentences for match in _MEMBER.finditer(sentence))

    @cached_property
    def cadres(self) -> frozenset[str]:
        """Surnames of village cadres in the text."""
        return frozenset(match.group(1) for way in (_CADRE, _CADRE_AFTER) for match in way.finditer(self.whole))

    @cached_property
    def rural(self) -> bool:
        """Whether the text speaks of a village."""
        return bool(re.search(r"村|社区", self.whole))


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
        return not self.heads and bool(_VILLAGE.search(self.unit + self.post))


@dataclass(frozen=True)
class Scene:
    """What a matter is set in: needed to tell 王书记 of the township from 王书记 of the village.

    Attributes
    ----------
    town : str
        Township of the matter.
    towns : tuple of str
        All townships of the officials' table.
    village_surnames : frozenset of str
        Surnames of village cadres the matter speaks of.
    below : bool
        Whether a village or a body below the township's leadership is complained of.
    """

    town: str
    towns: tuple[str, ...]
    village_surnames: frozenset[str]
    below: bool


def scene_of(matter: Sequence[Filed], town: str, towns: Sequence[str]) -> Scene:
    """The setting of a matter from all its filings."""
    surnames = set()
    below = False
    for filed in matter:
        rural = bool(_VILLAGE.search(filed.unit + filed.post + filed.rank + filed.place))
        below |= rural or bool(filed.unit and not _TOWN_BODY.search(filed.unit))
        if rural and filed.accused and not _MEMBER_CELL.search(filed.accused):
            surnames |= {_surname(piece) for piece in re.split("[、,; ]", filed.accused) if piece}
        below |= filed.rural
        surnames |= filed.cadres
    return Scene(town, tuple(towns), frozenset(surnames), below)


_CADRE = re.compile(
    rf"(?:支书|村书记|支部书记|村主任|村长|社区书记|居委会主任|社区主任|总支书记)(?:是|叫|姓)?([{text.HAN}])"
)
_CADRE_AFTER = re.compile(rf"([{text.HAN}])(?:支书|村长|某?村支?书记)")


def grounds(official: Official, matter: Sequence[Filed], scene: Scene) -> str:
    """Why an official must not have a matter; '' when nothing speaks against it.

    Parameters
    ----------
    official : Official
    matter : sequence of Filed
        All filings of the matter, and those suspected to belong to it.
    scene : Scene

    Returns
    -------
    str
        A short Chinese ground without content of a filing.
    """
    cells = {(filed.accused, filed.unit, filed.post, filed.rank): filed for filed in matter}
    if any(_in_fields(official, filed, scene) for filed in cells.values()):
        return "系被反映人"
    found = ""
    name = _name_pattern(official.name)
    for filed in matter:
        for sentence, header in filed.sentences if name.search(filed.whole) else filed.titled:
            for start, end, named, sure in _mentions(official, sentence, scene):
                what = conduct(sentence, start, end)
                if what is Conduct.TOOK_PART or (what is Conduct.UNCLEAR and sure and not header):
                    if named:
                        return "被文中述及参与所反映的事"
                    found = "在文中以职务或简称被述及参与所反映的事"
    return found


def leading_group(matter: Sequence[Filed], scene: Scene, mayor: str = "") -> str:
    """Why the leading group of the matter's township is itself complained of; '' when it is not.

    Parameters
    ----------
    matter : sequence of Filed
    scene : Scene
    mayor : str
        Name of the head of the township's government, where the officials' table has it.
    """
    for filed in matter:
        if _member_in_fields(filed, scene):
            return "被反映人系该乡镇领导班子成员"
    if mayor and grounds(Official(mayor), matter, scene):
        return "文中述及该乡镇领导班子成员参与"
    for filed in matter:
        for sentence, match in filed.members:
            start = match.start()
            before = sentence[:start]
            if _FORMER.search(before) or _elsewhere(before, scene) or before.endswith("县"):
                continue
            if _KIN_OF.match(sentence, match.end()):
                continue
            if sentence[start - 1 : start] in lexicon.load().surnames and start:
                start -= 1
            if conduct(sentence, start, match.end()) is Conduct.TOOK_PART:
                return "文中述及该乡镇领导班子成员参与"
    known = {code for filed in matter for code in filed.codes} | {filed.post for filed in matter if filed.post}
    bodies = [filed.unit or filed.accused for filed in matter]
    if not known and any(_TOWN_BODY.search(body) and not _VILLAGE.search(body) for body in bodies):
        return "被反映人在该乡镇党委政府任职，职务不详"
    return ""


def _member_in_fields(filed: Filed, scene: Scene) -> bool:
    cells = f"{filed.post}|{filed.accused}"
    if _elsewhere(filed.unit, scene) or _elsewhere(re.split(r"[镇乡]长|党委|书记", filed.accused)[0], scene):
        return False
    town_unit = bool(_TOWN_BODY.search(filed.unit))
    if re.search(r"[镇乡]长|[镇乡]党委|[镇乡]书记|[镇乡](?:里)?领导", cells):
        return not re.search(r"(?:原|前任?)[^|、,]{0,8}[镇乡]", cells)
    if _VILLAGE.search(filed.post) or _VILLAGE.search(filed.unit):
        return False
    if _MEMBER_CELL.search(cells):
        return True
    if _CITY_BODY.search(filed.unit) and re.search(r"(?:^|[、,|])副?(?:主任|书记)", filed.post):
        return True
    if town_unit and re.search(r"书记|乡科级", filed.post + filed.rank):
        return True
    somewhere = town_unit or bool(filed.place and not filed.unit and not _VILLAGE.search(filed.place))
    return "领导" in filed.accused and somewhere


def _in_fields(official: Official, filed: Filed, scene: Scene) -> bool:
    """Whether the 被反映人, 单位 and 职务 cells mean this official."""
    cell, surname = filed.accused, _surname(official.name)
    for match in _name_pattern(official.name).finditer(cell):
        # a homophone with a village post is somebody of the village, the very name is a doubt
        if match.group() == official.name or not _VILLAGE.search(filed.unit + filed.post + filed.rank):
            return True
    rural = _VILLAGE.search(filed.unit + filed.post + filed.rank) or surname in scene.village_surnames
    titles = _titles(official)
    called = re.search(rf"{surname}(?:某{{0,2}})?(?:{titles})|{surname}(?:某|[xX×*])+|姓{surname}的", cell)
    if official.of_village:
        return bool(called)
    if official.heads:
        if _elsewhere(filed.unit, scene, official.heads):
            return False
        if called and not rural and (not filed.unit or _TOWN_BODY.search(filed.unit) or "书记" in filed.post):
            return True
        head = re.search(
            r"(?:党委|党工委|[镇乡])书记|(?:[镇乡]|党委|党工委)(?:里)?(?:主要领导|一把手|主要负责人)",
            f"{cell}|{filed.post}",
        )
        if head and not _VILLAGE.search(filed.unit + filed.post + cell) and not re.search(r"副书记", head.group()):
            return not re.sub(rf"[{text.HAN}]*(?:书记|领导|一把手|负责人)", "", cell) or cell.startswith(surname)
        return False
    return bool(called and not rural and _county(filed.unit + filed.post + cell))


def _county(cells: str) -> bool:
    return not cells or bool(re.search(r"[县市区](?!.*[镇乡村])|纪委|监委|常委|[局委办]$", cells))


def _mentions(official: Official, sentence: str, scene: Scene) -> Iterator[tuple[int, int, bool, bool]]:
    """Start, end, by full name?, beyond doubt? of each mention of an official in a sentence."""
    for match in _name_pattern(official.name).finditer(sentence):
        yield match.start(), match.end(), True, True
    if not _TITLE.search(sentence):
        return
    for pattern, sure, bare in _aliases(official):
        for match in pattern.finditer(sentence):
            before = sentence[: match.start()]
            if _FORMER.search(before) or _elsewhere(before + match.group(), scene, official.heads):
                continue
            if (
                bare
                and not official.of_village
                and (_surname(official.name) in scene.village_surnames or _NO_HEAD.search(before))
            ):
                continue
            yield match.start(), match.end(), False, sure
    if official.heads and not scene.below:
        for match in re.finditer(rf"(?<![{text.HAN}])书记|(?<=[被由给是的])书记", sentence):
            yield match.start(), match.end(), False, False


@lru_cache(maxsize=4096)
def _aliases(official: Official) -> tuple[tuple[re.Pattern[str], bool, bool], ...]:
    """What people call an official: pattern, whether it can mean nobody else, whether it is surname and title alone."""
    surname, titles = re.escape(_surname(official.name)), _titles(official)
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
def _titles(official: Official) -> str:
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


def _elsewhere(before: str, scene: Scene, town: str = "") -> bool:
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


def _surname(name: str) -> str:
    return name[:2] if name[:2] in lexicon.load().double_surnames and len(name) > 2 else name[:1]


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
def _name_pattern(name: str) -> re.Pattern[str]:
    """The name with its homophones, with blanks inside, and half hidden (覃某先).

    In a name of two characters only the given name may differ: 王军 has too many homophones among common words.
    """
    surname = _surname(name)
    classes = [re.escape(c) for c in name]
    for at, character in enumerate(name):
        if len(name) > len(surname) + 1 and (same := _alike().get(text.sound(character), "")):
            classes[at] = f"[{re.escape(same)}{re.escape(character)}]"
    patterns = [r"[ ]?".join(classes)]
    if len(name) == len(surname) + 2:
        patterns.append(rf"{re.escape(surname)}[某xX×*＊]{re.escape(name[-1])}")
    return re.compile("|".join(patterns))
