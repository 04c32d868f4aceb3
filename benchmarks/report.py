"""How long workbook and page take: `python -m benchmarks.report --n 5000` prints seconds, sizes and first paint."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path

import repeatdetect as rd
from benchmarks import generate
from repeatdetect.report import page, workbook
from repeatdetect.report.content import Content


def first_paint(path: Path) -> float | None:
    """Seconds until Chromium first paints a file opened from disk; None where there is no Chromium."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        return None
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": 1366, "height": 768})
        tab.goto(path.as_uri())
        painted = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        browser.close()
    return round(float(painted) / 1000, 3)


def measure(n: int, seed: int) -> dict[str, float | None]:
    """Figures of a fresh `Content` each, so that neither profits from the other."""
    figures: dict[str, float | None] = {"filings": n}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        generate.write(n, out, seed)
        result = rd.detect(rd.read_filings(out / "filings.csv"))
        for name, write, path in (("workbook", workbook.write, out / "w.xlsx"), ("page", page.write, out / "p.html")):
            start = time.perf_counter()
            write(Content(result), path)
            figures[f"{name}_seconds"] = round(time.perf_counter() - start, 2)
            figures[f"{name}_mb"] = round(path.stat().st_size / 1e6, 2)
        figures["first_paint_seconds"] = first_paint(out / "p.html")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    print(json.dumps(measure(given.n, given.seed)))


if __name__ == "__main__":
    main()
