"""From matter to case to officials: the case of the ledger, the township's officials, recusal, filings after closure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from repeatdetect import caselink, places, pooled
from repeatdetect.background import Background
from repeatdetect.called import Official
from repeatdetect.charge import Charge, Office, is_closed
from repeatdetect.corpus import Corpus
from repeatdetect.filed import VILLAGE
from repeatdetect.ledger import read_cases, read_officials
from repeatdetect.near import Near
from repeatdetect.pooled import Cells, Pooled
from repeatdetect.settings import Settings
from repeatdetect.suspects import suspects

__all__ = ["Links", "link", "read_cases", "read_officials"]

LABELS = (
    "matter_id", "title", "accused", "place", "case_id", "lead_official", "responsible_official", "link_note",
)  # fmt: skip
LINK_COLUMNS = (
    "matter_id", "case_id", "probability", "decision", "reason", "issue", "town", "due_date", "closed_date", "recused",
    "recused_town", "recused_unit",
)  # fmt: skip

_SAME_TOWN = 0.25  # probability of being one matter from which a matter without a place takes that of another


@dataclass(frozen=True)
class Links:
    """Answer of `link`.

    Attributes
    ----------
    filings : DataFrame, shape (n, 5)
        ``case_id, lead_official, responsible_official, link_note, after_closure``, rows as in the corpus.
    matters : DataFrame
        One row a matter: ``LABELS``.
    links : DataFrame
        One row a matter: its case with probability, decision (``same``, ``review`` or empty) and reason, its ``issue``, its
        row of the officials' table (``town``), deadline and closing date of the case, names that are recused
        (joined by 、), the township whose leading group is complained of and the unit of a recused official.
    """

    filings: pd.DataFrame
    matters: pd.DataFrame
    links: pd.DataFrame


def link(
    corpus: Corpus,
    matter_ids: npt.NDArray[Any],
    new_content: Sequence[str],
    near: Near,
    words_of: Callable[[Sequence[int]], frozenset[int]],
    cases: pd.DataFrame | None,
    officials: pd.DataFrame | None,
    settings: Settings,
    background: Background | None = None,
) -> Links:
    """Link matters to cases and officials, with recusal.

    Parameters
    ----------
    corpus : Corpus
    matter_ids : ndarray of str, shape (n,)
    new_content : sequence of str, length n
        What is new in each filing.
    near : Near
        Pairs of filings of two matters that may yet be one.
    words_of : callable
        Ids of the terms of some filings.
    cases, officials : DataFrame or None
    settings : Settings
    background : Background, optional
        What more filings than these tell together; default: what these tell.

    Returns
    -------
    Links
    """
    cells = Cells.read(corpus)
    towns = officials["town"].tolist() if officials is not None else []
    ledger_places = cases["place"].tolist() if cases is not None else []
    background = background or Background.of(cells)
    known = background.gazetteer(towns, ledger_places, settings.place_aliases)
    members: dict[str, list[int]] = {}
    for row, name in enumerate(matter_ids.tolist()):
        members.setdefault(name, []).append(row)
    accused = pooled.Accused(background.accused)
    matters = {name: pooled.pool(cells, rows, accused) for name, rows in members.items()}
    cells_of_leads = officials["lead_official"] if officials is not None else ()
    leaders = {name for cell in cells_of_leads for name in Official(cell).names}
    town_of = {name: _town(cells, matter, known, leaders) if towns else "" for name, matter in matters.items()}
    found: dict[str, caselink.CaseLink] = {}
    if cases is not None:
        found = caselink.choose(corpus, matters, cases, known, near, words_of)
    if towns:
        _fill_towns(town_of, near.matters(matter_ids))
    leading = background.leading(known)
    office = Office(cells, cases, officials, settings.escalation, found, town_of, leading)
    more = suspects(
        matter_ids, matters, town_of, found, near, known, cells.of["text"],
        lambda name: office.complains(members[name], town_of[name]),
    )  # fmt: skip
    told = []
    for name, matter in matters.items():
        linked, doubts = found.get(name), [found.get(matter_ids[row]) for row in more[name]]
        case, maybe = _case_and_doubts(linked, [] if matter.names else doubts)
        closed_on = _closed_on(corpus, matter, case)
        again = any(_after(cells.dates[row], closed_on) for row in matter.rows)
        charge = office.charge(matter.rows, more[name], case, town_of[name], maybe, again=again)
        told.append(_told(name, matter, linked, case, charge, known, town_of[name], closed_on))
    rows, link_rows = zip(*told, strict=True) if told else ((), ())
    table = pd.DataFrame(rows, columns=list(LABELS))
    per_filing = table.set_index("matter_id")[["case_id", "lead_official", "responsible_official", "link_note"]]
    per_filing = per_filing.loc[list(matter_ids)].reset_index(drop=True)
    links = pd.DataFrame(link_rows, columns=list(LINK_COLUMNS))
    closed = dict(zip(links["matter_id"], links["closed_date"], strict=True))
    per_filing["after_closure"] = [
        ("new_facts" if new else "nothing_new") if _after(date, closed[name]) else ""
        for name, date, new in zip(matter_ids.tolist(), cells.dates, new_content, strict=True)
    ]
    return Links(per_filing, table, links)


def _case_and_doubts(
    linked: caselink.CaseLink | None, doubts: Iterable[caselink.CaseLink | None]
) -> tuple[Mapping[str, Any] | None, list[Mapping[str, Any]]]:
    """Case a matter is linked to, and where there is none those that it may belong to."""
    if linked is not None and linked.decision == "same":
        return linked.case, []
    return None, list({one.case["case_id"]: one.case for one in (linked, *doubts) if one is not None}.values())


def _told(
    name: str, matter: Pooled, linked: caselink.CaseLink | None, case: Mapping[str, Any] | None, charge: Charge,
    known: places.Gazetteer, town: str, closed_on: Any,
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:  # fmt: skip
    """Rows of ``LABELS`` and ``LINK_COLUMNS`` of one matter."""
    note = charge.note
    if linked is not None and linked.decision == "review":
        note = "；".join(filter(None, [note, f"疑似积案 {linked.case['case_id']}，请核对"]))
    place, who, issue = pooled.place_of(matter, known, town), pooled.accused_of(matter), pooled.issue_of(matter)
    case_id, due = (case["case_id"], case["due_date"]) if case is not None else ("", pd.NaT)
    likeliest = (
        (linked.case["case_id"], linked.probability, linked.decision, linked.reason) if linked else ("", np.nan, "", "")
    )
    return (
        (name, pooled.compose_title(place, who, issue), who, place, case_id, charge.lead, charge.responsible, note),
        (
            name, *likeliest, issue, town, due, closed_on, "、".join(charge.recused), charge.recused_town,
            charge.recused_unit,
        ),
    )  # fmt: skip


def _fill_towns(town_of: dict[str, str], neighbours: Mapping[str, Mapping[str, float]]) -> None:
    """Give a matter that names no place the township of the one it most probably belongs to."""
    for name in [name for name, town in town_of.items() if not town]:
        close = neighbours.get(name, {}).items()
        town_of[name] = next((town for other, p in close if p >= _SAME_TOWN and (town := town_of[other])), "")


def _town(cells: Cells, matter: Pooled, known: places.Gazetteer, leaders: Set[str]) -> str:
    """Row of the officials' table a matter falls to; who is against one of the office's own `leaders` is not the county's."""
    of = cells.of
    place, unit, handler = (
        [of[column][row] for row in matter.rows if of[column][row]] for column in ("place", "unit", "handler")
    )
    if not leaders.isdisjoint(matter.names):
        place = [cell for cell in place if not places.is_county(cell)]
    if not unit and not matter.villages:
        told = (places.told_body(of["title"][row], of["text"][row], matter.names, known.towns) for row in matter.rows)
        unit = list(filter(None, told))
    words = [of[column][row] for column in ("accused", "title", "text") for row in matter.rows if of[column][row]]
    row = places.row_of(known, matter.towns, matter.villages, place, unit, handler, words)
    # who holds a village's post is not of a county body the text speaks of
    rural = any(VILLAGE.search(of["post"][at] + of["rank"][at]) for at in matter.rows)
    return "" if row and row == known.county and rural and not any(map(places.is_county, place)) else row


def _after(date: Any, closed_on: Any) -> bool:
    """Whether a day lies after that on which a case was closed; not where either is unknown."""
    return closed_on is not pd.NaT and date is not pd.NaT and bool(closed_on.normalize() < date.normalize())


def _closed_on(corpus: Corpus, matter: Pooled, case: Mapping[str, Any] | None) -> Any:
    """Day a matter's case was closed; NaT when it has none or the case is open.

    Where the ledger has no closing date, the closing date of the matter's first filing is taken, at the latest the
    case's deadline.
    """
    if case is None or not is_closed(case["status"]):
        return pd.NaT
    if pd.notna(case["closed_date"]):
        return case["closed_date"]
    days = [corpus.filings["closed_date"].iat[matter.rows[0]], case["due_date"]]
    return min((day for day in days if pd.notna(day)), default=pd.NaT)
