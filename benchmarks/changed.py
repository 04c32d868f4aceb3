"""An old letter sent once more with one fact changed in it: how often the change is shown as new.

    python -m benchmarks.changed examples/anlan models/data/*/ benchmarks/blind/*/

Of the first letter of every matter one copy is made for each kind of fact it states: a number with its measure, a year,
a person said to hold a post; that one is exchanged for another, all else stays.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd

import repeatdetect as rd
from repeatdetect import facts, novelty
from repeatdetect.filings import canonical
from repeatdetect.novelty import Novelty

_SHORTEST = 60  # characters of a letter worth sending again
_NUMBER = re.compile(r"(?<![\d.])(?:\d+(?:\.\d+)?|[一二三四五六七八九十百千]{2,})(?=万?元|万|块|亩|吨|平方米|户|棵|头)")
_YEAR = re.compile(r"(?<!\d)20[012]\d(?=年)")
_OTHERS = ("邝春生", "褚文礼", "沙明远", "柏建业", "郝玉堂")
_NUMERALS = ("三十七", "八十九", "六百四十", "一百二十")


def _numbers(told: re.Match[str], random: Random) -> str:
    if not told[0][0].isdigit():
        return random.choice(_NUMERALS)
    value = float(told[0])
    return f"{value * 1.7:.1f}" if "." in told[0] else str(int(value * random.choice((0.4, 1.7, 2.3))) + 3)


def changed(letter: str, random: Random) -> Iterator[tuple[str, str, int]]:
    """Copies of a letter with one fact exchanged: kind of fact, copy, where in the copy it stands."""
    for kind, pattern in (("number", _NUMBER), ("year", _YEAR)):
        if found := list(pattern.finditer(letter)):
            told = random.choice(found)
            other = _numbers(told, random) if kind == "number" else str(random.randint(2010, 2024))
            if other not in letter:
                yield kind, letter[: told.start()] + other + letter[told.end() :], told.start()
    named = [p.name for p in facts.extract({"text": letter}).persons if p.name and p.post and p.source == "text"]
    if named and (name := random.choice(named)) in letter:
        copy = letter.replace(name, random.choice(_OTHERS))
        yield "person", copy, letter.index(name)


def shown(folders: list[Path], seed: int) -> dict[str, str]:
    """For each kind of fact in how many copies the clause with the other one is shown, of how many."""
    random = Random(seed)
    copies = [
        (letter, *copy)
        for folder in folders
        for letter in _first_letters(folder)
        if len(letter) >= _SHORTEST
        for copy in changed(letter, random)
    ]
    texts = [text for letter, _, copy, _ in copies for text in (letter, copy)]
    day = pd.Timestamp("2026-01-01")
    filings = canonical(pd.DataFrame({"text": texts, "date": [day, day + pd.Timedelta(days=30)] * len(copies)}))
    matter = np.repeat(np.arange(len(copies)), 2)
    told, of = Counter[str](), Counter[str]()
    model = Novelty.load()
    for begin, end in novelty.batches(matter, np.array([*map(len, texts)])):
        part = filings.iloc[begin:end].reset_index(drop=True)
        measured = novelty.measure(part, matter[begin:end], np.zeros(len(part), bool))
        passages = model.passages(part["text"].tolist(), measured)
        for (_, kind, copy, at), news in zip(copies[begin // 2 : end // 2], passages[1::2], strict=True):
            of[kind] += 1
            told[kind] += any(start <= at < start + len(one) for one in news for start in _places(one, copy))
    return {kind: f"{told[kind]} of {of[kind]}" for kind in of}


def _first_letters(folder: Path) -> list[str]:
    filings = rd.read_filings(folder / "filings.csv").sort_values("date", kind="stable")
    gold = pd.read_csv(folder / "gold_filings.csv", dtype=str, encoding="utf-8-sig").set_index("信访编号")["matter_id"]
    return filings.groupby(gold.reindex(filings["filing_id"]).to_numpy())["text"].first().tolist()


def _places(part: str, text: str) -> Iterator[int]:
    return (found.start() for found in re.finditer(re.escape(part), text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="+", type=Path)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    print(json.dumps(shown(arguments.folder, arguments.seed), ensure_ascii=False))


if __name__ == "__main__":
    main()
