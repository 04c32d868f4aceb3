"""What people call an official: the name, misheard or half hidden, surname and title, post and place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import accumulate

from repeatdetect import text
from repeatdetect.filed import TITLE, VILLAGE, Filed, Scene
from repeatdetect.persons import surname_of
from repeatdetect.places import town_names
from repeatdetect.text import FUNCTION

FORMER = re.compile(r"(?:原任?|前任?|上一?[任届]|老|退休的?|已调走的?|离任的?|卸任的?|(?:原来|以前|过去)的)的?$")
# 原莲花乡书记: of a township that is no more
_FORMER_TOWN = re.compile(rf"(?<![{text.HAN}])[原老旧][{text.HAN}]{{2,3}}?[镇乡](?:党委|政府|的)*(?:书记)?$")
_CITIZEN = re.compile(
    r"(?:本人|我叫|我是|我名叫|(?<!被)(?:信访|举报|反映|来访|来电|来信|投诉|控告|检举|申请)人|村民|居民|群众|社员|邻居|街坊|老党员|教师|老师|医生|护士|"
    r"工人|民工|农民|农户|村医|学生|家长|(?<!见)证人|户主|业主|租户|摊主|店主|会计|出纳|保管员?|护林员|网格员|老人|大爷|大妈|大娘|老汉|残疾人|[五低]保户|贫困户|伤者|死者|受害人)"
    r"(?:代表)?[:,是叫名]*$"
)
# one more character and then an end: 张伟明, 张伟强的
_ONE_MORE = re.compile(rf"(?![来去到批签收拿点说在给看])[{text.HAN}](?:[^{text.HAN}]|[的等和与及是]|$)")
_OTHER_POST = re.compile(r"[园校院站所厂馆店]长|经理|老板|会计|村主任|支书")
_CITIZEN_AFTER = re.compile(r"老人|大爷|大妈|大娘|老汉|老师|师傅|医生|大叔|大婶")
_SOMEBODY = r"(?:那|有|来了?|派了?|派来)一?[个位]|[来派]的"
_NO_HEAD = re.compile(
    r"(?:村|社区|支部?|总支|局|所|站|中心|公司|集团|银行|信用社|供销社|合作社|学?校|医?院|大学|厂|[大中]队|处|科|股|协会|商会|团委|妇联|工会|党组|机关|县|市|省|纪|副)的?$"
)


@dataclass(frozen=True)
class Official:
    """Somebody who would be put in charge of a matter.

    Attributes
    ----------
    name, post : str
        As the ledger or the officials' table gives them; several names in one cell are joined by 、.
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
    def each(self) -> list[Official]:
        """The same, one for each name."""
        return [replace(self, name=name) for name in self.name.split("、") if name]

    @property
    def names(self) -> set[str]:
        """Names, apart."""
        return {one.name for one in self.each}

    @property
    def of_village(self) -> bool:
        """Whether the ledger made somebody of the village itself responsible."""
        return not self.heads and bool(VILLAGE.search(self.unit + self.post))


def mentions(official: Official, filed: Filed, sentence: str, scene: Scene) -> Iterator[tuple[int, int, bool, bool]]:
    """Start, end, by full name?, beyond doubt? of each mention of an official in a sentence of a filing."""
    # 黎明, 蓝图: a name that is a word, too
    a_word = len(official.name) == 2 and len(text.words(official.name)) == 1
    for match in _named(official, filed, sentence):
        yield match.start(), match.end(), True, not a_word
    if not TITLE.search(sentence):
        return
    surname = surname_of(official.name)
    for pattern, sure, bare in _aliases(official):
        for match in pattern.finditer(sentence):
            before, called = sentence[: match.start()], match.group()
            place = before + (called[: called.rfind(surname)] if surname in called else called)
            if FORMER.search(before) or _FORMER_TOWN.search(place) or elsewhere(place, scene, official.heads):
                continue
            if bare and not official.of_village and (surname + called[-2:] in scene.cadres or _NO_HEAD.search(before)):
                continue
            yield match.start(), match.end(), False, sure
    if official.heads and not scene.below:
        for match in re.finditer(rf"(?<![{text.HAN}])书记|(?<=[被由给是的])书记", sentence):
            yield match.start(), match.end(), False, False


def _given(official: Official) -> str:
    """Pattern of a given name as colleagues use it: 怀瑾书记; '' for one too short for that."""
    given = official.name[len(surname_of(official.name)) :]
    before = rf"(?:(?<![{text.HAN}])|(?<=[的了是在给由请找向对和与跟]))"
    return (
        rf"{before}{re.escape(given)}(?:(?:同志)?(?:{titles_of(official)}|书记|常委|主任)|同志)"
        if len(given) == 2
        else ""
    )


def _named(official: Official, filed: Filed, sentence: str) -> Iterator[re.Match[str]]:
    """Mentions of an official by name in a sentence; not of a villager of that name."""
    pattern, rural = name_pattern(official.name), VILLAGE.search(filed.unit + filed.post + filed.rank)
    others = [piece for piece in filed.people if piece != official.name]
    for match in pattern.finditer(sentence):
        found = match.group()
        # 杨帆远 is not 杨帆, the village's 王静婷 not 王敬亭
        if any(
            sentence.startswith(other, match.start())
            for other in others
            if found in other and (rural or found != other)
        ):
            continue
        if _runs_on(sentence, match):
            continue
        if not _is_citizen(official, filed, sentence, match) or _titled(official).search(filed.whole):
            yield match


def _runs_on(sentence: str, match: re.Match[str]) -> bool:
    """Whether what looks like a name is part of other words: 由于得水库, 张伟明 for 张伟."""
    start, end = match.span()
    begin = max(0, start - 4)
    edges = {begin, *accumulate(map(len, text.words(sentence[begin : end + 4])), initial=begin)}
    if start not in edges and end not in edges:
        return True
    return end - start == 2 and sentence[end : end + 1] not in FUNCTION and bool(_ONE_MORE.match(sentence, end))


def _is_citizen(official: Official, filed: Filed, sentence: str, match: re.Match[str]) -> bool:
    """Whether who is mentioned by an official's name is a petitioner, a witness, a neighbour, the head of a school."""
    name = official.name
    post = _OTHER_POST.match(sentence, match.end())
    if post and not re.search(titles_of(official), post.group()) and not official.unit:
        return True
    if name in filed.petitioners or _CITIZEN.search(sentence[: match.start()]):
        return True
    if _CITIZEN_AFTER.match(sentence, match.end()):
        return True
    # who was once a villager is one throughout
    return any(
        _CITIZEN.search(filed.whole[: other.start()]) or _CITIZEN_AFTER.match(filed.whole, other.end())
        for other in name_pattern(name).finditer(filed.whole)
    )


@lru_cache(maxsize=4096)
def _titled(official: Official) -> re.Pattern[str]:
    """An official's name with a title: whoever is called so is no villager."""
    name, title = f"(?:{name_pattern(official.name).pattern})", r"(?:书记|常委|委员|[镇乡县局]长|主任|领导)"
    return re.compile(rf"(?<!村)(?<!支部)(?<!支){title}{name}|{name}(?:同志)?{title}")


@lru_cache(maxsize=4096)
def _aliases(official: Official) -> tuple[tuple[re.Pattern[str], bool, bool], ...]:
    """What people call an official: pattern, whether it can mean nobody else, whether it is surname and title alone."""
    surname, titles = re.escape(surname_of(official.name)), titles_of(official)
    some = "(?:某{1,2}|[xX×*]{1,2})"
    own = [(re.compile(pattern), True, False)] if (pattern := _given(official)) else []
    if official.heads:
        names = "|".join(map(re.escape, sorted(town_names(official.heads), key=len, reverse=True)))
        place = rf"(?:(?:{names})(?:镇|乡|街道|区)?|(?:我们?|本|该|咱们?|俺们?)?[镇乡](?:里|上)?|街道办?|开发区|经开区|高新区|园区|管委会)"
        body = "(?:党委|党工委|党政|政府|人民政府|办事处)?"
        at = rf"(?:{place}{body}|(?<![村区局司校院团厂])(?:党委|党工委))(?:的|一把手|主要领导|{_SOMEBODY})?"
        return (
            (re.compile(rf"{at}(?:姓{surname}的|{surname}(?:{some}|{some}?(?:党委|党工委)?(?:{titles}|领导|书记)))"), True, False),
            (re.compile(rf"(?<=[镇乡])(?:里|上)[^,]{{0,6}},?[^,]{{0,4}}姓{surname}的(?!{body}(?:村|社区))"), True, False),
            (re.compile(rf"姓{surname}的(?:[镇乡](?:里|党委)?)?(?:书记|领导|一把手)"), True, True),
            (re.compile(rf"(?:{place}{body}(?:的)?|(?<![村区局司校院团厂县市省])(?:党委|党工委))[“\"'‘]?(?:书记|一把手|主要领导|主要负责人|一号|老大|主官)(?!处)|上[头面]的?书记|[镇乡][里上]?(?:最大的(?:领导|官|那[个位])|说了算的|当家的)|书记[、和跟与]副?[镇乡]长|[镇乡]长[、和跟与]书记"), True, False),
            (re.compile(rf"{surname}{some}?(?:党委|党工委)?(?:{titles})"), True, True), *own,
        )  # fmt: skip
    if official.of_village:
        return ((re.compile(rf"{surname}{some}?(?:{titles})|姓{surname}的(?:{titles})"), True, True),)
    at = rf"(?:[县市区](?:里|上|委)?(?:纪委)?(?:监委)?|纪委(?:监委)?|监委|纪检委|委里)(?:的|{_SOMEBODY})?"
    out = [
        (re.compile(rf"{at}(?:姓{surname}的|{surname}(?:{some}|{some}?(?:{titles}|领导)))"), True, False),
        (re.compile(rf"姓{surname}的(?:县领导|常委|{titles})"), True, True),
        (re.compile(rf"{surname}{some}?(?:{titles})"), "常委" in official.post, True),
        (
            re.compile(
                rf"包案(?:县|区|市)?领导|联系(?:我们?|本|该|[{text.HAN}]{{2,3}})?(?:[镇乡]|街道)?的?(?:那[位个])?(?:县?领导|常委|委员|班子成员)"
            ),
            False,
            False,
        ),
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


# what a reader or a scanner takes for one another in names; homophones come by sound
_LOOK_ALIKE = (
    "亭享亨 明朋 永水 大太犬 未末 己已巳 士土 千干于 王玉主 田由甲申 午牛 今令 治冶 海梅 林材村 陈阵 东车乐 平半丰 元无 文交 方万 国图围 志忘 忠患 恩思 学字宇守 "
    "定宝实 富宫官 宣宜 成戌 武式 金全 余佘 科料 和知 秋秩 秀季李 昌冒 昊吴 晨震 晓晚 清请情晴 青责贵 贤坚 贝见 根银 持待特 波彼 豪毫 亮高 生主 兴光 先失 克竞竟 "
    "廷延庭 康唐 庆床 友发反 龙尤 雷需雪 勇男 勤勒 祥样 祖组 礼札 社杜 柱桂 栋拣 荣菜 茂戊 英莫 红江 维推 群郡 良艮 民氏 少小 川州 师帅 希布 常党 嘉喜 吉言 古占 "
    "右石 名各 周同向 因困 姜美 孝考 孟盂 崇祟 左在 巨臣 宏宠 家冢 岩岸 强张 彬杉 德得 慧彗 振拆 敬警 新薪 春舂 权叔 柳柯 福幅 章童 焕换 远还 顺须 领颂"
)


@cache
def _look_alike() -> dict[str, str]:
    """Character -> those it is taken for."""
    out: dict[str, str] = {}
    for group in _LOOK_ALIKE.split():
        for character in group:
            out[character] = out.get(character, "") + group
    return out


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
    """The name with its homophones and look-alikes, with blanks inside, and half hidden (覃某先).

    A name of two characters stands as it is: 王军 has too many homophones among common words.
    """
    surname = surname_of(name)
    classes = [re.escape(c) for c in name]
    for at, character in enumerate(name):
        if len(name) > len(surname) + 1:
            same = _alike().get(text.sound(character), "")
            seen = _look_alike().get(character, "") if at >= len(surname) else ""
            classes[at] = f"[{re.escape(same + seen + character)}]"
    patterns = [r"[ ]?".join(classes)]
    if len(name) == len(surname) + 2:
        patterns.append(rf"{re.escape(surname)}[某xX×*＊]{re.escape(name[-1])}")
        # a note signed “同意，怀瑾”
        patterns.append(rf"(?<![{text.HAN}]){re.escape(name[len(surname) :])}(?=[”\"'’」])")
    return re.compile("|".join(patterns))
