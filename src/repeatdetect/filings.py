"""The canonical table of filings: columns, header aliases, ids."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect.cells import as_dates, as_text, as_texts, rounded
from repeatdetect.errors import InputError
from repeatdetect.header_words import OF_ACCUSED, OF_PETITIONER
from repeatdetect.headers import UNUSED

#: canonical column -> headers seen in public schemas (petition systems, clue tables, hotlines, message boards), the most
#: telling first: where an export has several of them, the first is trusted and the others fill its blanks
_BASE: dict[str, tuple[str, ...]] = {
    "filing_id": ("信访件编号", "信访编号", "信访件编码", "信访件号", "件编号", "信访号", "举报编号", "举报件编号", "线索编号", "问题线索编号", "线索编码", "留言编号", "信件编号", "来信编号", "来访编号", "来件编号", "检举控告编号", "工单编号", "工单号", "诉求编号", "投诉编号", "事项编号", "信访事项编号", "受理编号", "受理号", "登记编号", "登记号", "登记流水号", "件号", "编号", "编码", "流水号", "查询码", "单号", "id", "filing_id"),
    "date": ("登记时间", "登记日期", "信访日期", "信访时间", "信访登记时间", "信访登记日期", "举报时间", "举报日期", "留言时间", "留言日期", "来信日期", "来信时间", "来访日期", "来访时间", "来电时间", "来电日期", "来件日期", "来件时间", "反映时间", "反映日期", "收件日期", "收件时间", "收信日期", "收信时间", "收到日期", "收到时间", "接收时间", "接收日期", "受理日期", "受理时间", "接访日期", "接访时间", "投诉时间", "投诉日期", "诉求时间", "提交时间", "提交日期", "创建时间", "发布时间", "发帖时间", "录入时间", "录入日期", "收文日期", "来文日期", "日期", "时间", "date"),
    "channel": ("信访形式", "信访方式", "举报方式", "举报形式", "反映方式", "反映形式", "来件方式", "来件形式", "来件渠道", "线索来源方式", "举报渠道", "信访渠道", "受理渠道", "受理方式", "来源渠道", "来源方式", "诉求渠道", "提交方式", "渠道", "形式", "信访类型", "channel"),
    "source": ("来源", "信访来源", "线索来源", "件来源", "信访件来源", "来件来源", "来源类型", "来源单位", "来件单位", "来文单位", "交办来源", "转办单位", "交办单位", "转交单位", "交转单位", "转办机关", "交办机关", "交办层级", "source"),
    "named": ("实名/匿名", "实名匿名", "实匿名", "是否实名", "是否署名", "是否实名举报", "是否署名举报", "署名情况", "实名情况", "署名方式", "署名类型", "实名与否", "具名情况", "是否具名", "实名标识", "实名状态", "named"),
    "anonymous": ("是否匿名", "是否匿名举报", "是否匿名件", "匿名与否", "匿名标识"),
    "petitioner": ("信访人", "举报人", "反映人", "来信人", "来访人", "来电人", "检举控告人", "控告人", "检举人", "投诉人", "诉求人", "申诉人", "留言人", "留言用户", "信访人员", "举报者", "反映者", "姓名", "petitioner"),
    "id_number": ("证件号码", "身份证号", "身份证号码", "证件号", "证件编号", "身份证", "身份证件号码", "公民身份号码", "id_number"),
    "phone": ("手机号", "联系电话", "手机号码", "电话", "电话号码", "联系方式", "手机", "联系手机", "来电号码", "主叫号码", "phone"),
    "address": ("住址", "家庭住址", "现住址", "居住地址", "居住地", "常住地址", "联系地址", "通讯地址", "通信地址", "户籍地址", "户籍地", "地址", "address"),
    "people": ("人数", "信访人数", "联名人数", "涉及人数", "反映人数", "来访人数", "举报人数", "署名人数", "people"),
    "accused": ("被反映人", "被举报人", "被信访人", "被控告人", "被检举人", "被检举控告人", "被投诉人", "被反映对象", "被举报对象", "反映对象", "举报对象", "被投诉对象", "涉及对象", "涉事人员", "涉及人员", "涉事人", "涉嫌人员", "被反映人员", "accused"),
    "unit": ("被反映人单位", "被反映单位", "工作单位", "所在单位", "单位", "单位名称", "单位部门", "涉事单位", "涉及单位", "被投诉单位", "被举报单位", "unit"),
    "post": ("职务", "现任职务", "职位", "单位职务", "单位及职务", "工作单位及职务", "单位和职务", "身份", "身份职务", "post"),
    "rank": ("职级", "级别", "行政级别", "干部级别", "职务级别", "职务职级", "rank"),
    "authority": ("干部管理权限", "管理权限", "干管权限", "干部权限", "管辖权限", "管理层级", "干部管理级别", "干部管理层级", "管理级别", "管辖级别", "authority"),
    "place": ("问题属地", "属地", "问题发生地", "事发地", "事发地点", "事发地址", "事件发生地", "问题发生地点", "发生地", "发生地点", "涉事地", "涉事地点", "涉及地区", "涉及乡镇", "被反映人属地", "所属乡镇", "所属镇街", "所在乡镇", "乡镇街道", "乡镇", "镇街", "街道", "所属街道", "村居", "村社区", "所在村", "村名", "村", "诉求地址", "问题地址", "问题地点", "区域", "所属区域", "所属辖区", "辖区", "地区", "所属地区", "地域", "地点", "行政区划", "所属区划", "区县", "所属区县", "信访地", "place"),
    "category": ("问题类别", "内容类别", "问题性质", "问题分类", "反映问题类别", "反映问题类型", "反映问题性质", "内容分类", "信访内容分类", "问题类型", "内容类型", "诉求分类", "诉求类型", "诉求类别", "一级标签", "一级分类", "违纪类型", "违纪行为", "问题领域", "信访类别", "category"),
    "title": ("标题", "主题", "留言主题", "留言标题", "信访标题", "信访主题", "信件标题", "来信标题", "举报标题", "诉求标题", "工单标题", "事项标题", "问题标题", "线索名称", "信访件标题", "信访件名称", "题目", "题名", "件名", "title"),
    "text": ("反映内容", "信访内容", "举报内容", "留言详情", "留言内容", "检举控告内容", "控告内容", "投诉内容", "诉求内容", "来信内容", "来访内容", "来电内容", "信件内容", "工单内容", "线索内容", "详细内容", "具体内容", "主要内容", "反映的主要问题", "反映主要问题", "主要反映问题", "反映问题", "反映的问题", "反映情况", "反映事项", "举报问题", "举报事项", "举报详情", "信访诉求", "诉求描述", "主要诉求", "问题描述", "事项描述", "事项内容", "内容描述", "线索描述", "内容", "正文", "详情", "信访件内容", "信访件概况", "信访概况", "反映问题概况", "概况", "问题概况", "概况信息", "内容概况", "内容概要", "内容概述", "内容简介", "内容摘要", "反映问题摘要", "问题摘要", "信访摘要", "反映内容摘要", "问题简述", "问题概述", "简要内容", "简要情况", "主要问题", "主要事实", "主要情况", "摘要", "事由", "信访事由", "描述", "text"),
    "handler": ("承办单位", "承办部门", "承办机关", "办理单位", "办理部门", "主办单位", "处理单位", "处理部门", "责任单位", "承办室", "承办处室", "分办单位", "转往单位", "办件单位", "handler"),
    "handling_status": ("办理状态", "办理情况", "办件状态", "处理状态", "处理情况", "办结状态", "是否办结", "办理结果", "处理结果", "处置情况", "当前状态", "流程状态", "状态", "handling_status"),
    "closed_date": ("办结日期", "办结时间", "结案日期", "结案时间", "了结日期", "了结时间", "办毕日期", "办理完成时间", "完结时间", "closed_date"),
    "due_date": ("限办日期", "限办时间", "限办期限", "办理期限", "办理时限", "办结期限", "办结时限", "应办结日期", "到期日期", "截止日期", "due_date"),
    "marked_repeat": ("是否重复件", "是否重复", "是否重复信访", "是否重复举报", "是否重件", "重复件", "重复信访", "重复标识", "重复件标识", "重复情况", "marked_repeat"),
    "marked_first": ("初重件", "初重", "初次重复", "初次/重复", "初重复", "初重信访", "初重标识", "初重件标识", "marked_first"),
    "marked_related": ("关联件编号", "关联编号", "关联信访件", "关联件", "关联件号", "关联信访件编号", "原件编号", "原信访件编号", "原件号", "重复件编号", "主件编号", "首次件编号", "初件编号", "marked_related"),
    "first_petition_date": ("首次信访日期", "首次信访时间", "首次来信日期", "首次举报时间", "首次举报日期", "初访日期", "初信日期", "初信初访日期", "first_petition_date"),
}  # fmt: skip
_UNUSED = ("序号", "行号", "备注", "no", "操作", "附件", "性别", "年龄", "民族", "政治面貌", "职业", "出生日期", "出生年月", "邮编", "邮箱", "电子邮箱", "证件类型", "反对数", "点赞数", "承办人", "经办人", "登记人", "录入人")  # fmt: skip
_PERSONAL = ("性别", "年龄", "民族", "政治面貌", "职业", "学历", "出生日期", "出生年月", "邮编", "邮箱", "证件类型")


def _with_persons() -> dict[str, tuple[str, ...]]:
    """Headers with the person in front: 举报人联系电话 is a phone, 被举报人联系电话 is nothing a petitioner is known by."""
    out = {column: list(names) for column, names in _BASE.items()}
    out[UNUSED] = list(_UNUSED)
    for person, own, foreign in (
        ("petitioner", OF_PETITIONER, OF_ACCUSED),
        ("accused", OF_ACCUSED, OF_PETITIONER),
    ):
        for word in _BASE[person][:-1]:
            if word == "姓名":
                continue
            out[person] += [word + name for name in ("姓名", "名称", "名单")]
            for column in own:
                out[column] += [word + name for name in _BASE[column][:-1]]
            out[UNUSED] += [word + name for column in foreign for name in _BASE[column][:-1]]
            out[UNUSED] += [word + name for name in _PERSONAL]
    return {column: tuple(names) for column, names in out.items()}


ALIASES = _with_persons()
COLUMNS = (*(name for name in _BASE if name != "anonymous"), "source_file", "row")
DATES = ("date", "closed_date", "due_date", "first_petition_date")
AHEAD = ("due_date",)  # dates that may lie years ahead
_ROWS_SHOWN = 5  # rows in one note at most
_CONTENT = tuple(name for name in COLUMNS if name not in ("filing_id", "source_file", "row"))
_HANDLED = ("handler", "handling_status", "due_date", "marked_repeat", "marked_first", "marked_related", "closed_date")
_YES = re.compile(r"是|有|√|✓|对|1|y|yes|t|true")
_NO = re.compile(r"否|不是|没有?|未|无|×|✗|0|n|no|f|false")
_SAID = re.compile(
    r"(?P<not>(?:没有?|拒绝?|[不未非无])(?:愿意?|肯|想|敢|是|人|方便|要求?|进行|提供|使用|填写|留下?)*)?"
    r"(?:(?P<anonymous>匿|化名|假名|冒名)|[实署具联留]名|(?<!不)公开|(?(not)[实署具留]|(?!)))"
)
_NOBODY = re.compile(
    r"匿名\w*|群众|广大群众|(?:部分|一?名?|多名|有)?(?:村民|群众|干部|职工|党员)|无名?|(?:未|没有?|不愿意?|不肯|拒绝?)(?:[署具留实]名?|透露(?:姓名)?)|不详|未知|佚名|某某|"
    r"(?:一名)?(?:知情|热心)(?:人|群众|者|村民|市民)|无名氏|空|暂无|null|none|nan|[-/—*×\s]+",
    re.IGNORECASE,
)


def canonical(table: pd.DataFrame) -> pd.DataFrame:
    """Bring a table of filings to the canonical form.

    Parameters
    ----------
    table : DataFrame
        Some or all of ``COLUMNS``; ``text`` or ``title`` is needed to find anything.

    Returns
    -------
    DataFrame
        All of ``COLUMNS``: text columns as ``str`` with "" for missing, the four dates as datetime64 (NaT), ``named``
        as yes/no/"", ``row`` as int, ids present and unique, RangeIndex. ``attrs["notes"]`` says what was mended,
        ``attrs["rejects"]`` which rows only repeat another with all it says, id included; ``attrs["ordinals"]`` gives
        the ids as they were given of rows that got an ordinal.

    Raises
    ------
    InputError
        When it has neither ``text`` nor ``title``, or a column twice.
    """
    if not {"text", "title"} & set(table.columns):
        raise InputError("E110", "找不到必需的列（text 或 title）", hint="请先用 read_filings 读取，或改列名。")
    if not table.columns.is_unique:
        raise InputError("E111", "有重名的列", hint="请为每个标准列只留一列。")
    out = pd.DataFrame(index=pd.RangeIndex(len(table)))
    notes = list(table.attrs.get("notes", []))
    for name in COLUMNS:
        if name in DATES:
            values, lost = as_dates(table[name], name in AHEAD) if name in table.columns else (pd.NaT, [])
            out[name] = pd.Series(values, index=out.index, dtype="datetime64[s]")
            notes += [lost_dates(f"列 {name} ", [at + 1 for at in lost])] if lost else []
            continue
        cells = table[name].tolist() if name in table.columns else None
        if name == "row":
            out[name] = _numbers(cells) if cells is not None else np.arange(1, len(table) + 1)
        else:
            plain = as_texts(cells) if cells is not None else ""
            lost = rounded(cells) if cells is not None else []
            notes += [lost_digits(f"列 {name} ", [at + 1 for at in lost])] if lost else []
            out[name] = pd.Series(plain, index=out.index, dtype=object)
    anonymous = table["anonymous"].tolist() if "anonymous" in table.columns else [None] * len(table)
    words = zip(out["named"], anonymous, strict=True)
    named = [_named(word, as_text(opposite)) for word, opposite in words]
    nobody = [bool(_NOBODY.fullmatch(name.strip())) for name in out["petitioner"]]
    out["petitioner"] = pd.Series(
        ["" if none else name for none, name in zip(nobody, out["petitioner"], strict=True)],
        index=out.index, dtype=object,
    )  # fmt: skip
    out["named"] = pd.Series(
        ["no" if none and not word else word for none, word in zip(nobody, named, strict=True)],
        index=out.index, dtype=object,
    )  # fmt: skip
    out, again = _once(out)
    out["filing_id"], id_notes, ordinals = _ids(out)
    if again:
        id_notes.append(f"{len(again)} 行与前面某行的编号和内容都相同，是同一件重复导出，只计一件，见 rejects.csv。")
    out.attrs = {
        "notes": notes + id_notes,
        "rejects": [*table.attrs.get("rejects", []), *again],
        "ordinals": {**table.attrs.get("ordinals", {}), **ordinals},
    }
    return out


def _numbers(cells: list[object]) -> npt.NDArray[np.int64]:
    """Numbers of rows.

    Raises
    ------
    InputError
        When one is none.
    """
    try:
        return np.array([int(str(cell).removesuffix(".0")) for cell in cells], np.int64)
    except (ValueError, OverflowError):
        raise InputError("E114", "行号不是整数", place="row", hint="请在 row 列填整数，或去掉这一列。") from None


def lost_dates(column: str, rows: Sequence[int]) -> str:
    """What is said of dates of a column that are none, or none that can be."""
    return f"{column}有 {len(rows)} 个日期无法识别或明显有误（{_rows(rows)}），按无日期处理。"


def lost_digits(column: str, rows: Sequence[int]) -> str:
    """What is said of long numbers of a column that Excel stored as numbers."""
    return (
        f"Excel 把{column}的 {len(rows)} 个长号码存成了数字（{_rows(rows)}），末几位已丢失，以 * 代替，不据此认定同一人；"
        "请把该列设为文本格式后重新录入或导出。"
    )


def _rows(rows: Sequence[int]) -> str:
    return f"第 {'、'.join(map(str, rows[:_ROWS_SHOWN]))} 行" + ("等" if len(rows) > _ROWS_SHOWN else "")


def says_nothing(table: pd.DataFrame) -> pd.Series:
    """Which rows of a read table hold nothing but a number: totals, remarks, signatures. Shape (n,), bool."""
    open_ = np.arange(len(table))
    for name in sorted(set(_CONTENT) & set(table.columns), key=("text", *_CONTENT).index):
        cells = table[name].iloc[open_]
        known = cells.notna().tolist()
        silent = [not (told and str(cell).strip()) for told, cell in zip(known, cells.tolist(), strict=True)]
        open_ = open_[np.array(silent, bool)]
    out = np.zeros(len(table), bool)
    out[open_] = True
    return pd.Series(out, index=table.index)


def _named(word: str, anonymous: str) -> str:
    """yes, no or "" of what 是否实名 and 是否匿名 say; words that tell by themselves win over 是 and 否."""
    plain, opposite = word.strip().lower(), anonymous.strip().lower()
    for words in (plain, opposite):
        said = {(told["anonymous"] is None) == (told["not"] is None) for told in _SAID.finditer(words)}
        if said:
            return "yes" if all(said) else "no"
    for words, yes, no in ((plain, "yes", "no"), (opposite, "no", "yes")):
        if _YES.fullmatch(words):
            return yes
        if _NO.fullmatch(words):
            return no
    return ""


def _once(table: pd.DataFrame) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """Rows without those that repeat another, its given id and all it says; and these as rejects.

    Overlapping exports and forgotten copies of a sheet hold such rows; none is a filing of its own. Of two that differ
    only in how far the office has come with it, the one that is closed, or closed later, stays.
    """
    given = table["filing_id"].str.strip()
    double = table[(given != "") & given.duplicated(keep=False)]
    if not len(double):
        return table, []
    double = double.assign(filing_id=given)
    lost = double.index[double[["filing_id", *_CONTENT]].duplicated()]
    left = double.drop(index=lost)
    order = left.assign(none=left["closed_date"].isna()).sort_values(
        ["none", "closed_date", *_HANDLED[:-1]], ascending=[False, *(True for _ in _HANDLED)], kind="stable"
    )
    said = ["filing_id", *(name for name in _CONTENT if name not in _HANDLED)]
    older = order.index[order[said].duplicated(keep="last")]
    several = table["source_file"].nunique() > 1
    rejects: list[dict[str, object]] = []
    for which, why in ((lost, "同一件重复导出"), (older, "同一件重复导出，办理情况以另一行为准")):
        for row, source, name in zip(table["row"][which], table["source_file"][which], given[which], strict=True):
            rejects.append({"row": row, "filing_id": name, "reason": why + (f"（{source}）" if several else "")})
    return table[~table.index.isin([*lost, *older])].reset_index(drop=True), rejects


def _ids(table: pd.DataFrame) -> tuple[pd.Series, list[str], dict[str, str]]:
    """Every row an id of its own: given, or a hash of what it holds, with an ordinal where one occurs again.

    Ordinals go by date, then content, so that they do not depend on the order of the rows. Also what is to be noted,
    and the given id of each with an ordinal.
    """
    given = table["filing_id"].str.strip()
    missing = given == ""
    notes = []
    if missing.any():
        told = table["text"].where(table["text"] != "", table["title"] + table["accused"])
        cells = table.loc[missing, ["date", "channel", "petitioner"]].assign(told=told)
        made = [
            "H-" + hashlib.blake2b("\x1f".join(map(str, row)).encode(), digest_size=8).hexdigest()
            for row in cells.itertuples(index=False)
        ]
        given = given.mask(missing, pd.Series(made, index=table.index[missing], dtype=object))
        notes.append(f"{int(missing.sum())} 行没有编号，已按日期、形式、信访人和内容生成编号。")
    double = given.duplicated(keep=False)
    if not double.any():
        return given, notes, {}
    ids, taken = given.tolist(), set(given)
    ordinals: dict[str, str] = {}
    order = table.loc[double, ["date", *(name for name in _CONTENT if name not in DATES)]].astype(str)
    again = dict[str, int]()
    for at in order.sort_values(list(order.columns), kind="stable").index.tolist():
        name = ids[at]
        number = again.get(name, 1)
        if number > 1:
            while f"{name}-{number}" in taken:
                number += 1
            ids[at] = f"{name}-{number}"
            taken.add(ids[at])
            ordinals[ids[at]] = name
        again[name] = number + 1
    notes.append(f"{len(ordinals)} 行的编号与其他行相同，已加序号区分（如 -2），请核对。")
    return pd.Series(ids, index=table.index, dtype=object), notes, ordinals


def canonical_rows(filings: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Rows by date, then id (undated last): the order that makes answers free of row order. Shape (n,)."""
    dated = pd.DataFrame(
        {"undated": filings["date"].isna(), "date": filings["date"], "filing_id": filings["filing_id"]}
    ).reset_index(drop=True)
    return dated.sort_values(["undated", "date", "filing_id"], kind="stable").index.to_numpy(np.int64)
