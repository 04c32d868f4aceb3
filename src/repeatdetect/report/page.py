"""report.html: one offline file; the data travels as JSON and is shown as text only."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from repeatdetect.report.content import Content
from repeatdetect.report.words import CLOSURE, RELATION, STATUS

if TYPE_CHECKING:
    from repeatdetect.detector import Result

SHOWN = 5000  # filings on the page; beyond that the largest and the newest matters
LONGEST = 6000  # characters of one filing on the page


def write(result: Result, path: Path, *, masked: bool = False) -> None:
    """Write the page.

    Parameters
    ----------
    result : Result
    path : Path
    masked : bool
        Hide petitioners' identities everywhere.
    """
    template = files("repeatdetect.report").joinpath("page.html").read_text(encoding="utf-8")
    data = json.dumps(_data(result, masked), ensure_ascii=False, separators=(",", ":"))
    # inside <script> only these could end the element or break the parse
    for mark, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        data = data.replace(mark, code)
    path.write_text(template.replace("/*DATA*/null", data), encoding="utf-8")


def _shown(result: Result) -> pd.DataFrame:
    """Matters on the page: all up to ``SHOWN`` filings, else the largest and then the newest."""
    table = result.matters
    if table["filings"].sum() <= SHOWN:
        return table
    largest = table[table["filings"].cumsum() <= SHOWN * 0.8]
    largest = largest[largest["filings"] > 1]
    rest = table.drop(largest.index).sort_values("last_date", ascending=False, kind="stable")
    rest = rest[rest["filings"].cumsum() <= SHOWN - largest["filings"].sum()]
    return pd.concat([largest, rest])


def _data(result: Result, masked: bool) -> dict[str, Any]:
    content = Content(result, masked)
    matters = _shown(result)
    source = result.corpus.filings
    wanted = set(matters["matter_id"])
    rows_of: dict[str, list[int]] = {}
    for row, matter in enumerate(result.filings["matter_id"]):
        if matter in wanted:
            rows_of.setdefault(matter, []).append(row)
    column = {name: result.filings[name].tolist() for name in result.filings.columns}
    out = []
    for m in matters.to_dict("records"):
        filings = []
        for row in sorted(rows_of[m["matter_id"]], key=lambda r: column["repeat_no"][r]):
            body = re.sub(r"[ \t]*\n\s*", "\n", source["text"].iat[row].strip())[:LONGEST]
            who, title = source["petitioner"].iat[row], source["title"].iat[row]
            new = [p for p in column["new_content"][row].split("；") if p]
            body, title, who, new = (
                content.hide(body),
                content.hide(title),
                content.who(row),
                [content.hide(p) for p in new],
            )
            chance = column["probability"][row]
            filings.append(
                {
                    "id": column["filing_id"][row], "date": _day(source["date"].iat[row]),
                    "channel": source["channel"].iat[row], "who": who if result.corpus.scalars["named"][row] else "匿名",
                    "status": STATUS[column["status"][row]], "no": column["repeat_no"][row],
                    "of": column["repeat_of"][row], "relation": RELATION[column["relation"][row]],
                    "p": None if pd.isna(chance) else round(chance, 3), "title": title, "text": body, "new": new,
                    "closure": CLOSURE[column["after_closure"][row]],
                }
            )  # fmt: skip
        out.append(
            {
                "id": m["matter_id"], "title": m["title"], "n": m["filings"], "named": m["named_petitioners"],
                "anonymous": m["anonymous_filings"], "first": m["first_date"], "last": m["last_date"],
                "accused": m["accused"], "place": m["place"], "case": m["case_id"], "lead": m["lead_official"],
                "responsible": m["responsible_official"], "note": m["link_note"], "filings": filings,
            }
        )  # fmt: skip
    by_month = pd.DataFrame(
        {
            "m": source["date"].dt.strftime("%Y-%m"),
            "first": result.filings["status"].isin(["single", "first", "review"]),
        }
    ).dropna()
    months = by_month.groupby("m")["first"].agg(["size", "sum"])
    wanted_pairs = result.pairs[result.pairs["decision"] == "same"]
    edges = {
        f"{a}|{b}": [round(float(p), 3), reason]
        for a, b, p, reason in wanted_pairs[["left_id", "right_id", "probability", "reason"]].itertuples(index=False)
    }
    return {
        "counts": result.run["counts"], "version": result.run["version"], "model": result.run["model"],
        "months": [[str(m), int(r["size"]), int(r["sum"])] for m, r in months.iterrows()],
        "matters": out, "edges": edges if len(edges) <= SHOWN else {}, "masked": masked,
        "left_out": int(len(result.matters) - len(matters)),
    }  # fmt: skip


def _day(value: Any) -> str:
    return "" if pd.isna(value) else str(value.strftime("%Y-%m-%d"))
