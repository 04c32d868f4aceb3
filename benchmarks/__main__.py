"""Ours beside its peers on mass data, in one run: `make bench`, or `python -m benchmarks --sizes 10000 100000`.

For each size an export is generated from the seed; then the whole `repeatdetect dedupe` process and every peer run on
it, one after the other, each a process of its own. Figures go to results/bench.json and, as a table, results/bench.md and docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import repeatdetect
from benchmarks import generate, process
from repeatdetect import evaluation

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results"
PAGE, MARK = ROOT / "docs" / "benchmarks.md", "<!-- written by `make bench` -->\n"
OURS = "repeatdetect"
#: Peer -> module it needs, largest size it can do on two cores and 8 GiB in reasonable time.
PEERS: dict[str, tuple[str, int]] = {
    "rensa": ("rensa", 1_000_000), "datasketch": ("datasketch", 1_000_000), "tfidf": ("sklearn", 200_000),
    "splink": ("splink", 10_000), "goldenmatch": ("goldenmatch", 5_000),
}  # fmt: skip
_WORDS = {
    OURS: "repeatdetect dedupe, whole process", "rensa": "rensa MinHash LSH", "datasketch": "datasketch MinHash LSH",
    "tfidf": "TF-IDF + sparse_dot_topn + components", "splink": "Splink", "goldenmatch": "GoldenMatch, zero-config",
}  # fmt: skip

Row = dict[str, Any]


def measure(n: int, seed: int, names: Sequence[str], jobs: int, timeout: float, work: Path) -> list[Row]:
    """Generate an export and run ours and peers on it.

    Parameters
    ----------
    n, seed : int
    names : sequence of str
        Of `PEERS`; one that is not installed, or not made for `n`, gets a row that says so.
    jobs : int
        For ours; 0 for all cores.
    timeout : float
        Seconds after which a process is ended.
    work : Path
        Where data and answers go.

    Returns
    -------
    list of dict
        Ours first.
    """
    export = generate.write(n, work / f"data-{n}", seed) / "filings.csv"
    gold = pd.read_csv(export.with_name("gold.csv"), dtype=str, encoding="utf-8-sig")["matter_id"].to_numpy()
    return [_row(name, n, gold, export, jobs, timeout, work / f"{name}-{n}") for name in (OURS, *names)]


def _row(name: str, n: int, gold: npt.NDArray[Any], export: Path, jobs: int, timeout: float, out: Path) -> Row:
    row: Row = {"system": name, "n": n}
    if name == OURS:
        command = ["-m", "repeatdetect.cli", "dedupe", str(export), "-o", str(out)]
        command += ["--jobs", str(jobs)] if jobs else []
    else:
        needs, most = PEERS[name]
        if importlib.util.find_spec(needs) is None:
            return {**row, "skipped": f"{needs} is not installed"}
        if n > most:
            return {**row, "skipped": f"not run beyond {most:,} filings"}
        command = ["-m", "benchmarks.peers", name, str(export), str(out)]
    paths = [str(Path(repeatdetect.__file__).parent.parent), str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    cost = process.run([sys.executable, *command], out.with_suffix(".log"), environment, timeout)
    row |= {"wall": cost.wall, "cpu": cost.cpu, "peak_mib": cost.peak_mib}
    if cost.failed:
        return {**row, "skipped": f"failed: {cost.failed[:120]}"}
    if name == OURS:
        answer = pd.read_csv(out / "filings.csv", usecols=["matter_id"], dtype=str, encoding="utf-8-sig")
        label: npt.NDArray[Any] = answer["matter_id"].to_numpy()
        row["stages"] = json.loads((out / "run.json").read_text(encoding="utf-8"))["seconds"]
    else:
        label = np.loadtxt(out / "labels.csv", dtype=np.int64)
        row["core"] = float((out / "core.txt").read_text(encoding="utf-8"))
    return {**row, "pairwise": evaluation.pairwise(label, gold), "b_cubed": evaluation.b_cubed(label, gold)}


def table(rows: Sequence[Row]) -> str:
    """Figures as Markdown: costs and answers, growth from one size to the next, our stages."""
    loop = {row["n"]: row["core"] for row in rows if row["system"] == "rensa" and "core" in row}
    lines = [
        "| filings | system | wall s | own work s | CPU s | peak MiB | wall ÷ rensa's loop | pairwise P / R / F1 | B³ P / R / F1 |",
        "|---:|---|---:|---:|---:|---:|---:|---|---|",
    ]
    for row in rows:
        start = f"| {row['n']:,} | {_WORDS[row['system']]} | "
        if "skipped" in row:
            lines.append(
                f"{start}{row.get('wall', '')} | | {row.get('cpu', '')} | {row.get('peak_mib', '')} | | {row['skipped']} | |"
            )
            continue
        ratio = f"{row['wall'] / loop[row['n']]:.1f}" if loop.get(row["n"]) else ""
        answers = " | ".join(
            " / ".join(f"{row[kind][name]:.3f}" for name in ("precision", "recall", "f1"))
            for kind in ("pairwise", "b_cubed")
        )
        lines.append(
            f"{start}{row['wall']:.1f} | {row.get('core', row['wall']):.1f} | {row['cpu']:.1f} | {row['peak_mib']:,.0f} | {ratio} | {answers} |"
        )
    return "\n".join([*lines, "", *_growth(rows), *_stages(rows)]).rstrip() + "\n"


def _growth(rows: Sequence[Row]) -> list[str]:
    done = [row for row in rows if "skipped" not in row]
    out = []
    for name in _WORDS:
        mine = sorted((row for row in done if row["system"] == name), key=lambda row: row["n"])
        for small, large in pairwise(mine):
            out.append(
                f"| {_WORDS[name]} | {small['n']:,} → {large['n']:,} (× {large['n'] / small['n']:.1f}) | "
                f"× {large['wall'] / small['wall']:.1f} | × {large['peak_mib'] / small['peak_mib']:.1f} | "
                f"{large['pairwise']['f1'] - small['pairwise']['f1']:+.3f} |"
            )
    return ["| system | filings | wall | peak | pairwise F1 |", "|---|---|---|---|---|", *out, ""] if out else []


def _stages(rows: Sequence[Row]) -> list[str]:
    ours = [row for row in rows if "stages" in row]
    if not ours:
        return []
    names = list(ours[0]["stages"])
    return [
        f"| stages of ours, s | {' | '.join(names)} |",
        f"|---|{'---:|' * len(names)}",
        *(f"| {row['n']:,} | {' | '.join(str(row['stages'].get(name, '')) for name in names)} |" for row in ours),
        "",
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--jobs", type=int, default=0, help="processes of ours; 0: all cores")
    parser.add_argument("--timeout", type=float, default=7_200, help="seconds after which a process is ended")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of bench.json and bench.md")
    given = parser.parse_args(arguments)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as work:
        for n in given.sizes:
            rows += measure(n, given.seed, given.peers, given.jobs, given.timeout, Path(work))
    head = {
        "date": date.today().isoformat(), "version": repeatdetect.__version__, "seed": given.seed,
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }  # fmt: skip
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "bench.json").write_text(json.dumps({**head, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    told = f"{head['date']}, repeatdetect {head['version']}, seed {head['seed']}, {head['machine']}"
    text = f"{told}\n\n{table(rows)}"
    (given.out / "bench.md").write_text(text, encoding="utf-8")
    if given.out == RESULTS:
        PAGE.write_text(PAGE.read_text(encoding="utf-8").partition(MARK)[0] + f"{MARK}\n{text}", encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
