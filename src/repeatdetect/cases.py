"""From matter to case to officials: the case ledger, the officials' table, townships, recusal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import facts, lexical, readers, text
from repeatdetect.corpus import Corpus
from repeatdetect.ragged import HashCache
from repeatdetect.recusal import Filed, alias_involved, involved, leading_group
from repeatdetect.settings import Settings

CASE_ALIASES: dict[str, tuple[str, ...]] = {
    "case_id": ("化解编号", "积案编号", "案件编号", "编号", "台账编号"),
    "subject": ("案由", "积案名称", "反映问题", "主要问题", "信访事项", "事项"),
    "accused": ("被反映人", "被反映人姓名", "反映对象"),
    "unit": ("被反映人单位", "单位"),
    "place": ("属地", "问题属地", "乡镇", "所属乡镇"),
    "first_petition_date": ("首次信访日期", "首次信访时间", "初访日期"),
    "status": ("状态", "化解状态", "办理状态"),
    "lead_official": ("包案领导", "包案人"),
    "lead_post": ("包案领导职务", "职务"),
    "responsible_official": ("化解责任人", "责任人"),
    "responsible_unit": ("责任单位", "化解责任单位"),
    "due_date": ("化解期限", "期限", "限办日期"),
    "closed_date": ("办结日期", "办结时间", "结案日期"),
    "filing_ids": ("关联信访件", "关联件编号", "信访件编号"),
}
OFFICIAL_ALIASES: dict[str, tuple[str, ...]] = {
    "town": ("乡镇(区)", "乡镇", "乡镇街道", "单位", "地区", "乡镇名称"),
    "secretary": ("党委书记", "书记", "党工委书记", "乡镇党委书记"),
    "lead_official": ("联系班子成员", "联系领导", "班子成员", "联系常委"),
    "lead_post": ("班子成员职务", "职务"),
}
COUNTY_BODIES = "县直"
_CLOSED = ("办结", "结案", "化解", "稳控")
_LINK, _DOUBT = 0.6, 0.35


@dataclass(frozen=True)
class Links:
    """Answer of `link`: contract columns a filing (rows as in the corpus), a matter, and the links themselves."""

    filings: pd.DataFrame
    matters: pd.DataFrame
    links: pd.DataFrame


def read_cases(path: str | Path, encoding: str | None = None, sheet: str | int | None = None) -> pd.DataFrame:
    """Read a case ledger (积案台账).

    Returns
    -------
    DataFrame
        Columns of ``CASE_ALIASES``; dates as datetime64, everything else text.

    Raises
    ------
    InputError
        When it has no 案由 or 编号 column; the nearest headers are named.
    """
    return _read(path, CASE_ALIASES, ("case_id", "subject"), encoding, sheet)


def read_officials(path: str | Path, encoding: str | None = None, sheet: str | int | None = None) -> pd.DataFrame:
    """Read the table of townships and their officials; columns of ``OFFICIAL_ALIASES``."""
    return _read(path, OFFICIAL_ALIASES, ("town", "secretary"), encoding, sheet)


def _read(
    path: str | Path, aliases: Mapping[str, tuple[str, ...]], required: tuple[str, ...],
    encoding: str | None, sheet: str | int | None,
) -> pd.DataFrame:  # fmt: skip
    dates = [name for name in aliases if name.endswith("_date")]
    table = readers.typed(readers.read_table(path, aliases, required=required, encoding=encoding, sheet=sheet), dates)
    for name in aliases:
        if name not in table.columns:
            table[name] = pd.NaT if name in dates else ""
        if name not in dates:
            table[name] = table[name].str.strip()
    return table


@dataclass
class _Matter:
    """What a matter says, pooled over its filings."""

    rows: list[int]
    names: Counter[str]
    surnames: set[str]
    villages: Counter[str]
    towns: Counter[str]
    units: Counter[str]
    issues: Counter[str]
    first: Any
    last: Any


def _pool(corpus: Corpus, rows: npt.NDArray[np.int64], gazetteer: Mapping[str, Counter[str]]) -> _Matter:
    told = corpus.told
    names: Counter[str] = Counter()
    villages: Counter[str] = Counter()
    towns: Counter[str] = Counter()
    units: Counter[str] = Counter()
    issues: Counter[str] = Counter()
    surnames: set[str] = set()
    for row in rows.tolist():
        for name in filter(None, told["accused"][row].split("、")):
            if len(name) > 1:
                names[name] += 3 if told["field"][row] else 1
            surnames.add(name[:1])
        if told["village"][row]:
            villages[told["village"][row]] += 1
        if told["town"][row]:
            towns[told["town"][row]] += 2
        if told["unit"][row]:
            units[told["unit"][row]] += 1
        issues.update(dict.fromkeys(filter(None, told["issues"][row].split("、")), 1))
    for village, count in villages.items():
        if not towns and village in gazetteer:
            town, times = gazetteer[village].most_common(1)[0]
            if times * 2 > sum(gazetteer[village].values()):
                towns[town] += count
    dates = corpus.filings["date"].iloc[rows]
    return _Matter(rows.tolist(), names, surnames, villages, towns, units, issues, dates.min(), dates.max())


def _gazetteer(corpus: Corpus) -> dict[str, Counter[str]]:
    """Village -> towns it is seen with, learned from the export's own places and addresses."""
    out: dict[str, Counter[str]] = {}
    told = corpus.told
    for village, town in zip(told["village"], told["town"], strict=True):
        if village and town:
            out.setdefault(village, Counter())[town] += 1
    for address in corpus.filings["address"]:
        town, village, _ = facts.place_of(address)
        if town and village:
            out.setdefault(village, Counter())[town] += 1
    return out


def compose_title(place: str, accused: str, issue: str) -> str:
    """Label of a matter from place, accused and issue; never from a filing's own title."""
    body = f"{place}{accused}"
    return f"{body}{issue}问题" if issue else f"{body}有关问题" if body else "未载明对象的事项"


def link(
    corpus: Corpus,
    matter_ids: npt.NDArray[Any],
    classified: pd.DataFrame,
    cases: pd.DataFrame | None,
    officials: pd.DataFrame | None,
    settings: Settings,
) -> Links:
    """Link matters to cases and officials, with recusal.

    Parameters
    ----------
    corpus : Corpus
    matter_ids : ndarray of str, shape (n,)
    classified : DataFrame, shape (n, ...)
        Needs ``status`` and ``new_content``, for ``after_closure``.
    cases, officials : DataFrame or None
    settings : Settings

    Returns
    -------
    Links
    """
    gazetteer = _gazetteer(corpus)
    order = pd.Series(np.arange(len(corpus))).groupby(pd.Series(matter_ids), sort=False).agg(list)
    matters = {name: _pool(corpus, np.array(rows), gazetteer) for name, rows in order.items()}
    chosen, link_rows = _choose(corpus, matters, cases) if cases is not None and len(cases) else ({}, [])
    rows = []
    for name, matter in matters.items():
        case = chosen.get(name)
        town = _official_town(corpus, matter, officials)
        lead, responsible, note = _officials(corpus, matter, case, town, officials, settings)
        doubt = next((r for r in link_rows if r["matter_id"] == name and r["decision"] == "review"), None)
        if doubt and not case:
            note = "；".join(filter(None, [note, f"疑似积案 {doubt['case_id']}，请核对"]))
        village = matter.villages.most_common(1)[0][0] if matter.villages else ""
        town_name = matter.towns.most_common(1)[0][0] if matter.towns else ""
        unit = matter.units.most_common(1)[0][0] if matter.units and not village else ""
        accused = "、".join(n for n, _ in sorted(matter.names.items(), key=lambda x: (-x[1], x[0]))[:2])
        place = town_name + village if village or town_name else unit
        issue = matter.issues.most_common(1)[0][0] if matter.issues else ""
        rows.append(
            {
                "matter_id": name, "title": compose_title(place or unit, accused, issue), "accused": accused,
                "place": place, "case_id": case["case_id"] if case is not None else "", "lead_official": lead,
                "responsible_official": responsible, "link_note": note,
            }
        )  # fmt: skip
    table = pd.DataFrame(
        rows,
        columns=["matter_id", "title", "accused", "place", "case_id", "lead_official", "responsible_official", "link_note"],
    )
    per_filing = table.set_index("matter_id")[["case_id", "lead_official", "responsible_official", "link_note"]]
    per_filing = per_filing.loc[list(matter_ids)].reset_index(drop=True)
    per_filing["after_closure"] = _after_closure(corpus, matter_ids, classified, chosen)
    links = pd.DataFrame(link_rows, columns=["matter_id", "case_id", "probability", "decision", "reason"])
    return Links(per_filing, table, links)


def _mass(words: set[str], hashed: HashCache) -> dict[str, float]:
    ids = np.array([hashed[w] for w in words], np.uint32)
    weights = lexical.load().idf["terms"](ids) ** 2 if len(ids) else []
    return dict(zip(words, map(float, weights), strict=True))


def _choose(
    corpus: Corpus, matters: Mapping[str, _Matter], cases: pd.DataFrame
) -> tuple[dict[str, Mapping[str, Any]], list[dict[str, Any]]]:
    """Best case of each matter that has one, and the links with their grounds."""
    hashed = HashCache()
    by_key: dict[str, list[str]] = {}
    pooled: dict[str, set[str]] = {}
    for name, matter in matters.items():
        for key in {*map(text.sound, matter.names), *matter.villages, *(u for u in matter.units if len(u) > 2)}:
            by_key.setdefault(key, []).append(name)
    position = {filing: name for name, m in matters.items() for filing in corpus.filings["filing_id"].iloc[m.rows]}
    scored = []
    for case in cases.to_dict("records"):
        people = [p for p in facts.field_persons(case["accused"]) if p.name]
        town, village, unit = facts.place_of(case["place"])
        told = facts.mentions(case["subject"])
        villages = {village} | {f.value for f in told if f.kind == "village"} - {""}
        listed = {position[i] for i in re.split(r"[、,，;；\s]+", case["filing_ids"]) if i in position}
        keys = {*(text.sound(p.name) for p in people), *villages, unit, *(f.value for f in told if f.kind == "unit")}
        candidates = listed | {name for key in keys if key for name in by_key.get(key, ())}
        issues = {f.value for f in told if f.kind == "issue"}
        bare = case["subject"]
        for part in (*(p.name for p in people), *villages, town, "反映", "问题"):
            bare = bare.replace(part, " ") if part else bare
        mass = _mass({w for w in text.terms(text.words(text.normalise(bare))) if len(w) > 1}, hashed)
        for name in sorted(candidates):
            matter = matters[name]
            if name not in pooled:
                pooled[name] = _words_of(corpus, matter)
            inside = sum(v for w, v in mass.items() if w in pooled[name]) / (sum(mass.values()) or 1.0)
            issue = len(issues & set(matter.issues)) / len(issues) if issues else 0.5
            top = {code for code, _ in matter.issues.most_common(2)}
            what = 0.6 * inside + 0.25 * issue + 0.15 * bool(issues & top)
            who = _who(people, matter)
            same_place = bool(villages & set(matter.villages))
            where = 1.0 if same_place else -1.0 if matter.villages and any(villages) else 0.0
            before = pd.notna(case["first_petition_date"]) and pd.notna(matter.last)
            late = before and case["first_petition_date"] > matter.last
            old = before and (matter.first - case["first_petition_date"]).days > 1100
            score = -3.6 + 2.2 * who + 0.9 * where + 5.0 * what - 2.5 * late - 1.2 * old + 9.0 * (name in listed)
            chance = float(1 / (1 + np.exp(-score)))
            if chance >= _DOUBT:
                grounds = [("被反映人相符", who > 0.5), ("属地相符", same_place), ("问题相符", what > 0.4), ("台账列明", name in listed)]
                reason = "、".join(word for word, holds in grounds if holds)
                scored.append((chance, name, case, reason))
    scored.sort(key=lambda item: (-item[0], item[1], item[2]["case_id"]))
    chosen: dict[str, Mapping[str, Any]] = {}
    out = []
    for chance, name, case, reason in scored:
        if name in chosen:
            continue
        decision = "same" if chance >= _LINK else "review"
        if decision == "same":
            chosen[name] = case
        out.append(
            {"matter_id": name, "case_id": case["case_id"], "probability": chance, "decision": decision, "reason": reason}
        )
    return chosen, out


def _words_of(corpus: Corpus, matter: _Matter) -> set[str]:
    rows = matter.rows[:40]
    cells = corpus.filings.iloc[rows]
    return {w for part in (*cells["title"], *cells["text"]) for w in text.terms(text.words(text.normalise(part)))}


def _who(people: list[facts.Person], matter: _Matter) -> float:
    """1 same accused, .4 same surname where the matter names nobody, -1 somebody else, 0 unknown."""
    sounds = {text.sound(name) for name in matter.names}
    if any(text.sound(p.name) in sounds for p in people):
        return 1.0
    if sounds and people:
        return -1.0
    return 0.4 if matter.surnames & {p.surname for p in people} else 0.0


def _stem(town: str) -> str:
    return re.sub(r"(?:镇|乡|街道办事处|街道|开发区|区)$", "", town) or town


def _official_town(corpus: Corpus, matter: _Matter, officials: pd.DataFrame | None) -> str:
    """Row of the officials' table a matter belongs to ('' when none)."""
    if officials is None:
        return ""
    known = [town for town in officials["town"] if town]
    votes: Counter[str] = Counter()
    for town, count in matter.towns.items():
        for name in known:
            if town == name or (len(town) >= 3 and (town in name or name in town)):
                votes[name] += count
    county = next((name for name in known if COUNTY_BODIES in name), "")
    cells = corpus.filings.iloc[matter.rows]
    if county:
        for place, unit in zip(cells["place"], cells["unit"], strict=True):
            if COUNTY_BODIES in place or (re.match(r"县(?!城)", unit) and not re.search(r"[镇乡]", unit)):
                votes[county] += 2 if not re.search(r"[镇乡]", place) else 0
    if not votes:
        for part in (*cells["unit"], *cells["accused"], *cells["title"], *cells["text"]):
            for name in known:
                if len(_stem(name)) > 1 and _stem(name) in part:
                    votes[name] += 1
    if not votes and county:
        bodies = re.compile(r"县(?:[\u4e00-\u9fff]{1,8})?(?:局|医院|中学|一中|学校|公司|中心|大队|法院|检察院|委|办|站|所|院|社)")
        if any(bodies.search(part) for part in (*cells["title"], *cells["text"])):
            votes[county] += 1
    return sorted(votes.items(), key=lambda item: (-item[1], item[0]))[0][0] if votes else ""


def _officials(
    corpus: Corpus, matter: _Matter, case: Mapping[str, Any] | None, town: str, officials: pd.DataFrame | None,
    settings: Settings,
) -> tuple[str, str, str]:  # fmt: skip
    """Lead official, responsible official and note of a matter, recusal applied."""
    row = None
    if officials is not None and town:
        row = officials[officials["town"] == town].iloc[0]
    if case is not None:
        lead, responsible, note = case["lead_official"], case["responsible_official"], f"台账 {case['case_id']}"
        if any(word in case["status"] for word in ("办结", "结案")):
            note += "，已办结后仍访" if pd.notna(matter.last) else ""
    elif row is not None:
        lead, responsible, note = row["lead_official"], row["secretary"], f"按属地 {town}"
    elif officials is not None:
        return "", "", "属地不明，无对应责任领导"
    else:
        return "", "", ""
    cells = corpus.filings.iloc[matter.rows]
    filed = [Filed(*values) for values in cells[["accused", "unit", "post", "title", "text"]].itertuples(index=False)]
    posts = [{p for p in corpus.told["posts"][r].split("、") if p} for r in matter.rows]
    secretary = row["secretary"] if row is not None else ""
    grounds = []
    if lead and any(involved(lead, f) for f in filed):
        grounds.append(f"包案领导{lead}系被反映人或参与人")
        lead = ""
    if responsible and any(involved(responsible, f) for f in filed):
        grounds.append(f"化解责任人{responsible}系被反映人或参与人")
        responsible = ""
    if responsible and responsible == secretary:
        if any(alias_involved(secretary, town, f) for f in filed):
            grounds.append(f"文中以职务指称{town}党委书记")
            responsible = ""
        elif COUNTY_BODIES not in town and any(leading_group(f, p) for f, p in zip(filed, posts, strict=True)):
            grounds.append(f"被反映人系{town}领导班子成员")
            responsible = ""
    if grounds:
        note = f"回避：{'；'.join(grounds)}；请报{settings.escalation}另行指定。{note}"
    return lead, responsible, note


def _after_closure(
    corpus: Corpus, matter_ids: npt.NDArray[Any], classified: pd.DataFrame, chosen: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """nothing_new / new_facts for filings made after their case was closed (结案仍在访)."""
    f = corpus.filings
    closed_in_export = (
        pd.DataFrame({"m": matter_ids, "d": f["closed_date"]}).groupby("m", sort=False)["d"].agg("min").to_dict()
    )
    out = []
    for row, name in enumerate(matter_ids):
        case = chosen.get(name)
        value = ""
        if case is not None and any(word in case["status"] for word in ("办结", "结案")):
            closed = case["closed_date"] if pd.notna(case["closed_date"]) else closed_in_export.get(name)
            if pd.isna(closed):
                closed = case["due_date"]
            if pd.notna(closed) and pd.notna(f["date"].iat[row]) and f["date"].iat[row] > closed:
                value = "new_facts" if classified["new_content"].iat[row] else "nothing_new"
        out.append(value)
    return out
