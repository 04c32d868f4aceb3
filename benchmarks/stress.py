"""How well a county is grouped with less to go on: cells blanked at random and most of the issue words taken away.

    python -m benchmarks.stress FOLDER            # FOLDER holds filings.csv and gold_filings.csv

A word list made from the very export that is measured flatters; this shows how much of an answer hangs on it. The
package is copied, its list of issue words thinned, and the command line of the copy runs on the thinned export.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import repeatdetect
from repeatdetect import evaluation

CELLS = ("被反映人", "被反映人职务", "被反映人单位", "问题属地", "问题类别", "标题")
_WORD = re.compile(r'"[^"]*", ?')


def thinned(toml: str, share: float, random: np.random.Generator) -> str:
    """A word list in which `share` of all words after the code of each line is gone; every line keeps its last word."""
    lines = []
    for line in toml.splitlines():
        code, equals, words = line.partition(" = [")
        kept = _WORD.sub(lambda found: "" if random.random() < share else found[0], words) if equals else ""
        lines.append(code + equals + kept)
    return "\n".join(lines) + "\n"


def grouped(folder: Path, blank: float, share: float, seed: int) -> dict[str, float]:
    """Pairwise figures of one run with `blank` of the cells and `share` of the issue words taken away."""
    random = np.random.default_rng(seed)
    filings = pd.read_csv(folder / "filings.csv", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    for column in filings.columns.intersection(list(CELLS)):
        filings.loc[random.random(len(filings)) < blank, column] = ""
    with tempfile.TemporaryDirectory() as work:
        package = Path(work) / "src" / "repeatdetect"
        shutil.copytree(Path(repeatdetect.__file__).parent, package)
        words = package / "lexicon" / "issues.toml"
        words.write_text(thinned(words.read_text(encoding="utf-8"), share, random), encoding="utf-8")
        filings.to_csv(Path(work) / "filings.csv", index=False)
        subprocess.run(
            [sys.executable, "-m", "repeatdetect.cli", "dedupe", "filings.csv", "-o", "out"],
            check=True, cwd=work, env={**os.environ, "PYTHONPATH": str(package.parent)}, capture_output=True,
        )  # fmt: skip
        answer = pd.read_csv(Path(work) / "out" / "filings.csv", dtype=str, encoding="utf-8-sig")
    gold = pd.read_csv(folder / "gold_filings.csv", dtype=str, encoding="utf-8-sig").set_index("信访编号")["matter_id"]
    return evaluation.pairwise(answer["matter_id"].to_numpy(), gold.reindex(answer["filing_id"]).to_numpy(dtype=object))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a county with filings.csv and gold_filings.csv")
    parser.add_argument("--blank", type=float, default=0.4, help="share of the cells that are blanked")
    parser.add_argument("--words", type=float, default=0.6, help="share of the issue words that are taken away")
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    for seed in range(args.seeds):
        found = grouped(args.folder, args.blank, args.words, seed)
        print(f"seed {seed}: " + " ".join(f"{name} {value:.3f}" for name, value in found.items()))


if __name__ == "__main__":
    main()
