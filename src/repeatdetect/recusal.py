"""Recusal (回避): nobody handles, or sees, a complaint about themselves or about the leadership they head.

A person is looked for by name (homophones and 覃某 included) and by what people call an official: surname and title
(王书记), post and place (双桥镇党委书记), 镇里一把手. What the sentence says of the one it mentions is read in
`repeatdetect.conduct`; where that stays unclear the person is recused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from repeatdetect import lexicon, text
from repeatdetect.called import FORMER, Official, elsewhere, mentions, name_pattern, titles_of
from repeatdetect.conduct import Conduct, conduct
from repeatdetect.filed import MEMBER_CELL, TOWN_BODY, VILLAGE, Filed, Scene
from repeatdetect.persons import surname_of
from repeatdetect.places import OWN_OFFICE, town_names
from repeatdetect.text import FUNCTION

_SURNAMES = lexicon.load().surnames - FUNCTION
_RUNS_ON = re.compile(rf"(?!同志|等|书记|常委|委员|主任|[镇乡县局]长)[{text.HAN}]")
_OF_VILLAGE = re.compile(r"[包驻挂联]村")
_NO_LEADER = r"(?:[包驻挂联]村|一般|普通|年轻)?干部|干事|办事员|工作人员|科员|专干"
# 某街道拆迁办: whose 副主任 is none of the sub-district
_WITHIN_TOWN = re.compile(r"(?<!街道)(?:办|站|所|队|中心|窗口|公司)$")
# the 管委会 of an estate or a scenic spot that lies in a township is not the township's leadership
_RURAL_TOWN, _COMMITTEE = re.compile("[镇乡]$"), re.compile(r"(?<![镇乡])管委会(?:[^|、]{0,4}?主任)?")
# 当时是副镇长, 现在在别处
_THEN, _NOW = (
    re.compile(rf"(?:当时[是任]|曾经?[是任]|[当做]过)[{text.HAN}]{{0,6}}$"),
    re.compile("现在?[在任是]|如今|已?调[到往任]"),
)
_CITY_BODY = re.compile(r"(?:街道|办事处|管委会|开发区|经开区|高新区|园区)(?:党工委)?$")


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
    name = name_pattern(official.name)
    for filed in matter:
        for sentence, header in filed.sentences if name.search(filed.whole) else filed.titled:
            for start, end, named, sure in mentions(official, filed, sentence, scene):
                what = conduct(sentence, start, end)
                if what is Conduct.TOOK_PART or (what is Conduct.UNCLEAR and sure and not header):
                    if named:
                        return "被文中述及参与所反映的事"
                    found = "在文中以职务或简称被述及参与所反映的事"
    return found


def leading_group(matter: Sequence[Filed], scene: Scene, mayor: str = "", leaders: Set[str] = frozenset()) -> str:
    """Why the leading group of the matter's township is itself complained of; '' when it is not.

    Parameters
    ----------
    matter : sequence of Filed
    scene : Scene
    mayor : str
        Name of the head of the township's government, where the officials' table has it; several are joined by 、.
    leaders : set of str
        Names that other filings call a member of the township's leading group.
    """
    within = {filed.accused[:1] for filed in matter if _WITHIN_TOWN.search(filed.unit)} - {""}
    for filed in matter:
        if member_in_fields(filed, scene, filed.accused[:1] in within):
            return "被反映人系该乡镇领导班子成员"
        if _member_elsewhere(filed, scene, leaders):
            return "其他来件载明被反映人系该乡镇领导班子成员"
    if any(grounds(one, matter, scene) for one in Official(mayor).each):
        return "文中述及该乡镇领导班子成员参与"
    for filed in matter:
        for sentence, match in filed.members:
            start = match.start()
            before = sentence[:start]
            if (
                FORMER.search(before)
                or _former(before, scene.town)
                or elsewhere(before, scene)
                or before.endswith("县")
            ):
                continue
            if _RURAL_TOWN.search(scene.town) and _COMMITTEE.match(sentence, start):
                continue
            if _THEN.search(before) and _NOW.search(sentence, match.end()):
                continue
            if any(sentence.startswith(village, match.end() - 1) for village in scene.villages):
                continue
            # 黄镇长, but 连镇长的话都不听 and 去年镇长来过
            starts = (start - 1, start) if start and sentence[start - 1] in _SURNAMES else (start,)
            read = {conduct(sentence, begin, match.end()) for begin in starts}
            what = next((one for one in (Conduct.TOOK_PART, Conduct.HANDLED) if one in read), Conduct.UNCLEAR)
            # 包村领导 is somebody of the township, but not always one of its leaders
            if what is Conduct.TOOK_PART or (what is Conduct.UNCLEAR and not _OF_VILLAGE.match(match.group())):
                return "文中述及该乡镇领导班子成员参与"
    if any(_body_took_part(filed, scene.town) for filed in matter):
        return "文中述及该乡镇党委政府所为"
    known = {code for filed in matter for code in filed.codes} | {filed.post for filed in matter if filed.post}
    bodies = [filed.unit or filed.accused for filed in matter]
    in_town = any(TOWN_BODY.search(body) and not VILLAGE.search(body) for body in bodies)
    if in_town and not known and not any(_staff(filed) for filed in matter if filed.accused):
        return "被反映人在该乡镇党委政府任职，职务不详"
    return ""


_BODY_TOOK = re.compile(
    r"^[^,]{0,16}?(?:挪用|截留|侵占|私分|贪污|套取|套走|虚报|克扣|冒领|吃喝|无偿(?:划|给|送))(?!.{0,6}(?:的问题|一事|案|责任|进行))"
)
_NOT_ITS_DOING = re.compile(r"(?:查|核|纠正|整治|通报|处理|制止|退|追|举报|反映|投诉)")


def _body_took_part(filed: Filed, town: str) -> bool:
    """Whether a text says that the township's committee or government itself did what is complained of."""
    either = "|".join(re.escape(name) for name in town_names(town))
    body = re.compile(
        rf"(?:{either}|(?<![{text.HAN}])[镇乡]|我们?[镇乡]|被[镇乡])(?:党委|政府|党委政府|党政班子|管委会)(?:集体)?(?:研究)?(?:决定)?"
    )
    return any(
        took is not None and not _NOT_ITS_DOING.search(took.group())
        for sentence, header in filed.sentences
        if not header
        for match in body.finditer(sentence)
        if (took := _BODY_TOOK.match(sentence[match.end() :]))
    )


def _former(before: str, town: str) -> bool:
    """Whether what stands before a post says that it was held: 原清溪(镇副镇长)."""
    return any(before.endswith(f"原{name}") for name in town_names(town))


def _staff(filed: Filed) -> bool:
    """Whether a text calls the accused one of the township's staff: 包村干部陆志荣."""
    name, staff = re.escape(filed.accused), rf"(?<!领导)(?:{_NO_LEADER})"
    after = rf"{name}(?:[,(是系]|同志)*(?:[{text.HAN}]{{0,3}}[镇乡](?:党委|政府)?|街道)?的?{staff}"
    return bool(re.search(rf"{staff}[,:]?{name}|{after}", filed.whole))


def _member_elsewhere(filed: Filed, scene: Scene, leaders: Set[str]) -> bool:
    """Whether the accused is one of `leaders` of the township, and the cells speak of nobody else of that name."""
    if leaders.isdisjoint(filed.people):
        return False
    other = VILLAGE.search(filed.unit + filed.post + filed.rank) or (filed.unit and not TOWN_BODY.search(filed.unit))
    return not other and not elsewhere(filed.unit, scene)


def member_in_fields(filed: Filed, scene: Scene, within: bool = False) -> bool:
    """Whether the cells mean one of the township's leaders; `within`: other filings give a body of the township's."""
    cells = f"{filed.post}|{filed.accused}"
    if elsewhere(filed.unit, scene) or elsewhere(re.split(r"[镇乡]长|党委|书记", filed.accused)[0], scene):
        return False
    town_unit = bool(TOWN_BODY.search(filed.unit))
    if re.search(r"[镇乡]长|[镇乡]党委|[镇乡]书记|[镇乡](?:里)?领导", cells):
        return not re.search(r"(?:原|前任?)[^|、,]{0,8}[镇乡]", cells)
    if VILLAGE.search(filed.post) or VILLAGE.search(filed.unit):
        return False
    if rural_town := bool(_RURAL_TOWN.search(scene.town)):
        cells = _COMMITTEE.sub("", cells)
    if MEMBER_CELL.search(cells):
        return True
    if (
        not (within or rural_town)
        and _CITY_BODY.search(filed.unit)
        and re.search(r"(?:^|[、,|])副?(?:主任|书记)", filed.post)
    ):
        return True
    if town_unit and re.search(r"书记|乡科级", filed.post + filed.rank):
        return True
    somewhere = town_unit or bool(filed.place and not filed.unit and not VILLAGE.search(filed.place))
    return "领导" in filed.accused and somewhere


def _in_fields(official: Official, filed: Filed, scene: Scene) -> bool:
    """Whether the 被反映人, 单位 and 职务 cells mean this official."""
    cell, surname = filed.accused, surname_of(official.name)
    for match in name_pattern(official.name).finditer(cell):
        if len(official.name) == 2 and _RUNS_ON.match(cell, match.end()):
            continue  # 杨帆远 is not 杨帆
        # a homophone with a village post is somebody of the village, the very name is a doubt
        if match.group() == official.name or not VILLAGE.search(filed.unit + filed.post + filed.rank):
            return True
    rural = VILLAGE.search(filed.unit + filed.post + filed.rank) or any(
        called.startswith(surname) for called in scene.cadres
    )
    titles, plain = titles_of(official), re.escape(surname)
    called = re.search(rf"{plain}(?:某{{0,2}})?(?:{titles})|{plain}(?:某|[xX×*])+|姓{plain}的", cell)
    if official.of_village:
        return bool(called)
    if official.heads:
        if elsewhere(filed.unit, scene, official.heads):
            return False
        if called and not rural and (not filed.unit or TOWN_BODY.search(filed.unit) or "书记" in filed.post):
            return True
        head = re.search(
            r"(?:党委|党工委|[镇乡])书记|(?:[镇乡]|党委|党工委)(?:里)?(?:主要领导|一把手|主要负责人)",
            f"{cell}|{filed.post}",
        )
        if head and not VILLAGE.search(filed.unit + filed.post + cell) and not re.search(r"副书记", head.group()):
            return not re.sub(rf"[{text.HAN}]*(?:书记|领导|一把手|负责人)", "", cell) or cell.startswith(surname)
        return False
    if re.search(OWN_OFFICE, filed.unit) and re.search(OWN_OFFICE, official.post):
        # within the office one surname and any title is him
        return bool(re.search(rf"^{plain}(?:某{{0,2}})?(?:书记|主任|常委|委员|领导)$", cell) or called)
    return bool(called and not rural and _county(filed.unit + filed.post + cell))


def _county(cells: str) -> bool:
    return not cells or bool(re.search(r"[县市区](?!.*[镇乡村])|纪委|监委|常委|[局委办]$", cells))
