"""Filings that must not be entered here: about cadres above the office's authority, or its own principal leader.

They are set apart before anything reads them; only id and reason are kept. The 干部管理权限 column decides where there
is one; else rank, post and configured names, also when only the text names the person.
"""

from __future__ import annotations

import re
from functools import lru_cache

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
_LEVELS = ("中央", "省", "市", "县")  # the higher first
_BY = r"(?=管|委|级|属|直|纪|监|组织|党|政|人大|里|[、/,()和及]|\Z)"  # 市 and its organs, not 安澜市清溪县管
_BELOW = r"(?!.{0,4}以下)"  # 市管以下
#: what a 干部管理权限 cell calls each level: the level itself, its organs, the rank it manages
_MANAGED = {
    "中央": rf"(?:(?<![高初])中管|中央|中共中央|中组部|中纪委|省部级?|\A部[级管]){_BELOW}",
    "省": rf"(?:自治区|直辖市|\A区党委|省(?!部){_BY}|(?<!大)厅(?=局?级|管|\Z)){_BELOW}",
    "市": rf"(?:(?<![县城超])市(?!辖){_BY}|州{_BY}|(?<![联同])盟{_BY}|(?<![{text.HAN}])地(?=管|级|市|\Z)|地委|(?<![属当本外各])地区|(?:\A|[县副正])\(?处\)?(?=级|\Z)){_BELOW}",
    "县": r"县(?!\(?处)|旗|区|[乡镇村]|街道|[科股]级?|[本同下]级|本地|属地",
}
_COUNTIES = re.compile(
    r"县\(市[、,/]?区?\)|县\(区\)|[县市区](?:[、/][县市区]){2}|县[市区]{1,2}(?=管|委|级|\Z)"
)  # 县(市、区)管
_NOT = re.compile(r"[非不](?:是|属于?|由|在)?\Z")
_INSPECTOR = {"县": "|(?:巡视|调研)员", "市": "|巡视员", "省": ""}
_RANK = {
    "县": rf"(?:县处|县\(处\)|厅局|地厅|省部|副处|正处|处|副县|正县|县|副厅|正厅|厅)级(?!以下)|[正副][处厅](?![长级]){_INSPECTOR['县']}",
    "市": rf"(?:厅局|地厅|省部|副厅|正厅|厅)级(?!以下)|[正副]厅(?![长级]){_INSPECTOR['市']}",
    "省": r"省部|部级",
}
_LONG = "(?![期久达效途江])"  # 我县长期, 超市长江路
_DISTRICT = "(?<![小社园片校厂库林矿景灾牧山湖新老发])区"  # 区长 of a district, not 小区长
_COMMITTEE = rf"(?:委(?:副?书记|常委|(?:组织部|宣传部|统战部)部?长|政法委书记)|(?:{OWN_OFFICE})+书记|(?:{OWN_OFFICE})*监(?:察委员会|委)主任|人大(?:常委会)?副?主任|政协副?主席|(?:人民)?法院院长|(?:人民)?检察院检察长)"
_BANNER = "(?<![红国锦彩军校团队党])旗"  # 旗长 of a banner
_ABOVE_COUNTY = rf"(?<![超城])副?市长{_LONG}|副?[州盟]长{_LONG}|行署专员|厅长"
_POST = {
    "县": rf"(?:[县州盟省]|(?<![超城])市|{_BANNER}|自治区党?){_COMMITTEE}|地委书记|(?<![副镇乡])副?县长{_LONG}|副?{_BANNER}长{_LONG}|{_ABOVE_COUNTY}|{_DISTRICT}(?:{_COMMITTEE}|长{_LONG})|副区长{_LONG}{_INSPECTOR['县']}",
    "市": rf"(?:[州盟省]|(?<![超城])市|自治区党?){_COMMITTEE}|地委书记|{_ABOVE_COUNTY}|省长{_LONG}|自治区主席{_INSPECTOR['市']}",
    "省": rf"(?:省|自治区党?){_COMMITTEE}|副?省长{_LONG}|自治区副?主席|部长",
}
# 副县长包保的村, 县长热线, 县委书记办公室
_OF_SOMETHING_ELSE = r"(?!热线|信箱|办公室|助理|秘书|接待日|(?:包[保联案]|分管|主管|联系|挂[点钩包]|帮扶)的?)"
_BARE = frozenset(("县长", "市长", "区长", "省长", "州长", "盟长", "旗长"))  # may be two words: A市|长房小区
_BLANKS = re.compile(r"\s+")
_ABOUT = r"(?:反映|举报|控告|检举)[^,。;!?\n]{0,12}"


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
    rank = re.compile(_RANK[level])
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
        above = _is_above(own, level)
        reason = ""
        if above:
            reason = "干部管理权限高于本级"
        elif (
            leaders
            and sought.search(f"{closed(text.normalise(who))}\n{text.normalise(title)}\n{text.normalise(body)}")
            and (accuses_leader(Filed.of(who, unit, posts, ranks, "", "", title, body, petitioner), leaders))
        ):
            reason = "反映本单位主要负责人"
        elif above is None and (
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


@lru_cache(maxsize=1024)
def _is_above(cell: str, level: str) -> bool | None:
    """Whether a 干部管理权限 cell names a level above `level`; None where nothing is understood."""
    plain, ours = _COUNTIES.sub("县", cell), None
    for at, name in enumerate(_LEVELS):
        above = at < _LEVELS.index(level)
        for match in re.finditer(_MANAGED[name], plain):
            negated = bool(_NOT.search(plain[: match.start()]))
            if above and not negated:
                return True
            if above or not negated:
                ours = False
    return ours


def _accuses_holder(title: str, body: str, post: re.Pattern[str]) -> bool:
    """Whether a filing whose cells accuse nobody is about the holder of a post, who took part in what it tells."""
    held: list[tuple[str, int, int]] = []
    took_part = False
    for source, raw in (("title", title), ("text", body)):
        for sentence in text.SENTENCE.finditer(text.normalise(raw)):
            for match in post.finditer(sentence.group()):
                if match.group() not in _BARE:
                    begin, end = (sentence.start() + at for at in match.span())
                    held.append((source, begin, end))
                    took_part = took_part or conduct(sentence.group(), *match.span()) is Conduct.TOOK_PART
    return took_part and any(
        person.source == source and person.start <= end and start < person.end  # beside the post or around it
        for person in facts.extract({"title": title, "text": body}).accused
        for source, start, end in held
    )
