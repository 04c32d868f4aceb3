"""Whether tonight looks like the nights before: what drifts is said loudly instead of joined silently."""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from repeatdetect.history import schema

if TYPE_CHECKING:
    from repeatdetect.history.answer import Tonight

#: figures of a run, kept in its manifest
FIGURES = ("new", "revised", "known", "repeats", "reviews", "largest")
_NIGHTS = 30
_FEWEST_NIGHTS = 5  # below this there is nothing to compare with
_FEWEST_FILINGS = 20  # of a night whose shares are compared
_DEVIATIONS = 4.0
_LEAST_CHANGE = 0.15  # of a share, whatever the deviations say
_SWOLLEN = 1.5  # times the largest matter ever
_NAMED = 5  # filings in one warning at most


def figures(tonight: Tonight, largest: int) -> dict[str, Any]:
    """What the manifest keeps: counts, and shares of the filings that were new."""
    status = tonight.filings.loc[tonight.added, "status"]
    sizes = tonight.shown.matters["filings"]
    return {
        "new": tonight.fresh,
        "revised": tonight.revised,
        "known": tonight.known,
        "repeats": round(float(status.isin(("repeat", "joint")).mean()), 4) if len(status) else 0.0,
        "reviews": round(float((status == "review").mean()), 4) if len(status) else 0.0,
        "largest": max(largest, int(sizes.max()) if len(sizes) else 0),
    }


def last_runs(connection: Connection) -> list[dict[str, Any]]:
    """Manifests of the last runs that added filings and still count, the newest first."""
    table = schema.runs
    query = select(table.c.manifest).where(table.c.state == "done", table.c.kind == "add")
    return [json.loads(m) for m in connection.scalars(query.order_by(table.c.run.desc()).limit(_NIGHTS))]


def warnings(before: list[dict[str, Any]], own: dict[str, Any]) -> list[str]:
    """In Chinese, what is unlike the last runs.

    Parameters
    ----------
    before : list of dict
        From `last_runs`.
    own : dict
        Tonight's manifest.
    """
    out: list[str] = []
    if not own["new"] + own["revised"]:
        return out
    nights = [night for night in before if night["new"] >= _FEWEST_FILINGS]
    if len(nights) >= _FEWEST_NIGHTS and own["new"] >= _FEWEST_FILINGS:
        for name, words in (("repeats", "重复件和同诉件的比例"), ("reviews", "待判件的比例")):
            usual = [night[name] for night in nights]
            middle, spread = statistics.mean(usual), statistics.pstdev(usual)
            if abs(own[name] - middle) > max(_DEVIATIONS * spread, _LEAST_CHANGE):
                out.append(f"{words}为 {own[name]:.0%}，近 {len(usual)} 次平均 {middle:.0%}，请核查来件与归并结果。")
    if len(before) >= _FEWEST_NIGHTS:
        usual_largest = max(night["largest"] for night in before)
        if own["largest"] > max(_SWOLLEN * usual_largest, usual_largest + _FEWEST_FILINGS):
            out.append(f"最大事项增至 {own['largest']} 件（此前最多 {usual_largest} 件），请核查是否误并。")
    return out


def held_back(names: list[str], *, named: bool = True) -> list[str]:
    """What is said of filings that are set apart now and stand in the store since an earlier night."""
    more = f" 等 {len(names)} 件" if len(names) > _NAMED else ""
    which = f"信访件 {'、'.join(names[:_NAMED])}{more} " if named else f"有 {len(names)} 件信访件"
    return [
        f"{which}这次被隔离，而库中有它此前的内容，仍会出现在结果和下发清单中：请立即按程序上报，并由人剔除。"
    ] if names else []  # fmt: skip
