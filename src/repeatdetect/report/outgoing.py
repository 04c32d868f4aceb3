"""Lists that leave the office: one workbook for each lead official, each township and each handling department.

They say which matters somebody must see to and by when, and nothing of who filed or of what was written: a matter is
named by the label composed of its place, its accused and its issue, and that label only. Whoever is recused gets no
list with the matter on it, nor does the township whose leaders are complained of, nor the unit of the accused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from repeatdetect import places, pooled, text
from repeatdetect.addresses import place_of
from repeatdetect.conduct import Conduct, conduct
from repeatdetect.privacy import Masker
from repeatdetect.report.styles import Book, Column, row_height
from repeatdetect.report.words import CLOSURE, days_left, recused

if TYPE_CHECKING:
    from repeatdetect.detector import Result

LEAD, TOWN, DEPARTMENT = "包案领导", "乡镇", "承办单位"
_ASKED = {LEAD: "请督办化解", TOWN: "请组织化解", DEPARTMENT: "请并案办理，不重复立件"}
_OUR_FILE = re.compile(rf"(?:{LEAD}|{TOWN}|{DEPARTMENT})-.+\.xlsx", re.DOTALL)
#: ways by which mail comes in: what else somebody typed into that cell may be a name
_CHANNEL = re.compile(
    r"(?:(?:来|走|网|信|回|接|约|上|越级|集体|个体|重复|联名|匿名|实名|网上|网络|电话|手机|微信|短信|邮件|现场|书面|领导|上级|群众|"
    r"政务|热线|平台|信箱|邮箱|举报|信访|投诉|反映|控告|检举|留言|交办|转办|转送|批办|批转|督办|移送|巡视|巡察|督察|媒体|舆情|其他|邮寄|传真|人大|政协|公众号|小程序|二维码|客户端|APP)*"
    r"(?:信|访|电|网|件|办|送|报|箱|台|线|话|络|诉|言|察|视|体|情|他|寄|真|端|号|码|序|移|传|P)|12388|12345|12389)"
)
_UNSAFE = re.compile(r'[\\/:*?"<>|\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]+')
_LONGEST_NAME = 40  # characters of a file name's variable part; 255 bytes are what file systems hold
_BODY = re.compile(r"(?:党委|党组|党工委|党支部|党总支|支部|委员会|人民政府|政府|管委会|办事处)+$")
# 县纪委监委第五纪检监察室: within the office one says 第五纪检监察室
_OWN_OFFICE = re.compile(rf"^[{text.HAN}]{{0,6}}?(?:纪委监委|纪委|监委)(?=[{text.HAN}]{{2,10}}[室部科处组]$)")
_SPLIT = re.compile(r"[、,;/|\s]+")
_COUNTY = re.compile(rf"^(?:[{text.HAN}]{{2,3}}?)?[县市区](?![场政民])")  # whose a body is: 安澜县, 县
_OUR_GROUP = re.compile(r"驻[^、,]{1,12}?(?:纪检|监察)")
_SOMEBODY = r"副?[局所股科队站院校室部]长|副?主任|书记|干部|民警|工作人员|领导|某"
#: bodies that bear another name since the reform of 2018; 农业局 and 住建局 are told by their characters
_NOW_CALLED = {
    "国土资源": "自然资源", "国土": "自然资源", "工商": "市场监督管理", "质监": "市场监督管理", "食药监": "市场监督管理", "环保": "生态环境", "环境保护": "生态环境",
    "卫计": "卫生健康", "计生": "卫生健康", "安监": "应急管理", "扶贫": "乡村振兴",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """A matter as outsiders may know it."""

    number: str
    label: str
    filings: int
    first: date | None
    last: date | None
    channels: str
    news: int
    due: date | None
    closed: bool
    again: str
    lead: str
    responsible: str


def is_list(name: str) -> bool:
    """Whether a file has the name of such a list."""
    return bool(_OUR_FILE.fullmatch(name))


def lists(result: Result, others: Callable[[], pd.DataFrame] | None = None) -> dict[tuple[str, str], list[Item]]:
    """Who gets which matters.

    Parameters
    ----------
    result : Result
    others : callable, optional
        Gives further filings whose petitioners are hidden, too; see `Masker`.

    Returns
    -------
    dict
        (``包案领导``, ``乡镇`` or ``承办单位``; name) -> matters filed more than once or with a case, the earliest
        deadline first.
    """
    links = result.links.set_index("matter_id")
    shown = result.matters[(result.matters["filings"] > 1) | (result.matters["case_id"] != "")]
    handled, due = _of_filings(result)
    bodies, texts = _bodies(result), _texts(result)
    masker = Masker(result.corpus.filings, others() if others else None)
    after = result.filings.groupby("matter_id")["after_closure"].agg(_told_after)
    news = result.filings["new_content"].ne("").groupby(result.filings["matter_id"]).sum()
    out: dict[tuple[str, str], list[Item]] = {}
    for matter in shown.to_dict("records"):
        name = matter["matter_id"]
        link: Mapping[str, Any] = links.loc[name].to_dict()
        vacant = "另行指定" if recused(matter["link_note"]) else ""
        item = Item(
            matter["case_id"] or name,
            pooled.compose_title(masker.label(matter["place"]), masker.accused(matter["accused"]), link["issue"]),
            matter["filings"], _day(matter["first_date"]), _day(matter["last_date"]), _channels(matter["channels"]),
            int(news[name]), _day(link["due_date"]) or due.get(name), pd.notna(link["closed_date"]), after[name],
            matter["lead_official"] or vacant, matter["responsible_official"] or vacant,
        )  # fmt: skip
        takers = [(LEAD, who) for who in _split(matter["lead_official"])]
        takers += [(TOWN, link["town"])] if link["town"] and link["town"] not in _split(link["recused_town"]) else []
        if item.filings > 1 and link["town"]:  # without a township nobody can say whose leaders it is about
            takers += [
                (DEPARTMENT, unit) for unit in handled.get(name, ())
                if not _withheld(unit, link, matter["accused"], bodies[name], texts[name])
            ]  # fmt: skip
        for taker in takers:
            out.setdefault(taker, []).append(item)
    for items in out.values():
        items.sort(key=lambda item: (item.due or date.max, -item.filings, item.number))
    return dict(sorted(out.items()))


def _told_after(words: pd.Series) -> str:
    """What the filings of one matter made after closure say: ``new_facts`` as soon as one of them states any."""
    return next((word for word in ("new_facts", "nothing_new") if (words == word).any()), "")


def _of_filings(result: Result) -> tuple[dict[str, list[str]], dict[str, date]]:
    """Handling departments and latest deadline of the open filings of each matter."""
    cells = result.corpus.filings
    handled: dict[str, dict[str, None]] = {}
    due: dict[str, date] = {}
    columns = zip(
        result.filings["matter_id"], cells["handler"], cells["due_date"], cells["closed_date"], strict=True
    )  # fmt: skip
    for name, handler, deadline, closed in columns:
        for one in _split(handler):
            handled.setdefault(name, {})[_OWN_OFFICE.sub("", one)] = None
        if pd.isna(closed) and (day := _day(deadline)):
            due[name] = max(day, due.get(name, day))
    return {name: list(found) for name, found in handled.items()}, due


def _bodies(result: Result) -> dict[str, set[str]]:
    """Bodies whose people each matter accuses: by 单位 and 职务, where both are blank by titles and texts."""
    cells = result.corpus.filings
    towns = tuple(set(result.links["town"]) - {""})
    accused = dict(zip(result.matters["matter_id"], map(_split, result.matters["accused"]), strict=True))
    out: dict[str, set[str]] = {name: set() for name in accused}
    columns = ("unit", "post", "title", "text")
    for name, (unit, post, title, body) in zip(
        result.filings["matter_id"], zip(*(cells[column] for column in columns), strict=True), strict=True
    ):
        out[name].update(_split(unit), _split(post))
        if not unit and not post and (told := places.told_body(title, body, accused[name], towns)):
            out[name].add(told)
    return out


def _texts(result: Result) -> dict[str, list[str]]:
    """Titles and texts of each matter, normalised."""
    cells = result.corpus.filings
    out: dict[str, list[str]] = {}
    for name, title, body in zip(result.filings["matter_id"], cells["title"], cells["text"], strict=True):
        out.setdefault(name, []).append(text.normalise(f"{title}\n{body}"))
    return out


def _split(cell: str) -> list[str]:
    """What a cell lists, normalised."""
    return list(filter(None, _SPLIT.split(text.normalise(cell))))


def _withheld(department: str, link: Mapping[str, Any], accused: str, bodies: set[str], texts: Sequence[str]) -> bool:
    """Whether a department must not hear of a matter: its own people are accused or recused in it."""
    if any(_sits_in(department, town) for town in _split(link["recused_town"])):
        return True
    if any(name in department for name in (*_split(accused), *_split(link["recused"]))):
        return True
    group = _OUR_GROUP.search(department)  # ours, though it bears the name of the body it watches over
    for body in (*bodies, *_split(link["recused_unit"])):
        if (not group or _OUR_GROUP.search(body)) and _one_body(department, body):
            return True
    return not group and _told_of(department, texts)


def _told_of(department: str, texts: Sequence[str]) -> bool:
    """Whether a text speaks of one of a department's people otherwise than as of who handled the complaint."""
    town = place_of(department)[0]
    names = [_core(department), *([department.replace(town, town[-1], 1)] if town else [])]
    names = [name for name in names if len(name) > 1 and name != town]
    if not any(name in plain for plain in texts for name in names):
        return False
    either = "|".join(map(re.escape, names))
    people = re.compile(
        rf"(?:{either})的?(?:(?!村)[{text.HAN}]){{0,5}}?(?:{_SOMEBODY})|[他她]是(?:[{text.HAN}]{{0,3}}[县市区])?(?:{either})"
    )
    return any(
        match.group()[1] == "是" or conduct(sentence.group(), *match.span()) is not Conduct.HANDLED
        for plain in texts
        for sentence in text.SENTENCE.finditer(plain)
        for match in people.finditer(sentence.group())
    )


def _sits_in(department: str, town: str) -> bool:
    """Whether a department is a township's own: 双桥镇纪委, 开发区纪工委 for 经济开发区."""
    bare = re.sub(rf"(?:纪工?委|{_BODY.pattern})$", "", department)
    return any(name in department for name in places.town_names(town)) or (len(bare) > 1 and town.endswith(bare))


def _core(body: str) -> str:
    """Name of a body without whose it is, without its party committee, and as it is called now."""
    bare = _BODY.sub("", body.replace("委员会", "委")) or body
    bare = _COUNTY.sub("", bare) or bare
    old = next((name for name in _NOW_CALLED if bare.startswith(name)), "")
    return _NOW_CALLED[old] + bare[len(old) :] if old else bare


def _one_body(one: str, other: str) -> bool:
    """Whether two names mean one body or a part of it: 县教育局党组, 安澜县教育局基建股股长, 住建局 and 住房和城乡建设局.

    A township is not its 林业站.
    """
    short, long = sorted((_core(one), _core(other)), key=len)
    if short == long:
        return True
    if len(short) < 2 or place_of(short)[0] == short:
        return False
    rest = iter(long)
    return short in long or (short[0] == long[0] and all(character in rest for character in short))


def _channels(cell: str) -> str:
    """Channels that are plain words; anything else somebody typed there is 其他."""
    known = {name if _CHANNEL.fullmatch(name) else "其他" for name in cell.split("、") if name}
    return "、".join(sorted(known))


def _day(value: Any) -> date | None:
    return pd.Timestamp(value).date() if value and pd.notna(value) else None


_COLUMNS = (
    Column("序号", 5), Column("编号", 18), Column("事项", 38), Column("件数", 6), Column("首次来件", 12), Column("最近来件", 12),
    Column("来件形式", 14), Column("有新情况的件", 8), Column("包案领导", 10), Column("化解责任人", 10), Column("化解期限", 12),
    Column("距期限（天）", 8), Column("要求", 36),
)  # fmt: skip
_TOP = 2


def write_lists(result: Result, folder: Path, today: date, others: Callable[[], pd.DataFrame] | None = None) -> None:
    """Write one workbook for each taker into an existing folder.

    Parameters
    ----------
    result : Result
    folder : Path
    today : date
        Day that deadlines are counted from.
    others : callable, optional
        As in `lists`.
    """
    taken: set[str] = set()
    for (kind, who), items in lists(result, others).items():
        _write(folder / file_name(kind, who, taken), kind, who, items, today, result.settings.soon_days)


def file_name(kind: str, who: str, taken: set[str]) -> str:
    """A name every file system takes, different from those already taken whatever the case of letters."""
    bare = _UNSAFE.sub("_", unicodedata.normalize("NFC", who))[:_LONGEST_NAME].strip(" ._") or "未名"
    name, number = f"{kind}-{bare}", 1
    while name.casefold() in taken:
        number += 1
        name = f"{kind}-{bare}-{number}"
    taken.add(name.casefold())
    return f"{name}.xlsx"


def _write(path: Path, kind: str, who: str, items: list[Item], today: date, soon: int) -> None:
    with Book(path) as book:
        sheet = book.sheet("清单", _COLUMNS, freeze=3, top=_TOP)
        sheet.set_row(0, 30)
        book.text(sheet, 0, 0, f"信访事项清单（{kind}：{who}）", book.title)
        book.text(
            sheet, 1, 0, f"截至 {today:%Y-%m-%d}，共 {len(items)} 件事。期限标红为已超期，标黄为临近。", book.note
        )
        for at, item in enumerate(items, start=_TOP + 1):
            days = None if item.closed else days_left(item.due, today)
            sheet.write_number(at, 0, at - _TOP, book.number)
            book.text(sheet, at, 1, item.number, book.soft)
            book.text(sheet, at, 2, item.label)
            sheet.write_number(at, 3, item.filings, book.number)
            book.day(sheet, at, 4, item.first)
            book.day(sheet, at, 5, item.last)
            book.text(sheet, at, 6, item.channels)
            sheet.write_number(at, 7, item.news, book.care_number if item.news else book.number)
            book.text(sheet, at, 8, item.lead)
            book.text(sheet, at, 9, item.responsible)
            book.day(sheet, at, 10, item.due)
            book.days_left(sheet, at, 11, days, soon)
            asked = _asked(kind, item, days, soon)
            book.text(sheet, at, 12, asked)
            sheet.set_row(at, row_height(item.label, asked, item.channels * 2))
        sheet.autofilter(_TOP, 0, max(_TOP + len(items), _TOP + 1), len(_COLUMNS) - 1)


def _asked(kind: str, item: Item, days: int | None, soon: int) -> str:
    """What is asked of the taker."""
    if item.closed:
        return f"{CLOSURE[item.again]}，请回头看" if item.again else "已办结，存查"
    parts = [_ASKED[kind]]
    if item.news:
        parts.append("有新情况，请到信访室了解后核查")
    if days is not None and days < 0:
        parts.append("已超期，请说明原因")
    elif days is not None and days <= soon:
        parts.append("期限将至，请抓紧")
    return "；".join(parts)
