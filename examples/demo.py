"""What ``make demo`` runs: the main job on the example, then the largest matters it found."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from repeatdetect import cli

HERE = Path(__file__).resolve().parent
OUT = Path("demo-out")


def main() -> int:
    """Run `dedupe` as a clerk would, and show the three matters filed most often."""
    command = [
        "dedupe", str(HERE / "安澜县信访件.xlsx"), "--cases", str(HERE / "积案台账.xlsx"),
        "--officials", str(HERE / "分工.xlsx"), "-o", str(OUT),
    ]  # fmt: skip
    code = cli.main(command)
    if code:
        return code
    with (OUT / "matters.csv").open(encoding="utf-8-sig", newline="") as stream:
        matters = list(csv.DictReader(stream))
    print("被反映最多的三个事项：")
    for matter in matters[:3]:
        print(f"  {matter['title']}：{matter['filings']} 件，{matter['first_date']} 至 {matter['last_date']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
