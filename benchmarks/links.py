"""Case links, officials' cells and recusals of a county set against its gold answers.

    python benchmarks/links.py FOLDER [FOLDER ...]

Each folder holds filings.csv, cases.csv, officials.csv, gold_filings.csv and gold_links.csv. Two figures each: with the
gold grouping of filings into matters (the linking alone) and with our own (the whole way). Names of persons and places
go to stdout for whoever works on the rules; nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import repeatdetect as rd
from repeatdetect import cases as case_stage
from repeatdetect.comparable import Comparable
from repeatdetect.near import Near

CASE, LEAD, RESPONSIBLE = "化解编号", "包案领导", "化解责任人"


def measure(folder: Path, detail: bool = False) -> dict[str, dict[str, Any]]:
    """Figures of one folder, by ``gold`` and ``own`` grouping.

    Parameters
    ----------
    folder : Path
    detail : bool
        Print every wrong cell.

    Returns
    -------
    dict
        Per grouping: ``links_right`` (share of our matters with a case most filings of which are of that case),
        ``case_precision`` and ``case_recall`` (by matter of the gold, each by the share of its filings),
        ``decoys`` (ledger rows without a matter that got one),
        ``cells`` (share of the two officials' cells of each filing that are right), ``recusals`` (cells gold leaves
        empty for recusal), ``missed`` (of these, filled in any filing), ``false`` (cells emptied by us against gold).
    """
    gold = _read(folder / "gold_filings.csv")
    links = _read(folder / "gold_links.csv").set_index("matter_id")
    cases, officials = rd.read_cases(folder / "cases.csv"), rd.read_officials(folder / "officials.csv")
    result = rd.detect(rd.read_filings(folder / "filings.csv"), cases=cases, officials=officials)
    matter_of = dict(zip(gold.iloc[:, 0], gold["matter_id"], strict=True))
    ids = result.filings["filing_id"]
    truth = links.loc[[matter_of[name] for name in ids]].reset_index()
    decoys = set(cases["case_id"]) - set(links[CASE]) - {""}
    # the linker wants rows by date, as `detect` gives them
    order = np.lexsort((ids.to_numpy(), result.corpus.filings["date"].to_numpy()))
    corpus = result.corpus.take(order)
    linked = case_stage.link(
        corpus, truth["matter_id"].to_numpy()[order], result.filings["new_content"].to_numpy()[order].tolist(),
        Near.nothing(), Comparable.of(corpus).words, cases, officials, result.settings,
    )  # fmt: skip
    own = result.filings[["matter_id", "case_id", "lead_official", "responsible_official", "link_note"]]
    return {
        "gold": _figures(
            linked.filings.assign(matter_id=truth["matter_id"].to_numpy()[order]),
            truth.iloc[order].reset_index(drop=True),
            decoys,
            detail,
            f"{folder.name} gold",
        ),
        "own": _figures(own, truth, decoys, detail, f"{folder.name} own"),
    }


def _figures(ours: pd.DataFrame, truth: pd.DataFrame, decoys: set[str], detail: bool, name: str) -> dict[str, Any]:
    frame = pd.DataFrame({"matter": truth["matter_id"], "case": ours["case_id"], "gold_case": truth[CASE]})
    given = frame.assign(ours=ours["matter_id"].to_numpy())[frame["case"] != ""]
    right_links = (given["case"] == given["gold_case"]).groupby(given["ours"]).mean() > 1 / 2
    hit = (frame["case"] == frame["gold_case"]) & (frame["case"] != "")
    recused = truth["note"].str.contains("回避|recuse")
    cells = recusals = missed = false = 0.0
    wrong: list[str] = []
    for own_column, gold_column in (("lead_official", LEAD), ("responsible_official", RESPONSIBLE)):
        value, want = ours[own_column], truth[gold_column]
        right = value == want
        cells += float(right.groupby(frame["matter"]).mean().sum())
        must = recused & (want == "")
        recusals += frame["matter"][must].nunique()
        missed += frame["matter"][must & (value != "")].nunique()
        emptied = (value == "") & (want != "") & ours["link_note"].str.startswith("回避")
        false += frame["matter"][emptied].nunique()
        for at in np.flatnonzero(~right):
            wrong.append(
                f"{truth['matter_id'][at]} {own_column}: {value[at] or '-'} for {want[at] or '-'}  [{ours['link_note'][at]}]"
            )
    for at in np.flatnonzero(frame["case"] != frame["gold_case"]):
        wrong.append(f"{frame['matter'][at]} case: {frame['case'][at] or '-'} for {frame['gold_case'][at] or '-'}")
    if detail:
        print(f"-- {name}", *sorted(set(wrong)), sep="\n   ")
    matters = frame["matter"].nunique()
    return {
        "matters": matters,
        "links_right": round(float(right_links.mean()), 4) if len(right_links) else 1.0,
        "case_precision": _share(_by_matter(hit, frame), _by_matter(frame["case"] != "", frame)),
        "case_recall": _share(_by_matter(hit, frame), _by_matter(frame["gold_case"] != "", frame)),
        "decoys": int(frame["case"].isin(decoys).sum()),
        "cells": round(cells / (2 * matters), 4),
        "recusals": int(recusals),
        "missed": int(missed),
        "false": int(false),
    }


def _by_matter(flags: pd.Series, frame: pd.DataFrame) -> float:
    """Matters for which a flag holds, each by the share of its filings."""
    return float(flags.groupby(frame["matter"]).mean().sum())


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 1.0


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--detail", action="store_true", help="print every wrong cell")
    wanted = parser.parse_args()
    rows = []
    for folder in wanted.folders:
        for grouping, figures in measure(folder, wanted.detail).items():
            rows.append({"set": folder.name, "grouping": grouping, **figures})
    sys.stdout.write(pd.DataFrame(rows).to_string(index=False) + "\n")


if __name__ == "__main__":
    main()
