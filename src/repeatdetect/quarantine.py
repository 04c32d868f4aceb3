"""Filings that must not be entered here: about cadres above the office's authority, or its own principal leader.

They are set apart before anything reads them; only id and reason are kept. The 干部管理权限 column decides where there
is one; else rank, post and configured names, also when only the text names the person: where a cell names the accused,
the text must call that very person by a post above the office.
"""

from __future__ import annotations

import re

import pandas as pd

from repeatdetect import facts, superiors, text
from repeatdetect.called import Official
from repeatdetect.colleagues import accuses_leader, may_name
from repeatdetect.conduct import Conduct, conduct
from repeatdetect.filed import VILLAGE, Filed
from repeatdetect.namelist import closed
from repeatdetect.persons import Person
from repeatdetect.settings import Settings

REJECTS = ("row", "filing_id", "reason")  # columns of what is not taken in
_BLANKS = re.compile(r"\s+")
_HAN = rf"[{text.HAN}]"
_ABOUT = re.compile(r"(?:反映|举报|控告|检举)(?:(?![致给向找请对被靠]|问题|冒充|谎称|自称)[^,。;!?\n]){0,12}\Z")
_GOVERNED = re.compile(r"(?:反映|举报|控告|检举|揭发)(?:的是|了)?[我咱本]?们?[县市]?的?[原前]?\Z")
_ADDRESSED = re.compile(r"[,:]?[您你]好|:")
_OF_THEIRS = re.compile(r"的?(?:一封信|公开信|批示|指示|讲话|信访|接待|接访|调研|视察|亲自|亲[戚信属友]|秘书|司机)")
_KNOWN_BY = r"(?:[姐妹]夫|[叔伯舅姑姨]+[父妈母]?|[哥弟兄姐妹]+|表[哥弟姐妹]|亲[戚家属]|岳父|公公|老丈人|连襟|同学|战友|老乡|朋友|哥们|后台|靠山)"
#: 他姐夫是|副县长, 辱骂|县长: whom the accused knows, or does something to
_ASIDE = re.compile(
    rf"{_KNOWN_BY}{_HAN}{{0,3}}(?:就是|是|为)?(?:现任|原任?|前任?|我?[县市]的?)?\Z|(?:辱骂|谩骂|欺骗|冒充|[对向]|在)(?:我?[县市]的?)?\Z"
)
#: 和县委书记|是同学, 县委书记陈平|一手提拔的
_ASIDE_AFTER = re.compile(rf"{_HAN}{{0,3}}(?:是(?:老?{_KNOWN_BY})|(?:一手)?提[拔携]的|撑腰|面前|撒谎)")
_BELOW = re.compile(rf"{VILLAGE.pattern}|[乡镇]|街道|[科股]级")
# 县委常委、组织部部长, 副县长兼公安局局长, 县委书记(原县长): further posts of whoever holds one
_FURTHER = re.compile(
    rf"(?:(?:[、兼(]|(?<=委))(?:时任|现任|原任?|前任?)?(?:(?![村镇乡校]|社区|支书){_HAN}){{0,12}}?(?:书记|常委|长|主任|主席|委员)(?!的)\)?)*(?:同志|[:\"“(叫是]|名叫)?"
)
# 孙立新,男,时任我县|县委书记
_THEN = re.compile(
    r"(?:[,(:]|[男女]|汉族|\d+岁|系|是|为|(?:时|现|原|前|曾|担|就|升|调|兼|出)?任|当上?|同志|以前|我们?|咱们?|[本该原县]|党员)*"
)
_HELD = re.compile(r"的?(?:时候|期间|任上|时|一职|职务|以来|之?后)|[^\w]|\Z")


def quarantine(filings: pd.DataFrame, settings: Settings) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """Set apart what belongs to a superior organ or is about the office's own leader.

    Parameters
    ----------
    filings : DataFrame
        Canonical filings.
    settings : Settings
        ``own_level`` and ``own_leaders``.

    Returns
    -------
    kept : DataFrame
        The other filings, RangeIndex, attrs kept.
    rejects : list of dict
        row, filing_id, reason of those set apart; no content.
    """
    level = settings.own_level
    rank = superiors.rank(level)
    names = (closed(text.normalise(cell).strip()) for cell in settings.own_leaders)
    leaders = tuple(Official(name) for name in names if name)
    sought = may_name(leaders)
    rejects: list[dict[str, object]] = []
    keep = []
    columns = ("row", "filing_id", "authority", "rank", "post", "unit", "accused", "petitioner", "title", "text")
    for row, filing_id, *cells, who, petitioner, title, body in filings[list(columns)].itertuples(index=False):
        called, headed = text.normalise(who), text.normalise(title)
        own, ranks, posts, unit = (_BLANKS.sub("", text.normalise(cell)) if cell else "" for cell in cells)
        above = superiors.is_above(own, level, bool(_BELOW.search(unit + posts + ranks)))
        reason = ""
        if above:
            reason = "干部管理权限高于本级"
        elif (
            leaders
            and sought.search(f"{closed(called)}\n{headed}\n{text.normalise(body)}")
            and (accuses_leader(Filed.of(who, unit, posts, ranks, "", "", title, body, petitioner), leaders))
        ):
            reason = "反映本单位主要负责人"
        elif above is None and (
            rank.search(ranks)
            or any(True for _ in superiors.posts_in(f"{unit}{posts}|{called}", level))
            or (not (who and _BELOW.search(unit + posts)) and _titled(headed, level))
            or _accuses_holder(who, unit, posts, title, body, level)
        ):
            reason = "被反映人职级或职务高于本级管理权限"
        keep.append(not reason)
        if reason:
            rejects.append({"row": row, "filing_id": filing_id, "reason": f"隔离：{reason}，请按程序上报"})
    if not rejects:
        return filings, []
    kept = filings[keep].reset_index(drop=True)
    kept.attrs = filings.attrs
    return kept, rejects


def _titled(title: str, level: str) -> bool:
    """Whether a title says that it is about the holder of a post: 反映县长童某收受红包; not 反映问题,县长您好."""
    return any(
        _ABOUT.search(title[:start]) and not _ADDRESSED.match(title, end) and not _OF_THEIRS.match(title, end)
        for start, end in superiors.posts_in(title, level)
    )


def _accuses_holder(who: str, unit: str, posts: str, title: str, body: str, level: str) -> bool:
    """Whether the accused of the cell, or else whom title and text accuse, holds a post above by what these tell."""
    held = [
        (source, sentence.start(), sentence.group(), span)
        for source, raw in (("title", title), ("text", body))
        for sentence in text.SENTENCE.finditer(text.normalise(raw))
        for span in superiors.posts_in(sentence.group(), level)
        if not _is_aside(sentence.group(), span)
    ]
    if not held:
        return False
    if given := facts.field_persons(who, posts, unit):
        below = bool(_BELOW.search(unit + posts))
        return any(_calls(sentence, span, one, who, below) for _, _, sentence, span in held for one in given)
    doings = [
        Conduct.TOOK_PART
        if _GOVERNED.search(sentence[: span[0]]) and not _ADDRESSED.match(sentence, span[1])
        else conduct(sentence, *span)
        for _, _, sentence, span in held
    ]
    if all(what is Conduct.HANDLED for what in doings):
        return False
    accused = facts.extract({"title": title, "text": body}).accused
    beside = [
        [one for one in accused if one.source == source and one.start <= at + _further(sentence, span[1]) + 1 and at + span[0] <= one.end]
        for source, at, sentence, span in held
    ]  # fmt: skip
    if Conduct.TOOK_PART in doings:
        return any(beside) or not accused
    names = {one.name for one in accused}
    return any(
        what is Conduct.UNCLEAR and len(names) == 1 and any(one.name and one in near for one in accused)
        for near, what in zip(beside, doings, strict=True)
    )


def _is_aside(sentence: str, span: tuple[int, int]) -> bool:
    """Whether only what its holder did officially, or whom the accused knows, is spoken of."""
    start, end = span
    return bool(_OF_THEIRS.match(sentence, end) or _ASIDE_AFTER.match(sentence, end) or _ASIDE.search(sentence[:start]))


def _further(sentence: str, end: int) -> int:
    """Where the further posts that follow a post end."""
    match = _FURTHER.match(sentence, end)
    return match.end() if match else end


def _calls(sentence: str, span: tuple[int, int], one: Person, cell: str, below: bool) -> bool:
    """Whether a sentence calls an accused of the cell by the post at `span`.

    By full name; by surname only where the cell gives no more, with the same title, and nobody of a village.
    """
    start, end = span
    post = sentence[start:end]
    if one.name:
        name = re.escape(one.name)
    elif one.surname and not below and (post[-2:] in text.normalise(cell) or "某" in cell):
        name = rf"{re.escape(one.surname)}(?:某{{1,2}}|{_HAN}{{1,2}})?"
    else:
        return False
    if re.compile(name).match(sentence, _further(sentence, end)) or re.search(rf"{name}{_HAN}{{2,10}}\Z", post):
        return True
    for match in re.finditer(name, sentence[:start]) if one.name else ():
        between = sentence[match.end() : start]
        if _THEN.fullmatch(between) and (not between or _HELD.match(sentence, end)):
            return True
    return False
