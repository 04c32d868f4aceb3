"""Mass data: `python -m benchmarks.generate --n 100000 --seed 7 --out DIR` writes filings.csv and gold.csv.

A county of about five thousand filings is drawn from its own random stream, so any number of processes writes the
same bytes. Matters follow a heavy tail; one of 144 and one of 200 filings come with every fifty thousand.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pandas as pd

from benchmarks import bank, letters, world
from benchmarks.letters import Matter, Writer

COLUMNS = (
    "信访编号", "登记日期", "信访形式", "来源", "是否实名", "举报人", "联系电话", "证件号码", "住址", "被反映人",
    "被反映人单位", "被反映人职务", "被反映人职级",
    "问题属地", "问题类别", "标题", "反映内容", "承办单位", "办理状态", "办结日期",
)  # fmt: skip
GOLD = ("信访编号", "matter_id", "relation", "status")
_COUNTY = 5_000
_ISSUES = bank.issues()
#: what the circulars of phrases.toml are about, in their order
_CIRCULARS = [next(one for one in _ISSUES if one.name == name) for name in ("种粮补贴", "低保", "集体资金")]
_HOT = (200, 144)
_CHANNELS = ("网络",) * 9 + ("来信",) * 7 + ("来电",) * 2 + ("来访",) * 2

Row = tuple[str, ...]


def _writer(random: Random, matter: Matter, pool: list[Writer]) -> Writer:
    """Somebody with a name (two in five) or nobody; one named writer in ten has filed about something else before."""
    numerals = random.choices((0, 1, 2), (75, 15, 10))[0]
    naming = int(random.random() < 0.12)
    if random.random() > 0.42:
        return Writer("", numerals=numerals, naming=naming)
    if pool and random.random() < 0.1:
        return random.choice(pool[-60:])
    born = f"{random.randint(1940, 1995)}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
    out = Writer(
        world.person(random),
        f"13800{random.randint(0, 999_999):06d}" if random.random() < 0.8 else "",
        f"990{random.randint(101, 199)}{born}{random.randint(0, 9_999):04d}" if random.random() < 0.5 else "",
        f"{matter.place.area}{random.choice('一二三四五六七八')}组" if random.random() < 0.7 else "",
        numerals,
        naming,
    )
    pool.append(out)
    return out


def tell(random: Random, matter: Matter, size: int, pool: list[Writer]) -> Iterator[tuple[Writer, date, str, str, str]]:
    """The filings of one matter, earliest first: writer, date, relation, title, text."""
    day = matter.day
    pace = min(45.0, 0.7 * (letters.DAYS - day) / size)
    # a matter is one tireless writer's, or many people's, or in between
    newcomer = random.choice((0.03, 0.3, 0.3, 0.8))
    writers: list[tuple[Writer, letters.Letter]] = []
    for number in range(1, size + 1):
        when = letters.START + timedelta(days=min(day, letters.DAYS))
        stamp = when.isoformat()
        if writers and random.random() > newcomer:
            at = random.randrange(len(writers)) if random.random() < 0.4 else 0
            writer, last = writers[at]
            kind = random.random()
            if kind < 0.12:
                relation, text = "shortened", letters.short(random, matter, writer, stamp, number)
            elif kind < 0.18 and matter.circular < 0:
                relation, text = "shortened", letters.phone(random, matter, writer, stamp, number)
            else:
                relation, letter = letters.again(random, matter, writer, last, stamp, number)
                writers[at] = (writer, replace(letter, head=""))
                text = letter.text()
        else:
            writer = _writer(random, matter, pool)
            letter = letters.compose(random, matter, writer, stamp, number, not writers)
            relation, text = ("joint" if writers else "first"), letter.text()
            if writers and random.random() < 0.15:
                text = letters.short(random, matter, writer, stamp, number)
            writers.append((writer, letter))
        if random.random() < 0.06:
            text = letters.misspelt(random, text, (matter.accused.name, matter.place.name))
        yield writer, when, relation, letters.title(random, matter, writer, stamp), text
        day += int(random.expovariate(1 / pace)) if pace > 1 else int(random.random() < pace)


def _row(random: Random, matter: Matter, writer: Writer, when: date, title: str, text: str) -> Row:
    """A row of the export without its id: what the clerk filled in, and what was left blank."""
    draw = random.random
    accused, place = matter.accused, matter.place
    cell = ""
    if draw() < 0.62:
        cell = accused.name if draw() < 0.93 else accused.name[0] + matter.spoken
        if draw() < 0.02:
            cell = letters.misspelt(random, cell, (accused.name,))
    area = ""
    if draw() < 0.65:
        area = place.area if draw() < 0.8 else place.town or place.area
        area = matter.county + area if draw() < 0.15 and area != "县直" else area
    handed_down = text.startswith(("【", "关于转办"))
    closed = (when + timedelta(days=random.randint(20, 200))).isoformat() if draw() < 0.4 else ""
    return (
        when.isoformat(), random.choice(_CHANNELS), "上级转办" if handed_down or draw() < 0.04 else "本级受理",
        "否" if writer.anonymous else "是", writer.name, writer.phone, writer.id_number, writer.address,
        cell, place.unit if draw() < 0.55 else "", accused.post if cell and draw() < 0.7 else "",
        accused.rank if draw() < 0.35 else "", area, random.choice(matter.issue.category) if draw() < 0.8 else "",
        title if draw() < 0.92 else "", text, f"{place.town or matter.county}纪委" if draw() < 0.8 else "",
        "已办结" if closed else random.choice(("在办", "留存", "待判重")), closed,
    )  # fmt: skip


def matters(random: Random, county: world.County) -> Iterator[Matter]:
    """Matters without end; none shares accused and issue with an earlier one of its county."""
    used: set[tuple[str, str, str]] = set()
    last: tuple[world.Place, world.Cadre] | None = None
    while True:
        circular = random.randrange(len(_CIRCULARS)) if random.random() < 0.02 else -1
        issue = _CIRCULARS[circular] if circular >= 0 else random.choice(_ISSUES)
        if last and random.random() < 0.08 and last[1].level == issue.posts:
            place, accused = last
        elif issue.where == "village":
            place = random.choice(county.villages)
            accused = random.choice(place.cadres[:1] * 3 + place.cadres)
        else:
            place = random.choice(county.units[issue.where])
            known = [one for one in place.cadres if one.level == issue.posts]
            if not known or (len(known) < 6 and random.random() < 0.7):
                known = [world.cadre(random, issue.posts)]
                if known[0].name[0] in {one.name[0] for one in place.cadres}:
                    continue
                place.cadres += known
            accused = random.choice(known)
        key = (place.area + place.name, accused.name, issue.name)
        if key in used:
            continue
        used.add(key)
        last = (place, accused)
        yield letters.matter(random, county.name, place, accused, issue, circular)


def filings(
    random: Random, matter: Matter, size: int, pool: list[Writer], name: str
) -> list[tuple[Row, str, str, str]]:
    """The filings of one matter, earliest first: row without id, name of the matter, relation, status."""
    earlier: set[str] = set()
    out = []
    for at, (writer, when, relation, title, text) in enumerate(tell(random, matter, size, pool)):
        who = f"{writer.name} {writer.phone} {writer.id_number} {writer.address}" if writer.name else ""
        first = "first" if size > 1 else "single"
        status = first if at == 0 else "repeat" if not who or who in earlier else "joint"
        earlier.add(who)
        out.append((_row(random, matter, writer, when, title, text), name, relation, status))
    return out


def county_rows(seed: int, number: int, size: int, hot: tuple[int, ...] = ()) -> tuple[list[Row], list[Row]]:
    """Filings and gold answers of one county, by date.

    Parameters
    ----------
    seed, number : int
        Together they choose the random stream.
    size : int
        Filings in the county.
    hot : tuple of int
        Sizes of matters that must occur.
    """
    random = Random(f"repeatdetect {seed} {number}")
    county = world.county(random)
    pool: list[Writer] = []
    found: list[tuple[Row, str, str, str]] = []
    left = size
    wanted = list(hot)
    for index, matter in enumerate(matters(random, county), 1):
        if left <= 0:
            break
        count = wanted.pop() if wanted and matter.circular < 0 else min(90, int(random.paretovariate(1.5)))
        count = min(count, left)
        left -= count
        found += filings(random, matter, count, pool, f"M{number:04d}-{index:05d}")
    found.sort(key=lambda item: item[0][0])
    rows: list[Row] = []
    gold: list[Row] = []
    for at, (row, name, relation, status) in enumerate(found, 1):
        filing = f"{number:04d}{row[0][:4]}{at:05d}"
        rows.append((filing, *row))
        gold.append((filing, name, relation, status))
    return rows, gold


def _plan(n: int) -> list[tuple[int, tuple[int, ...]]]:
    """Size and hot matters of every county."""
    counties = max(1, round(n / _COUNTY))
    sizes = [n // counties + (k < n % counties) for k in range(counties)]
    return [(size, _HOT if size >= 1_500 and k % 10 == 0 else ()) for k, size in enumerate(sizes)]


def generate(n: int, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mass data in memory: the filings with the headers of an export, and the gold answers."""
    rows: list[Row] = []
    gold: list[Row] = []
    for number, (size, hot) in enumerate(_plan(n)):
        a, b = county_rows(seed, number, size, hot)
        rows += a
        gold += b
    return pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame(gold, columns=list(GOLD))


def _text(job: tuple[int, int, int, tuple[int, ...]]) -> tuple[str, str]:
    out = []
    for rows in county_rows(*job):
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows(rows)
        out.append(buffer.getvalue())
    return out[0], out[1]


def write(n: int, out: Path, seed: int = 7, jobs: int = 2) -> Path:
    """Write filings.csv and gold.csv (UTF-8 with BOM), a county at a time; the bytes do not depend on `jobs`."""
    out.mkdir(parents=True, exist_ok=True)
    work = [(seed, number, size, hot) for number, (size, hot) in enumerate(_plan(n))]
    with (
        (out / "filings.csv").open("w", encoding="utf-8-sig", newline="") as export,
        (out / "gold.csv").open("w", encoding="utf-8-sig", newline="") as gold,
        ProcessPoolExecutor(jobs) as pool,
    ):
        export.write(",".join(COLUMNS) + "\n")
        gold.write(",".join(GOLD) + "\n")
        for a, b in pool.map(_text, work):
            export.write(a)
            gold.write(b)
    return out


def main() -> None:
    from benchmarks import hostile  # stands on this module

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--shape", choices=("mass", *hostile.SHAPES), default="mass")
    given = parser.parse_args()
    if given.shape == "mass":
        write(given.n, given.out, given.seed, given.jobs)
    else:
        given.out.mkdir(parents=True, exist_ok=True)
        for name, rows in zip(("filings", "gold"), hostile.SHAPES[given.shape](given.n, given.seed), strict=True):
            pd.DataFrame(rows[1:], columns=list(rows[0])).to_csv(
                given.out / f"{name}.csv", index=False, encoding="utf-8-sig"
            )


if __name__ == "__main__":
    main()
