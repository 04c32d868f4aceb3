"""Recusal (回避): nobody handles, or sees, a complaint about themselves or about the leadership they head."""

from __future__ import annotations

import re
from dataclasses import dataclass

from repeatdetect import text

_LEADING = r"(?:党委|党工委)?书记|镇长|乡长|副镇长|副乡长|党委副书记|党工委副书记|纪委书记|纪工委书记|人大主席|党委委员|组织委员|宣传委员|武装部长|政法委员|街道主任|办事处主任|管委会主任|管委会副主任"
_LEADING_POST = re.compile(
    rf"(?<!村)(?<!支部)(?<!社区)(?:镇|乡|街道|办事处|开发区|园区)(?:党委|党工委|政府|人民政府)?(?:的)?(?:{_LEADING})|"
    r"副镇长|副乡长|(?<!副)镇长|(?<!副)乡长|党工?委书记|党委副书记|镇纪委书记|乡纪委书记|人大主席|党委委员|管委会主任"
)
_TOOK_PART = re.compile(
    r"陪|签[字名了的]|批[准了条示给]|收[了受过的]|拿了|拿走|分了|吃|喝|送[了给]|同意|点头|授意|指使|入股|干股|参股|包庇|袒护|撑腰|保护伞|打招呼|"
    r"伙同|参与|一起|合伙|串通|勾结|默许|亲戚|女婿|舅|儿子|弟|侄|连襟|好处|红包|安排|出面|站台|挂名|占|贪|指定|表弟|同学|干的"
)
_HANDLING = re.compile(
    r"尊敬|您好|领导同志|批示|包案|化解|接访|接待|约访|督办|转办|交办|转给|呈|抄送|请求|恳请|希望|请[^客吃]|感谢|答复|回复|承诺|约谈|责成|找过我|信访|反映过|信寄给|写信给"
)
_CLAUSE = re.compile(r"[^。!?;\n]+")


@dataclass(frozen=True)
class Filed:
    """What one filing of a matter says, as far as recusal needs it."""

    accused: str
    unit: str
    post: str
    title: str
    body: str


def involved(official: str, filed: Filed) -> bool:
    """Whether a filing says that `official` is accused or took part.

    A name in the 被反映人 field counts at once. In title or text it counts unless its sentence only speaks of
    handling (尊敬的…, 批示, 包案, 答复) and of nothing the person did: in doubt a person is recused, since a complaint
    must never reach the one it is about.
    """
    if official in text.normalise(filed.accused):
        return True
    for part in (filed.title, filed.body):
        if official not in part:
            continue
        plain = text.normalise(part)
        for match in _CLAUSE.finditer(plain):
            clause = match.group()
            if official in clause and (_TOOK_PART.search(clause) or not _HANDLING.search(clause)):
                return True
    return False


def alias_involved(secretary: str, town: str, filed: Filed) -> bool:
    """Whether a filing accuses the party secretary of `town` by title: 王书记 with the town, 镇党委书记."""
    surname, stem = secretary[:1], town.removesuffix("镇").removesuffix("乡").removesuffix("街道")
    accused, unit, post = (text.normalise(v) for v in (filed.accused, filed.unit, filed.post))
    town_unit = bool(re.search(r"[镇乡区道](?:党委|党工委|政府|人民政府)?$|[镇乡](?:党委|人民政府|政府)", unit)) and "村" not in unit
    field = accused + "|" + post
    if re.search(rf"{surname}(?:某+)?书记", accused) and (town_unit or re.search(r"党工?委书记", post)):
        return True
    if re.search(r"党工?委书记", field) and "村" not in field and "社区" not in field:
        return not accused or accused[:1] == surname or secretary in accused or "书记" in accused
    pattern = re.compile(
        rf"(?:{re.escape(town)}|{re.escape(stem)}|镇里?|乡里?|镇党委|乡党委|党委|党工委)(?:的)?(?:党工?委)?{surname}书记|"
        rf"(?<![村支])(?:镇|乡|{re.escape(stem)}镇?乡?)(?:的)?(?:党委|党工委)书记(?:{surname})?"
    )
    for part in (filed.title, filed.body):
        plain = text.normalise(part)
        for match in _CLAUSE.finditer(plain):
            clause = match.group()
            if pattern.search(clause) and _TOOK_PART.search(clause):
                return True
    return False


def leading_group(filed: Filed, accused_posts: set[str]) -> bool:
    """Whether the accused of a filing belongs to a township's leading group.

    Parameters
    ----------
    filed : Filed
    accused_posts : set of str
        Canonical posts of the accused as read from the text.
    """
    post, unit, accused = (text.normalise(v) for v in (filed.post, filed.unit, filed.accused))
    cells = f"{unit}{post}|{accused}"
    if re.search(r"村|社区|居委会|支部", post) and not re.search(r"镇长|乡长", post):
        return False
    if _LEADING_POST.search(cells):
        return True
    return bool(accused_posts & {"镇书记", "镇长", "副镇长", "镇副书记", "镇纪委书记", "镇人大主席", "镇委员"}) and not post
