"""A county with gold answers, whole: matters, circulated letters, status, what is new, by the shipped model.

    python -m benchmarks.county benchmarks/blind/*/

Each folder holds filings.csv, gold_filings.csv, traps.csv and new_facts.csv. Matters and status are of the program's own
grouping; what is new is told of filings grouped as in gold.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from models.train_novelty import County, figures, table

import repeatdetect as rd
from repeatdetect import evaluation
from repeatdetect.novelty import Novelty

CIRCULATED = "T1"  # the trap of one letter about different accused


def measure(folder: Path) -> dict[str, Any]:
    """Figures of one folder."""
    result = rd.detect(rd.read_filings(folder / "filings.csv"))
    found = result.filings.set_index("filing_id")
    gold = table(folder / "gold_filings.csv").reindex(found.index)
    pairs = evaluation.pairwise(found["matter_id"], gold["matter_id"])
    traps = table(folder / "traps.csv")["traps"]
    letters = found.index.isin(traps[traps.str.split().map(lambda names: CIRCULATED in names)].index)
    together = found[letters].assign(gold=gold["matter_id"]).groupby("matter_id")["gold"].transform("nunique")
    return {
        **{name: round(value, 3) for name, value in pairs.items()},
        "circulated letters joined": f"{int((together > 1).sum())} of {int(letters.sum())}",
        "status right": round(float((found["status"] == gold["status"]).mean()), 3),
        "grouped as in gold": figures(County.load(folder), Novelty.load()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="+", type=Path)
    for folder in parser.parse_args().folder:
        print(folder.name, json.dumps(measure(folder), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
