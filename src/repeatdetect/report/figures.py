"""Numbers that workbook and page both draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from repeatdetect.report.words import recused, town

if TYPE_CHECKING:
    from repeatdetect.detector import Result

MOST_PERIODS = 36
OTHERS = "其他"  # townships beyond the busiest
OPENING = ("single", "first", "review")  # statuses of a filing that opens a matter of its own


def over_time(result: Result) -> tuple[str, pd.DataFrame]:
    """Filings by month, by quarter or by year: the finest of them with at most ``MOST_PERIODS`` periods.

    Returns
    -------
    unit : str
        月, 季度 or 年.
    DataFrame, shape (periods, 3)
        period, filings, opened (filings that opened a matter). Periods without filings are kept; undated ones left out.
    """
    table = pd.DataFrame(
        {"date": result.corpus.filings["date"], "opened": result.filings["status"].isin(OPENING).to_numpy()}
    ).dropna()
    for unit, frequency in (("月", "M"), ("季度", "Q"), ("年", "Y")):  # noqa: B007 - the last one stays
        periods = table["date"].dt.to_period(frequency)
        if not len(table) or (periods.max() - periods.min()).n < MOST_PERIODS:
            break
    if not len(table):
        return unit, pd.DataFrame({"period": [], "filings": [], "opened": []})
    counted = table.groupby(periods)["opened"].agg(["size", "sum"])
    counted = counted.reindex(pd.period_range(periods.min(), periods.max(), freq=frequency), fill_value=0)
    labels = [
        {"M": f"{p.year}-{p.month:02}", "Q": f"{p.year}年{p.quarter}季", "Y": f"{p.year}年"}[frequency]
        for p in counted.index
    ]
    return unit, pd.DataFrame(
        {"period": labels, "filings": counted["size"].to_numpy(), "opened": counted["sum"].to_numpy()}
    )


def by_town(result: Result, most: int = 12) -> pd.DataFrame:
    """Filings, matters and filings beyond the first of each by township, the busiest first; shape (<= most, 4)."""
    matters = pd.DataFrame(
        {"town": result.matters["place"].map(town), "filings": result.matters["filings"], "matters": 1}
    )
    table = matters.groupby("town", sort=False)[["filings", "matters"]].sum().reset_index()
    table["again"] = table["filings"] - table["matters"]
    table = table.sort_values(["filings", "town"], ascending=[False, True], kind="stable")
    if len(table) > most:
        rest = table.iloc[most - 1 :][["filings", "matters", "again"]].sum()
        table = pd.concat([table.iloc[: most - 1], pd.DataFrame([{"town": OTHERS, **rest}])])
    return table.reset_index(drop=True)


def by_channel(result: Result) -> pd.DataFrame:
    """Filings by channel and how many of them opened a matter; shape (channels, 3)."""
    table = pd.DataFrame(
        {
            "channel": result.corpus.filings["channel"].replace("", "未填"), "filings": 1,
            "opened": result.filings["status"].isin(OPENING).to_numpy().astype(int),
        }
    )  # fmt: skip
    out = table.groupby("channel", sort=False)[["filings", "opened"]].sum().reset_index()
    return out.sort_values(["filings", "channel"], ascending=[False, True], kind="stable").reset_index(drop=True)


def attention(result: Result) -> dict[str, int]:
    """What wants a person first.

    Returns
    -------
    dict
        ``new`` filings with new facts, ``after_closure`` of them after closure, ``recused`` matters, ``pairs`` to
        decide.
    """
    new = result.filings["new_content"] != ""
    return {
        "new": int(new.sum()),
        "after_closure": int((result.filings["after_closure"] == "new_facts").sum()),
        "recused": int(result.matters["link_note"].map(recused).sum()),
        "pairs": result.run["counts"]["review_pairs"],
    }
