"""What the page shows of a result, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from repeatdetect.report import figures
from repeatdetect.report.content import Content, Entry, chosen
from repeatdetect.report.words import CLOSURE, RELATION, STATUS, recused, town

if TYPE_CHECKING:
    from repeatdetect.detector import Result

LONGEST = 6_000  # characters of one filing on the page, and as many of new passages beyond them
BARS = 9  # grounds of a pair shown one by one; the others in one sum
_PLAIN, _SHARED, _NEW = 0, 1, 2


def page_data(content: Content, most: int) -> dict[str, Any]:
    """Everything the page's scripts need; only numbers, text and lists.

    Parameters
    ----------
    content : Content
    most : int
        Filings there is room for.
    """
    result = content.result
    matters = chosen(result.matters, most)
    links = result.links.set_index("matter_id").to_dict("index") if len(result.links) else {}
    entries = content.entries(matters["matter_id"])
    grounds = Grounds(result, entries)
    unit, periods = figures.over_time(result)
    towns = figures.by_town(result)
    biggest = result.matters[result.matters["filings"] > 1].head(10)
    return {
        "matters": [
            {
                **_matter(content, m, links.get(m["matter_id"], {})),
                "filings": [_filing(entry, grounds) for entry in entries[m["matter_id"]]],
            }
            for m in matters.to_dict("records")
        ],
        "words": {"status": STATUS, "relation": RELATION, "closure": CLOSURE, "grounds": grounds.words},
        "unit": unit,
        "periods": _rows(periods),
        "towns": [
            [content.hide(name), filings, matters]
            for name, filings, matters in _rows(towns[towns["town"] != figures.OTHERS][["town", "filings", "matters"]])
        ],
        "other_towns": int(towns.loc[towns["town"] == figures.OTHERS, "filings"].sum()),
        "biggest": [
            [m, content.hide(title), n] for m, title, n in _rows(biggest[["matter_id", "title", "filings"]])
        ],
        "attention": figures.attention(result),
        "left_out": {
            "matters": len(result.matters) - len(matters),
            "filings": len(result.filings) - int(matters["filings"].sum()),
        },
    }  # fmt: skip


def _rows(table: pd.DataFrame) -> list[list[Any]]:
    """A table as lists of what JSON knows."""
    columns = [table[name].tolist() for name in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _matter(content: Content, m: dict[Any, Any], link: dict[Any, Any]) -> dict[str, Any]:
    shown = {
        name: content.hide(m[source])
        for name, source in (
            ("title", "title"), ("accused", "accused"), ("place", "place"), ("case", "case_id"), ("note", "link_note"),
            ("lead", "lead_official"), ("responsible", "responsible_official"),
        )
    }  # fmt: skip
    return {
        "id": m["matter_id"], **shown, "named": m["named_petitioners"], "anonymous": m["anonymous_filings"],
        "first": m["first_date"], "last": m["last_date"], "town": content.hide(town(m["place"])),
        "recused": recused(m["link_note"]), "due": _day(link.get("due_date")), "closed": _day(link.get("closed_date")),
    }  # fmt: skip


def _filing(entry: Entry, grounds: Grounds) -> dict[str, Any]:
    return {
        "id": entry.filing_id, "no": entry.number, "date": _day(entry.date), "channel": entry.channel or "未填",
        "who": entry.who, "title": entry.title, "status": entry.status, "of": entry.repeat_of,
        "relation": entry.relation, "closure": entry.after_closure, "text": segments(entry),
        "why": grounds.of(entry),
    }  # fmt: skip


def _day(value: Any) -> str:
    return "" if value is None or pd.isna(value) else f"{value:%Y-%m-%d}"


def segments(entry: Entry) -> list[tuple[int, str]]:
    """Text of a filing cut into (kind, piece): 0 as it stands, 1 said before in these words, 2 new.

    Offsets stay on this side, since JavaScript counts characters beyond U+FFFF twice. A text too long for the page
    ends with the new passages of what is cut away.
    """
    spans = sorted([(a, b, _SHARED) for a, b in entry.shared] + [(a, b, _NEW) for a, b in entry.new])
    out: list[tuple[int, str]] = []
    done, end = 0, min(len(entry.body), LONGEST)
    for start, stop, kind in spans:
        if start >= end:
            break
        if start > done:
            out.append((_PLAIN, entry.body[done:start]))
        out.append((kind, entry.body[start : min(stop, end)]))
        done = min(stop, end)
    if done < end:
        out.append((_PLAIN, entry.body[done:end]))
    if end < len(entry.body):
        out.append((_PLAIN, f"\n……（全文 {len(entry.body)} 字，此处只列前 {end} 字和其后的新情况）"))
        room = LONGEST
        for start, stop in entry.new:
            piece = entry.body[max(start, end) : stop][:room]
            if piece:
                out += [(_PLAIN, "\n"), (_NEW, piece)]
                room -= len(piece)
    return out


class Grounds:
    """Why each filing stands in its matter: its strongest edge, taken apart.

    Parameters
    ----------
    result : Result
    entries : dict
        Filings of the page by matter.

    Attributes
    ----------
    words : list of str
        Chinese names of the grounds; `of` refers to them by position.
    """

    def __init__(self, result: Result, entries: dict[str, list[Entry]]) -> None:
        from repeatdetect.grounds import by_ground

        shown = [entry for members in entries.values() for entry in members]
        number = {entry.filing_id: entry.number for entry in shown}
        pairs = result.pairs[result.pairs["decision"].isin(("same", "review"))]
        pairs = pairs[pairs["left_id"].isin(number) | pairs["right_id"].isin(number)].reset_index(drop=True)
        contributions = result.scorer.contributions(pairs)
        self.words, self._points = by_ground(contributions)
        self._start = contributions["intercept"].to_numpy()
        self._chance: list[float] = pairs["probability"].tolist()
        self._edges: dict[str, list[tuple[int, str, str]]] = {}
        for at, (left, right, decision) in enumerate(_rows(pairs[["left_id", "right_id", "decision"]])):
            for one, other in ((left, right), (right, left)):
                self._edges.setdefault(one, []).append((at, other, decision))
        self._number = number

    def of(self, entry: Entry) -> dict[str, Any] | None:
        """The edge that ties a filing to its matter, or to its suspected twin; None for one that stands alone.

        The edge to the filing it repeats comes first, then those to earlier filings, then the most probable.
        """
        wanted = "review" if entry.status == "review" else "same"
        edges = [(at, other) for at, other, decision in self._edges.get(entry.filing_id, ()) if decision == wanted]
        if not edges or entry.status in ("first", "single"):
            return None
        at, other = max(edges, key=lambda edge: self._rank(entry, *edge))
        points = self._points[at]
        strongest = np.argsort(-np.abs(points), kind="stable")[:BARS]
        listed = [(int(k), round(float(points[k]), 2)) for k in strongest if abs(points[k]) >= 0.05]
        rest = float(points.sum()) - sum(value for _, value in listed)
        return {
            "with": other, "p": round(self._chance[at], 4), "start": round(float(self._start[at]), 2), "points": listed,
            "rest": round(rest, 2),
        }  # fmt: skip

    def _rank(self, entry: Entry, at: int, other: str) -> tuple[bool, bool, float, int]:
        earlier = self._number.get(other, entry.number) < entry.number
        return other == entry.repeat_of, earlier, self._chance[at], -at
