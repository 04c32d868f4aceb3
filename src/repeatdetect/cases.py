"""From matter to case to officials: the case of the ledger, the township's officials, recusal, filings after closure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import caselink, places, pooled
from repeatdetect.corpus import Corpus
from repeatdetect.ledger import read_cases, read_officials
from repeatdetect.pooled import Cells, Pooled
from repeatdetect.recusal import Filed, Official, Scene, grounds, leading_group, scene_of
from repeatdetect.settings import Settings

__all__ = ["CLOSED", "Links", "link", "read_cases", "read_officials"]

CLOSED = re.compile(r"(?<![未待拟])(?:办结|结案|销号|销案|息诉|息访|了结|已化解|化解(?:完毕|到位|成功|完成))")
MATTER_COLUMNS = (
    "matter_id", "title", "accused", "place", "case_id", "lead_official", "responsible_official", "link_note",
)  # fmt: skip
LINK_COLUMNS = (
    "matter_id", "case_id", "probability", "decision", "reason", "issue", "town", "due_date", "closed_date", "recused",
    "recused_town",
)  # fmt: skip


@dataclass(frozen=True)
class Links:
    """Answer of `link`.

    Attributes
    ----------
    filings : DataFrame, shape (n, 5)
        ``case_id, lead_official, responsible_official, link_note, after_closure``, rows as in the corpus.
    matters : DataFrame
        One row a matter: ``MATTER_COLUMNS``.
    links : DataFrame
        One row a matter: its case with probability, decision (``same``, ``review`` or empty) and reason, its ``issue``, its
        row of the officials' table (``town``), deadline and closing date of the case, names that are recused
        (joined by 、) and the township whose leading group is complained of.
    """

    filings: pd.DataFrame
    matters: pd.DataFrame
    links: pd.DataFrame


@dataclass(frozen=True)
class _Charge:
    """Who is put in charge of a matter, and who must not be."""

    lead: str
    responsible: str
    note: str
    recused: tuple[str, ...] = ()
    recused_town: str = ""


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
        Needs ``status``, ``repeat_of`` and ``new_content``.
    cases, officials : DataFrame or None
    settings : Settings

    Returns
    -------
    Links
    """
    cells = Cells.read(corpus)
    towns = officials["town"].tolist() if officials is not None else []
    ledger_places = cases["place"].tolist() if cases is not None else []
    known = places.learn(towns, cells.told, cells.of, ledger_places, settings.place_aliases)
    order = pd.Series(np.arange(len(corpus))).groupby(pd.Series(matter_ids), sort=False).agg(list)
    accused = frozenset(name for cell in set(cells.of["accused"]) if cell for name in pooled.field_names(cell))
    matters = {name: pooled.pool(cells, rows, accused) for name, rows in order.items()}
    found = caselink.choose(cells, matters, cases, known) if cases is not None and len(cases) else {}
    chosen = {name: one.case for name, one in found.items() if one.decision == "same"}
    twins = _suspected(matter_ids, classified)
    rows, link_rows = [], []
    for name, matter in matters.items():
        town = _town(cells, matter, known) if towns else ""
        case = chosen.get(name)
        linked = found.get(name)
        suspects = [row for other in sorted(twins.get(name, ())) for row in matters[other].rows]
        charge = _charge(cells, matter, suspects, case, town, officials, settings)
        note = charge.note
        if linked is not None and linked.decision == "review":
            note = "；".join(filter(None, [note, f"疑似积案 {linked.case['case_id']}，请核对"]))
        place, who, issue = pooled.place_of(matter, known, town), pooled.accused_of(matter), pooled.issue_of(matter)
        case_id = case["case_id"] if case is not None else ""
        rows.append(
            (name, pooled.compose_title(place, who, issue), who, place, case_id, charge.lead, charge.responsible, note)
        )
        link_rows.append(
            (
                name, linked.case["case_id"] if linked else "", linked.probability if linked else np.nan,
                linked.decision if linked else "", linked.reason if linked else "", issue, town,
                case["due_date"] if case is not None else pd.NaT, _closed_on(corpus, matter, case),
                "、".join(charge.recused), charge.recused_town,
            )
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(MATTER_COLUMNS))
    per_filing = table.set_index("matter_id")[["case_id", "lead_official", "responsible_official", "link_note"]]
    per_filing = per_filing.loc[list(matter_ids)].reset_index(drop=True)
    links = pd.DataFrame(link_rows, columns=list(LINK_COLUMNS))
    closed = dict(zip(links["matter_id"], links["closed_date"], strict=True))
    per_filing["after_closure"] = [
        "" if not closed_on < date else "new_facts" if new else "nothing_new"
        for closed_on, date, new in zip(
            (closed[name] for name in matter_ids), cells.dates, classified["new_content"], strict=True
        )
    ]
    return Links(per_filing, table, links)


def _suspected(matter_ids: npt.NDArray[Any], classified: pd.DataFrame) -> dict[str, set[str]]:
    """Matter -> matters a review pair says it may be one with, both ways."""
    out: dict[str, set[str]] = {}
    ids = matter_ids.tolist()
    for row, (status, twin) in enumerate(zip(classified["status"], classified["repeat_of"], strict=True)):
        if status == "review" and isinstance(twin, (int, np.integer)) and twin >= 0 and ids[row] != ids[twin]:
            out.setdefault(ids[row], set()).add(ids[twin])
            out.setdefault(ids[twin], set()).add(ids[row])
    return out


def _town(cells: Cells, matter: Pooled, known: places.Gazetteer) -> str:
    of = cells.of
    gather = [[of[column][row] for row in matter.rows if of[column][row]] for column in ("place", "unit")]
    words = [of[column][row] for column in ("accused", "title", "text") for row in matter.rows if of[column][row]]
    return places.row_of(known, matter.towns, matter.villages, *gather, words)


def _charge(
    cells: Cells, matter: Pooled, suspects: Sequence[int], case: Mapping[str, Any] | None, town: str,
    officials: pd.DataFrame | None, settings: Settings,
) -> _Charge:  # fmt: skip
    """Lead and responsible official of a matter, and the note, recusal applied."""
    row: Mapping[str, Any] | None = None
    if officials is not None and town:
        row = officials[officials["town"] == town].iloc[0].to_dict()
    if case is not None:
        lead, responsible, note = case["lead_official"], case["responsible_official"], f"台账 {case['case_id']}"
        if CLOSED.search(case["status"]):
            note += "，已办结后仍访"
    elif row is not None:
        lead, responsible, note = row["lead_official"], row["secretary"], f"按属地 {town}"
        vacant = [word for word, value in (("联系班子成员", lead), ("党委书记", responsible)) if not value]
        note += f"，分工表未列{'、'.join(vacant)}" if vacant else ""
    elif officials is not None:
        return _Charge("", "", "属地不明或分工表中没有对应单位，无法定责任领导")
    else:
        return _Charge("", "", "")
    own, more = _filed(cells, matter.rows), _filed(cells, suspects)
    towns = officials["town"].tolist() if officials is not None else []
    scene = scene_of(own, town, towns)
    lead_post = case["lead_post"] if case is not None else row["lead_post"] if row is not None else ""
    reasons, recused = [], []
    leader = _recuse(Official(lead, lead_post), own, more, scene) if lead else ""
    if leader:
        reasons.append(f"包案领导{lead}{leader}")
        recused.append(lead)
    secretary = row["secretary"] if row is not None else ""
    unit = case["responsible_unit"] if case is not None else ""
    heads = town if responsible == secretary or _is_head(unit, town) else ""
    official = Official(responsible, case["responsible_post"] if case is not None else "", heads, unit)
    handler = _recuse(official, own, more, scene) if responsible else ""
    county = bool(places.is_county(town))
    group = "" if county or not town else _group(own, more, scene, row["mayor"] if row is not None else "")
    if secretary and not group and not county and (secretary != responsible or handler):
        group = "党委书记被反映" if _recuse(Official(secretary, "", town), own, more, scene) else ""
    if not handler and group and responsible and (heads or _of_township(unit, town)):
        handler = f"所在的{town}：{group}"
    if handler:
        reasons.append(f"化解责任人{responsible}{handler}")
        recused.append(responsible)
    if reasons:
        note = f"回避：{'；'.join(reasons)}；请报{settings.escalation}另行指定。{note}"
    return _Charge(
        "" if leader else lead, "" if handler else responsible, note, tuple(recused), town if group else ""
    )  # fmt: skip


def _recuse(official: Official, own: Sequence[Filed], more: Sequence[Filed], scene: Scene) -> str:
    """Ground of a recusal; what a filing says that only may belong to the matter counts, too."""
    ground = grounds(official, own, scene)
    if not ground and more and grounds(official, more, scene):
        ground = "在疑似同一事项的来件中被反映"
    return ground


def _group(own: Sequence[Filed], more: Sequence[Filed], scene: Scene, mayor: str) -> str:
    ground = leading_group(own, scene, mayor)
    if not ground and more and leading_group(more, scene, mayor):
        ground = "疑似同一事项的来件反映该乡镇领导班子成员"
    return ground


def _is_head(unit: str, town: str) -> bool:
    """Whether the ledger's 责任单位 is the township's party committee or government itself."""
    return bool(town and _of_township(unit, town) and re.search(r"(?:党委|党工委|政府|管委会|办事处|[镇乡区])$", unit))


def _of_township(unit: str, town: str) -> bool:
    return bool(unit) and any(name in unit for name in places.town_names(town)) and not re.search(r"村|社区", unit)


def _filed(cells: Cells, rows: Iterable[int]) -> list[Filed]:
    of = cells.of
    columns = ("accused", "unit", "post", "rank", "place")
    return [
        Filed.of(*(of[name][row] for name in columns), cells.told["posts"][row], of["title"][row], of["text"][row])
        for row in rows
    ]


def _closed_on(corpus: Corpus, matter: Pooled, case: Mapping[str, Any] | None) -> Any:
    """Day a matter's case was closed; NaT when it has none or the case is open.

    Where the ledger has no closing date, the closing date of the matter's first filing is taken, at the latest the
    case's deadline.
    """
    if case is None or not CLOSED.search(case["status"]):
        return pd.NaT
    if pd.notna(case["closed_date"]):
        return case["closed_date"]
    days = [corpus.filings["closed_date"].iat[matter.rows[0]], case["due_date"]]
    return min((day for day in days if pd.notna(day)), default=pd.NaT)
