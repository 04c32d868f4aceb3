"""The case ledger (积案台账) and the table of townships and their officials, read with the same tolerance as filings."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from repeatdetect import footers, readers, text
from repeatdetect.errors import InputError, shown
from repeatdetect.headers import Vocabulary
from repeatdetect.namelist import closed, looks_like_name
from repeatdetect.settings import nearest

REISSUED = "积案台账"  # sheet of the workbook in which we give a ledger back

CASE_ALIASES: dict[str, tuple[str, ...]] = {
    "case_id": ("化解编号", "积案编号", "案件编号", "编号", "台账编号", "案号", "档案编号"),
    "subject": ("案由", "积案名称", "案件名称", "反映问题", "反映的主要问题", "主要问题", "主要诉求", "信访事项", "事项", "积案事由", "基本案情"),
    "accused": ("被反映人", "被反映人姓名", "被举报人", "反映对象", "被反映对象"),
    "unit": ("被反映人单位", "单位", "被反映单位", "所在单位", "工作单位"),
    "place": ("属地", "问题属地", "乡镇", "所属乡镇", "所在乡镇", "乡镇(区)", "乡镇街道", "村居", "发生地"),
    "first_petition_date": ("首次信访日期", "首次信访时间", "初访日期", "初信初访日期", "初次信访时间", "首访日期"),
    "status": ("状态", "化解状态", "办理状态", "化解情况", "办理情况", "当前状态"),
    "lead_official": ("包案领导", "包案人", "包案县领导", "包案领导姓名", "包案责任人", "包案班子成员", "领导包案"),
    "lead_post": ("包案领导职务", "职务", "包案人职务"),
    "responsible_official": ("化解责任人", "责任人", "化解责任人姓名", "具体责任人", "化解人"),
    "responsible_post": ("化解责任人职务", "责任人职务"),
    "responsible_unit": ("责任单位", "化解责任单位", "化解单位", "牵头单位"),
    "due_date": ("化解期限", "期限", "限办日期", "化解时限", "办结期限", "完成时限", "限期"),
    "closed_date": ("办结日期", "办结时间", "结案日期", "结案时间", "化解日期", "化解时间", "销号日期"),
    "filing_ids": ("关联信访件", "关联件编号", "信访件编号", "关联信访件编号", "关联件", "涉及信访件", "信访编号"),
    "ordinal": ("序号", "no", "行号"),
}  # fmt: skip
OFFICIAL_ALIASES: dict[str, tuple[str, ...]] = {
    "town": ("乡镇(区)", "乡镇", "乡镇街道", "乡镇(街道)", "乡镇(街道、区)", "镇街", "镇(街)", "单位", "单位名称", "地区", "乡镇名称", "属地", "联系乡镇", "挂点乡镇", "包联乡镇"),
    "secretary": ("党委书记", "书记", "党工委书记", "乡镇党委书记", "党(工)委书记", "党委(党工委)书记", "党政主要负责人", "主要负责人", "化解责任人", "党委书记姓名", "书记姓名", "乡镇书记"),
    "mayor": ("镇长", "乡镇长", "乡(镇)长", "镇(乡)长", "乡长", "行政正职", "镇长(主任)", "乡镇长(主任)", "主任", "政府正职", "镇长姓名"),
    "lead_official": ("联系班子成员", "联系领导", "班子成员", "联系常委", "包案领导", "联系县领导", "包联领导", "挂点领导", "包片领导", "联系委领导", "联系委员", "分管班子成员", "联系人"),
    "lead_post": ("班子成员职务", "职务", "联系领导职务", "领导职务", "包案领导职务"),
}  # fmt: skip
_OF_A_CASE = ("case_id", "subject", "accused", "first_petition_date", "status", "due_date", "closed_date", "filing_ids")
_TELLING = 2  # columns of these that no table of officials has
_NAMED = 5  # townships in one note at most
_VACANT = frozenset(("空缺", "暂缺", "待定", "无", "缺", "-", "—", "--", "/", "空", "未定", "暂无"))
_POST_WORD = r"(?:书记|常委|委员|主任|镇长|乡长|局长|部长|组长|主席|县长|同志)"
_SET_APART = re.compile(rf"({_POST_WORD}[{text.HAN}]) (?=[{text.HAN}]{{1,2}}\Z)")  # 县纪委常委李 勇
_MARKS = re.compile(rf"\A[^{text.HAN}]+|[^{text.HAN}]+\Z")
_BEFORE_NAME = re.compile(rf"^.*{_POST_WORD}[、,:]?(?=[{text.HAN}]{{2,4}}$)")


def read_cases(path: str | Path, encoding: str | None = None, sheet: str | int | None = None) -> pd.DataFrame:
    """Read a case ledger (积案台账).

    Parameters
    ----------
    path : path
        xlsx, xls, ods, csv, tsv, jsonl or parquet, title rows and blank rows allowed.
    encoding, sheet : optional
        As for `read_filings`.

    Returns
    -------
    DataFrame
        Columns of ``CASE_ALIASES`` without ``ordinal``: dates as datetime64, everything else text; ``attrs["notes"]`` says
        what was mended or not read. ``case_id`` is unique and
        never empty: where the ledger has no number, 台账 and the row's 序号 or place. Names stand without posts,
        brackets and blanks; a vacant post is empty.

    Raises
    ------
    InputError
        When it has no 案由, or neither 包案领导 nor 化解责任人 (the nearest headers are named); when a row of it cannot be
        read.
    """
    table = _read(path, CASE_ALIASES, "subject", encoding, sheet)
    reissued = table["source_file"].str.endswith(f"[{REISSUED}]")
    if reissued.any():  # our own workbook: its other sheets hold proposals and filings, not cases
        attributes, ours = table.attrs, table.loc[reissued, "source_file"].iloc[0]
        table = table[reissued].reset_index(drop=True)
        table.attrs = {**attributes, "notes": [note for note in attributes["notes"] if note.startswith(ours)]}
    if not (table.attrs["given"] & {"lead_official", "responsible_official"}):
        raise _unknown_layout(path, "包案领导或化解责任人", CASE_ALIASES["lead_official"], table)
    return as_cases(table).drop(columns="ordinal")


def as_cases(table: pd.DataFrame) -> pd.DataFrame:
    """Cases with unique numbers and bare names, of a table with the columns of ``CASE_ALIASES``; changes none it gave."""
    numbered = (table["case_id"] != "") & ~table["case_id"].map(footers.is_total).astype(bool)
    table = table[(table["subject"] != "") | (table["accused"] != "") | numbered].reset_index(drop=True)
    ordinal = pd.Series([str(n) for n in range(1, len(table) + 1)], index=table.index, dtype=object)
    if "ordinal" in table.columns:
        ordinal = table["ordinal"].where(table["ordinal"] != "", ordinal)
    table["case_id"] = table["case_id"].where(table["case_id"] != "", "台账" + ordinal)
    taken = set(table["case_id"])
    for row in np.flatnonzero(table["case_id"].duplicated()).tolist():
        name = table["case_id"].iat[row]
        free = next(k for k in itertools.count(2) if f"{name}-{k}" not in taken)
        table.loc[row, "case_id"] = f"{name}-{free}"
        taken.add(f"{name}-{free}")
    for name, post in (("lead_official", "lead_post"), ("responsible_official", "responsible_post")):
        _names(table, name, post)
    return table


def read_officials(path: str | Path, encoding: str | None = None, sheet: str | int | None = None) -> pd.DataFrame:
    """Read the table of townships and their officials.

    Returns
    -------
    DataFrame
        Columns of ``OFFICIAL_ALIASES``, text; ``attrs["notes"]`` says what was not read. One row a township: a cell that names several becomes several rows.

    Raises
    ------
    InputError
        When it has no column of townships or of officials (the nearest headers are named), or no row; when a row of it
        cannot be read; when it is a case ledger.
    """
    table = _without_ledgers(_read(path, OFFICIAL_ALIASES, "town", encoding, sheet), path)
    if not (table.attrs["given"] & {"secretary", "lead_official"}):
        raise _unknown_layout(path, "党委书记或联系班子成员", OFFICIAL_ALIASES["secretary"], table)
    table = as_officials(table)
    if not len(table):
        raise InputError(
            "E102", "分工表中没有一个乡镇", place=shown(Path(path).name), hint="请填好乡镇和人员后再运行。"
        )
    return table


def _without_ledgers(table: pd.DataFrame, path: str | Path) -> pd.DataFrame:
    """A table of officials without the sheets that are plainly a case ledger: 属地 and 包案领导 of a case are no division of
    townships.

    Raises
    ------
    InputError
        When nothing else is there.
    """
    named = table.attrs["named"]
    ledgers = [where for where, names in named.items() if _is_ledger(names)]
    if not ledgers:
        return table
    if len(ledgers) == len(named):
        raise InputError(
            "E116", "这是积案台账，不是分工表", place=shown(Path(path).name),
            hint="积案台账请用 --cases 给出；--officials 要的是各乡镇的党委书记和联系班子成员，一行一个乡镇。",
        )  # fmt: skip
    out = table[~table["source_file"].isin(ledgers)].reset_index(drop=True)
    notes = [f"{where}：是积案台账，不作为分工表读取。" for where in ledgers]
    given = {column for where, column in table.attrs["called"] if where not in ledgers}
    out.attrs = {**table.attrs, "notes": [*table.attrs["notes"], *notes], "given": given}
    return out


def _is_ledger(names: Sequence[str]) -> bool:
    """Whether headers are those of a case ledger: a case's facts or accused, and more that no table of officials has."""
    words = Vocabulary({column: CASE_ALIASES[column] for column in _OF_A_CASE}, {}, "")
    found = {words.exact(name)[0] for name in names}
    return bool(found & {"subject", "accused"}) and len(found - {None}) >= _TELLING


def as_officials(table: pd.DataFrame) -> pd.DataFrame:
    """One row a township with bare names, of a table with the columns of ``OFFICIAL_ALIASES``; none it gave is changed."""
    towns = table["town"].map(lambda cell: re.split(r"[、,;/\n]+", text.normalise(cell)))
    table = table.assign(town=towns).explode("town", ignore_index=True)
    table["town"] = table["town"].str.replace(r"\s+", "", regex=True)
    table = table[(table["town"] != "") & ~table["town"].map(footers.is_total).astype(bool)].reset_index(drop=True)
    for name, post in (("lead_official", "lead_post"), ("secretary", None), ("mayor", None)):
        _names(table, name, post)
    return _one_row_each(table)


def _together(cells: pd.Series[Any]) -> str:
    """Different cells joined by 、."""
    return "、".join(dict.fromkeys(filter(None, cells)))


def _one_row_each(table: pd.DataFrame) -> pd.DataFrame:
    """One row a township: whoever is given in several rows stands in it together, so that each is judged."""
    if table["town"].is_unique:
        return table
    people = [name for name in OFFICIAL_ALIASES if name != "town"]
    joined = table.groupby("town", sort=False)[people].agg(_together)
    out = table.drop_duplicates("town").set_index("town")
    doubles = [town for town in joined.index if (joined.loc[town] != out.loc[town, people]).any()]
    out[people] = joined
    out = out.reset_index()[table.columns.tolist()]
    more = " 等" if len(doubles) > _NAMED else ""
    noted = (
        [f"分工表中 {'、'.join(doubles[:_NAMED])}{more} 不止一行且人员不同，已并作一行，请核对。"] if doubles else []
    )
    out.attrs = {**table.attrs, "notes": [*table.attrs.get("notes", []), *noted]}
    return out


def notes(cases: pd.DataFrame | None, officials: pd.DataFrame | None) -> list[str]:
    """What is to be said of ledger and officials' table: what was mended, not read, or is given twice."""
    out = [note for table in (cases, officials) if table is not None for note in table.attrs.get("notes", [])]
    if cases is not None and not len(cases):
        out.append("积案台账中没有积案。")
    return out


def _read(
    path: str | Path,
    aliases: Mapping[str, tuple[str, ...]],
    required: str,
    encoding: str | None,
    sheet: str | int | None,
) -> pd.DataFrame:
    """Dates as datetime64, everything else text, every column of `aliases`; ``attrs["given"]`` those the file has."""
    dates = [name for name in aliases if name.endswith("_date")]
    raw = readers.read_table(path, aliases, required=(required,), encoding=encoding, sheet=sheet)
    table = readers.typed(readers.all_read(raw, shown(Path(path).name)), dates)
    table.attrs["notes"] = [note for note in table.attrs["notes"] if note not in table.attrs["unused"]]
    table.attrs["notes"] += readers.lost_cells(table, (table[required].str.strip() != "").to_numpy())
    given = {name for name in aliases if name in table.columns}
    for name in aliases:
        if name not in table.columns:
            table[name] = pd.NaT if name in dates else ""
        if name not in dates:
            table[name] = table[name].str.strip()
    table.attrs["given"] = given
    return table


def _unknown_layout(path: str | Path, missing: str, wanted: tuple[str, ...], table: pd.DataFrame) -> InputError:
    unused = list(table.attrs["unused"].values())
    near = f"表中最接近的列：{'、'.join(nearest(wanted[0], unused))}。" if unused else ""
    return InputError("E110", f"找不到必需的列（{missing}）", place=Path(path).name, hint=near + readers.rename(wanted))


def _names(table: pd.DataFrame, name: str, post: str | None) -> None:
    """Bring a column of names to bare names; what stands beside a name goes to the column of posts where that is empty."""
    pairs = [person(cell) for cell in table[name]]
    table[name] = pd.Series([who for who, _ in pairs], index=table.index, dtype=object)
    if post is not None:
        told = pd.Series([what for _, what in pairs], index=table.index, dtype=object)
        table[post] = table[post].where(table[post] != "", told)


def person(cell: str) -> tuple[str, str]:
    """Name and post of a cell such as 姚敬之(县纪委常委), 县纪委常委姚敬之, 李  勇 or 孟庆泽同志; names joined by 、."""
    names, posts = [], []
    plain = closed(text.normalise(cell).strip())
    for piece in re.split(r"[、,;/\n]+(?![^(]*\))", plain):
        posts += re.findall(r"\(([^()]*)\)", piece)
        bare = _SET_APART.sub(r"\1", re.sub(r"\([^()]*\)", "", piece).strip())
        if " " in bare:  # 姚敬之 县纪委常委
            first, *rest = map(_unmarked, bare.split())
            bare, told = (first, "".join(rest)) if looks_like_name(first) else ("".join(rest[-1:]), first)
            posts.append(told)
        bare = _unmarked(bare)
        match = _BEFORE_NAME.match(bare)
        if match and looks_like_name(bare[match.end() :]):
            posts.append(match.group().strip("、,:"))
            bare = bare[match.end() :]
        if re.search(rf"{_POST_WORD}$", bare) and not looks_like_name(bare):
            posts.append(bare)
        elif len(bare) > 1 and bare not in _VACANT:
            names.append(bare)
    return "、".join(names), "、".join(post for post in posts if re.search(f"[{text.HAN}]", post))


def _unmarked(word: str) -> str:
    """A word of a cell without 同志 and the marks and numbers around it: 陆文谦*, 陆文谦1; a number alone is no word."""
    return _MARKS.sub("", _MARKS.sub("", word).removesuffix("同志"))
