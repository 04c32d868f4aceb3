"""Filings that must not be entered here: about cadres above the office's authority, or its own principal leader.

They are set apart before anything reads them; only id and reason are kept. The 干部管理权限 column decides where there
is one; else rank, post and configured names, also when only the text names the person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from repeatdetect import facts, text
from repeatdetect.namelist import closed, names_in
from repeatdetect.settings import Settings

REJECTS = ("row", "filing_id", "reason")  # columns of what is not taken in
_AUTHORITY = {
    "县": r"(?<![非不])(?:[市省]管|[市省]委管理|中管|中央管理|市级|省级|厅局?级|厅管)",
    "市": r"(?<![非不])(?:省管|省委管理|中管|省级|厅管)",
    "省": r"(?<![非不])(?:中管|中央管理)",
}
_RANK = {
    "县": r"(?:县处|厅局|地厅|省部|副处|正处|处|副县|正县|县)级(?!以下)|[正副]处(?![长级])",
    "市": r"(?:厅局|地厅|省部|副厅|正厅|厅)级(?!以下)|[正副]厅(?![长级])",
    "省": r"省部|部级",
}
_LONG = "(?![期久达效途江])"  # 我县长期, 超市长江路
_DISTRICT = "(?<![小社园片校厂库林矿景灾牧山湖新老发])区"  # 区长 of a district, not 小区长
_POST = {
    "县": rf"(?:县委|市委|省委)书记|(?<![副镇乡])副?县长{_LONG}|县纪委书记|县监委主任|县委副书记|县委常委|县人大常委会(?:副)?主任|县政协(?:副)?主席|"
    rf"(?<![超城])副?市长{_LONG}|厅长|{_DISTRICT}(?:委(?:副?书记|常委)|长{_LONG})|副区长{_LONG}|{_DISTRICT}纪委书记",
    "市": rf"(?:市委|省委)书记|(?<![超城])副?市长{_LONG}|市纪委书记|市委副书记|市委常委|厅长|省长{_LONG}",
    "省": rf"省委书记|副?省长{_LONG}|部长",
}
_UNTOLD = frozenset(("/", "\\", "-", "--", "—", "无", "不详", "未知", "空"))  # cells that say nothing
_BLANKS = re.compile(r"\s+")
_ABOUT = r"(?:反映|举报|控告|检举|实名举报)[^,。;!?\n]{0,12}"


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
    authority, rank, post = (re.compile(table[level]) for table in (_AUTHORITY, _RANK, _POST))
    about_post = re.compile(_ABOUT + "(?:" + _POST[level] + ")(?!热线|信箱|[,:]?[您你]好|:)")
    leaders = [name for cell in settings.own_leaders if (name := closed(text.normalise(cell).strip()))]
    rejects: list[dict[str, object]] = []
    keep = []
    columns = ("row", "filing_id", "authority", "rank", "post", "accused", "title", "text")
    for row, filing_id, *told, title, body in filings[list(columns)].itertuples(index=False):
        own, ranks, posts, accused = (_BLANKS.sub("", text.normalise(cell)) if cell else "" for cell in told)
        own = "" if own in _UNTOLD else own
        reason = ""
        if own and authority.search(own):
            reason = "干部管理权限高于本级"
        elif leaders and _accuses(told[-1], leaders):
            reason = "反映本单位主要负责人"
        elif (not own and (rank.search(ranks) or post.search(posts) or post.search(accused))) or (
            not own and about_post.search(text.normalise(title))
        ):
            reason = "被反映人职级或职务高于本级管理权限"
        elif leaders and any(name in text.normalise(part) for part in (title, body) for name in leaders):
            found = facts.extract({"title": title, "text": body, "accused": told[-1]})
            if any(p.name in leaders and p.role in ("accused", "took_part") for p in found.persons):
                reason = "反映本单位主要负责人"
        elif not own and not accused and about_post.search(text.normalise(body[:400])):
            found = facts.extract({"title": title, "text": body})
            if any(p.post == "县领导" and p.role == "accused" for p in found.persons):
                reason = "被反映人职级或职务高于本级管理权限"
        keep.append(not reason)
        if reason:
            rejects.append({"row": row, "filing_id": filing_id, "reason": f"隔离：{reason}，请按程序上报"})
    if not rejects:
        return filings, []
    kept = filings[keep].reset_index(drop=True)
    kept.attrs = filings.attrs
    return kept, rejects


def _accuses(cell: str, leaders: Sequence[str]) -> bool:
    """Whether a 被反映人 cell gives one of some names: 王　伟, 书记王伟; 王伟民 is somebody else."""
    return any(
        name in piece and not (len(name) == 2 and len(piece) == 3 and piece.startswith(name))
        for piece in names_in(cell)
        for name in leaders
    )
