"""Filings that must not be entered here: about cadres above the office's authority, or its own principal leader.

They are set apart before anything reads them; only id and reason are kept. The 干部管理权限 column decides where there
is one; else rank, post and configured names, also when only the text names the person.
"""

from __future__ import annotations

import re

import pandas as pd

from repeatdetect import facts, text
from repeatdetect.called import Official
from repeatdetect.colleagues import accuses_leader, may_name
from repeatdetect.conduct import Conduct, conduct
from repeatdetect.filed import Filed
from repeatdetect.namelist import closed
from repeatdetect.places import OWN_OFFICE
from repeatdetect.settings import Settings

REJECTS = ("row", "filing_id", "reason")  # columns of what is not taken in
_AUTHORITY = {
    "县": r"(?<![非不])(?:[市省]管|[市省]委管理|中管|中央管理|市级|省级|厅局?级|厅管)",
    "市": r"(?<![非不])(?:省管|省委管理|中管|省级|厅管)",
    "省": r"(?<![非不])(?:中管|中央管理)",
}
_RANK = {
    "县": r"(?:县处|县\(处\)|厅局|地厅|省部|副处|正处|处|副县|正县|县|副厅|正厅|厅)级(?!以下)|[正副][处厅](?![长级])",
    "市": r"(?:厅局|地厅|省部|副厅|正厅|厅)级(?!以下)|[正副]厅(?![长级])",
    "省": r"省部|部级",
}
_LONG = "(?![期久达效途江])"  # 我县长期, 超市长江路
_DISTRICT = "(?<![小社园片校厂库林矿景灾牧山湖新老发])区"  # 区长 of a district, not 小区长
_COMMITTEE = rf"(?:委(?:副?书记|常委|(?:组织部|宣传部|统战部)部?长|政法委书记)|(?:{OWN_OFFICE})+书记|(?:{OWN_OFFICE})*监(?:察委员会|委)主任|人大(?:常委会)?副?主任|政协副?主席|(?:人民)?法院院长|(?:人民)?检察院检察长)"
_POST = {
    "县": rf"县{_COMMITTEE}|(?:市|省)委书记|(?<![副镇乡])副?县长{_LONG}|(?<![超城])副?市长{_LONG}|厅长|{_DISTRICT}(?:{_COMMITTEE}|长{_LONG})|副区长{_LONG}",
    "市": rf"市{_COMMITTEE}|省委书记|(?<![超城])副?市长{_LONG}|厅长|省长{_LONG}",
    "省": rf"省委书记|副?省长{_LONG}|部长",
}
# 副县长包保的村, 县长热线, 县委书记办公室
_OF_SOMETHING_ELSE = r"(?!热线|信箱|办公室|助理|秘书|接待日|(?:包[保联案]|分管|主管|联系|挂[点钩包]|帮扶)的?)"
_UNTOLD = frozenset(("/", "\\", "-", "--", "—", "无", "不详", "未知", "空"))  # cells that say nothing
_BARE = frozenset(("县长", "市长", "区长", "省长"))  # may be two words: A市|长房小区
_SUPERIOR = "县领导"  # canonical post, see ``lexicon/people.toml``
_BLANKS = re.compile(r"\s+")
_ABOUT = r"(?:反映|举报|控告|检举)[^,。;!?\n]{0,12}"
_SENTENCE = re.compile(r"[^。!?;\n]+")


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
    authority, rank = (re.compile(table[level]) for table in (_AUTHORITY, _RANK))
    post = re.compile(f"(?:{_POST[level]}){_OF_SOMETHING_ELSE}")
    about = re.compile(f"{_ABOUT}(?:{post.pattern})(?![,:]?[您你]好|:)")
    names = (closed(text.normalise(cell).strip()) for cell in settings.own_leaders)
    leaders = tuple(Official(name) for name in names if name)
    sought = may_name(leaders)
    rejects: list[dict[str, object]] = []
    keep = []
    columns = ("row", "filing_id", "authority", "rank", "post", "unit", "accused", "petitioner", "title", "text")
    for row, filing_id, *cells, who, petitioner, title, body in filings[list(columns)].itertuples(index=False):
        own, ranks, posts, unit = (_BLANKS.sub("", text.normalise(cell)) if cell else "" for cell in cells)
        own = "" if own in _UNTOLD else own
        reason = ""
        if own and authority.search(own):
            reason = "干部管理权限高于本级"
        elif (
            leaders
            and sought.search(f"{closed(text.normalise(who))}\n{text.normalise(title)}\n{text.normalise(body)}")
            and (accuses_leader(Filed.of(who, unit, posts, ranks, "", "", title, body, petitioner), leaders))
        ):
            reason = "反映本单位主要负责人"
        elif not own and (
            rank.search(ranks)
            or post.search(f"{unit}{posts}|{text.normalise(who)}")
            or about.search(text.normalise(title))
            or (not who and _accuses_holder(title, body, post))
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


def _accuses_holder(title: str, body: str, post: re.Pattern[str]) -> bool:
    """Whether a filing whose cells accuse nobody is about the holder of a post, who took part in what it tells."""
    plain = text.normalise(f"{title}\n{body}")
    if all(match.group() in _BARE for match in post.finditer(plain)):
        return False
    took_part = any(
        match.group() not in _BARE and conduct(sentence.group(), *match.span()) is Conduct.TOOK_PART
        for sentence in _SENTENCE.finditer(plain)
        for match in post.finditer(sentence.group())
    )
    return took_part and any(
        person.post == _SUPERIOR for person in facts.extract({"title": title, "text": body}).accused
    )
