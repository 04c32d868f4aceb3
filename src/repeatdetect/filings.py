"""The canonical table of filings: columns, header aliases, ids."""

from __future__ import annotations

import hashlib

import pandas as pd

#: canonical column -> headers seen in public schemas (petition systems, clue tables, message boards)
ALIASES: dict[str, tuple[str, ...]] = {
    "filing_id": ("信访件编号", "信访编号", "编号", "件号", "登记编号", "信件编号", "线索编号", "留言编号", "受理编号", "举报编号", "流水号", "id", "filing_id"),
    "date": ("登记时间", "登记日期", "信访日期", "收件日期", "收信日期", "受理日期", "受理时间", "来信日期", "留言时间", "举报时间", "接收时间", "日期", "时间", "date"),
    "channel": ("信访形式", "信访方式", "举报方式", "来件方式", "线索来源方式", "渠道", "形式", "channel"),
    "source": ("来源", "线索来源", "信访来源", "件来源", "来件来源", "交办来源", "source"),
    "named": ("实名/匿名", "是否实名", "实名匿名", "是否署名", "署名情况", "实名情况", "是否匿名", "named"),
    "petitioner": ("信访人", "举报人", "信访人姓名", "举报人姓名", "反映人", "反映人姓名", "来信人", "来访人", "姓名", "检举控告人", "控告人", "投诉人", "留言用户", "petitioner"),
    "id_number": ("证件号码", "身份证号", "身份证号码", "证件号", "身份证", "信访人证件号码", "id_number"),
    "phone": ("手机号", "联系电话", "手机号码", "电话", "联系方式", "手机", "信访人电话", "phone"),
    "address": ("住址", "地址", "家庭住址", "信访人住址", "联系地址", "常住地址", "通讯地址", "address"),
    "people": ("人数", "信访人数", "联名人数", "涉及人数", "people"),
    "accused": ("被反映人", "被举报人", "被反映人姓名", "被举报人姓名", "被控告人", "反映对象", "被投诉人", "被检举人", "举报对象", "accused"),
    "unit": ("单位", "被反映人单位", "被举报人单位", "工作单位", "所在单位", "被反映单位", "unit"),
    "post": ("职务", "被反映人职务", "被举报人职务", "post"),
    "rank": ("职级", "被反映人职级", "被举报人职级", "级别", "干部级别", "rank"),
    "authority": ("干部管理权限", "管理权限", "authority"),
    "place": ("问题属地", "属地", "发生地", "问题发生地", "所属乡镇", "区域", "所属区域", "地区", "乡镇", "place"),
    "category": ("内容类别", "问题类别", "问题性质", "内容分类", "信访内容分类", "一级标签", "问题类型", "category"),
    "title": ("标题", "主题", "留言主题", "信访标题", "题目", "title"),
    "text": ("概况", "反映内容", "信访内容", "主要内容", "内容摘要", "问题概况", "反映的主要问题", "反映主要问题", "举报内容", "内容", "留言详情", "问题描述", "概况信息", "诉求内容", "主要问题", "摘要", "text"),
    "handler": ("承办单位", "承办部门", "办理单位", "处理单位", "责任单位", "handler"),
    "handling_status": ("办理状态", "状态", "处理状态", "办理情况", "handling_status"),
    "closed_date": ("办结日期", "办结时间", "结案日期", "结案时间", "closed_date"),
    "due_date": ("限办日期", "办理期限", "限办时间", "截止日期", "due_date"),
    "marked_repeat": ("是否重复件", "是否重复", "重复件", "重复信访", "marked_repeat"),
    "marked_first": ("初重件", "初重", "初次重复", "marked_first"),
    "marked_related": ("关联件编号", "关联编号", "关联信访件", "关联件", "marked_related"),
    "first_petition_date": ("首次信访日期", "首次信访时间", "初访日期", "first_petition_date"),
}  # fmt: skip

COLUMNS = (*ALIASES, "source_file", "row")
DATES = ("date", "closed_date", "due_date", "first_petition_date")
_YES = {"是", "实名", "署名", "yes", "true", "1", "y", "已实名"}
_NO = {"否", "匿名", "未署名", "no", "false", "0", "n", "不署名"}
_NOBODY = {"匿名", "群众", "无", "未署名", "不详", "佚名", "知情人", "知情群众", "匿名举报人", "-", "/", "—"}


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
        as yes/no/"", ``row`` as int, ids present and unique, RangeIndex. ``attrs["notes"]`` says what was mended.
    """
    out = pd.DataFrame(index=pd.RangeIndex(len(table)))
    for name in COLUMNS:
        column = table[name].reset_index(drop=True) if name in table.columns else None
        if name in DATES:
            out[name] = pd.to_datetime(column, errors="coerce") if column is not None else pd.NaT
            out[name] = out[name].astype("datetime64[s]")
        elif name == "row":
            out[name] = column.astype("int64") if column is not None else range(1, len(table) + 1)
        else:
            plain = column.fillna("").astype(object).map(str) if column is not None else ""
            out[name] = pd.Series(plain, index=out.index, dtype=object)
    lower = out["named"].str.strip().str.lower()
    out["named"] = lower.map(lambda v: "yes" if v in _YES else "no" if v in _NO else "")
    nobody = out["petitioner"].str.strip().isin(_NOBODY)
    out.loc[nobody, "petitioner"] = ""
    out.loc[nobody & (out["named"] == ""), "named"] = "no"
    notes = list(table.attrs.get("notes", []))
    out["filing_id"], id_notes = _ids(out)
    out.attrs = {"notes": notes + id_notes, "rejects": list(table.attrs.get("rejects", []))}
    return out


def _ids(table: pd.DataFrame) -> tuple[pd.Series, list[str]]:
    """Every row an id of its own: given, or a hash of what it holds, with an ordinal where one occurs again."""
    given = table["filing_id"].str.strip()
    missing = given == ""
    notes = []
    if missing.any():
        made = [
            "H-" + hashlib.blake2b("\x1f".join(map(str, cells)).encode(), digest_size=8).hexdigest()
            for cells in table.loc[missing, ["date", "channel", "petitioner", "text"]].itertuples(index=False)
        ]
        given = given.mask(missing, pd.Series(made, index=table.index[missing], dtype=object))
        notes.append(f"{int(missing.sum())} 行没有编号，已按日期、形式、信访人和内容生成编号。")
    again = given.groupby(given, sort=False).cumcount()
    if (again > 0).any():
        notes.append(f"{int((again > 0).sum())} 行的编号与前面的行相同，已加序号区分（如 -2），请核对。")
        taken = set(given)
        ids = given.tolist()
        for at in again.to_numpy().nonzero()[0]:
            number = int(again.iloc[at]) + 1
            while f"{ids[at]}-{number}" in taken:
                number += 1
            ids[at] = f"{ids[at]}-{number}"
            taken.add(ids[at])
        given = pd.Series(ids, index=table.index, dtype=object)
    return given, notes


def canonical_order(filings: pd.DataFrame) -> pd.Series:
    """Position of each filing by date, then id (undated last): the order that makes answers free of row order."""
    order = filings.assign(_no_date=filings["date"].isna()).sort_values(
        ["_no_date", "date", "filing_id"], kind="stable"
    )
    return pd.Series(range(len(order)), index=order.index).sort_index()
